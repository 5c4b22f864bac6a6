"""The plan of social clauses: the hours of each contract shared between modalities, who could carry them, and what else the works could entrust."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, inf

import numpy as np

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.calibrated import LEAST_HOURS
from matcher.decisions.candidates import STANDINGS, Candidate, CandidateStanding, candidates
from matcher.decisions.clause.sharing import SmallLine, equally, joined, mix, whole
from matcher.decisions.clause.timeline import ContractMonths, Timeline
from matcher.decisions.opinion.compute import OPEN_GATES
from matcher.decisions.sizing import people_of
from matcher.domain.kinds import SupplierKind
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
# Candidates shown of each side need.
SHOWN = 3
# Hours that one person may do at a business through an AI, over 24 months (Code du travail, L5132-9 2°).
MOST_BY_AI = 480


@dataclass(frozen=True, slots=True)
class PlanContract:
    """One contract: all suppliers ranked for it, and the whole `hours` of insertion that it is to carry over `months`, None where nobody says how
    many; `counted` says how they were found. `written` are the hours by modality that a person decides on, None where the usual share is proposed; `equal` where each
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
        """What was understood of it."""
        return self.ranking.ask.reading

    def sharing(self, hours: Mapping[str, int]) -> "PlanContract":
        """Return it with the hours by modality that a person decides on."""
        return replace(self, written=hours)

    def etp(self, assumed: Assumptions) -> float | None:
        """Return its full-time people while it lasts, None where nobody says how long."""
        return None if self.months is None else self.hours * MONTHS / self.months / assumed.hours_per_etp


@dataclass(frozen=True, slots=True)
class ContractSplit:
    """One contract shared between modalities (by code): the `hours` decided on, those `proposed`, the lines too `small` to stand alone in
    these, and in hours the `room` of each modality over the contract: over a year where nobody says how long it lasts."""

    contract: PlanContract
    hours: Mapping[str, int]
    proposed: Mapping[str, int]
    small: tuple[SmallLine, ...]
    room: Mapping[str, float]

    @property
    def edited(self) -> bool:
        """Whether a person decided on another split than the one proposed."""
        return self.hours != self.proposed

    @property
    def placed(self) -> int:
        """Hours that a modality carries."""
        return sum(self.hours.values())

    @property
    def lacking(self) -> int:
        """Hours of the contract that no modality carries; below 0 where they carry more than it has."""
        return self.contract.hours - self.placed


@dataclass(frozen=True, slots=True)
class ClauseHost:
    """A structure to call for a modality, and the `contracts` of the plan (their places in it) that it could do; it is as it stands for the
    one that it `fits` best."""

    candidate: Candidate
    contracts: tuple[int, ...]
    fits: int


@dataclass(frozen=True, slots=True)
class Carried:
    """Hours that one modality carries in each contract; `usual` its share of the region's hours in [0, 1].

    `room` is what its suppliers within reach could carry in hours over the contracts, None where it has no suppliers, hence no such bound;
    `doing` how many of them are expected to do the trade; `hosts` one an organisation, best first, those of contracts with hours before.
    """

    modality: Modality
    by_contract: tuple[int, ...]
    usual: float
    room: float | None
    doing: float
    hosts: tuple[ClauseHost, ...]

    @property
    def hours(self) -> int:
        """Its hours in all contracts."""
        return sum(self.by_contract)

    @property
    def callable(self) -> tuple[ClauseHost, ...]:
        """The hosts to call: those that could do a contract where it has hours."""
        return tuple(one for one in self.hosts if any(self.by_contract[at] for at in one.contracts))

    @property
    def people(self) -> int | None:
        """The least number of people that an AI must lend for its hours at a business; None of any other modality."""
        return ceil(self.hours / MOST_BY_AI) if self.modality.kinds == {SupplierKind.AI} else None


@dataclass(frozen=True, slots=True)
class SideAnswer:
    """Suppliers that could answer a side need: how many are credible, and the first candidates."""

    need: SideNeed
    credible: int
    to_call: int
    first: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ClausePlan:
    """The whole plan: each contract with its split, each modality with its hours and its hosts."""

    splits: tuple[ContractSplit, ...]
    carried: tuple[Carried, ...]
    side: tuple[SideAnswer, ...]
    assumed: Assumptions

    @property
    def contracts(self) -> tuple[PlanContract, ...]:
        """Its contracts, in their order."""
        return tuple(one.contract for one in self.splits)

    @property
    def hours(self) -> int:
        """The hours that its contracts are to carry."""
        return sum(one.hours for one in self.contracts)

    @property
    def adds_up(self) -> bool:
        """Whether each contract has all its hours carried, no more."""
        return not any(one.lacking for one in self.splits)

    @property
    def etp(self) -> float:
        """Its hours as people working full time for one year."""
        return self.hours / self.assumed.hours_per_etp

    @property
    def timeline(self) -> Timeline | None:
        """The months of its contracts; None where one does not say when it starts, or how long it lasts."""
        spans = tuple(
            ContractMonths(contract.start, contract.months, etp)
            for contract in self.contracts
            if contract.start and contract.months is not None and (etp := contract.etp(self.assumed)) is not None
        )
        return Timeline(spans) if len(spans) == len(self.splits) else None


def plan(contracts: Sequence[PlanContract], assumed: Assumptions, works_type: str = "") -> ClausePlan:
    """Return the plan of some contracts; side needs are those of `works_type`, of each contract's trade where it is empty. The buyer of a
    contract is none of its hosts. Raises ValueError where there is no contract, or for hours or months that are not positive."""
    if not contracts or any(one.hours <= 0 or (one.months is not None and one.months <= 0) for one in contracts):
        raise ValueError("Les heures et la durée doivent être positives.")
    found = [_candidates(one) for one in contracts]
    splits = tuple(_split(one, its, assumed) for one, its in zip(contracts, found, strict=True))
    side = side_answers([one.ranking.ask for one in contracts], works_type)
    return ClausePlan(
        splits=splits,
        carried=tuple(
            sorted(
                (_carried(one, splits, found) for one in modalities()),
                key=lambda one: (-sum(its.proposed[one.modality.code] for its in splits), one.modality.code),
            )
        ),
        side=tuple(sorted(side, key=lambda one: (-one.credible, -one.to_call, one.need.label))),
        assumed=assumed,
    )


def side_answers(asks: Sequence[LotOnShelf], works_type: str = "") -> Iterable[SideAnswer]:
    """Rank every side need of some works, or of a type of works, each once, around their places."""
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
            found = _but_buyer(rank(LotOnShelf(reading, ask.shelf, ask.on), gates=OPEN_GATES), ask.reading)
            credible = sum(candidate.standing is CandidateStanding.CREDIBLE for candidate in found)
            yield SideAnswer(need, credible, len(found) - credible, found[:SHOWN])


# The candidates of one contract by modality.
_Found = Mapping[str, tuple[Candidate, ...]]


def _candidates(contract: PlanContract) -> _Found:
    """The first candidates of each modality, one an organisation: not the buyer, nor who lends people of another branch, nor who works for
    the body that carries it."""
    ask = contract.ranking.ask
    elsewhere = _ids(ask.shelf, ask.once(band_of_each) == AUTRE)
    for_itself = _ids(ask.shelf, ask.shelf[FOR_ITSELF])
    found = _but_buyer(contract.ranking, contract.reading)
    return {
        one.code: _of(one, found, elsewhere if one.of_a_branch else for_itself if one.subcontracts else frozenset())
        for one in modalities()
    }


def _ids(shelf: Shelf, rows: Bools) -> frozenset[str]:
    return frozenset(shelf.ids[row] for row in np.flatnonzero(rows).tolist())


def _but_buyer(ranking: Ranking, works: Reading) -> tuple[Candidate, ...]:
    """The candidates of a lot but the buyer of the works."""
    return tuple(one for one in candidates(ranking) if one.organisation != works.buyer_siren)


def _of(modality: Modality, found: Iterable[Candidate], others: frozenset[str]) -> tuple[Candidate, ...]:
    first: dict[str, Candidate] = {}
    for candidate in found:
        if candidate.id not in others and not modality.kinds.isdisjoint(candidate.kinds):
            first.setdefault(candidate.organisation, candidate)
    return tuple(first.values())[:MOST]


def _split(contract: PlanContract, found: _Found, assumed: Assumptions) -> ContractSplit:
    years = (contract.months or MONTHS) / MONTHS
    # Those who do the trade × the part of their people × hours of so many years.
    room = {
        way.code: sum(candidate.fit * people_of(candidate, way.kinds) for candidate in found[way.code])
        * assumed.share
        * assumed.hours_per_etp
        * years
        for way in modalities()
        if way.kinds
    }
    relevance = doing([(guess.code, guess.confidence) for guess in contract.reading.activities])
    lines, small = joined(mix(contract.hours, relevance, room), room, LEAST_HOURS)
    proposed = whole(lines, contract.hours)
    return ContractSplit(contract, _decided(contract, proposed, room), proposed, small, room)


def _decided(contract: PlanContract, proposed: Mapping[str, int], room: Mapping[str, float]) -> Mapping[str, int]:
    """The hours by modality that a person decides on, else those proposed."""
    written = contract.written
    if contract.equal:
        written = equally(contract.hours, [HIRING, *(code for code, hours in room.items() if hours > 0)])
    return proposed if written is None else {code: written.get(code, 0) for code in proposed}


def _carried(modality: Modality, splits: Sequence[ContractSplit], found: Sequence[_Found]) -> Carried:
    code = modality.code
    by_contract = tuple(one.hours[code] for one in splits)
    stands: dict[str, dict[int, Candidate]] = {}
    for at, its in enumerate(found):
        for one in its[code]:
            stands.setdefault(one.organisation, {})[at] = one
    hosts = [
        ClauseHost(its[fits], tuple(its), fits)
        for its in stands.values()
        for fits in [max(its, key=lambda at: (its[at].fit, -at))]
    ]
    # Evidence first, then the likeliest of it, then the nearest; who is nowhere known comes after.
    hosts.sort(
        key=lambda host: (
            not any(by_contract[at] for at in host.contracts),
            STANDINGS.index(host.candidate.standing),
            -host.candidate.fit,
            inf if host.candidate.distance_km is None else host.candidate.distance_km,
            host.candidate.id,
        )
    )
    return Carried(
        modality=modality,
        by_contract=by_contract,
        usual=modality.share,
        room=sum(one.room[code] for one in splits) if modality.kinds else None,
        doing=sum(one.candidate.fit for one in hosts),
        hosts=tuple(hosts),
    )
