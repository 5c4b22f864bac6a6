"""Writes buyers' abbreviations in full before the trade of a need is read: « NETT. DES LOCAUX » becomes « nettoyage DES LOCAUX »."""

import re
from collections.abc import Mapping
from functools import lru_cache

from matcher.reference.tables import rows

# How an abbreviation must be written not to be taken for a word: in capitals (« EV »), or cut with a point (« Ent. »).
_CAPITALS, _POINT = "majuscules", "point"


def in_full(text: str) -> str:
    """Return a text with the abbreviations of `abreviations.csv` written in full."""
    return _pattern().sub(lambda found: _full()[found[0].rstrip(".").upper()], text)


@lru_cache(maxsize=1)
def _full() -> Mapping[str, str]:
    return {row["abreviation"].upper(): row["en_entier"] for row in rows("abreviations")}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    patterns = []
    for row in rows("abreviations"):
        ends = r"\." if row["ecriture"] == _POINT else r"\b\.?"
        pattern = rf"\b{row['abreviation']}{ends}"
        patterns.append(pattern if row["ecriture"] == _CAPITALS else f"(?i:{pattern})")
    return re.compile("|".join(patterns))
