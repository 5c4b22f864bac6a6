"""Links between trades: how often whoever does one does another too (`activites_liens.csv`, a line a link with its reason); and the levels
of the tables of evidence, three words for how often what is seen of a supplier goes with a trade, and the chance that each stands for."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy

# Judgement of the trade: nine in ten, so that a buyer may be shown it as known; one in two, a clue; one in five, which only orders those to call.
ALWAYS, OFTEN, SOMETIMES = 0.9, 0.5, 0.2
NEVER = "aucun"
# The words of the levels in `activites_liens.csv` and `marques.csv`, then in `naf_activites.csv`.
CHANCES: Mapping[str, float] = MappingProxyType(
    {"fait": ALWAYS, "souvent": OFTEN, "parfois": SOMETIMES, "objet": ALWAYS, "courant": OFTEN, "possible": SOMETIMES}
)
SAME = 1.0


@lru_cache(maxsize=512)
def doing_too(code: str) -> NDArray[np.float32]:
    """Return (A,) the chance, in [0, 1], that whoever does each activity of the taxonomy does `code`, a leaf or a group; 1 for `code` itself.

    Whoever does a trade of a group does of the group. Of whom the group alone is known, a trade is as likely as others of the group
    announce it: often where one of them does at least often, sometimes where none does.
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
    """By trade asked, the chance of each trade that goes with it."""
    links: dict[str, dict[str, float]] = {}
    for row in rows("activites_liens"):
        if row["niveau"] != NEVER:
            links.setdefault(row["besoin"], {})[row["metier"]] = CHANCES[row["niveau"]]
    return links
