"""Communes of one name: which are meant, whether anything chooses among them, and the question to ask."""

from collections.abc import Sequence

from matcher.domain.french import enumeration
from matcher.reference.geography.communes import Commune
from matcher.reference.geography.place_names import place_key, split_article
from matcher.reference.geography.territories import departement

_TOWN = 1500
_LARGE = 20_000
# Of the population of the first commune of a name: which another has to be meant as well, beside a town and beside a large one,
# to be as likely, to be a peer overseas.
_RIVAL, _RIVAL_OF_LARGE, _EVEN, _PEER = 0.015, 0.05, 0.3, 0.1
# Persons from which a commune is asked about though a longer name is as large; how many times larger a longer name must be to be
# meant first; how many where it is a town, of so many persons; how many a merged commune is taken to have had.
_KNOWN, _FAR_LARGER, _LARGER, _LARGER_TOWN, _VILLAGE = 5000, 10, 4, 10_000, 1000
_MOST = 4  # communes named in a question


def likeliest(towns: list[Commune]) -> list[Commune]:
    """Return the communes of one name that may be meant, the likeliest first, from all of them, most populated first.

    The others are those of some size beside it. A name of overseas is borne by a metropolitan commune too, if only a small
    one: both may be meant, the metropolitan one first where it is a town as well (Saint-Denis).
    """
    first, *others = towns
    share = _RIVAL_OF_LARGE if (first.population or 0) >= _LARGE else _RIVAL
    near = [town for town in others if (town.population or 0) >= share * (first.population or 1)]
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


def with_longer(key: str, towns: list[Commune], begun: list[Commune]) -> list[Commune]:
    """Return the communes that a bare name may mean, the likeliest first: before those that bear it, `towns`, the far larger
    ones among `begun`, whose name begins with it; after a town, those as large as it.

    « Évry » is Évry-Courcouronnes (67 000 inhabitants) rather than a village of 400, « Lons » (13 600) may be Lons-le-Saunier
    (16 600). Both lists are most populated first.
    """
    own = max((town.population or 0 if _bears(key, town) else _VILLAGE for town in towns), default=0)
    known = not key.startswith("SAINT")  # a saint is that of dozens of communes, whose longer names prove nothing
    longer = [(town, town.population or 0) for town in begun if town not in towns]
    larger = [
        town
        for town, people in longer
        if (people >= _FAR_LARGER * own and own < _KNOWN) or (known and people >= max(_LARGER_TOWN, _LARGER * own))
    ]
    alike = [
        town
        for town, people in longer
        if known and town not in larger and people >= max(_LARGER_TOWN, own) and own >= _KNOWN
    ]
    return larger + towns[:1] + alike + towns[1:]


def meant(key: str, towns: list[Commune]) -> list[Commune]:
    """Return those of the communes of a name that may be meant, the likeliest first: those of today before one that a
    commune of that name was merged into; the largest that bears it is always among them."""
    today = [town for town in towns if split_article(place_key(town.name))[1].startswith(key)]
    if not today:
        return likeliest(towns)
    kept = likeliest(today)
    own = [town for town in today if _bears(key, town)][:1]
    merged = [town for town in towns if town not in today and (kept[0].population or 0) < _LARGE][:1]
    return list(dict.fromkeys([*kept, *own, *merged]))


def _bears(key: str, town: Commune) -> bool:
    """Whether a commune bears a name (a key without article) today, rather than one merged into it."""
    return split_article(place_key(town.name))[1] == key


def _begins(key: str, town: Commune) -> bool:
    """Whether the name of a commune goes on after a key."""
    return split_article(place_key(town.name))[1].startswith(f"{key} ")


def merged_doubt(name: str, town: Commune) -> str:
    """Return what to say where a name is that of a commune since merged into another; empty where `town` has a word of it."""
    if town.parent or not set(place_key(name).split()).isdisjoint(place_key(town.name).split()):
        return ""
    return f"« {name} » fait aujourd’hui partie de {town.name} ({town.departement})."


def homonym_doubt(towns: Sequence[Commune], asked: str = "") -> str:
    """Return the question to ask where several communes bear one name, or begin with it, of which `asked` is what was written."""
    key = split_article(place_key(asked))[1]
    if asked and (not _bears(key, towns[0]) or any(_begins(key, town) for town in towns)):
        listed = list(towns) if len(towns) <= _MOST else [*towns[: _MOST - 1], towns[-1]]
        choices = ", ".join(f"{town.name} ({town.departement})" for town in listed)
        kept = "" if undecided(list(towns)) else f" ; {towns[0].name} est retenue"
        return f"« {asked} » : laquelle ? {choices}, ou une autre{kept}."
    where = list(dict.fromkeys(county.name for town in towns if (county := departement(town.departement))))
    if undecided(list(towns)):
        return f"Plusieurs communes se nomment {towns[0].name} : laquelle ? {', '.join(where[:3])}, ou une autre."
    kept = f"{towns[0].name} ({towns[0].departement}) est retenue"
    other = next((town for town in towns if town.departement != towns[0].departement), towns[0])
    write = f"sinon, écrivez le numéro du département à côté, comme « {other.name} {other.departement} »"
    return f"Plusieurs communes se nomment {towns[0].name} ({enumeration(where[:3])}) : {kept} ; {write}."
