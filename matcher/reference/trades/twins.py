"""Activities that are one: a trade that the list of the marché names twice (data/reference/activites_jumelles.csv), needs that a buyer counts
together (activites_homogenes.csv).
"""

from collections.abc import Mapping, Set
from functools import lru_cache

from matcher.reference.tables import rows


def twins_of(code: str) -> Set[str]:
    """Return the activities that are the same trade as one, itself apart."""
    return _twins().get(code, frozenset())


@lru_cache(maxsize=1)
def homogeneous() -> Mapping[str, str]:
    """Return the need that activities bought apart form together, by activity; most form none."""
    return {row["activite"]: row["besoin"] for row in rows("activites_homogenes")}


@lru_cache(maxsize=1)
def _twins() -> Mapping[str, Set[str]]:
    twins: dict[str, set[str]] = {}
    for row in rows("activites_jumelles"):
        twins.setdefault(row["activite"], set()).add(row["jumelle"])
        twins.setdefault(row["jumelle"], set()).add(row["activite"])
    return twins
