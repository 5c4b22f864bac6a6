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
    named = list(filter(None, (_places_named(lot, notice, text) for text in notice.where)))
    return _together(named[0], named[1:]) if named else _by_lots(lot, notice)


def places_of_buyer(lot: Lot, notice: Notice) -> Whereabouts:
    """Return the buyer's territory, used where no place is stated; else the NUTS area. For an intercommunalité (EPCI) with its seat in its main
    town, both: it may buy for its whole territory or for its own buildings."""
    buyer = lot.acheteur_siret or notice.buyer
    if buyer:
        whereabouts = read_places(replace(lot, objet="", acheteur_siret=buyer))
        if whereabouts.places and not whereabouts.doubts:
            return _with_seat(whereabouts, lot, notice)
    for text in notice.buyers:
        if named := _places_named(lot, notice, text):
            whereabouts = _with_seat(named, lot, notice)
            names = ", ".join(place.name for place in whereabouts.places)
            return replace(
                whereabouts,
                doubts=(*whereabouts.doubts, f"Lieu déduit du nom et de l’adresse de l’acheteur : {names}."),
            )
    return read_places(replace(lot, objet="", lieux=_areas(notice), acheteur_siret=buyer))


def _together(whereabouts: Whereabouts, others: Sequence[Whereabouts]) -> Whereabouts:
    """Merge the places of several fields: an area with the towns inside it that other fields name, and an EPCI named beside its own towns
    (as groupings of buyers do)."""
    groups = tuple(area for area in whereabouts.within if area.type is PlaceType.EPCI)
    areas = whereabouts.places
    inner = (place for other in others for place in other.places if any(holds(area, place) for area in areas))
    within = tuple(area for area in whereabouts.within if area not in groups)
    return replace(whereabouts, places=tuple(dict.fromkeys((*whereabouts.places, *groups, *inner))), within=within)


def _by_lots(lot: Lot, notice: Notice) -> Whereabouts | None:
    """Return the places that the lots name; None unless at least half of them name one."""
    objects = [its.told.object for its in notice.lots]
    whereabouts = _places_named(lot, notice, "\n".join(objects)) if objects else None
    saying = sum(_places_named(lot, notice, text) is not None for text in objects) if whereabouts else 0
    return whereabouts if 2 * saying >= len(objects) else None


def _with_seat(whereabouts: Whereabouts, lot: Lot, notice: Notice) -> Whereabouts:
    """Return a territory, with its main town where it is an EPCI and the buyer's address is in that town."""
    town = main_town(whereabouts.places[0]) if len(whereabouts.places) == 1 else None
    if town is None or not notice.buyers:
        return whereabouts
    address = _places_named(lot, notice, notice.buyers[-1])
    return (
        replace(whereabouts, places=(*whereabouts.places, town))
        if address and town.code in _codes(address)
        else whereabouts
    )


def _places_named(lot: Lot, notice: Notice, text: str) -> Whereabouts | None:
    """Return the places that a text itself names, inside the areas of the notice; None where it names nothing finer than a region."""
    areas = _areas(notice)
    whereabouts = read_places(replace(lot, objet=text, lieux=areas, acheteur_siret=""))
    if not any(FINENESS[place.type] < FINENESS[PlaceType.REGION] for place in whereabouts.places):
        return None
    silent = _codes(whereabouts) == _codes(read_places(replace(lot, objet="", lieux=areas, acheteur_siret="")))
    return None if silent and not read_places(replace(lot, objet=text, acheteur_siret="")).places else whereabouts


def _codes(whereabouts: Whereabouts) -> frozenset[str]:
    return frozenset(place.code for place in whereabouts.places)


def _areas(notice: Notice) -> tuple[RawPlace, ...]:
    return tuple(RawPlace(code, _NUTS) for code in notice.areas)
