"""Choices of a person in place of the reading: activities, places, kinds and lever; those not made are left to it."""

from dataclasses import dataclass, replace

from matcher.domain.kinds import SupplierKind
from matcher.domain.lot import Lot, RawPlace
from matcher.domain.reading import ActivityGuess, Reading
from matcher.reading.place.places import Whereabouts, read_places
from matcher.reading.reader import read_apart
from matcher.reference.trades.activities import taxonomy


@dataclass(frozen=True, slots=True)
class Chosen:
    """None leaves a part to the reading; an empty tuple says that there is none.

    `activities` are codes of the taxonomy, `places` free text or prefixed codes as a lot gives them, `kinds` those that the
    text is taken to ask for (they weigh, they refuse nobody). `unreserved` sets aside the lever that the text hints at, and
    `without_amount` and `without_duration` what it says of the size.
    """

    activities: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    kinds: tuple[SupplierKind, ...] | None = None
    unreserved: bool = False
    without_amount: bool = False
    without_duration: bool = False


def read_chosen(lot: Lot, chosen: Chosen, doubts: tuple[str, ...] = ()) -> Reading:
    """Understand a lot as `read` does, but for what a person chose: a choice is certain, and its doubts are settled.

    Activities that were read as well keep their shares of confidence; those only chosen count as much as the likeliest.
    Raises KeyError for an activity that the taxonomy lacks.
    """
    reading, asked = read_apart(lot)
    if chosen.activities is not None:
        guesses = _guesses(chosen.activities, reading)
        reading, asked = (
            replace(reading, activities=guesses, told=bool(guesses), sure=bool(guesses)),
            replace(asked, activities=()),
        )
    if chosen.places is not None:
        given = replace(lot, objet="", acheteur_siret="", lieux=tuple(RawPlace(text) for text in chosen.places))
        where = read_places(given) if chosen.places else Whereabouts()
        reading = replace(reading, places=where.places, within=where.within)
        asked = replace(asked, places=where.doubts)
    if chosen.kinds is not None:
        reading = replace(reading, kinds_asked=chosen.kinds)
    if chosen.unreserved:
        reading, asked = replace(reading, levier_hint="", reserved_by=""), replace(asked, lever=())
    if chosen.without_amount:
        reading, asked = replace(reading, amount=None), replace(asked, amount=())
    if chosen.without_duration:
        reading, asked = replace(reading, duration=None), replace(asked, duration=())
    return replace(reading, doubts=(*doubts, *asked.all))


def _guesses(codes: tuple[str, ...], reading: Reading) -> tuple[ActivityGuess, ...]:
    names = taxonomy()
    read_as = {guess.code: guess.confidence for guess in reading.activities}
    most = max((read_as[code] for code in codes if code in read_as), default=1.0)
    shares = {code: read_as.get(code, most) for code in dict.fromkeys(codes)}
    total = sum(shares.values())
    ordered = sorted(shares, key=lambda code: -shares[code])
    return tuple(ActivityGuess(code, names.label(code), shares[code] / total) for code in ordered)
