"""Estimates how many candidates can carry a lot of a given size, and the largest lot that keeps enough; an unknown workforce is a probability."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import Candidate, CandidateStanding
from matcher.domain.kinds import SupplierKind
from matcher.reference.sizes import kind_size, share_with

# Factors on the usual size of a kind, for the low and high estimates of an unknown workforce.
HALF, TWICE = 0.5, 2.0
# Smallest lot worth a contract, and step of sizes: half a full-time person.
STEP_ETP = 0.5
# Largest size of a proposed lot.
LARGEST_ETP = 256.0


@dataclass(frozen=True, slots=True)
class Range:
    """An uncertain figure: `low` if all unknowns turn out badly, `high` if well, `likely` in between."""

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
    """A need cut into `lots` equal lots of `etp` full-time equivalents, each with `candidates`."""

    lots: int
    etp: float
    candidates: Range


def workforce_of(candidate: Candidate, kinds: Collection[SupplierKind] = tuple(SupplierKind)) -> float:
    """Return the workforce of a candidate; if unknown, the largest median of its kinds among `kinds`, 0 if it has none."""
    if candidate.workers is not None:
        return candidate.workers
    return max((kind_size(kind).median for kind in candidate.kinds if kind in kinds), default=0.0)


def suffices(candidate: Candidate, etp: float | None, assumed: Assumptions) -> Range:
    """Return the chance, in [0, 1], that a candidate's workforce suffices for `etp`: 0 or 1 if the workforce is known, 1 if the lot's size is unknown
    or if the people free for the lot suffice."""
    if etp is None or candidate.has_team(etp):
        return Range(1.0, 1.0, 1.0)
    needed = etp / assumed.share
    if candidate.workers is not None:
        known = float(candidate.workers >= needed)
        return Range(known, known, known)
    low, likely, high = (share_with(candidate.kinds, needed / size) for size in (HALF, 1.0, TWICE))
    return Range(low, likely, high)


def fits(candidate: Candidate) -> Range:
    """Return the chance, in [0, 1], that a candidate does the trade; if it is not credible, between 0 and twice the usual chance."""
    if candidate.standing is CandidateStanding.CREDIBLE:
        return Range(candidate.fit, candidate.fit, 1.0)
    return Range(0.0, candidate.fit, min(2 * candidate.fit, 1.0))


def able_count(candidates: Iterable[Candidate], etp: float | None, assumed: Assumptions) -> Range:
    """Return the expected number of candidates that do the trade and have the workforce for `etp`."""
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
    """Return, for each size in ETP, the expected number of candidates able to carry it (non-increasing)."""
    return tuple(SizeStep(etp, able_count(candidates, etp, assumed)) for etp in sizes)


def largest_etp(holds: Callable[[float], bool]) -> float | None:
    """Binary search of the largest size, a multiple of `STEP_ETP`, for which the monotone predicate `holds` is true; None if for none."""
    low, high = 0, round(LARGEST_ETP / STEP_ETP)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle * STEP_ETP) else (low, middle - 1)
    return low * STEP_ETP if low else None


def largest(candidates: Sequence[Candidate], wanted: int, assumed: Assumptions) -> Range | None:
    """Return the largest lot size that keeps `wanted` candidates; None if even the smallest does not. `low` is 0 if no size does in the low estimate."""
    likely = largest_etp(lambda etp: able_count(candidates, etp, assumed).likely >= wanted)
    if likely is None:
        return None
    low = largest_etp(lambda etp: able_count(candidates, etp, assumed).low >= wanted)
    high = largest_etp(lambda etp: able_count(candidates, etp, assumed).high >= wanted)
    return Range(low or 0.0, likely, high or likely)


def split(candidates: Sequence[Candidate], etp: float, wanted: int, assumed: Assumptions) -> Split | None:
    """Return the fewest equal lots that each keep `wanted` candidates; None if even the smallest lot does not.

    A candidate counts for every lot: it does not follow that all lots can be carried at once.
    """
    most = largest(candidates, wanted, assumed)
    if most is None:
        return None
    lots = max(ceil(etp / most.likely), 1)
    return Split(lots, etp / lots, able_count(candidates, etp / lots, assumed))
