"""Determines the places of execution of a lot (a buyer's need) from its text, the place entered or recorded, and the buyer's own territory."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from matcher.domain.place import Place, PlaceOrigin, PlaceType
from matcher.domain.reading import Lot
from matcher.reading.durations import is_typed
from matcher.reading.notice import split_notice
from matcher.reading.place.areas import FINENESS, departements_of, gather_places, holds, innermost, places_of
from matcher.reading.place.codes import PlacesFound
from matcher.reading.place.contradicted import about_places
from matcher.reading.place.districts import CITIES, Districts, read_districts
from matcher.reading.place.given import foreign_doubt, is_free, is_whole, places_of_mentions, read_given
from matcher.reading.place.mentions import Mention, find_mentions, misspelt_doubts, sentence_of
from matcher.reading.place.waterways import canal_in, communes_along, groups_along, river_in
from matcher.reference.geography.communes import whole_city
from matcher.reference.geography.territories import territory_of_siren

_AREA = FINENESS[PlaceType.DEPARTEMENT]
_RADIUS = re.compile(
    r"\b(?:rayon de|à moins de) \d{1,3} ?(?:km|kilomètres)\b|\b\d{1,3} ?(?:km|kilomètres) (?:autour|alentour|aux alentours|à la ronde)\b",
    re.IGNORECASE,
)
_USUAL_REACH = "la liste suit la portée habituelle de chaque structure. Ses filtres la limitent à 10, 25 ou 50 km."


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Result: `places` of execution, as fine as known; `within`: wider areas that contain one of them and were also entered, read or deduced,
    finest first; `doubts` in French."""

    places: tuple[Place, ...] = ()
    within: tuple[Place, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    """Places named by the text and doubts about them; `sure`: codes that the text states to be places; `wider`: areas that contain the places."""

    places: tuple[Place, ...] = ()
    doubts: tuple[str, ...] = ()
    sure: frozenset[str] = frozenset()
    wider: tuple[Place, ...] = ()


def read_places(lot: Lot) -> Whereabouts:
    """Return the places of execution of a lot. Never raises; without any place, there is a doubt.

    A place typed by a person wins; the text can only refine it. A place recorded in DECP gives way to a commune or EPCI that the text names in
    the same département, or elsewhere if unambiguous. A single area is narrowed to the buyer's commune or EPCI inside it. Wider areas are returned
    separately. In a notice, the sentence headed « lieu d’exécution » is read first, then the others until one names a place.
    """
    whereabouts = Whereabouts()
    for text in split_notice(lot.objet).where or ("",):
        whereabouts = _read(lot if text == lot.objet else replace(lot, objet=text))
        if whereabouts.places:
            break
    return whereabouts


def _read(lot: Lot) -> Whereabouts:
    buyer, exact = _buyer(lot.acheteur_siret)
    raw_places = [raw for raw in lot.lieux if not is_whole(raw)]
    places_read = PlacesFound.together(read_given(raw, buyer, lot.objet) for raw in raw_places)
    places_given, doubts = places_read.places, places_read.doubts
    free = any(is_free(raw) and raw.code.strip() for raw in raw_places)
    known = _departements(places_given) or _departements(buyer)
    text = _read_text(lot.objet, known, (*places_given, *buyer), may_be_far=not free)
    places, doubts_of_text = _with_text(places_given, text, free)
    if free:
        doubts_of_text += about_places(places, text.places or _far(lot.objet).places)
    narrowed, why = _narrow_to_buyer(places, text, buyer, exact)
    doubts += doubts_of_text + why
    if not narrowed and not doubts and (foreign := foreign_doubt(lot.objet)):
        doubts = (foreign,)
    if all(FINENESS[place.type] >= _AREA for place in narrowed) and (canal := canal_in(lot.objet)):
        doubts += (f"« {canal} » : dites quelles communes sont concernées.",)
    doubts += _about_radius(lot)
    within = _within(narrowed, (*places_given, *text.places, *text.wider, *buyer))
    return Whereabouts(narrowed, within, tuple(dict.fromkeys(doubts)))


def _about_radius(lot: Lot) -> tuple[str, ...]:
    """Return a French doubt on a radius that a person wrote around a place, if any."""
    written = [raw.code for raw in lot.lieux if is_free(raw)]
    if is_typed(lot.objet):
        written.append(lot.objet)
    radius = next(filter(None, map(_RADIUS.search, written)), None)
    return (f"« {radius[0]} » n’est pas compté : {_USUAL_REACH}",) if radius else ()


def _buyer(siret: str) -> tuple[tuple[Place, ...], bool]:
    siren = "".join(sign for sign in siret if sign.isdigit())[:9]
    territory = territory_of_siren(siren)
    if territory is None:
        return (), False
    return places_of(territory.codes, PlaceOrigin.ACHETEUR), territory.exact


def _departements(places: Iterable[Place]) -> frozenset[str]:
    return frozenset(code for place in places for code in departements_of(place))


def _read_text(objet: str, known: frozenset[str], near: tuple[Place, ...], *, may_be_far: bool) -> _Text:
    """Read the places of the text: near the known ones, else along a river that it names, else (`may_be_far`) anywhere in France."""
    mentions = find_mentions(objet, known)
    # The cities with arrondissements that are, or contain, one of the near places; the département 75 is Paris.
    containers = [((place.code,), (whole_city(place.code),), place.communes) for place in near]
    cities = [code for code in CITIES.values() if (code,) in chain.from_iterable(containers)]
    districts = read_districts(objet, cities)
    if mentions or districts.codes or districts.doubt:
        named = _understood(mentions, districts)
        return replace(named, doubts=named.doubts + misspelt_doubts(sentence_of(objet), mentions))
    river = river_in(objet)
    along = communes_along(river, known) if river else ()
    if along:
        codes = [f"epci:{siren}" for siren in groups_along(river, along)] + [f"insee:{town.code}" for town in along]
        places = places_of(codes, PlaceOrigin.OBJET)
        names = ", ".join(place.name for place in places[:3]) + ("…" if len(places) > 3 else "")
        doubt = f"{river.title()} : les lieux qui en portent le nom sont retenus ({names}) ; dites lesquels."
        return _Text(places, (doubt,))
    if not may_be_far or not known:
        return _Text()
    return _far(objet)


def _far(objet: str) -> _Text:
    """Return the towns that a text names anywhere in France, if unambiguous."""
    mentions = find_mentions(objet)
    towns = (its for its in mentions if its.code.startswith("insee:") and not (its.homonyms or its.doubts))
    return _understood(tuple(its for its in towns if its.strong or its.end - its.start > 2), Districts())


def _understood(mentions: tuple[Mention, ...], districts: Districts) -> _Text:
    named = places_of_mentions(mentions, PlaceOrigin.OBJET)
    parts = places_of((f"insee:{code}" for code in districts.codes), PlaceOrigin.OBJET)
    places = tuple(dict.fromkeys((*named.places, *parts)))
    yielding = _codes_of(mention for mention in mentions if mention.yields_to_others)
    inner = innermost(places)
    firm = tuple(place for place in inner if place.code not in yielding)
    places_kept = firm if any(FINENESS[place.type] < FINENESS[PlaceType.REGION] for place in firm) else inner
    dropped = [f"{place.name} : aussi dans le texte, non retenue." for place in inner if place not in places_kept]
    doubts = tuple(filter(None, (*named.doubts, *dropped, districts.doubt)))
    sure = _codes_of(mention for mention in mentions if mention.strong)
    return _Text(gather_places(places_kept), doubts, sure, tuple(place for place in places if place not in places_kept))


def _codes_of(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset(place.code for mention in mentions for place in places_of(mention.codes))


def _with_text(places: tuple[Place, ...], text: _Text, free: bool) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Refine or replace the places entered by those of the text."""
    if not text.places:
        return places, () if places else text.doubts
    if all(place.type is PlaceType.PAYS for place in places):
        return text.places, text.doubts
    refined = tuple(place for place in text.places if any(holds(area, place) for area in places))
    if not free:
        return _with_record(places, text, refined)
    return (refined, text.doubts) if refined and len(places) == 1 else (places, ())


def _with_record(
    places: tuple[Place, ...], text: _Text, refined: tuple[Place, ...]
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Choose among the places of a record by the text, or replace them; `refined`: places of the text inside those of the record."""
    read = text.places
    codes = {place.code for place in places}
    if len(places) == 1 and refined:
        return read, text.doubts
    chosen = tuple(place for place in read if place.code in codes or place in refined)
    if len(places) > 1 and chosen:
        return chosen, ()
    if not _replaces(text, places):
        return places, ()
    named, given_name = read[0].name, places[0].name
    doubt = f"Le texte du lot dit {named}, le lieu donné {given_name} : le texte est retenu."
    return read, (*text.doubts, *([] if codes <= {place.code for place in read} else [doubt]))


def _replaces(text: _Text, places: tuple[Place, ...]) -> bool:
    """Return whether the text's places replace a record's: a commune or EPCI does; a département or a wider area replaces only such areas, if it is sure."""
    read = text.places
    if {place.code for place in read} <= {place.code for place in places}:
        return False
    finest = min(FINENESS[place.type] for place in read)
    if finest < _AREA:
        return True
    is_sure = len(read) > 1 or read[0].code in text.sure
    return finest == _AREA and is_sure and all(FINENESS[place.type] >= _AREA for place in places)


def _narrow_to_buyer(
    places: tuple[Place, ...], text: _Text, buyer: tuple[Place, ...], exact: bool
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Narrow a single area to the buyer's territory inside it; without any place, take the buyer's territory."""
    if not buyer or len(places) > 1:
        return places, ()
    guess = f"Lieu déduit du numéro SIREN de l’acheteur : {buyer[0].name}."
    if not places:
        return buyer, () if exact else (guess,)
    area = places[0]
    if FINENESS[area.type] < FINENESS[PlaceType.ARRONDISSEMENT] or not all(holds(area, place) for place in buyer):
        return places, ()
    if area.origin is PlaceOrigin.OBJET and area.code in text.sure:
        return places, ()
    return buyer, () if exact else (guess,)


def _within(places: tuple[Place, ...], others: Iterable[Place]) -> tuple[Place, ...]:
    """Return the areas among `others` that contain one of the places, finest first; not the country."""
    codes = {(place.type, place.code) for place in places}
    areas = {
        (area.type, area.code): area
        for area in reversed(tuple(others))
        if area.communes
        and area.type is not PlaceType.PAYS
        and (area.type, area.code) not in codes
        and any(holds(area, place) for place in places)
    }
    return tuple(sorted(areas.values(), key=lambda area: (FINENESS[area.type], area.code)))
