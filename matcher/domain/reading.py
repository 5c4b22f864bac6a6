"""What was understood of a lot."""

from dataclasses import dataclass

from matcher.domain.kinds import SupplierKind
from matcher.domain.lot import Lot
from matcher.domain.place import Place


@dataclass(frozen=True, slots=True)
class ActivityGuess:
    """One activity that the lot may be about; `confidence` in [0, 1], and the guesses of a reading sum to at most 1."""

    code: str
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A lot as understood: activities and the marché's groups and sectors (best first), places, kinds and lever asked for.

    `within` holds the wider areas, finest first, in which one of the places lies and that were given, read or deduced too.
    `doubts` are French sentences, each a question that the page may ask; `levier_hint` is a lever code or empty;
    `mode` an activity code that says how the need is met whatever its trade (staff seconded), or empty; `told` whether a
    person chose the activities, so that they are certain; `sure` whether the trade is understood without asking.
    """

    lot: Lot
    activities: tuple[ActivityGuess, ...] = ()
    groups: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    within: tuple[Place, ...] = ()
    kinds_asked: tuple[SupplierKind, ...] = ()
    levier_hint: str = ""
    mode: str = ""
    told: bool = False
    sure: bool = False
    doubts: tuple[str, ...] = ()
