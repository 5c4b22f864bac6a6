"""Cleaning of names (spaces and quotes tidied, words untouched), two keys by which names are compared, and search of a name in a longer text.

`name_key` (lower case, no accents) keeps the order of words: for comparing whole names or prefixes. `sorted_words(name_key(name).split())` ignores it:
for names whose words may be permuted. `word_runs` yields the same key for each run of words of a text, so that names can be looked for there.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from matcher.cleaning import Spelling

_TO_ASCII = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", **dict.fromkeys("’‘ʼ´«»“”–—•·…", " ")})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_LETTER_OR_DIGIT = re.compile(r"[^a-z0-9]+")
# Letters, combining accents, and invisible characters that web pages put inside words.
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060])*")


def tidy(raw: str) -> str:
    """Return `raw` on one line with single spaces, without a spreadsheet's quotes; its words are unchanged."""
    text = " ".join(_CONTROLS.sub(" ", raw).split())
    inner = text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == '"' and ('""' in inner or '"' not in inner):
        return inner.replace('""', '"').strip()
    return text


def tidy_text(raw: str) -> str:
    """Return a text of several lines, each tidied, without empty ones."""
    return "\n".join(line for line in (tidy(line) for line in raw.splitlines()) if line)


@lru_cache(maxsize=16_384)
def name_key(raw: str) -> str:
    """Return a key for comparing names: lower case, no accents, words of letters and digits joined by one space."""
    plain = unicodedata.normalize("NFKD", raw.translate(_TO_ASCII)).encode("ascii", "ignore").decode()
    return _NOT_LETTER_OR_DIGIT.sub(" ", plain.lower()).strip()


def name_words(text: str) -> list[tuple[str, int, int]]:
    """Return (`name_key` of the word, start, end) of each word of a text."""
    return [(key, *word.span()) for word in _WORD.finditer(text) for key in name_key(word[0]).split()]


def word_runs(words: list[tuple[str, int, int]], lengths: Iterable[int]) -> Iterator[Spelling]:
    """Yield each run of consecutive words (from `name_words`) of these lengths, as a `Spelling`: its sorted words, its start and end in the text."""
    for length in lengths:
        for first in range(len(words) - length + 1):
            run = words[first : first + length]
            yield Spelling(sorted_words(word for word, _, _ in run), run[0][1], run[-1][2])


def sorted_words(words: Iterable[str]) -> str:
    """Return words sorted and joined by one space."""
    return " ".join(sorted(words))
