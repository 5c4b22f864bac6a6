"""The opinion on reserving a lot: under which article, on whose confirmed word, or what else to do; each number with its hypothesis."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from math import ceil, floor

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.calibrated import CalibratedHours, calibrate_lot
from matcher.decisions.candidates import (
    POINTED,
    RESERVING,
    Candidate,
    CandidateStanding,
    eligible_to,
    unlisted_levers,
    within_calls,
)
from matcher.decisions.opinion.competitors import competitors, enough_people
from matcher.decisions.opinion.law import NOTHING_TOLD, LegalPosition, ToldByBuyer, legal_position, unfit_for_ess
from matcher.decisions.sizing import STEP_ETP, Range, SizeStep, Split, able_count, candidates_by_size, largest, split
from matcher.decisions.workload import Workload
from matcher.domain.reading import Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.gates import FAMILY, GATES
from matcher.reference.calibration import WorkFamily, family_of
from matcher.reference.levers import lever

CLAUSE, PMSMP = "clause", "pmsmp"
# The article that a lot asks for refuses nobody here: what the others would give is part of the opinion.
OPEN_GATES = tuple(gate for gate in GATES if gate.key not in (FAMILY, "type non connu"))
# Sizes of the curve: up to twice the lot, or the first sizes that a lot of unknown size may have; further where the candidates wanted
# remain beyond, so that one sees where they no longer do.
CURVE_STEPS, CURVE_ETP = 8, 16.0
# How many one calls first, at least.
CALLED = 3


class OpinionVerdict(StrEnum):
    """Conclusion of an opinion, from the firmest to the least."""

    RESERVE = "réserver"
    SMALLER = "réserver un lot plus petit"
    CONFIRM = "réserver, à confirmer"
    CLAUSE = "clause seulement"
    SOURCE = "sourcer d’abord"
    NOBODY = "personne"


@dataclass(frozen=True, slots=True)
class LeverOpinion:
    """One lever: its candidates, one an organisation, and what it allows.

    `credible` are known for the trade, `hints` pointed to, `to_call` those of unknown trade whom one calls. `confirmed` are the known who declare the trade,
    by an answer or not, or won an award, and whose workforce suffices where the lot's size is known; `missing` how many more must be confirmed. `able` counts
    those who do the trade and can carry the lot, `expected` how many of those to call usually do it; `smaller_etp` is the largest lot under this one that as
    many as the floor are confirmed for. `possible` where as many are confirmed as the floor asks for, `likely` where as many are known or pointed to, and not
    known to be too small, `hoped` where as many would be with those to call who usually do the trade. `excluded` is the reason, in French, for which the
    article cannot apply, empty where it can. `called` are those that one calls first, three or as many as must be confirmed, in the order of the list; who is
    known to be too small, last.
    """

    lever: str
    credible: tuple[Candidate, ...]
    hints: tuple[Candidate, ...]
    to_call: tuple[Candidate, ...]
    confirmed: tuple[Candidate, ...]
    missing: int
    called: tuple[Candidate, ...]
    able: Range
    expected: float
    smaller_etp: float | None
    likely: bool
    hoped: bool
    possible: bool
    excluded: str = ""

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All its candidates, the known first."""
        return (*self.credible, *self.hints, *self.to_call)

    @property
    def firmness(self) -> int:
        """2 where the lot can be reserved, 1 where calls may confirm it, else 0."""
        return 2 if self.possible else int(self.likely)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A candidate for which the lot would be this `share` of its turnover."""

    candidate: Candidate
    share: float


@dataclass(frozen=True)
class Opinion:
    """The answer for a lot: a verdict, the lever it is for (empty for none; of a verdict that calls for more sourcing, the one that calls may confirm), what
    each lever gives, and its legal position. `hours` are those that a clause usually asks of such a lot.

    `told` is the lever that the figures are of: the one concluded for, else the one the lot asks for, else the clause, open to all. `said` is the article
    that the text reserves the lot under outright, where no one was chosen; `unfit` the one that was chosen and cannot apply; each empty where there is none.
    `unlisted` are the articles for which the catalogue holds nobody at all, anywhere. `understood` is False where the reading is in doubt, `placed` where no
    place is known: nobody is counted then, and the trade or the place is to be given first. `repeated` counts the candidates left out because another of
    their organisation counts. `dependent` those whose turnover is known and for whom the lot is too large a part of it. `listed_to_call` is how many of
    unknown trade the whole list holds for that lever; None where that was not counted.
    """

    verdict: OpinionVerdict
    lever: str
    need: Workload
    understood: bool
    levers: tuple[LeverOpinion, ...]
    told: LeverOpinion
    repeated: int
    dependent: tuple[Dependency, ...]
    assumed: Assumptions
    law: LegalPosition
    hours: CalibratedHours
    said: str = ""
    unfit: str = ""
    placed: bool = True
    unlisted: frozenset[str] = frozenset()
    listed_to_call: int | None = None

    @property
    def family(self) -> WorkFamily | None:
        """The family that its trade is calibrated with."""
        return self.hours.family

    @cached_property
    def steps(self) -> tuple[SizeStep, ...]:
        """The curve of the lever that the figures are of."""
        return candidates_by_size(self.told.candidates, _sizes(self.need.etp, self.largest), self.assumed)

    @cached_property
    def largest(self) -> Range | None:
        """The size that keeps the candidates wanted, None where none does."""
        return largest(self.told.candidates, self.assumed.wanted, self.assumed)

    @cached_property
    def split(self) -> Split | None:
        """The need cut in lots that keep the candidates wanted; None where its size, or any such size, is not known."""
        return split(self.told.candidates, self.need.etp, self.assumed.wanted, self.assumed) if self.need.etp else None

    @property
    def is_counted(self) -> bool:
        """True where candidates could be counted: the trade and the place are known, and the code holds there."""
        return self.understood and self.placed and self.law.own_law is None

    @property
    def better(self) -> LeverOpinion | None:
        """The article that would clearly do better than that of the text; None where none would, or where the text has none."""
        if not self.said or self.said in self.unlisted:
            return None
        reserved = self.of(self.said)
        others = (one for one in self.levers if one.lever in RESERVING and one.firmness > reserved.firmness)
        return min(others, key=_preference, default=None)

    def of(self, code: str) -> LeverOpinion:
        """Return the opinion on one lever. Raises KeyError for one that was not considered."""
        return {its.lever: its for its in self.levers}[code]


def lot_opinion(
    ask: LotOnShelf, need: Workload, assumed: Assumptions, buyer_facts: ToldByBuyer = NOTHING_TOLD
) -> Opinion:
    """Return the opinion on a lot, with the facts that its buyer gives for the law.

    A lot that already asks for an article, or whose text reserves it under one outright, is concluded for under it alone; the others are counted beside it
    all the same.
    """
    pool = within_calls(rank(ask, gates=OPEN_GATES), assumed.calls)
    law = legal_position(ask.reading, ask.on, buyer_facts)
    return opinion_on(
        pool,
        ask.reading,
        law,
        need,
        assumed,
        {},
        understood=ask.is_understood,
        placed=is_placed(ask.reading),
        unlisted=unlisted_levers(ask.shelf),
    )


def opinion_on(
    pool: Sequence[Candidate],
    reading: Reading,
    law: LegalPosition,
    need: Workload,
    assumed: Assumptions,
    turnover: Mapping[str, float],
    *,
    understood: bool = True,
    placed: bool = True,
    unlisted: frozenset[str] = frozenset(),
) -> Opinion:
    """Return the opinion from candidates already found; of a lot of unknown trade or place, none of them counts. `turnover` maps the ids of
    the suppliers of whom it is known to euros a year."""
    countable = understood and placed and law.own_law is None
    if not countable:
        pool = ()
    codes = (*RESERVING, CLAUSE)
    levers = tuple(
        lever_opinion(code, pool, need.etp, assumed, exclusion_reason(code, reading, law.on)) for code in codes
    )
    lever_in_text = said_outright(reading)
    lever_asked = reading.lot.levier or lever_in_text
    hours = calibrate_lot(reading, year=assumed.hours_per_etp, on=law.on)
    open_to = [one for one in levers if lever_asked in ("", one.lever)]
    verdict, chosen = (
        _conclusion(open_to, levers[-1], assumed, lever_asked, hours)
        if countable and lever_asked not in unlisted
        else (OpinionVerdict.SOURCE, "")
    )
    concluded = next(its for code in (chosen, lever_asked, CLAUSE) for its in levers if its.lever == code)
    counted = {candidate.organisation for candidate in concluded.candidates}
    repeated = sum(candidate.organisation in counted for candidate in eligible_to(concluded.lever, pool)) - len(counted)
    return Opinion(
        verdict=verdict,
        lever=chosen,
        need=need,
        understood=understood,
        levers=levers,
        told=concluded,
        repeated=repeated,
        dependent=_dependent(concluded.candidates, need.yearly, assumed, turnover),
        assumed=assumed,
        law=law,
        hours=hours,
        said=lever_in_text,
        unfit=_unfit(levers, reading.lot.levier),
        placed=placed,
        unlisted=unlisted,
    )


def _unfit(levers: Sequence[LeverOpinion], chosen: str) -> str:
    """The article that was chosen, where it cannot apply."""
    return next((its.lever for its in levers if its.lever == chosen != CLAUSE and its.excluded), "")


def is_placed(reading: Reading) -> bool:
    """Return whether a place is known: without one, the whole of France would count as within reach."""
    return bool(reading.places)


def said_outright(reading: Reading) -> str:
    """Return the article that a text reserves its lot under in so many words; empty where there is none, or where one was chosen."""
    outright = reading.reserved_by and not reading.lot.levier and reading.levier_hint in RESERVING
    return reading.levier_hint if outright else ""


def exclusion_reason(code: str, reading: Reading, on: date) -> str:
    """Return in French why a lever cannot apply to a lot on a day; empty where it can."""
    chosen = lever(code)
    if chosen.valid_from is not None and on < chosen.valid_from:
        return f"l’article n’était pas en vigueur à la date du lot (depuis le {chosen.valid_from:%d/%m/%Y})"
    if code == "15" and (unfit := unfit_for_ess(reading)):
        return unfit
    if code == CLAUSE and (family := family_of(reading)) is not None and not family.gives_work:
        return f"pas de clause d’insertion dans ce métier ({family.name.lower()})"
    return ""


def lever_opinion(
    code: str, pool: Sequence[Candidate], etp: float | None, assumed: Assumptions, excluded: str = ""
) -> LeverOpinion:
    """Return what a lever gives: an organisation counts once; an unknown workforce is neither none nor enough."""
    eligible = eligible_to(code, pool)
    counted = competitors(eligible, etp, assumed)
    by = {standing: tuple(one for one in counted if one.standing is standing) for standing in CandidateStanding}
    enough = {one.id: enough_people(one, etp, assumed) for one in eligible}
    confirmed: dict[str, Candidate] = {}
    for candidate in eligible:
        if candidate.confirmed and enough[candidate.id]:
            confirmed.setdefault(candidate.organisation, candidate)
    expected = sum(one.fit for one in by[CandidateStanding.TO_CALL])
    may = {one.organisation for one in eligible if one.standing in POINTED and enough[one.id] is not False}
    return LeverOpinion(
        lever=code,
        credible=by[CandidateStanding.CREDIBLE],
        hints=by[CandidateStanding.HINT],
        to_call=by[CandidateStanding.TO_CALL],
        confirmed=tuple(confirmed.values()),
        missing=max(assumed.floor - len(confirmed), 0),
        called=_called(counted, confirmed, enough, assumed.floor),
        able=able_count(counted, etp, assumed),
        expected=expected,
        smaller_etp=_smaller(eligible, etp, assumed),
        likely=not excluded and len(may) >= assumed.floor,
        hoped=not excluded and len(may) + expected >= assumed.floor,
        possible=not excluded and len(confirmed) >= assumed.floor,
        excluded=excluded,
    )


def _called(
    counted: Sequence[Candidate], confirmed: Collection[str], enough: Mapping[str, bool | None], floor: int
) -> tuple[Candidate, ...]:
    """The first to call: who may be able before who is too small, and while a `floor` of confirmed ones is not reached, who is to be confirmed
    before the organisations that are."""
    wanting = floor - len(confirmed)
    order = sorted(counted, key=lambda one: (enough[one.id] is False, wanting > 0 and one.organisation in confirmed))
    return tuple(order[: max(CALLED, wanting)])


def _smaller(eligible: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> float | None:
    """The largest size, in half ETP, under the lot's own that as many confirmed organisations as the floor can carry; None where none is."""
    if etp is None or etp <= STEP_ETP:
        return None
    people: dict[str, float] = {}
    for candidate in eligible:
        if candidate.confirmed and candidate.workers is not None:
            people[candidate.organisation] = max(people.get(candidate.organisation, 0.0), candidate.workers)
    if len(people) < assumed.floor:
        return None
    carried = sorted(people.values(), reverse=True)[assumed.floor - 1] * assumed.share
    size = floor(carried / STEP_ETP) * STEP_ETP
    return size if 0 < size < etp else None


def _conclusion(
    levers: Sequence[LeverOpinion], clause: LeverOpinion, assumed: Assumptions, lever_asked: str, hours: CalibratedHours
) -> tuple[OpinionVerdict, str]:
    """The firmest verdict; of its articles one that names a family before 14, of two families the better provided, or of the larger smaller lot.

    An article that is asked for is to be confirmed by calls even of those of whom nothing is known. A clause that is asked for is one: its
    hours can always be done by hiring.
    """
    reserving = sorted((one for one in levers if one.lever != CLAUSE and not one.excluded), key=_preference)
    ready: tuple[tuple[OpinionVerdict, Callable[[LeverOpinion], bool]], ...] = (
        (OpinionVerdict.RESERVE, lambda one: one.possible),
        # Where enough are of unknown size, a smaller lot is no conclusion: they are to be asked.
        (OpinionVerdict.SMALLER, lambda one: one.smaller_etp is not None and not one.likely),
        (OpinionVerdict.CONFIRM, lambda one: one.hoped if lever_asked else one.likely),
    )
    for verdict, holds in ready:
        able = list(filter(holds, reserving))
        if verdict is OpinionVerdict.SMALLER:
            able.sort(key=lambda one: (one.lever == "14", -(one.smaller_etp or 0)))
        if able:
            return verdict, able[0].lever
    return _without_reserving(clause, assumed, lever_asked, hours)


def _without_reserving(
    clause: LeverOpinion, assumed: Assumptions, lever_asked: str, hours: CalibratedHours
) -> tuple[OpinionVerdict, str]:
    """Return the conclusion where no article can be reserved under, and its lever. Neither a clause nor an immersion is proposed where the trade has no work to give.
    Nobody is the conclusion only where nothing points to anyone and those to call would usually not do the trade."""
    if hours.gives_work and (clause.credible or lever_asked == CLAUSE):
        return OpinionVerdict.CLAUSE, CLAUSE
    if clause.credible or clause.hints or clause.expected >= assumed.worth:
        return OpinionVerdict.SOURCE, ""
    return OpinionVerdict.NOBODY, PMSMP if hours.gives_work else ""


def _preference(lever_opinion: LeverOpinion) -> tuple[bool, int, int, int, int]:
    return (
        lever_opinion.lever == "14",
        -len(lever_opinion.confirmed),
        -len(lever_opinion.credible),
        -len(lever_opinion.hints),
        RESERVING.index(lever_opinion.lever),
    )


def _sizes(etp: float | None, estimate: Range | None) -> list[float]:
    last = max(2 * etp, 1.0) if etp else CURVE_ETP
    if estimate is not None and estimate.likely > last:
        last = float(ceil(estimate.likely / CURVE_STEPS) * CURVE_STEPS)
    steps = {round(last * step / CURVE_STEPS, 2) for step in range(1, CURVE_STEPS + 1)}
    return sorted(steps | ({round(etp, 2)} if etp else set()))  # the lot's own size is always among them


def _dependent(
    pool: Sequence[Candidate], yearly: float | None, assumed: Assumptions, turnover: Mapping[str, float]
) -> tuple[Dependency, ...]:
    if yearly is None:
        return ()
    shares = [(candidate, yearly / turnover[candidate.id]) for candidate in pool if turnover.get(candidate.id, 0) > 0]
    return tuple(Dependency(candidate, share) for candidate, share in shares if share > assumed.dependency)
