"""Place of execution of a notice written on a form: what its fields say, the surest first.

A field of place says it, with the towns that the object names inside it where it is an area; else the object; else the lots, where half of
them do; else the buyer's own territory, by its number then by its name and address, which is told as a guess. The NUTS codes of the form
hold what the rest names, as the place of an award does, and stand where nothing is named.
"""

from collections.abc import Sequence
from dataclasses import replace

from matcher.domain.place import PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.reading.notice import Notice
from matcher.reading.place.areas import FINENESS, holds, main_town
from matcher.reading.place.places import Whereabouts, read_places

# What a NUTS code of a form is told as: a code that the text may contradict, as most buyers put the one of their address.
_NUTS = "Code NUTS"


def places_told(lot: Lot, told: Notice) -> Whereabouts | None:
    """Return where the fields of place, the object or the lots say that it is done; None where they do not say it."""
    named = list(filter(None, (_named(lot, told, text) for text in told.where)))
    return _together(named[0], named[1:]) if named else _by_lots(lot, told)


def places_of_buyer(lot: Lot, told: Notice) -> Whereabouts:
    """Return where the buyer is, for want of a place told; its area where nothing tells more. An intercommunalité that sits in its main
    town is both: what is bought for all of its territory, and for its services and buildings."""
    buyer = lot.acheteur_siret or told.buyer
    if buyer:
        found = read_places(replace(lot, objet="", acheteur_siret=buyer))
        if found.places and not found.doubts:
            return _with_seat(found, lot, told)
    for text in told.buyers:
        if named := _named(lot, told, text):
            found = _with_seat(named, lot, told)
            names = ", ".join(place.name for place in found.places)
            return replace(
                found, doubts=(*found.doubts, f"Lieu déduit du nom et de l’adresse de l’acheteur : {names}.")
            )
    return read_places(replace(lot, objet="", lieux=_areas(told), acheteur_siret=buyer))


def _together(found: Whereabouts, others: Sequence[Whereabouts]) -> Whereabouts:
    """An area and what is inside it, where the form names both: the towns that its other fields name, and the intercommunalité that a
    field names beside its own towns, as groupings of buyers do."""
    groups = tuple(area for area in found.within if area.type is PlaceType.EPCI)
    inner = (place for other in others for place in other.places if any(holds(area, place) for area in found.places))
    within = tuple(area for area in found.within if area not in groups)
    return replace(found, places=tuple(dict.fromkeys((*found.places, *groups, *inner))), within=within)


def _by_lots(lot: Lot, told: Notice) -> Whereabouts | None:
    """Where the lots are done; None unless half of them say where: the place of one of nine is not that of the contract."""
    objects = [its.told.object for its in told.lots]
    found = _named(lot, told, "\n".join(objects)) if objects else None
    saying = sum(_named(lot, told, text) is not None for text in objects) if found else 0
    return found if 2 * saying >= len(objects) else None


def _with_seat(found: Whereabouts, lot: Lot, told: Notice) -> Whereabouts:
    """The territory of an intercommunalité, and its main town where the address of the buyer is there."""
    town = main_town(found.places[0]) if len(found.places) == 1 else None
    if town is None or not told.buyers:
        return found
    address = _named(lot, told, told.buyers[-1])
    return replace(found, places=(*found.places, town)) if address and town.code in _codes(address) else found


def _named(lot: Lot, told: Notice, text: str) -> Whereabouts | None:
    """The places that a text names itself, inside the areas of the notice; None where it names nothing finer than a region."""
    areas = _areas(told)
    found = read_places(replace(lot, objet=text, lieux=areas, acheteur_siret=""))
    if not any(FINENESS[place.type] < FINENESS[PlaceType.REGION] for place in found.places):
        return None
    silent = _codes(found) == _codes(read_places(replace(lot, objet="", lieux=areas, acheteur_siret="")))
    return None if silent and not read_places(replace(lot, objet=text, acheteur_siret="")).places else found


def _codes(found: Whereabouts) -> frozenset[str]:
    return frozenset(place.code for place in found.places)


def _areas(told: Notice) -> tuple[RawPlace, ...]:
    return tuple(RawPlace(code, _NUTS) for code in told.areas)
