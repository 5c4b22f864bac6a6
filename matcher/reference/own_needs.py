"""Bodies that run a chantier for their own needs, recognised by name."""

from functools import lru_cache

from matcher.cleaning.words import stems
from matcher.reference.tables import rows


def works_for_itself(name: str) -> bool:
    """Tell whether a supplier's name is that of such a body: its words hold those of a line of `besoins_propres.csv`, side by side."""
    words = stems(name)
    return any(words[at : at + len(known)] == known for known in _names() for at in range(len(words)))


@lru_cache(maxsize=1)
def _names() -> frozenset[tuple[str, ...]]:
    return frozenset(stems(row["nom"]) for row in rows("besoins_propres"))
