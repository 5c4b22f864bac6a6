"""Where a lot is done: what its text says, then the given place, then the buyer's own territory."""

from collections.abc import Iterable

from matcher.domain.lot import Lot
from matcher.domain.place import Place, PlaceOrigin, PlaceType
from matcher.reading.areas import FINENESS, departements_of, inside, places_of
from matcher.reading.gazetteer import Mention, find_mentions
from matcher.reading.given_places import finest, homonym_doubt, is_free, read_given
from matcher.reference.communes import commune
from matcher.reference.territories import territory_of_siren

_AREA = FINENESS[PlaceType.DEPARTEMENT]


def read_places(lot: Lot) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Return the places of a lot, all of one fineness where its text or its buyer decides, and the doubts in French.

    A place that a person gave as free text stands, its text can only refine it. A DECP place gives way to a commune or an
    EPCI that the text names in the same département. An area is narrowed to the buyer's commune or EPCI inside it.
    No place at all is a reading too: a doubt says so.
    """
    buyer, exact = _buyer(lot.acheteur_siret)
    given, doubts, free = _given(lot, buyer)
    known = _departements(given) or _departements(buyer)
    mentions = find_mentions(lot.objet, known)
    places, said = _with_text(given, mentions, free)
    doubts += said
    narrowed, why = _narrowed(places, buyer, exact)
    doubts += why
    if not narrowed and not doubts:
        doubts = ("Où le lot s’exécute-t-il ? Aucun lieu n’est donné ni reconnu.",)
    return narrowed, tuple(dict.fromkeys(doubts))


def _buyer(siret: str) -> tuple[tuple[Place, ...], bool]:
    siren = "".join(sign for sign in siret if sign.isdigit())[:9]
    territory = territory_of_siren(siren)
    if territory is None:
        return (), False
    return places_of(territory.codes, PlaceOrigin.ACHETEUR), territory.exact


def _given(lot: Lot, buyer: tuple[Place, ...]) -> tuple[tuple[Place, ...], tuple[str, ...], bool]:
    found = [read_given(raw, buyer) for raw in lot.lieux]
    places = tuple(dict.fromkeys(place for entry in found for place in entry.places))
    doubts = tuple(doubt for entry in found for doubt in entry.doubts)
    return places, doubts, any(is_free(raw) and raw.code.strip() for raw in lot.lieux)


def _departements(places: Iterable[Place]) -> frozenset[str]:
    return frozenset(code for place in places for code in departements_of(place))


def _with_text(
    given: tuple[Place, ...], mentions: tuple[Mention, ...], free: bool
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Let the places of the text refine or replace the given ones."""
    read = finest(places_of((mention.code for mention in mentions), PlaceOrigin.OBJET))
    if not read:
        return given, ()
    if not given or all(place.type is PlaceType.PAYS for place in given):
        return read, _homonyms(mentions)
    refined = tuple(place for place in read if any(_refines(place, area) for area in given))
    if refined and len(given) == 1:
        return refined, ()
    if free or not _replaces(read, given, mentions):
        return given, ()
    named, told = read[0].name, given[0].name
    return read, (f"Le texte du lot dit {named}, le lieu donné {told} : le texte est retenu.",)


def _refines(place: Place, area: Place) -> bool:
    return FINENESS[place.type] < FINENESS[area.type] and inside(place, area)


def _replaces(read: tuple[Place, ...], given: tuple[Place, ...], mentions: tuple[Mention, ...]) -> bool:
    """A commune or an EPCI that the text names replaces a DECP commune nearby; a département, another département."""
    if {place.code for place in read} <= {place.code for place in given}:
        return False
    level = FINENESS[read[0].type]
    if level < _AREA:
        return True
    strong = any(mention.strong and mention.code == f"dep:{read[0].code}" for mention in mentions)
    return level == _AREA and strong and all(FINENESS[place.type] >= _AREA for place in given)


def _homonyms(mentions: tuple[Mention, ...]) -> tuple[str, ...]:
    doubtful = [(mention.code.removeprefix("insee:"), *mention.homonyms) for mention in mentions if mention.homonyms]
    found = [[town for code in codes if (town := commune(code))] for codes in doubtful]
    return tuple(homonym_doubt(towns) for towns in found if len(towns) > 1)


def _narrowed(
    places: tuple[Place, ...], buyer: tuple[Place, ...], exact: bool
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Narrow a single area to the buyer's own territory inside it; where nothing is known, take the buyer's."""
    if not buyer or len(places) > 1:
        return places, ()
    guess = f"Lieu déduit du numéro SIREN de l’acheteur : {buyer[0].name}."
    if not places:
        return buyer, () if exact else (guess,)
    area = places[0]
    if FINENESS[area.type] < _AREA or not all(_refines(place, area) for place in buyer):
        return places, ()
    return buyer, () if exact else (guess,)
