"""Place of execution of a notice written on a form: what its fields state, the surest first.

A field of place states it, with the towns that the object names inside it where it is an area; else the object; else the lots, where half of
them do; else the buyer's own territory, by its number then by its name and address, which is given as a guess. The NUTS codes of the form
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


def places_told(lot: Lot, notice: Notice) -> Whereabouts | None:
    """Return where the fields of place, the object or the lots state that it is done; None where they do not state it."""
    named = list(filter(None, (_named(lot, notice, text) for text in notice.where)))
    return _together(named[0], named[1:]) if named else _by_lots(lot, notice)


def places_of_buyer(lot: Lot, notice: Notice) -> Whereabouts:
    """Return where the buyer is, for want of a place given; its area where nothing gives more. An intercommunalité that sits in its main
    town is both: what is bought for all of its territory, and for its services and buildings."""
    buyer = lot.acheteur_siret or notice.buyer
    if buyer:
        whereabouts = read_places(replace(lot, objet="", acheteur_siret=buyer))
        if whereabouts.places and not whereabouts.doubts:
            return _with_seat(whereabouts, lot, notice)
    for text in notice.buyers:
        if named := _named(lot, notice, text):
            whereabouts = _with_seat(named, lot, notice)
            names = ", ".join(place.name for place in whereabouts.places)
            return replace(
                whereabouts,
                doubts=(*whereabouts.doubts, f"Lieu déduit du nom et de l’adresse de l’acheteur : {names}."),
            )
    return read_places(replace(lot, objet="", lieux=_areas(notice), acheteur_siret=buyer))


def _together(whereabouts: Whereabouts, others: Sequence[Whereabouts]) -> Whereabouts:
    """An area and what is inside it, where the form names both: the towns that its other fields name, and the intercommunalité that a
    field names beside its own towns, as groupings of buyers do."""
    groups = tuple(area for area in whereabouts.within if area.type is PlaceType.EPCI)
    inner = (
        place for other in others for place in other.places if any(holds(area, place) for area in whereabouts.places)
    )
    within = tuple(area for area in whereabouts.within if area not in groups)
    return replace(whereabouts, places=tuple(dict.fromkeys((*whereabouts.places, *groups, *inner))), within=within)


def _by_lots(lot: Lot, notice: Notice) -> Whereabouts | None:
    """Return where the lots are done; None unless half of them state where: the place of one of nine is not that of the contract."""
    objects = [its.told.object for its in notice.lots]
    whereabouts = _named(lot, notice, "\n".join(objects)) if objects else None
    saying = sum(_named(lot, notice, text) is not None for text in objects) if whereabouts else 0
    return whereabouts if 2 * saying >= len(objects) else None


def _with_seat(whereabouts: Whereabouts, lot: Lot, notice: Notice) -> Whereabouts:
    """The territory of an intercommunalité, and its main town where the address of the buyer is there."""
    town = main_town(whereabouts.places[0]) if len(whereabouts.places) == 1 else None
    if town is None or not notice.buyers:
        return whereabouts
    address = _named(lot, notice, notice.buyers[-1])
    return (
        replace(whereabouts, places=(*whereabouts.places, town))
        if address and town.code in _codes(address)
        else whereabouts
    )


def _named(lot: Lot, notice: Notice, text: str) -> Whereabouts | None:
    """The places that a text names itself, inside the areas of the notice; None where it names nothing finer than a region."""
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
