"""What size of lot suppliers can carry: each one known to be able, known not to be, or unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matcher.advice.assumptions import Assumptions
from matcher.advice.candidates import Candidate
from matcher.domain.lot import Lot


class Able(StrEnum):
    """Whether a workforce suffices. Unknown is neither."""

    YES = "suffit"
    NO = "ne suffit pas"
    UNKNOWN = "non connu"


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with what is not known: `low` if all that is unknown is bad news, `high` if it is good, `likely` between."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Step:
    """How many candidates can carry a lot of `etp` full-time equivalents."""

    etp: float
    candidates: Range


def etp_needed(lot: Lot, assumed: Assumptions) -> float | None:
    """Return the full-time equivalents that a lot takes in a year, from its amount and duration (12 months where not given)."""
    if not lot.montant or lot.montant <= 0:
        return None
    return lot.montant / (max(lot.duree or 12.0, 1.0) / 12.0) / assumed.euros_per_etp


def able(candidate: Candidate, etp: float | None, assumed: Assumptions) -> Able:
    """Tell whether a candidate can carry `etp`; a lot whose size is not known asks nothing of anyone's size."""
    if etp is None:
        return Able.YES
    if candidate.workers is None:
        return Able.UNKNOWN
    return Able.YES if candidate.workers * assumed.share >= etp else Able.NO


def able_count(found: Iterable[Candidate], etp: float | None, assumed: Assumptions) -> Range:
    """Return how many can carry `etp`, each counting for how likely it does what is asked."""
    low = likely = high = 0.0
    for candidate in found:
        match able(candidate, etp, assumed):
            case Able.YES:
                low += candidate.fit == 1.0
                likely += candidate.fit
                high += 1
            case Able.UNKNOWN:
                likely += candidate.fit * assumed.unknown_suffices
                high += 1
            case Able.NO:
                pass
    return Range(low, likely, high)


def curve(found: Sequence[Candidate], sizes: Iterable[float], assumed: Assumptions) -> tuple[Step, ...]:
    """Return, for each size in ETP, how many candidates can carry it; it never rises with the size."""
    return tuple(Step(etp, able_count(found, etp, assumed)) for etp in sizes)


def largest(found: Sequence[Candidate], wanted: int, assumed: Assumptions) -> float | None:
    """Return the largest size in ETP that at least `wanted` candidates are known to carry; None where too few sizes are known."""
    sizes = sorted((c.workers * assumed.share for c in found if c.workers is not None), reverse=True)
    return sizes[wanted - 1] if len(sizes) >= wanted else None
