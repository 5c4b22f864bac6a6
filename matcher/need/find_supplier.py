"""A supplier found by the name that a buyer remembers, or by its SIRET: typos forgiven."""

from functools import lru_cache

from rapidfuzz import fuzz, process

from matcher.cleaning.names import name_key
from matcher.ranking.shelf.shelf import Shelf

MOST = 8
_LIKE = 78.0
LONGEST = 120


def find_supplier(shelf: Shelf, text: str) -> tuple[int, ...]:
    """Return the rows of the suppliers that a text may name, likeliest first: by id or SIRET, else by name."""
    typed = text.strip()[:LONGEST]
    row = shelf.find(typed)
    if row is None:
        row = shelf.find("".join(typed.split()))
    if row is not None:
        return (row,)
    key = name_key(typed)
    if len(key) < 2:
        return ()
    names = _names(shelf)
    same = [row for row, name in enumerate(names) if name == key]
    if len(same) == 1:
        return (same[0],)
    found = process.extract(key, names, scorer=fuzz.token_set_ratio, score_cutoff=_LIKE, limit=MOST * 4)
    ordered = sorted(found, key=lambda hit: (-hit[1], -fuzz.ratio(key, hit[0]), hit[2]))
    return tuple(dict.fromkeys([*same, *(row for _, _, row in ordered)]))[:MOST]


@lru_cache(maxsize=2)
def _names(shelf: Shelf) -> list[str]:
    return [name_key(card.name) for card in shelf.suppliers]
