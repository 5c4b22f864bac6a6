"""Labels that no longer exist and still stand in names of suppliers (data/reference/labels_anciens.csv)."""

from collections.abc import Sequence
from functools import lru_cache

from matcher.cleaning.words import words
from matcher.reference.tables import rows


def old_label(name: str) -> str:
    """Return what an old label in a name has become: « atelier protégé : entreprise adaptée depuis 2005 »; empty where it has none."""
    said = words(name)
    return next((told for written, told in _labels() if _holds(said, written)), "")


def _holds(said: Sequence[str], written: Sequence[str]) -> bool:
    return any(tuple(said[at : at + len(written)]) == tuple(written) for at in range(len(said)))


@lru_cache(maxsize=1)
def _labels() -> tuple[tuple[tuple[str, ...], str], ...]:
    return tuple(
        (words(written), f"{row['libelle']} : {row['devenu']} depuis {row['fin']}")
        for row in rows("labels_anciens")
        for written in (row["libelle"], row["aussi"])
    )
