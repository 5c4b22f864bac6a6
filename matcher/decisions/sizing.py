"""Sizes of lot that suppliers can carry: each known to be able, known not to be, or as likely as its kind is large."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import Candidate, CandidateStanding
from matcher.domain.kinds import SupplierKind
from matcher.reference.sizes import kind_size, share_with

# A workforce that is not known is tried at half and at twice the size that its kind usually has.
HALF, TWICE = 0.5, 2.0
# The smallest lot that is worth a contract, and the step in which sizes are told: a person half of the week.
STEP_ETP = 0.5
# Sizes beyond which no lot is proposed.
LARGEST_ETP = 256.0


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with what is not known: `low` if all that is unknown is bad news, `high` if it is good, `likely` between."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class SizeStep:
    """Number of candidates that can carry a lot of `etp` full-time equivalents."""

    etp: float
    candidates: Range


@dataclass(frozen=True, slots=True)
class Split:
    """A need cut in `lots` equal lots of `etp`, each of which keeps `candidates`."""

    lots: int
    etp: float
    candidates: Range


def workforce_of(candidate: Candidate, kinds: Collection[SupplierKind] = tuple(SupplierKind)) -> float:
    """Return the workforce of a candidate; where it is not known, the largest median of its `kinds`, 0 where it has none of them."""
    if candidate.workers is not None:
        return candidate.workers
    return max((kind_size(kind).median for kind in candidate.kinds if kind in kinds), default=0.0)


def suffices(candidate: Candidate, etp: float | None, assumed: Assumptions) -> Range:
    """Return how likely, in [0, 1], a candidate's workforce suffices for `etp`: sure where it is known, or where the lot's size is not."""
    if etp is None:
        return Range(1.0, 1.0, 1.0)
    needed = etp / assumed.share
    if candidate.workers is not None:
        known = float(candidate.workers >= needed)
        return Range(known, known, known)
    low, likely, high = (share_with(candidate.kinds, needed / size) for size in (HALF, 1.0, TWICE))
    return Range(low, likely, high)


def fits(candidate: Candidate) -> Range:
    """Return how likely a candidate does what is asked: as surely as it is known of a credible one; else from nobody to twice as usual."""
    if candidate.standing is CandidateStanding.CREDIBLE:
        return Range(candidate.fit, candidate.fit, 1.0)
    return Range(0.0, candidate.fit, min(2 * candidate.fit, 1.0))


def able_count(candidates: Iterable[Candidate], etp: float | None, assumed: Assumptions) -> Range:
    """Return how many can carry `etp`, each counting for how likely it does what is asked and has the people."""
    low = likely = high = 0.0
    for candidate in candidates:
        does, can = fits(candidate), suffices(candidate, etp, assumed)
        low += does.low * can.low
        likely += does.likely * can.likely
        high += does.high * can.high
    return Range(low, likely, high)


def candidates_by_size(
    candidates: Sequence[Candidate], sizes: Iterable[float], assumed: Assumptions
) -> tuple[SizeStep, ...]:
    """Return, for each size in ETP, how many candidates can carry it; it never rises with the size."""
    return tuple(SizeStep(etp, able_count(candidates, etp, assumed)) for etp in sizes)


def largest_etp(holds: Callable[[float], bool]) -> float | None:
    """Return the largest size, in half ETP, for which `holds`, that may only turn false as the size grows; None where none does."""
    low, high = 0, round(LARGEST_ETP / STEP_ETP)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle * STEP_ETP) else (low, middle - 1)
    return low * STEP_ETP if low else None


def largest(candidates: Sequence[Candidate], wanted: int, assumed: Assumptions) -> Range | None:
    """Return the largest lot that still keeps `wanted` candidates, None where even the smallest does not; 0 for a bound that none keeps."""
    likely = largest_etp(lambda etp: able_count(candidates, etp, assumed).likely >= wanted)
    if likely is None:
        return None
    low = largest_etp(lambda etp: able_count(candidates, etp, assumed).low >= wanted)
    high = largest_etp(lambda etp: able_count(candidates, etp, assumed).high >= wanted)
    return Range(low or 0.0, likely, high or likely)


def split(candidates: Sequence[Candidate], etp: float, wanted: int, assumed: Assumptions) -> Split | None:
    """Return the fewest equal lots that each keep `wanted` candidates; None where even the smallest lot does not.

    One candidate may answer several lots: that many could answer each, and not that all can be carried at once.
    """
    most = largest(candidates, wanted, assumed)
    if most is None:
        return None
    lots = max(ceil(etp / most.likely), 1)
    return Split(lots, etp / lots, able_count(candidates, etp / lots, assumed))
