"""Plans the insertion hours of a winner's contracts (social clauses): splits each contract's hours between modalities (direct hire, temp work, subcontracting
to inclusive suppliers…), ranks the organisations to call for each, and finds related purchases (side needs) that inclusive suppliers could take."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, inf

import numpy as np

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import STANDINGS, Candidate, lot_candidates, unlikely_organisations
from matcher.decisions.clause.sharing import SmallLine, Workforce, equally, join_small, mix, round_to_total
from matcher.decisions.clause.timeline import ContractMonths, Timeline
from matcher.decisions.opinion.compute import OPEN_GATES
from matcher.decisions.sizing import workforce_of
from matcher.domain.match import Band
from matcher.domain.reading import ActivityGuess, Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.known import AUTRE, band_of_each
from matcher.ranking.shelf.card import Card
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals.kind import FOR_ITSELF
from matcher.reference.calibration import family_of
from matcher.reference.clauses import HIRING, Modality, SideNeed, modalities, side_needs
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.how_widespread import doing

MONTHS = 12.0
# Most suppliers that a plan counts per modality and contract: nobody contracts with hundreds.
MOST = 20
# Structures shown first per modality and contract: those to call first.
NAMED = 3
# Candidates shown of each side need.
SHOWN = 3
# Most hours of one person at a business through an association intermédiaire, over 24 months (Code du travail, L5132-9 2°).
MOST_BY_AI = 480


@dataclass(frozen=True, slots=True)
class PlanContract:
    """A contract to plan: the ranking of suppliers for it, `hours` of insertion over `months` (None if unknown), `hours_source`: in French.
    `written`: hours by modality set by the user, None to propose the usual shares; `equal`: same hours for each modality with suppliers."""

    label: str
    ranking: Ranking
    hours: int
    months: float | None
    start: date | None = None
    hours_source: str = ""
    written: Mapping[str, int] | None = None
    equal: bool = False

    @property
    def reading(self) -> Reading:
        """The reading (activity, places, amount…) of the contract's text."""
        return self.ranking.ask.reading

    @property
    def years(self) -> float:
        """Duration in years; one if unknown."""
        return (self.months or MONTHS) / MONTHS

    def etp(self, assumed: Assumptions) -> float | None:
        """Return its hours as full-time equivalents over its duration, None if the duration is unknown."""
        return None if self.months is None else self.hours * MONTHS / self.months / assumed.hours_per_etp

    def span(self, assumed: Assumptions) -> ContractMonths | None:
        """Return its period and workforce for the timeline; None if its start or duration is unknown."""
        etp = self.etp(assumed)
        return ContractMonths(self.start, self.months, etp) if self.start and self.months and etp is not None else None


@dataclass(frozen=True, slots=True)
class ClauseHost:
    """An organisation to call for one modality of one contract, represented by its best establishment. `room`: expected capacity in hours over the contract;
    `hours`: those that the plan gives it."""

    candidate: Candidate
    room: float
    hours: int = 0


@dataclass(frozen=True, slots=True)
class ContractWay:
    """A way: one modality in one contract. `hours` planned, hours `proposed` by usual shares, and `hosts`, one per organisation, in the order to call them.
    `unlikely`: without hosts, the organisations within reach that are not counted, because hardly any of their kind does the trade. `closed`: the law forbids
    this modality in the contract's trade, so that it has no hosts."""

    modality: Modality
    hours: int
    proposed: int
    hosts: tuple[ClauseHost, ...]
    unlikely: frozenset[str] = frozenset()
    closed: bool = False

    @property
    def first_hosts(self) -> tuple[ClauseHost, ...]:
        """The hosts to call first."""
        return self.hosts[:NAMED]


@dataclass(frozen=True, slots=True)
class ContractSplit:
    """One contract split between all modalities; `small`: proposed lines too small to be entrusted separately."""

    contract: PlanContract
    ways: tuple[ContractWay, ...]
    small: tuple[SmallLine, ...]

    @property
    def carrying(self) -> tuple[ContractWay, ...]:
        """The modalities that have hours, the largest first."""
        return tuple(sorted((way for way in self.ways if way.hours), key=lambda way: (-way.hours, way.modality.code)))

    @property
    def closed(self) -> tuple[ContractWay, ...]:
        """The modalities that the law forbids in the contract's trade."""
        return tuple(way for way in self.ways if way.closed)

    @property
    def hours(self) -> Mapping[str, int]:
        """Planned hours by modality code."""
        return {way.modality.code: way.hours for way in self.ways}

    @property
    def is_edited(self) -> bool:
        """Return whether the split differs from the proposed one."""
        return any(way.hours != way.proposed for way in self.ways)

    @property
    def placed_hours(self) -> int:
        """Planned hours of all modalities."""
        return sum(way.hours for way in self.ways)

    @property
    def lacking(self) -> int:
        """Hours of the contract not given to a modality; negative if the split exceeds the contract."""
        return self.contract.hours - self.placed_hours


@dataclass(frozen=True, slots=True)
class ModalityHours:
    """The hours of one modality over all contracts; `ways`: one per contract, in order."""

    modality: Modality
    ways: tuple[ContractWay, ...]

    @property
    def by_contract(self) -> tuple[int, ...]:
        """Planned hours in each contract."""
        return tuple(way.hours for way in self.ways)

    @property
    def hours(self) -> int:
        """Planned hours in all contracts."""
        return sum(self.by_contract)

    @property
    def proposed_hours(self) -> int:
        """Hours proposed by the usual shares, in all contracts."""
        return sum(way.proposed for way in self.ways)

    @property
    def closed(self) -> bool:
        """Return whether the law forbids this modality in the trade of every contract."""
        return all(way.closed for way in self.ways)

    @property
    def room(self) -> float | None:
        """Hours that its hosts could carry, each organisation counted once; None for a modality without suppliers (direct hire)."""
        return self._of_each(lambda host: host.room) if self.modality.kinds else None

    @property
    def doing(self) -> float:
        """Expected number of its hosts that do the trade, an organisation counted once."""
        return self._of_each(lambda host: host.candidate.fit)

    @property
    def hosts(self) -> tuple[tuple[ClauseHost, tuple[int, ...]], ...]:
        """Every establishment to call with the indices of its contracts, from the contract with most hours."""
        first: dict[str, ClauseHost] = {}
        contracts: dict[str, list[int]] = {}
        for at in sorted(range(len(self.ways)), key=lambda at: (-self.ways[at].hours, at)):
            for host in self.ways[at].hosts:
                first.setdefault(host.candidate.id, host)
                contracts.setdefault(host.candidate.id, []).append(at)
        return tuple((host, tuple(sorted(contracts[key]))) for key, host in first.items())

    @property
    def unlikely(self) -> frozenset[str]:
        """Organisations within reach of a contract for which nobody is counted: hardly any of their kind does its trade."""
        return frozenset().union(*(way.unlikely for way in self.ways))

    def _of_each(self, value: Callable[[ClauseHost], float]) -> float:
        most: dict[str, float] = {}
        for way in self.ways:
            for host in way.hosts:
                organisation = host.candidate.organisation
                most[organisation] = max(value(host), most.get(organisation, 0.0))
        return sum(most.values())


@dataclass(frozen=True, slots=True)
class SideAnswer:
    """Suppliers for a side need (a purchase related to the works): how many organisations a list of it shows as known for the trade (`credible`), pointed to
    by a clue, and to call, and the first of the known ones."""

    need: SideNeed
    credible: int
    clues: int
    to_call: int
    first: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class ClausePlan:
    """The whole plan: the split of each contract, and the side needs that some known supplier can answer."""

    splits: tuple[ContractSplit, ...]
    side: tuple[SideAnswer, ...]
    assumed: Assumptions

    @property
    def contracts(self) -> tuple[PlanContract, ...]:
        """Its contracts, in their order."""
        return tuple(one.contract for one in self.splits)

    @property
    def by_modality(self) -> tuple[ModalityHours, ...]:
        """Each modality in all contracts, the most used first."""
        each = (
            ModalityHours(modality, ways)
            for modality, ways in zip(modalities(), zip(*(one.ways for one in self.splits), strict=True), strict=True)
        )
        return tuple(sorted(each, key=lambda one: (-one.proposed_hours, one.modality.code)))

    @property
    def uncounted(self) -> tuple[ModalityHours, ...]:
        """The modalities by suppliers for which none is counted, without those that the law forbids in every contract's trade."""
        return tuple(one for one in self.by_modality if one.modality.kinds and not one.hosts and not one.closed)

    @property
    def hours(self) -> int:
        """Hours of insertion of all contracts."""
        return sum(one.hours for one in self.contracts)

    @property
    def adds_up(self) -> bool:
        """Return whether each contract's split adds up to its hours."""
        return not any(one.lacking for one in self.splits)

    @property
    def etp(self) -> float:
        """Its hours as full-time equivalents over one year."""
        return self.hours / self.assumed.hours_per_etp

    @property
    def timeline(self) -> Timeline | None:
        """The timeline of its contracts; None if some start or duration is unknown."""
        spans = tuple(span for one in self.contracts if (span := one.span(self.assumed)))
        return Timeline(spans) if len(spans) == len(self.splits) else None


def plan_contracts(contracts: Sequence[PlanContract], assumed: Assumptions, works_type: str = "") -> ClausePlan:
    """Plan contracts in order; side needs are those of `works_type`, or of each contract's trade if empty. The buyer of a contract is never one of its
    hosts. Raises ValueError without a contract, or for hours or months that are not positive."""
    if not contracts or any(one.hours <= 0 or (one.months is not None and one.months <= 0) for one in contracts):
        raise ValueError("Les heures et la durée doivent être positives.")
    used: dict[str, float] = {}
    splits = tuple(_split(one, assumed, used) for one in contracts)
    side = side_answers([one.ranking.ask for one in contracts], works_type)
    return ClausePlan(
        splits, tuple(sorted(side, key=lambda one: (-one.credible, -one.to_call, one.need.label))), assumed
    )


def side_answers(asks: Sequence[LotOnShelf], works_type: str = "") -> Iterable[SideAnswer]:
    """Yield, for each side need of the works (or of `works_type`) that has a known supplier around their places, its suppliers."""
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
            reading = replace(reading, buyer_named=ask.reading.buyer_named)
            bands = lay_out_bands(rank(LotOnShelf(reading, ask.shelf, ask.on), gates=OPEN_GATES))
            if bands.place_counts[0]:
                first = tuple(ask.shelf.suppliers[row] for row in bands.of(Band.CONNU)[:SHOWN].tolist())
                yield SideAnswer(need, *bands.place_counts, first)


def _split(contract: PlanContract, assumed: Assumptions, used: dict[str, float]) -> ContractSplit:
    """Split the hours of a contract; `used`, updated: share of each organisation's capacity taken by the previous contracts."""
    hosts = _hosts(contract, assumed)
    room = {code: sum(host.room for host in way_hosts) for code, way_hosts in hosts.items()}
    relevance = doing([(guess.code, guess.confidence) for guess in contract.reading.activities])
    lines, small = join_small(mix(contract.hours, relevance, _by_standing(hosts)), room)
    proposed = round_to_total(lines, contract.hours)
    written = contract.written
    if contract.equal:
        written = equally(contract.hours, [HIRING, *(code for code, hours in room.items() if hours > 0)])
    hours = proposed if written is None else {code: written.get(code, 0) for code in proposed}
    ways, closed_ways = [], _closed_ways(contract)
    for modality in modalities():
        entrusted, hours_left = [], hours[modality.code]
        # To the hosts in order (greedy), each up to its capacity not yet used by other contracts.
        for host in hosts[modality.code]:
            organisation = host.candidate.organisation
            free = host.room * (1 - used.get(organisation, 0.0))
            part = min(hours_left, ceil(free - 1e-6)) if free > 0 else 0
            if part:
                used[organisation] = used.get(organisation, 0.0) + part / host.room
            hours_left -= part
            entrusted.append(replace(host, hours=part))
        unlikely: frozenset[str] = frozenset()
        if not hosts[modality.code]:
            unlikely = unlikely_organisations(contract.ranking, modality.kinds) - {contract.reading.buyer_siren}
        planned = hours[modality.code], proposed[modality.code]
        ways.append(ContractWay(modality, *planned, tuple(entrusted), unlikely, modality.code in closed_ways))
    return ContractSplit(contract, tuple(ways), small)


def _hosts(contract: PlanContract, assumed: Assumptions) -> Mapping[str, tuple[ClauseHost, ...]]:
    """Return the hosts of each modality, one per organisation, without the buyer, temp suppliers of another branch, or structures that work only for their
    parent body."""
    ask = contract.ranking.ask
    elsewhere = _ids(ask.shelf, ask.once(band_of_each) == AUTRE)
    for_itself = _ids(ask.shelf, ask.shelf[FOR_ITSELF])
    everyone = [one for one in lot_candidates(contract.ranking) if one.organisation != contract.reading.buyer_siren]
    # Room = chance of doing the trade × workforce × share of it × hours a year × years.
    by_person = assumed.share * assumed.hours_per_etp * contract.years
    closed_ways = _closed_ways(contract)
    hosts: dict[str, tuple[ClauseHost, ...]] = {}
    for modality in modalities():
        if modality.code in closed_ways:
            hosts[modality.code] = ()
            continue
        others = elsewhere if modality.of_a_branch else for_itself if modality.subcontracts else frozenset()
        eligible = [one for one in everyone if one.id not in others and not modality.kinds.isdisjoint(one.kinds)]
        first: dict[str, Candidate] = {}
        if modality.of_any_trade:  # suppliers that lend staff of any trade: the nearest, then the surest of the trade
            eligible.sort(key=lambda one: (_km(one), STANDINGS.index(one.standing), -one.fit, one.id))
        else:  # establishments that do the works, and GEIQ: the surest of the trade, then the nearest
            eligible.sort(key=lambda one: (STANDINGS.index(one.standing), _km(one), -one.fit, one.id))
        for candidate in eligible:
            first.setdefault(candidate.organisation, candidate)
        ordered = list(first.values())
        if modality.subcontracts:  # organisations that do the works: the surest of the trade, then the likeliest
            ordered.sort(key=lambda one: (STANDINGS.index(one.standing), -one.fit, _km(one), one.id))
        hosts[modality.code] = tuple(
            ClauseHost(one, one.fit * workforce_of(one, modality.kinds) * by_person) for one in ordered[:MOST]
        )
    return hosts


def _closed_ways(contract: PlanContract) -> tuple[str, ...]:
    """Return the codes of the modalities that the law forbids in the contract's trade."""
    family = family_of(contract.reading)
    return family.closed_ways if family else ()


def _ids(shelf: Shelf, rows: Bools) -> frozenset[str]:
    return frozenset(shelf.ids[row] for row in np.flatnonzero(rows).tolist())


def _km(candidate: Candidate) -> float:
    return inf if candidate.distance_km is None else candidate.distance_km


def _by_standing(hosts_by_modality: Mapping[str, tuple[ClauseHost, ...]]) -> list[dict[str, Workforce]]:
    """Return, for each candidate standing from the surest, the workforce of each modality."""
    return [
        {
            code: Workforce(sum(host.candidate.fit for host in some), sum(host.room for host in some))
            for code, several in hosts_by_modality.items()
            if (some := [host for host in several if host.candidate.standing is standing])
        }
        for standing in STANDINGS
    ]
