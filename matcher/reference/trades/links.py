"""Links between trades: for a trade, the probability that a supplier of each other trade does it too (`activites_liens.csv`); and the probabilities that
the words of the tables stand for (« fait », « souvent », « parfois »). Activities that count as one: duplicates in the list of the marché de l’inclusion
(activites_jumelles.csv), and those that a buyer counts as one homogeneous need for thresholds (activites_homogenes.csv)."""

from collections.abc import Mapping, Set
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy

# Expert judgement. A buyer is shown a supplier of ALWAYS as known, one of OFTEN as a clue; SOMETIMES only orders the suppliers to call.
ALWAYS, OFTEN, SOMETIMES = 0.9, 0.5, 0.2
NEVER = "aucun"
# Probability of each word of `activites_liens.csv` and `marques.csv`, then of `naf_activites.csv`.
CHANCES: Mapping[str, float] = MappingProxyType(
    {"fait": ALWAYS, "souvent": OFTEN, "parfois": SOMETIMES, "objet": ALWAYS, "courant": OFTEN, "possible": SOMETIMES}
)
SAME = 1.0


@lru_cache(maxsize=512)
def doing_too(code: str) -> NDArray[np.float32]:
    """Return the probability, for each of the activities of the taxonomy (in its order), that a supplier of it also does `code`; 1 for `code` itself.

    `code` is a trade or a group of trades. A supplier of a trade does its group (ALWAYS). A supplier known by a group alone does a trade of that
    group OFTEN where the table links this trade to a sister at OFTEN or more, else SOMETIMES.
    """
    names = taxonomy()
    chances = np.zeros(len(names.codes), dtype=np.float32)
    for other, chance in _links().get(code, {}).items():
        chances[names.index[other]] = chance
    group = names.group_of(code)
    if code == group:
        for leaf in names.leaves:
            if leaf.group == group:
                chances[names.index[leaf.code]] = ALWAYS
    else:
        sisters = (chance for other, chance in _links().get(code, {}).items() if names.group_of(other) == group)
        chances[names.index[group]] = OFTEN if max(sisters, default=0.0) >= OFTEN else SOMETIMES
    chances[names.index[code]] = SAME
    chances.flags.writeable = False
    return chances


@lru_cache(maxsize=1)
def _links() -> Mapping[str, Mapping[str, float]]:
    """Return, by trade asked, the probability of each linked trade."""
    links: dict[str, dict[str, float]] = {}
    for row in rows("activites_liens"):
        if row["niveau"] != NEVER:
            links.setdefault(row["besoin"], {})[row["metier"]] = CHANCES[row["niveau"]]
    return links


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
