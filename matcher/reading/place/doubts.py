"""Doubts about a name that is read as a place, in French: its homonyms, its namesakes, what a usage was taken for."""

from collections.abc import Iterable, Sequence

from matcher.domain.french import enumeration
from matcher.domain.place import Place, PlaceType
from matcher.reading.place.areas import departements_of
from matcher.reading.place.candidates import own_key, people
from matcher.reference.geography.communes import Commune
from matcher.reference.geography.place_names import place_key, split_article
from matcher.reference.geography.territories import departement

# Persons from which the first of a name is meant whatever the others; share of its population from which another is as likely.
_LARGE, _EVEN = 20_000, 0.3
_MOST = 4  # communes named in a question


def undecided(towns: Sequence[Commune]) -> bool:
    """Tell whether nothing chooses among communes, the likeliest first: small ones, of like size."""
    first = people(towns[0])
    return first < _LARGE and any(people(town) >= _EVEN * first for town in towns[1:])


def merged_doubt(name: str, town: Commune) -> str:
    """Return what to say where a name is that of a commune since merged into another; empty where `town` has a word of it."""
    if town.parent or not set(place_key(name).split()).isdisjoint(place_key(town.name).split()):
        return ""
    return f"« {name} » fait aujourd’hui partie de {town.name} ({town.departement})."


def homonym_doubt(towns: Sequence[Commune], asked: str = "") -> str:
    """Return the question to ask where several communes bear one name, or begin with it, of which `asked` is what was written."""
    key = split_article(place_key(asked))[1]
    if asked and (own_key(towns[0].code) != key or any(own_key(town.code).startswith(f"{key} ") for town in towns)):
        listed = list(towns) if len(towns) <= _MOST else [*towns[: _MOST - 1], towns[-1]]
        choices = ", ".join(f"{town.name} ({town.departement})" for town in listed)
        kept = "" if undecided(towns) else f" ; {towns[0].name} est retenue"
        return f"« {asked} » : laquelle ? {choices}, ou une autre{kept}."
    where = list(dict.fromkeys(county.name for town in towns if (county := departement(town.departement))))
    if undecided(towns):
        return f"Plusieurs communes se nomment {towns[0].name} : laquelle ? {', '.join(where[:3])}, ou une autre."
    kept = f"{towns[0].name} ({towns[0].departement}) est retenue"
    other = next((town for town in towns if town.departement != towns[0].departement), towns[0])
    write = f"sinon, écrivez le numéro du département à côté, comme « {other.name} {other.departement} »"
    return f"Plusieurs communes se nomment {towns[0].name} ({enumeration(where[:3])}) : {kept} ; {write}."


def usual_doubt(name: str, places: Iterable[Place], *, heard: bool = False) -> str:
    """Return what a usual name was taken for: one of approximate limits (« bassin minier »), or with `heard` one that may
    mean something else (« canton de Denain »)."""
    names = [place.name for place in places]
    shown = enumeration(names if len(names) < 5 else [*names[:3], f"{len(names) - 3} autres"])
    if heard:
        return f"« {name} » : entendu comme {shown} ; sinon, dites quelles communes sont concernées."
    return f"« {name} » n’a pas de limites officielles : entendu comme {shown}."


def namesake_doubt(kept: Place, other: Place) -> str:
    """Return what to say where a commune and an area, or two groups, bear one name of which one is kept; nothing where they are one place, as
    Paris is."""
    if kept.communes == other.communes:
        return ""
    if kept.type is PlaceType.EPCI:
        return f"{kept.name} : plusieurs intercommunalités portent ce nom ; précisez « epci:SIREN »."
    town, area = (kept, other) if kept.type is PlaceType.COMMUNE else (other, kept)
    number = "".join(departements_of(town))
    kind = "la région" if area.type is PlaceType.REGION else "le département"
    if kept is town:
        return f"« {area.name} » : la commune ({number}) est retenue ; pour {kind}, écrivez « {kind[3:]} {area.name} »."
    taken = "prise" if area.type is PlaceType.REGION else "pris"
    return (
        f"« {area.name} » : {kind} est {taken} en entier ; pour la commune de ce nom, écrivez « {town.name} {number} »."
    )


def begun_doubt(name: str, town: Commune) -> str:
    """Return what to say where a name is only the beginning of that of a commune."""
    return f"« {name} » est le début d’un nom de commune : {town.name} ({town.departement}) retenue."
