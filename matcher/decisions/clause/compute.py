"""The plan of a social clause: its hours as full-time equivalents, who could carry them in which way, a mix that adds up, and what else
the works could entrust."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import Candidate, CandidateStanding, candidates
from matcher.decisions.opinion.compute import OPEN_GATES
from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import ActivityGuess, Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.reference.clauses import HIRING, Modality, SideNeed, modalities, side_needs
from matcher.reference.sizes import size_of
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.how_widespread import doing

MONTHS = 12.0
# Suppliers of one modality that a plan counts on: nobody contracts with hundreds.
MOST = 20
# Under this a trade is none of theirs.
LEAST_WEIGHT = 1e-9
# Candidates shown of each side need.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class ClauseActivity:
    """One activity of the contract, laid on a shelf, and the hours of insertion that it is to carry."""

    label: str
    ask: LotOnShelf
    hours: float


@dataclass(frozen=True, slots=True)
class Carried:
    """Hours carried by one modality: `hours` whole, `etp` a year, `usual` its share of the region's hours in [0, 1].

    `room` is what its suppliers within reach could carry in hours over the contract, None for hiring, which has no such bound;
    `doing` how many of them are expected to do the trade; `candidates` one an organisation, best first, across the works.
    """

    modality: Modality
    hours: int
    etp: float
    usual: float
    room: float | None
    doing: float
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class SideAnswer:
    """Suppliers that could answer a side need: how many are credible, and the first candidates."""

    need: SideNeed
    credible: int
    to_call: int
    first: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ClausePlan:
    """The whole plan; the hours of `carried` add up to `hours`. `etp` is a year's, over `months`."""

    hours: int
    months: float
    etp: float
    carried: tuple[Carried, ...]
    side: tuple[SideAnswer, ...]
    assumed: Assumptions


def plan(works: Iterable[ClauseActivity], months: float, assumed: Assumptions, works_type: str = "") -> ClausePlan:
    """Return the plan of some works, in whatever order, over `months`; side needs are those of `works_type`, of each activity where it is
    empty. Raises ValueError for hours or months that are not positive."""
    ordered = sorted(works, key=lambda work: (work.label, work.hours))
    total = round(sum(work.hours for work in ordered))
    if total <= 0 or months <= 0 or any(work.hours < 0 for work in ordered):
        raise ValueError("Les heures et la durée doivent être positives.")
    found = [candidates(rank(work.ask, gates=OPEN_GATES)) for work in ordered]
    years = months / MONTHS
    exact: dict[str, float] = {}
    rooms: dict[str, float] = {}
    for work, its in zip(ordered, found, strict=True):
        room = {one.code: _room(one, its, assumed) * years for one in modalities() if one.code != HIRING}
        for code, hours in mix(work.hours, _relevance(work.ask), room).items():
            exact[code] = exact.get(code, 0.0) + hours
        for code, hours in room.items():
            rooms[code] = rooms.get(code, 0.0) + hours
    whole = _whole(exact, total)
    carried = [_carried(one, whole[one.code], years, rooms.get(one.code), found, assumed) for one in modalities()]
    return ClausePlan(
        hours=total,
        months=months,
        etp=total / years / assumed.hours_per_etp,
        carried=tuple(sorted(carried, key=lambda its: -its.hours)),
        side=tuple(
            sorted(
                side_answers([work.ask for work in ordered], works_type),
                key=lambda one: (-one.credible, -one.to_call, one.need.label),
            )
        ),
        assumed=assumed,
    )


def mix(hours: float, relevance: Mapping[SupplierKind, float], room: Mapping[str, float]) -> dict[str, float]:
    """Share hours between the modalities: hiring keeps its part of the region; the others, theirs × how widespread the trade is among
    their kinds, no more than the room they have; what nobody has room for is hired."""
    shares = {one.code: one for one in modalities()}
    total = sum(one.share for one in shares.values())
    hired = hours * shares[HIRING].share / total
    left = hours - hired
    weights = {
        code: one.share * max((relevance[kind] for kind in one.kinds), default=0.0)
        for code, one in shares.items()
        if code != HIRING and room.get(code, 0.0) > 0
    }
    given, left = _shared_out(left, weights, room)
    return dict.fromkeys(shares, 0.0) | given | {HIRING: hired + max(left, 0.0)}


def _shared_out(
    hours: float, weights: Mapping[str, float], room: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Hours shared by weight, none given more than its room, and those that nobody has room for."""
    given = dict.fromkeys(weights, 0.0)
    open_to = {code for code, weight in weights.items() if weight > LEAST_WEIGHT}
    while hours > 1e-9 and open_to:
        scale = hours / sum(weights[code] for code in sorted(open_to))
        full = {code for code in open_to if given[code] + weights[code] * scale >= room[code]}
        for code in sorted(full or open_to):
            more = room[code] - given[code] if full else weights[code] * scale
            given[code] += more
            hours -= more
        open_to = open_to - full if full else set()
    return given, hours


def side_answers(asks: Sequence[LotOnShelf], works_type: str = "") -> Iterable[SideAnswer]:
    """Rank every side need of some works, or of a type of works, each once, around their places."""
    seen: set[str] = set()
    for ask in asks:
        activity = works_type or (ask.reading.activities[0].code if ask.reading.activities else "")
        for need in side_needs(activity) if activity else ():
            if need.activity in seen:
                continue
            seen.add(need.activity)
            its = candidates(rank(LotOnShelf(_reading(need, ask.reading), ask.shelf, ask.on), gates=OPEN_GATES))
            credible = sum(one.standing is CandidateStanding.CREDIBLE for one in its)
            yield SideAnswer(need, credible, len(its) - credible, its[:SHOWN])


def _reading(need: SideNeed, works: Reading) -> Reading:
    """The side need as a lot of its own, at the places of the works."""
    lot = replace(works.lot, objet=need.label, cpv=(), montant=None, levier="", kinds=())
    guess = ActivityGuess(need.activity, taxonomy().label(need.activity), 1.0)
    return Reading(lot=lot, activities=(guess,), places=works.places, within=works.within, told=True)


def _relevance(ask: LotOnShelf) -> Mapping[SupplierKind, float]:
    return doing([(guess.code, guess.confidence) for guess in ask.reading.activities])


def _of(modality: Modality, found: Iterable[Candidate]) -> list[Candidate]:
    """The first candidates of a modality, one an organisation."""
    first: dict[str, Candidate] = {}
    for candidate in found:
        if not modality.kinds.isdisjoint(candidate.kinds):
            first.setdefault(candidate.organisation, candidate)
    return list(first.values())[:MOST]


def _room(modality: Modality, found: Iterable[Candidate], assumed: Assumptions) -> float:
    """Hours a year that the suppliers of a modality could give: those who do the trade × the part of their people × a year of hours."""
    people = sum(candidate.fit * _people(candidate, modality) for candidate in _of(modality, found))
    return people * assumed.share * assumed.hours_per_etp


def _people(candidate: Candidate, modality: Modality) -> float:
    if candidate.workers is not None:
        return candidate.workers
    return max(size_of(kind).median for kind in candidate.kinds if kind in modality.kinds)


def _whole(exact: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole hours that add up to the total: the largest remainders take what rounding leaves."""
    floors = {code: int(hours) for code, hours in exact.items()}
    left = total - sum(floors.values())
    for code in sorted(exact, key=lambda one: (floors[one] - exact[one], one))[:left]:
        floors[code] += 1
    return floors


def _carried(
    modality: Modality,
    hours: int,
    years: float,
    room: float | None,
    found: Sequence[Sequence[Candidate]],
    assumed: Assumptions,
) -> Carried:
    best: dict[str, Candidate] = {}
    for its in found:
        for candidate in _of(modality, its):
            if candidate.organisation not in best or candidate.fit > best[candidate.organisation].fit:
                best[candidate.organisation] = candidate
    listed = sorted(
        best.values(),
        key=lambda one: (one.standing is not CandidateStanding.CREDIBLE, -one.fit, one.distance_km or 0.0, one.id),
    )
    return Carried(
        modality=modality,
        hours=hours,
        etp=hours / years / assumed.hours_per_etp,
        usual=modality.share,
        room=None if modality.code == HIRING else room,
        doing=sum(candidate.fit for candidate in listed),
        candidates=tuple(listed),
    )
