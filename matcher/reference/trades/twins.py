"""Activities that count as one: duplicates in the list of the marché de l’inclusion (activites_jumelles.csv), and activities that a buyer counts
as one homogeneous need for thresholds (activites_homogenes.csv).
"""

from collections.abc import Mapping, Set
from functools import lru_cache

from matcher.reference.tables import rows


def twins_of(code: str) -> Set[str]:
    """Return the other activities that are the same trade as this one."""
    return _twins().get(code, frozenset())


@lru_cache(maxsize=1)
def homogeneous() -> Mapping[str, str]:
    """Return, by activity, the homogeneous need that it belongs to; most activities have none."""
    return {row["activite"]: row["besoin"] for row in rows("activites_homogenes")}


@lru_cache(maxsize=1)
def _twins() -> Mapping[str, Set[str]]:
    twins: dict[str, set[str]] = {}
    for row in rows("activites_jumelles"):
        twins.setdefault(row["activite"], set()).add(row["jumelle"])
        twins.setdefault(row["jumelle"], set()).add(row["activite"])
    return twins
