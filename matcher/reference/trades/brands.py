"""Recognises brands and networks of inclusive suppliers in a name (Envie, Emmaüs…), and gives the activities that each usually does
(`marques.csv`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import stems
from matcher.reference.tables import rows
from matcher.reference.trades.links import CHANCES


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand: `name` as written, `words` its stems, `chances` the probability of each activity; empty for a name that only looks like a brand."""

    name: str
    words: tuple[str, ...]
    chances: Mapping[str, float]


def brand_in(name_stems: Sequence[str]) -> tuple[Brand, int] | None:
    """Return the longest brand whose words are consecutive in a name (the first of equals), and its position; None for none."""
    by_first = _by_first_word()
    brands_found = [
        (brand, start)
        for start, word in enumerate(name_stems)
        for brand in by_first.get(word, ())
        if tuple(name_stems[start : start + len(brand.words)]) == brand.words
    ]
    return max(brands_found, key=lambda its: (len(its[0].words), -its[1])) if brands_found else None


@lru_cache(maxsize=1)
def brands() -> tuple[Brand, ...]:
    """Return the brands of the table, in its order."""
    chances: dict[str, dict[str, float]] = {}
    for row in rows("marques"):
        does = chances.setdefault(row["marque"], {})
        does.update((code, CHANCES[row["niveau"]]) for code in row["activites"].split())
    return tuple(Brand(name, stems(name), does) for name, does in chances.items())


@lru_cache(maxsize=1)
def _by_first_word() -> Mapping[str, tuple[Brand, ...]]:
    index: dict[str, list[Brand]] = {}
    for brand in brands():
        index.setdefault(brand.words[0], []).append(brand)
    return {word: tuple(each) for word, each in index.items()}
