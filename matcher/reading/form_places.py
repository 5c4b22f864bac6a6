"""Place of execution of a notice written on a form: what its fields say, the surest first.

A field of place says it; else the object; else the buyer's own territory, by its number then by its name and address, which is told as
a guess. Its NUTS codes hold what the rest names, and stand where nothing is named.
"""

from dataclasses import replace

from matcher.domain.lot import Lot, RawPlace
from matcher.domain.place import PlaceType
from matcher.reading.notice import Notice
from matcher.reading.place.areas import FINENESS
from matcher.reading.place.places import Whereabouts, read_places


def places_told(lot: Lot, told: Notice) -> Whereabouts | None:
    """Return where the fields of place or the object say that it is done; None where they do not say it."""
    return next(filter(None, (_named(lot, told, text) for text in told.where)), None)


def places_of_buyer(lot: Lot, told: Notice) -> Whereabouts:
    """Return where the buyer is, for want of a place told; its area where nothing tells more."""
    buyer = lot.acheteur_siret or told.buyer
    if buyer:
        found = read_places(replace(lot, objet="", acheteur_siret=buyer))
        if found.places and not found.doubts:
            return found
    for text in told.buyers:
        if named := _named(lot, told, text):
            names = ", ".join(place.name for place in named.places)
            return replace(
                named, doubts=(*named.doubts, f"Lieu déduit du nom et de l’adresse de l’acheteur : {names}.")
            )
    return read_places(replace(lot, objet="", lieux=_areas(told), acheteur_siret=buyer))


def _named(lot: Lot, told: Notice, text: str) -> Whereabouts | None:
    """The places that a text names itself, inside the areas of the notice; None where it names nothing finer than a region."""
    areas = _areas(told)
    found = read_places(replace(lot, objet=text, lieux=areas, acheteur_siret=""))
    named = not areas or read_places(replace(lot, objet=text, acheteur_siret="")).places
    fine = any(FINENESS[place.type] < FINENESS[PlaceType.REGION] for place in found.places)
    return found if named and fine else None


def _areas(told: Notice) -> tuple[RawPlace, ...]:
    return tuple(RawPlace(code) for code in told.areas)
