"""Lookups of reference tables for the cleaning of records: the commune of a postal code and town, the activity that a source claims, the codes of an
area. They are passed as one object, so that the cleaning code reads no table itself."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from matcher.cleaning.coordinates import Point
from matcher.cleaning.names import name_key
from matcher.domain.place import PlaceType
from matcher.domain.reading import RawPlace
from matcher.reading.place.given import read_given
from matcher.reference.geography.communes import (
    Commune,
    communes_named,
    communes_of_departement,
    communes_of_post_code,
    current_commune,
)
from matcher.reference.geography.communes import commune as commune_of
from matcher.reference.geography.place_names import place_key
from matcher.reference.geography.territories import departement, departements, former_regions, regions
from matcher.reference.trades.claims import claim_targets, unread_trades

COMMUNE_UNKNOWN = "commune introuvable"
COMMUNE_OF_POST_CODE = "commune inconnue : située par son code postal"
COMMUNE_OF_NAME = "code postal étranger à la commune : située par son nom"

_PLACES_CACHED = 50_000
_TELLING_LETTERS = 5


class Located(NamedTuple):
    """Commune of a record: INSEE code, centre where known, a flag where doubtful, and its name where the cell contains more."""

    insee: str
    centre: Point | None
    flag: str = ""
    name: str = ""


class Lookups(NamedTuple):
    """`locate(insee, post_code, city, departement)` returns a commune or None; `claim_targets(vocabulary, text)` returns (activity or group code,
    wording) pairs; `areas` maps the key of a région or département to place codes; `unread_trades(text)` returns the parts of a free text in which
    no activity is recognised."""

    locate: Callable[[str, str, str, str], Located | None]
    claim_targets: Callable[[str, str], tuple[tuple[str, str], ...]]
    areas: Mapping[str, tuple[str, ...]]
    unread_trades: Callable[[str], tuple[str, ...]] = lambda _: ()


def shipped_lookups() -> Lookups:
    """Return the lookups over the shipped reference tables."""
    return Lookups(locate, claim_targets, _areas(), unread_trades)


@lru_cache(maxsize=_PLACES_CACHED)
def locate(insee: str, post_code: str, city: str, departement_code: str) -> Located | None:
    """Return the commune by INSEE code, else by postal code and town (CEDEX included), else by words read as a need's place (« Amiens (80) »), else None."""
    if located := current_commune(insee):
        return _locate_in(located)
    named = communes_named(city)
    inside = _departements(post_code, departement_code)
    here = [commune for commune in named if commune.departement in inside]
    if sharing := communes_of_post_code(post_code):
        return _of_post_code(sharing, city, named, here)
    if here:
        return _locate_in(here[0])
    around = filter(None, (commune_of(town) for code in inside for town in communes_of_departement(code)))
    alike = [commune for commune in around if _begins_alike(commune.name, city)]
    only = alike if alike or inside else named
    if len(only) == 1:
        return _locate_in(only[0])
    return None if named or inside else _locate_as_need(city)


def _locate_as_need(city: str) -> Located | None:
    """Return the single commune that the text certainly means as the place of a need, None if doubtful or another place."""
    reading = read_given(RawPlace(city), ())
    if reading.doubts or [place.type for place in reading.places] != [PlaceType.COMMUNE]:
        return None
    town = current_commune(reading.places[0].code)
    return _locate_in(town)._replace(name=town.name) if town else None


def _of_post_code(sharing: Sequence[Commune], city: str, named: Sequence[Commune], here: Sequence[Commune]) -> Located:
    """Choose among the communes of a postal code: the one with the town's name, else one `here` of that name, else a similar name, else the first."""
    names = {commune.code for commune in named}
    if own := [commune for commune in sharing if {commune.code, commune.parent} & names]:
        return _locate_in(own[0])
    if here:
        return _locate_in(here[0], COMMUNE_OF_NAME)
    if alike := [commune for commune in sharing if _begins_alike(commune.name, city)]:
        return _locate_in(alike[0])
    return _locate_in(sharing[0], COMMUNE_OF_POST_CODE if city or len(sharing) > 1 else "")


def _begins_alike(name: str, city: str) -> bool:
    """Return whether one name is the beginning of the other (a longer official name, or a truncated one)."""
    shorter, other = sorted((place_key(name), place_key(city)), key=len)
    return len(shorter) >= _TELLING_LETTERS and other.startswith(shorter)


def _locate_in(commune: Commune, flag: str = "") -> Located:
    if commune.lat is None or commune.lon is None:
        return Located(commune.code, None, flag)
    return Located(commune.code, Point(commune.lat, commune.lon), flag)


def _departements(post_code: str, departement_code: str) -> frozenset[str]:
    if area := departement(departement_code) if departement_code else None:
        return frozenset({area.code})
    if post_code.startswith("20"):
        return frozenset({"2A", "2B"})
    return frozenset({post_code[:3] if post_code.startswith(("97", "98")) else post_code[:2]} - {""})


@lru_cache(maxsize=1)
def _areas() -> Mapping[str, tuple[str, ...]]:
    areas = {
        name_key(region.name): tuple(f"dep:{code}" for code in region.departements)
        for region in former_regions().values()
    }
    areas |= {name_key(region.name): (f"reg:{region.code}",) for region in regions().values()}
    return areas | {name_key(entry.name): (f"dep:{entry.code}",) for entry in departements().values()}
