"""Levels of the tables of evidence: three words for how often what is seen of a supplier goes with a trade, and the chance that each stands for."""

from collections.abc import Mapping
from types import MappingProxyType

# Judgement of the trade: nine in ten, so that a buyer may be shown it as known; one in two, a clue; one in five, which only orders those to call.
ALWAYS, OFTEN, SOMETIMES = 0.9, 0.5, 0.2
NEVER = "aucun"
# The words of the levels in `activites_liens.csv` and `marques.csv`, then in `naf_activites.csv`.
CHANCES: Mapping[str, float] = MappingProxyType(
    {
        "fait": ALWAYS,
        "souvent": OFTEN,
        "parfois": SOMETIMES,
        "objet": ALWAYS,
        "courant": OFTEN,
        "possible": SOMETIMES,
    }
)
