"""Communes of one name: which are meant, whether anything chooses among them, and the question to ask."""

from collections.abc import Iterable

from matcher.reference.communes import Commune
from matcher.reference.territories import departement

_TOWN = 1500
_LARGE = 20_000
# Of the population of the first commune of a name: which another has to be meant as well, to be as likely, to be a peer overseas.
_RIVAL, _EVEN, _PEER = 0.015, 0.3, 0.1


def likeliest(towns: list[Commune]) -> list[Commune]:
    """Return the communes of one name that may be meant, the likeliest first, from all of them, most populated first.

    The others are those of some size beside it. A name of overseas is borne by a metropolitan commune too, if only a small
    one: both may be meant, the metropolitan one first where it is a town as well (Saint-Denis).
    """
    first, *others = towns
    near = [town for town in others if (town.population or 0) >= _RIVAL * (first.population or 1)]
    if not _overseas(first):
        return [first, *near]
    mainland = next((town for town in others if not _overseas(town)), None)
    near = [town for town in near if town != mainland]
    if mainland is None:
        return [first, *near]
    if (mainland.population or 0) >= _PEER * (first.population or 1):
        return [mainland, first, *near]
    return [first, mainland, *near]


def undecided(towns: list[Commune]) -> bool:
    """Tell whether nothing chooses among the likeliest communes: small ones, of like size."""
    first = towns[0].population or 0
    return first < _LARGE and any((town.population or 0) >= _EVEN * first for town in towns[1:])


def _overseas(town: Commune) -> bool:
    return town.departement.startswith("97")


def stands_out(towns: list[Commune]) -> bool:
    """Tell whether the most populated commune of a name is the one that is meant, wherever the lot is."""
    return (towns[0].population or 0) >= _TOWN and len(likeliest(towns)) == 1


def homonym_doubt(towns: Iterable[Commune], asked: str = "") -> str:
    """Return the question to ask where several communes bear one name, or, with `asked`, begin with it."""
    listed = list(towns)
    if asked:
        choices = ", ".join(f"{town.name} ({town.departement})" for town in listed)
        return f"« {asked} » : laquelle ? {choices}, ou une autre ; {listed[0].name} est retenue."
    where = dict.fromkeys(county.name for town in listed if (county := departement(town.departement)))
    return f"{listed[0].name} : laquelle ? {', '.join(list(where)[:3])}, ou une autre."
