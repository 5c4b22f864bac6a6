"""Compares what a person entered for a need (lever, i.e. reservation or clause; places, amount, duration) with its text; each contradiction gives a French sentence."""

from collections.abc import Iterable
from itertools import product

from matcher.domain.french import unit
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import AmountBasis, AmountRead, DurationRead, Lot
from matcher.reading.place.areas import inside
from matcher.reading.reservation import LeverTold
from matcher.reading.sizes import Sizes
from matcher.reference.levers import lever

# Amounts and durations that differ by at most this share are equal.
_SAME = 0.01


def about_lever(lot: Lot, lever_words: LeverTold) -> tuple[str, ...]:
    """Compare the lever entered with the article that the text states explicitly; a clause does not contradict a reserved lot."""
    if (
        not (lot.levier and lever_words.outright)
        or lever_words.lever == lot.levier
        or lever(lever_words.lever).open_to_all
    ):
        return ()
    return (_stands(lever(lot.levier).article, f"{lever(lever_words.lever).article} : « {lever_words.outright} »"),)


def about_places(places: Iterable[Place], named: Iterable[Place]) -> tuple[str, ...]:
    """Compare the places entered with those that the text names: they agree where any two overlap; a point agrees with anything."""
    chosen, places_named = tuple(places), tuple(named)
    points = any(one.type is PlaceType.POINT for one in chosen)
    if points or not (chosen and places_named):
        return ()
    for place, other in product(chosen, places_named):
        if inside(place, other) or inside(other, place) or not set(place.communes).isdisjoint(other.communes):
            return ()
    return (_stands(_names(chosen), _names(places_named)),)


def about_amount(lot: Lot, sizes: Sizes) -> tuple[str, ...]:
    """Compare the amount entered, for the whole duration, with that of the text: an estimate may be under the maximum that a text states."""
    if not lot.montant or sizes.amount is None:
        return ()
    months = lot.duree or (sizes.duration.months if sizes.duration else 12.0)
    read = sizes.amount.euros * (max(months, 1.0) / 12.0 if sizes.amount.yearly else 1.0)
    under = sizes.amount.basis is AmountBasis.MAXIMUM and lot.montant < read
    return () if under or _same(lot.montant, read) else (_stands(unit(lot.montant, "€ HT", 2), _quote(sizes.amount)),)


def about_duration(lot: Lot, sizes: Sizes) -> tuple[str, ...]:
    """Compare the duration entered, in months, with that of the text."""
    if not lot.duree or sizes.duration is None or _same(lot.duree, sizes.duration.months):
        return ()
    return (_stands(unit(lot.duree, "mois", 1), _quote(sizes.duration)),)


def _stands(chosen: str, read: str) -> str:
    return f"Votre choix l’emporte ({chosen}) ; le texte dit {read}."


def _quote(part: AmountRead | DurationRead) -> str:
    return f"{part.sentence} : « {part.words} »"


def _names(places: tuple[Place, ...]) -> str:
    more = f" et {len(places) - 3} de plus" if len(places) > 3 else ""
    return ", ".join(place.name for place in places[:3]) + more


def _same(left: float, other: float) -> bool:
    return abs(left - other) <= _SAME * max(left, other)
