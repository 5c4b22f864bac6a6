"""Abbreviations of buyers, written in full before a trade is read: « NETT. DES LOCAUX » is « nettoyage DES LOCAUX »."""

import re
from collections.abc import Mapping
from functools import lru_cache

from matcher.reference.tables import rows

# How an abbreviation must be written not to be taken for a word: in capitals (« EV »), or cut with a point (« Ent. »).
_CAPITALS, _POINT = "majuscules", "point"


def in_full(text: str) -> str:
    """Return a text with the abbreviations of `abreviations.csv` written in full."""
    return _pattern().sub(lambda found: _full()[_key(found[0])], text)


def _key(written: str) -> str:
    return written.rstrip(".").upper()


@lru_cache(maxsize=1)
def _full() -> Mapping[str, str]:
    return {row["abreviation"].upper(): row["en_entier"] for row in rows("abreviations")}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(_written(row["abreviation"], row["ecriture"]) for row in rows("abreviations")))


def _written(short: str, how: str) -> str:
    if how == _CAPITALS:
        return rf"\b{short}\b\.?"
    ends = r"\." if how == _POINT else r"\b\.?"
    return rf"(?i:\b{short}{ends})"
