"""Finds the place of execution of a procurement notice written on a form (fields with headings), from its fields, the surest first.

In order: a field of place, refined by towns that the object names inside it; else the object; else the lots, if half of them name a place;
else the buyer's own territory, by its SIRET then by its name and address, as a guess with a doubt. The NUTS codes of the form bound the
search, and are used where nothing else is named.
"""

from collections.abc import Sequence
from dataclasses import replace

from matcher.domain.place import PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.reading.notice import Notice
from matcher.reading.place.areas import FINENESS, holds, main_town
from matcher.reading.place.places import Whereabouts, read_places

# Type given to the NUTS codes of a form: the text may contradict them, as most buyers enter that of their address.
_NUTS = "Code NUTS"


def places_told(lot: Lot, notice: Notice) -> Whereabouts | None:
    """Return the place stated by the fields of place, the object or the lots; None where they state none."""
    # the texts of `where`: the fields of place, then the object
    named = list(filter(None, (_places_named(lot, notice, text) for text in notice.where)))
    return _merge_places(named[0], named[1:]) if named else _places_of_lots(lot, notice)


def places_of_buyer(lot: Lot, notice: Notice) -> Whereabouts:
    """Return the buyer's territory, used where no place is stated; else the NUTS area. For an intercommunalité (EPCI) with its seat in its main
    town, both: it may buy for its whole territory or for its own buildings."""
    buyer = lot.acheteur_siret or notice.buyer
    if buyer:
        whereabouts = read_places(replace(lot, objet="", acheteur_siret=buyer))
        if whereabouts.places and not whereabouts.doubts:
            return _add_seat(whereabouts, lot, notice)
    for text in notice.buyers:
        if named := _places_named(lot, notice, text):
            whereabouts = _add_seat(named, lot, notice)
            names = ", ".join(place.name for place in whereabouts.places)
            return replace(
                whereabouts,
                doubts=(*whereabouts.doubts, f"Lieu déduit du nom et de l’adresse de l’acheteur : {names}."),
            )
    return read_places(replace(lot, objet="", lieux=_nuts_places(notice), acheteur_siret=buyer))


def _merge_places(whereabouts: Whereabouts, others: Sequence[Whereabouts]) -> Whereabouts:
    """Merge the places of several fields: an area with the towns inside it that other fields name, and an EPCI named beside its own towns
    (as groupings of buyers do)."""
    epcis = tuple(area for area in whereabouts.within if area.type is PlaceType.EPCI)
    named = (place for other in others for place in other.places)
    inner = (place for place in named if any(holds(area, place) for area in whereabouts.places))
    within = tuple(area for area in whereabouts.within if area not in epcis)
    return replace(whereabouts, places=tuple(dict.fromkeys((*whereabouts.places, *epcis, *inner))), within=within)


def _places_of_lots(lot: Lot, notice: Notice) -> Whereabouts | None:
    """Return the places that the lots name; None unless at least half of them name one."""
    objects = [notice_lot.told.object for notice_lot in notice.lots]
    whereabouts = _places_named(lot, notice, "\n".join(objects)) if objects else None
    naming_count = sum(_places_named(lot, notice, text) is not None for text in objects) if whereabouts else 0
    return whereabouts if 2 * naming_count >= len(objects) else None


def _add_seat(whereabouts: Whereabouts, lot: Lot, notice: Notice) -> Whereabouts:
    """Return a territory, with its main town where it is an EPCI and the buyer's address is in that town."""
    town = main_town(whereabouts.places[0]) if len(whereabouts.places) == 1 else None
    if town is None or not notice.buyers:
        return whereabouts
    # the last text holds the names and the addresses of all buyers
    buyer_places = _places_named(lot, notice, notice.buyers[-1])
    if buyer_places is None or town.code not in _codes(buyer_places):
        return whereabouts
    return replace(whereabouts, places=(*whereabouts.places, town))


def _places_named(lot: Lot, notice: Notice, text: str) -> Whereabouts | None:
    """Return the places that a text itself names, inside the areas of the notice; None where it names nothing finer than a region."""
    areas = _nuts_places(notice)
    whereabouts = read_places(replace(lot, objet=text, lieux=areas, acheteur_siret=""))
    if not any(FINENESS[place.type] < FINENESS[PlaceType.REGION] for place in whereabouts.places):
        return None
    adds_nothing = _codes(whereabouts) == _codes(read_places(replace(lot, objet="", lieux=areas, acheteur_siret="")))
    # a text that repeats the NUTS areas is kept only if it names places by itself
    if adds_nothing and not read_places(replace(lot, objet=text, acheteur_siret="")).places:
        return None
    return whereabouts


def _codes(whereabouts: Whereabouts) -> frozenset[str]:
    return frozenset(place.code for place in whereabouts.places)


def _nuts_places(notice: Notice) -> tuple[RawPlace, ...]:
    return tuple(RawPlace(code, _NUTS) for code in notice.areas)
