"""What a person says in place of what was read: activities, places, kinds and lever, each left to the reading where not chosen."""

from dataclasses import dataclass, replace

from matcher.domain.kinds import SupplierKind
from matcher.domain.lot import Lot, RawPlace
from matcher.domain.reading import ActivityGuess, Reading
from matcher.reading.places import Whereabouts, read_places
from matcher.reading.reader import read
from matcher.reference.activities import taxonomy


@dataclass(frozen=True, slots=True)
class Chosen:
    """None leaves a part to the reading; an empty tuple says that there is none.

    `activities` are codes of the taxonomy, `places` free text or prefixed codes as a lot gives them, `kinds` those that the
    text is taken to ask for (they weigh, they refuse nobody). `unreserved` sets aside the lever that the text hints at.
    """

    activities: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    kinds: tuple[SupplierKind, ...] | None = None
    unreserved: bool = False

    @property
    def anything(self) -> bool:
        """Whether anything at all was chosen."""
        return self != Chosen()


def read_chosen(lot: Lot, chosen: Chosen, doubts: tuple[str, ...] = ()) -> Reading:
    """Understand a lot as `read` does, but for what a person chose: a choice is certain, and its doubts are settled.

    Activities that were read as well keep their shares of confidence; those only chosen count as much as the likeliest.
    Raises KeyError for an activity that the taxonomy lacks.
    """
    reading = read(lot, doubts)
    if not chosen.anything:
        return reading
    about_places = read_places(reading.lot).doubts
    about_activities = tuple(said for said in reading.doubts if said not in {*doubts, *about_places})
    if chosen.activities is not None:
        guesses = _guesses(chosen.activities, reading)
        reading, about_activities = replace(reading, activities=guesses, told=bool(guesses), sure=bool(guesses)), ()
    if chosen.places is not None:
        given = replace(lot, objet="", acheteur_siret="", lieux=tuple(RawPlace(text) for text in chosen.places))
        where = read_places(given) if chosen.places else Whereabouts()
        reading, about_places = replace(reading, places=where.places, within=where.within), where.doubts
    if chosen.kinds is not None:
        reading = replace(reading, kinds_asked=chosen.kinds)
    if chosen.unreserved:
        reading = replace(reading, levier_hint="")
    return replace(reading, doubts=(*doubts, *about_activities, *about_places))


def _guesses(codes: tuple[str, ...], reading: Reading) -> tuple[ActivityGuess, ...]:
    names = taxonomy()
    read_as = {guess.code: guess.confidence for guess in reading.activities}
    most = max((read_as[code] for code in codes if code in read_as), default=1.0)
    shares = {code: read_as.get(code, most) for code in dict.fromkeys(codes)}
    total = sum(shares.values())
    ordered = sorted(shares, key=lambda code: -shares[code])
    return tuple(ActivityGuess(code, names.label(code), shares[code] / total) for code in ordered)
