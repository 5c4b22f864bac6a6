"""Normalises place names into keys for lookups: capitals without accents or hyphens, ST spelled out, article separated."""

import re
import unicodedata

ARTICLES = ("L", "LE", "LA", "LES")

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_SHORT = {"ST": "SAINT", "STE": "SAINTE", "STS": "SAINTS", "STES": "SAINTES"}
_WORDS = re.compile(r"[A-Z0-9]+")
_OVER = re.compile(r"\bS/\s?(?=[A-Z])")
_UNDER = re.compile(r"\bS/S\b")


def plain_capitals(text: str) -> str:
    """Return `text` in capitals without accents; other signs stay."""
    if text.isascii():
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return decomposed.encode("ascii", "ignore").decode().upper()


def place_key(name: str) -> str:
    """Return the key under which a name is looked up: "St-Jean de Braye" and "SAINT JEAN-DE-BRAYE" share one, as do LEZ and LÈS."""
    text = plain_capitals(name.replace("’", "'").replace("‑", "-"))
    if "/" in text:
        text = _OVER.sub("SUR ", _UNDER.sub("SOUS", text))
    return " ".join([_SHORT.get(word, word) for word in _WORDS.findall(text)] + [""]).replace(" LEZ ", " LES ")[:-1]


def split_article(key: str) -> tuple[str, str]:
    """Return the leading article of a key ("" where none) and the rest: "LE HAVRE" gives ("LE", "HAVRE")."""
    first, _, rest = key.partition(" ")
    return (first, rest) if rest and first in ARTICLES else ("", key)
