"""Names: the source's own wording, tidied; and keys to look them up."""

import re
import unicodedata
from functools import lru_cache

_TO_ASCII = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", **dict.fromkeys("’‘ʼ´«»“”–—•·…", " ")})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_OTHER = re.compile(r"[^a-z0-9]+")


def tidy(raw: str) -> str:
    """Return `raw` on one line with single spaces, freed of a spreadsheet's quoting, its wording untouched."""
    text = " ".join(_CONTROLS.sub(" ", raw).split())
    inner = text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == '"' and ('""' in inner or '"' not in inner):
        return inner.replace('""', '"').strip()
    return text


def tidy_text(raw: str) -> str:
    """Return a text of several lines with its lines kept, tidied one by one, without empty ones."""
    return "\n".join(line for line in (tidy(line) for line in raw.splitlines()) if line)


@lru_cache(maxsize=16_384)
def name_key(raw: str) -> str:
    """Return a key for comparing names: lower case, no accents, words of letters and digits joined by one space."""
    plain = unicodedata.normalize("NFKD", raw.translate(_TO_ASCII)).encode("ascii", "ignore").decode()
    return _OTHER.sub(" ", plain.lower()).strip()
