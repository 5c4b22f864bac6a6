"""The plan of social clauses: the hours of each contract shared between modalities, whom to call for each from its own place, and what else
the works could entrust."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, inf
from typing import Any

import numpy as np

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import STANDINGS, Candidate, CandidateStanding, lot_candidates
from matcher.decisions.clause.sharing import SmallLine, Workforce, equally, join_small, mix, round_to_total
from matcher.decisions.clause.timeline import ContractMonths, Timeline
from matcher.decisions.opinion.compute import OPEN_GATES
from matcher.decisions.sizing import workforce_of
from matcher.domain.reading import ActivityGuess, Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.known import AUTRE, band_of_each
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals.kind import FOR_ITSELF
from matcher.reference.clauses import HIRING, Modality, SideNeed, modalities, side_needs
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.how_widespread import doing

MONTHS = 12.0
# Suppliers of one modality that a plan counts on for a contract: nobody contracts with hundreds.
MOST = 20
# Structures named of each modality that has hours in a contract: whom one calls first.
NAMED = 3
# Candidates shown of each side need.
SHOWN = 3
# Hours that one person may do at a business through an AI, over 24 months (Code du travail, L5132-9 2°).
MOST_BY_AI = 480


@dataclass(frozen=True, slots=True)
class PlanContract:
    """One contract: all suppliers ranked for it, and the whole `hours` of insertion that it is to carry over `months`, None where unknown; `counted` is the
    French source of its hours. `written` are the hours by modality that a person decides on, None where the usual share is proposed; `equal` where each
    modality that has someone is to carry as much."""

    label: str
    ranking: Ranking
    hours: int
    months: float | None
    start: date | None = None
    counted: str = ""
    written: Mapping[str, int] | None = None
    equal: bool = False

    @property
    def reading(self) -> Reading:
        """Return what was understood of it."""
        return self.ranking.ask.reading

    @property
    def years(self) -> float:
        """Its duration in years; one where it is not known."""
        return (self.months or MONTHS) / MONTHS

    def etp(self, assumed: Assumptions) -> float | None:
        """Return its full-time people while it lasts, None where its duration is unknown."""
        return None if self.months is None else self.hours * MONTHS / self.months / assumed.hours_per_etp

    def span(self, assumed: Assumptions) -> ContractMonths | None:
        """Return its months; None where its start or its duration is not known."""
        etp = self.etp(assumed)
        return ContractMonths(self.start, self.months, etp) if self.start and self.months and etp is not None else None


@dataclass(frozen=True, slots=True)
class ClauseHost:
    """An organisation to call for one way of one contract, as the establishment that suits it best from there: the `room` it is expected to have,
    in hours over the contract, and the `hours` that the plan would entrust it with."""

    candidate: Candidate
    room: float
    hours: int = 0


@dataclass(frozen=True, slots=True)
class ContractWay:
    """One modality in one contract: the `hours` decided on, those `proposed`, and its `hosts`, one an organisation, in the order of the calls."""

    modality: Modality
    hours: int
    proposed: int
    hosts: tuple[ClauseHost, ...]

    @property
    def first_hosts(self) -> tuple[ClauseHost, ...]:
        """The hosts to call first."""
        return self.hosts[:NAMED]


@dataclass(frozen=True, slots=True)
class ContractSplit:
    """One contract shared between all modalities, and the lines too `small` to stand alone in what is proposed."""

    contract: PlanContract
    ways: tuple[ContractWay, ...]
    small: tuple[SmallLine, ...]

    @property
    def carrying(self) -> tuple[ContractWay, ...]:
        """The ways that have hours, the largest first."""
        return tuple(sorted((way for way in self.ways if way.hours), key=lambda way: (-way.hours, way.modality.code)))

    @property
    def hours(self) -> Mapping[str, int]:
        """The hours decided on, by modality."""
        return {way.modality.code: way.hours for way in self.ways}

    @property
    def is_edited(self) -> bool:
        """Return whether a person decided on another split than the one proposed."""
        return any(way.hours != way.proposed for way in self.ways)

    @property
    def placed_hours(self) -> int:
        """Hours that a modality carries."""
        return sum(way.hours for way in self.ways)

    @property
    def lacking(self) -> int:
        """Hours of the contract that no modality carries; below 0 where they carry more than it has."""
        return self.contract.hours - self.placed_hours


@dataclass(frozen=True, slots=True)
class Carried:
    """One modality in all contracts: `ways`, in their order."""

    modality: Modality
    ways: tuple[ContractWay, ...]

    @property
    def by_contract(self) -> tuple[int, ...]:
        """Its hours in each contract."""
        return tuple(way.hours for way in self.ways)

    @property
    def hours(self) -> int:
        """Its hours in all contracts."""
        return sum(self.by_contract)

    @property
    def proposed_hours(self) -> int:
        """The hours that it would have as usually shared."""
        return sum(way.proposed for way in self.ways)

    @property
    def room(self) -> float | None:
        """Hours that its hosts could carry, an organisation counted once; None where it has no suppliers."""
        return self._of_each(lambda host: host.room) if self.modality.kinds else None

    @property
    def doing(self) -> float:
        """Expected number of its hosts that do the trade, an organisation counted once."""
        return self._of_each(lambda host: host.candidate.fit)

    @property
    def hosts(self) -> tuple[tuple[ClauseHost, tuple[int, ...]], ...]:
        """Every establishment to call and the contracts (their places in the plan) that it is called for, those of the largest hours first."""
        first: dict[str, ClauseHost] = {}
        contracts: dict[str, list[int]] = {}
        for at in sorted(range(len(self.ways)), key=lambda at: (-self.ways[at].hours, at)):
            for host in self.ways[at].hosts:
                first.setdefault(host.candidate.id, host)
                contracts.setdefault(host.candidate.id, []).append(at)
        return tuple((host, tuple(sorted(contracts[key]))) for key, host in first.items())

    def _of_each(self, value: Callable[[ClauseHost], float]) -> float:
        most: dict[str, float] = {}
        for way in self.ways:
            for host in way.hosts:
                organisation = host.candidate.organisation
                most[organisation] = max(value(host), most.get(organisation, 0.0))
        return sum(most.values())


@dataclass(frozen=True, slots=True)
class SideAnswer:
    """Suppliers that could answer a side need: how many are credible, how many more are to be called, and the first of the credible."""

    need: SideNeed
    credible: int
    to_call: int
    first: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ClausePlan:
    """The whole plan: each contract with its split, and the side needs that somebody credible answers."""

    splits: tuple[ContractSplit, ...]
    side: tuple[SideAnswer, ...]
    assumed: Assumptions

    @property
    def contracts(self) -> tuple[PlanContract, ...]:
        """Its contracts, in their order."""
        return tuple(one.contract for one in self.splits)

    @property
    def by_modality(self) -> tuple[Carried, ...]:
        """Each modality in all contracts, the most used first."""
        each = (
            Carried(modality, ways)
            for modality, ways in zip(modalities(), zip(*(one.ways for one in self.splits), strict=True), strict=True)
        )
        return tuple(sorted(each, key=lambda one: (-one.proposed_hours, one.modality.code)))

    @property
    def hours(self) -> int:
        """The hours that its contracts are to carry."""
        return sum(one.hours for one in self.contracts)

    @property
    def adds_up(self) -> bool:
        """Return whether each contract has all its hours carried, no more."""
        return not any(one.lacking for one in self.splits)

    @property
    def etp(self) -> float:
        """Its hours as people working full time for one year."""
        return self.hours / self.assumed.hours_per_etp

    @property
    def timeline(self) -> Timeline | None:
        """The months of its contracts; None where the start or the duration of one is unknown."""
        spans = tuple(span for one in self.contracts if (span := one.span(self.assumed)))
        return Timeline(spans) if len(spans) == len(self.splits) else None


def plan_contracts(contracts: Sequence[PlanContract], assumed: Assumptions, works_type: str = "") -> ClausePlan:
    """Return the plan of some contracts; side needs are those of `works_type`, of each contract's trade where it is empty. The buyer of a
    contract is none of its hosts. Raises ValueError where there is no contract, or for hours or months that are not positive."""
    if not contracts or any(one.hours <= 0 or (one.months is not None and one.months <= 0) for one in contracts):
        raise ValueError("Les heures et la durée doivent être positives.")
    used: dict[str, float] = {}
    splits = tuple(_split(one, assumed, used) for one in contracts)
    side = side_answers([one.ranking.ask for one in contracts], works_type)
    return ClausePlan(
        splits, tuple(sorted(side, key=lambda one: (-one.credible, -one.to_call, one.need.label))), assumed
    )


def side_answers(asks: Sequence[LotOnShelf], works_type: str = "") -> Iterable[SideAnswer]:
    """Yield the answers of each side need of some works, or of a type of works, around their places; none for a need without credible suppliers."""
    seen: set[str] = set()
    for ask in asks:
        activity = works_type or (ask.reading.activities[0].code if ask.reading.activities else "")
        for need in side_needs(activity) if activity else ():
            if need.activity in seen:
                continue
            seen.add(need.activity)
            lot = replace(ask.reading.lot, objet=need.label, cpv=(), montant=None, levier="", kinds=())
            guess = ActivityGuess(need.activity, taxonomy().label(need.activity), 1.0)
            reading = Reading(lot, (guess,), places=ask.reading.places, within=ask.reading.within, told=True)
            answering = _but_buyer(rank(LotOnShelf(reading, ask.shelf, ask.on), gates=OPEN_GATES), ask.reading)
            credible = [one for one in answering if one.standing is CandidateStanding.CREDIBLE]
            if credible:
                yield SideAnswer(need, len(credible), len(answering) - len(credible), tuple(credible[:SHOWN]))


def _but_buyer(ranking: Ranking, works: Reading) -> tuple[Candidate, ...]:
    """The candidates of a lot but the buyer of the works."""
    return tuple(one for one in lot_candidates(ranking) if one.organisation != works.buyer_siren)


def _split(contract: PlanContract, assumed: Assumptions, used: dict[str, float]) -> ContractSplit:
    """Share the hours of a contract; `used` is the part of each organisation that the contracts before have taken, and is added to."""
    hosts = _hosts(contract, assumed)
    room = {code: sum(host.room for host in its) for code, its in hosts.items()}
    relevance = doing([(guess.code, guess.confidence) for guess in contract.reading.activities])
    lines, small = join_small(mix(contract.hours, relevance, _by_standing(hosts)), room)
    proposed = round_to_total(lines, contract.hours)
    written = contract.written
    if contract.equal:
        written = equally(contract.hours, [HIRING, *(code for code, hours in room.items() if hours > 0)])
    hours = proposed if written is None else {code: written.get(code, 0) for code in proposed}
    ways = tuple(
        ContractWay(way, hours[way.code], proposed[way.code], _entrusted(hosts[way.code], hours[way.code], used))
        for way in modalities()
    )
    return ContractSplit(contract, ways, small)


def _hosts(contract: PlanContract, assumed: Assumptions) -> Mapping[str, tuple[ClauseHost, ...]]:
    """The hosts of each modality, one an organisation: not the buyer, nor who lends people of another branch, nor who works for the body
    that carries it."""
    ask = contract.ranking.ask
    elsewhere = _ids(ask.shelf, ask.once(band_of_each) == AUTRE)
    for_itself = _ids(ask.shelf, ask.shelf[FOR_ITSELF])
    everyone = _but_buyer(contract.ranking, contract.reading)
    # Those who do the trade × the part of their people × hours of so many years.
    by_person = assumed.share * assumed.hours_per_etp * contract.years
    hosts = {}
    for way in modalities():
        others = elsewhere if way.of_a_branch else for_itself if way.subcontracts else frozenset()
        able = [one for one in everyone if one.id not in others and not way.kinds.isdisjoint(one.kinds)]
        first: dict[str, Candidate] = {}
        for candidate in sorted(able, key=_nearest if way.of_any_trade else _nearest_of_trade):
            first.setdefault(candidate.organisation, candidate)
        ordered = sorted(first.values(), key=_likeliest) if way.subcontracts else list(first.values())
        hosts[way.code] = tuple(
            ClauseHost(one, one.fit * workforce_of(one, way.kinds) * by_person) for one in ordered[:MOST]
        )
    return hosts


def _ids(shelf: Shelf, rows: Bools) -> frozenset[str]:
    return frozenset(shelf.ids[row] for row in np.flatnonzero(rows).tolist())


def _km(candidate: Candidate) -> float:
    return inf if candidate.distance_km is None else candidate.distance_km


def _nearest(candidate: Candidate) -> tuple[Any, ...]:
    """Sort key of lenders of staff of any trade: the nearest first, then the surest of its trade."""
    return _km(candidate), STANDINGS.index(candidate.standing), -candidate.fit, candidate.id


def _nearest_of_trade(candidate: Candidate) -> tuple[Any, ...]:
    """Sort key of the establishments that do the works, and of GEIQ: the surest of the trade first, then the nearest."""
    return STANDINGS.index(candidate.standing), _km(candidate), -candidate.fit, candidate.id


def _likeliest(candidate: Candidate) -> tuple[Any, ...]:
    """Sort key of organisations that do the works: the surest of the trade first, then the likeliest, then the nearest."""
    return STANDINGS.index(candidate.standing), -candidate.fit, _km(candidate), candidate.id


def _by_standing(hosts: Mapping[str, tuple[ClauseHost, ...]]) -> list[dict[str, Workforce]]:
    """The workforce of each modality by what is known of its trade, the surest first."""
    by_standing = []
    for standing in STANDINGS:
        of_it = {
            code: [host for host in several if host.candidate.standing is standing] for code, several in hosts.items()
        }
        by_standing.append(
            {
                code: Workforce(sum(host.candidate.fit for host in some), sum(host.room for host in some))
                for code, some in of_it.items()
                if some
            }
        )
    return by_standing


def _entrusted(hosts: Iterable[ClauseHost], hours: int, used: dict[str, float]) -> tuple[ClauseHost, ...]:
    """Entrust hours to hosts in their order, each as far as it has room beside what the plan entrusts its organisation with elsewhere."""
    entrusted = []
    for host in hosts:
        organisation = host.candidate.organisation
        free = host.room * (1 - used.get(organisation, 0.0))
        part = min(hours, ceil(free - 1e-6)) if free > 0 else 0
        if part:
            used[organisation] = used.get(organisation, 0.0) + part / host.room
        hours -= part
        entrusted.append(replace(host, hours=part))
    return tuple(entrusted)
