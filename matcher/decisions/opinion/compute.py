"""Computes the opinion on reserving a lot (advice to a public buyer): counts the candidates under each lever (article of law that reserves, or social clause)
and concludes: reserve, confirm by calls, reserve a smaller lot, clause only, source first, or nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from matcher.domain.grouping import group_pairs
from matcher.domain.reading import Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.gates import FAMILY, GATES
from matcher.ranking.known import A_APPELER
from matcher.reference.calibration import WorkFamily, family_of
from matcher.reference.levers import eligible_kinds, lever

CLAUSE, PMSMP = "clause", "pmsmp"
# Ranking gates without those on the kind of supplier: an opinion counts the candidates of all articles, not only of the one requested.
OPEN_GATES = tuple(gate for gate in GATES if gate.key not in (FAMILY, "type non connu"))
# Curve of candidates by lot size: number of steps, and its end in ETP for a lot of unknown size (else twice the lot); longer if the wanted number of
# candidates is still reached there.
CURVE_STEPS, CURVE_ETP = 8, 16.0
# Least number of candidates to call first.
CALLED = 3


class OpinionVerdict(StrEnum):
    """Conclusion of an opinion, from the firmest to the least firm."""

    RESERVE = "réserver"
    CONFIRM = "réserver, à confirmer"
    SMALLER = "réserver un lot plus petit"
    CLAUSE = "clause seulement"
    SOURCE = "sourcer d’abord"
    NOBODY = "personne"


@dataclass(frozen=True, slots=True)
class LeverOpinion:
    """Candidates of one lever, one per organisation, and the conclusion it allows.

    `credible`: known for the trade; `hints`: with a clue; `to_call`: of unknown trade. `confirmed`: candidates that declare the trade or won a contract, with
    enough workforce if the lot's size is known; `missing`: number still to be confirmed to reach the floor (organisations needed to reserve). `able`: number
    that do the trade and can carry the lot; `expected`: expected number of `to_call` that do the trade; `smaller_etp`: largest size below the lot's for which
    the floor is confirmed. The floor is reached: `possible`, by confirmed ones; `likely`, by those with evidence and not known to be too small; `hoped`, by
    these plus `expected`. `excluded`: French reason why the article cannot apply, else empty. `called`: the first to call, at least three, those known to be
    too small last.
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
        """All its candidates, the known ones first."""
        return (*self.credible, *self.hints, *self.to_call)

    @property
    def firmness(self) -> int:
        """2 if the lot can be reserved, 1 if calls may confirm it, else 0."""
        return 2 if self.possible else int(self.likely)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A candidate for which the lot would be this `share` of its turnover."""

    candidate: Candidate
    share: float


@dataclass(frozen=True)
class Opinion:
    """The advice on a lot: a verdict, the `lever` it recommends (empty for none), the count of each lever, and the legal position. `hours`: those that a social
    clause could usually require of such a lot.

    `told`: the lever whose figures are shown: the recommended one, else the requested one, else the clause, open to all. `said`: article under which the text
    explicitly reserves the lot, if the user chose none; `unfit`: chosen article that cannot apply; each may be empty. `unlisted`: articles without any
    supplier in the catalogue. `understood`, `placed`: trade and place are known; if either is not, nobody is counted. `repeated`: number of candidates left
    out because another establishment of their organisation counts. `dependent`: candidates for which the lot is too large a share of turnover.
    `listed_to_call`: number of candidates of unknown trade in the full list for `told`; None if not counted.
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
        """The family of trades used to estimate the clause hours."""
        return self.hours.family

    @cached_property
    def steps(self) -> tuple[SizeStep, ...]:
        """The curve of candidates by lot size, for the lever `told`."""
        return candidates_by_size(self.told.candidates, _sizes(self.need.etp, self.largest), self.assumed)

    @cached_property
    def largest(self) -> Range | None:
        """The largest lot size that keeps the wanted candidates, None if no size does."""
        return largest(self.told.candidates, self.assumed.wanted, self.assumed)

    @cached_property
    def split(self) -> Split | None:
        """The need cut into equal lots that keep the wanted candidates; None if its size is unknown or no size keeps them."""
        return split(self.told.candidates, self.need.etp, self.assumed.wanted, self.assumed) if self.need.etp else None

    @property
    def is_counted(self) -> bool:
        """Return whether candidates could be counted: trade and place are known, and the public procurement code applies there."""
        return self.understood and self.placed and self.law.own_law is None

    @property
    def better(self) -> LeverOpinion | None:
        """The article with a firmer conclusion than the one written in the text; None if there is none."""
        if not self.said or self.said in self.unlisted:
            return None
        reserved = self.of(self.said)
        others = (one for one in self.levers if one.lever in RESERVING and one.firmness > reserved.firmness)
        return min(others, key=_preference, default=None)

    def of(self, code: str) -> LeverOpinion:
        """Return the count of one lever. Raises KeyError for a lever that was not considered."""
        return {its.lever: its for its in self.levers}[code]


def lot_opinion(
    ask: LotOnShelf, need: Workload, assumed: Assumptions, buyer_facts: ToldByBuyer = NOTHING_TOLD
) -> Opinion:
    """Return the opinion on a lot, with the buyer's legal facts.

    If the lot requests an article, or its text explicitly reserves it, only this article can be the conclusion; the others are still counted.
    """
    ranking = rank(ask, gates=OPEN_GATES)
    law = legal_position(ask.reading, ask.on, buyer_facts)
    opinion = opinion_on(
        within_calls(ranking, assumed.calls),
        ask.reading,
        law,
        need,
        assumed,
        {},
        understood=ask.is_understood,
        placed=is_placed(ask.reading),
        unlisted=unlisted_levers(ask.shelf),
    )
    return beside_list(opinion, ranking)[0]


def beside_list(opinion: Opinion, ranking: Ranking) -> tuple[Opinion, BandedRanking]:
    """Return the opinion with the number to call of the full list under the lever whose figures it shows, and this list."""
    code = opinion.told.lever
    listed = lay_out_bands(
        ranking, None if lever(code).open_to_all else ranking.ask.shelf.kinds.any_of(eligible_kinds(code))
    )
    return replace(opinion, listed_to_call=listed.place_counts[A_APPELER] if opinion.is_counted else None), listed


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
    """Return the opinion from candidates already selected; none counts if the trade or place is unknown. `turnover`: known euros a year, by supplier id."""
    countable = understood and placed and law.own_law is None
    if not countable:
        pool = ()
    by_lever = {
        code: lever_opinion(code, pool, need.etp, assumed, exclusion_reason(code, reading, law.on))
        for code in (*RESERVING, CLAUSE)
    }
    levers = tuple(by_lever.values())
    lever_in_text = said_outright(reading)
    lever_asked = reading.lot.levier or lever_in_text
    hours = calibrate_lot(reading, year=assumed.hours_per_etp, on=law.on)
    open_to = [one for one in levers if lever_asked in ("", one.lever)]
    verdict, chosen = (
        _conclusion(open_to, by_lever[CLAUSE], assumed, lever_asked, hours)
        if countable and lever_asked not in unlisted
        else (OpinionVerdict.SOURCE, "")
    )
    concluded = next(filter(None, map(by_lever.get, (chosen, lever_asked, CLAUSE))))
    # The article that the buyer chose, if it cannot apply.
    wished = by_lever.get(reading.lot.levier)
    unfit = wished.lever if wished and wished.lever != CLAUSE and wished.excluded else ""
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
        unfit=unfit,
        placed=placed,
        unlisted=unlisted,
    )


def is_placed(reading: Reading) -> bool:
    """Return whether a place is known: without one, the whole of France would count as within reach."""
    return bool(reading.places)


def said_outright(reading: Reading) -> str:
    """Return the article under which the text explicitly reserves the lot; empty if there is none, or if the user chose one."""
    outright = reading.reserved_by and not reading.lot.levier and reading.levier_hint in RESERVING
    return reading.levier_hint if outright else ""


def exclusion_reason(code: str, reading: Reading, on: date) -> str:
    """Return the French reason why a lever cannot apply to a lot on a day, or ""."""
    chosen = lever(code)
    if chosen.valid_from is not None and on < chosen.valid_from:
        return f"l’article n’était pas en vigueur à la date du lot (depuis le {chosen.valid_from:%d/%m/%Y})"
    if code == "15" and (unfit := unfit_for_ess(reading)):
        return unfit
    family = family_of(reading) if code == CLAUSE else None
    return family.no_clause if family else ""


def lever_opinion(
    code: str, pool: Sequence[Candidate], etp: float | None, assumed: Assumptions, excluded: str = ""
) -> LeverOpinion:
    """Count the candidates of a lever, one per organisation; an unknown workforce is neither zero nor enough."""
    eligible = eligible_to(code, pool)
    counted = competitors(eligible, etp, assumed)
    by_standing = group_pairs((one.standing, one) for one in counted)
    enough = {one.id: enough_people(one, etp, assumed) for one in eligible}
    confirmed: dict[str, Candidate] = {}
    for candidate in eligible:
        if candidate.confirmed and enough[candidate.id]:
            confirmed.setdefault(candidate.organisation, candidate)
    to_call = tuple(by_standing.get(CandidateStanding.TO_CALL, ()))
    expected = sum(one.fit for one in to_call)
    # To call first: those possibly able before those too small and, until the floor is reached, those not yet confirmed.
    missing = assumed.floor - len(confirmed)
    order = sorted(counted, key=lambda one: (enough[one.id] is False, missing > 0 and one.organisation in confirmed))
    may = {one.organisation for one in eligible if one.standing in POINTED and enough[one.id] is not False}
    return LeverOpinion(
        lever=code,
        credible=tuple(by_standing.get(CandidateStanding.CREDIBLE, ())),
        hints=tuple(by_standing.get(CandidateStanding.HINT, ())),
        to_call=to_call,
        confirmed=tuple(confirmed.values()),
        missing=max(missing, 0),
        called=tuple(order[: max(CALLED, missing)]),
        able=able_count(counted, etp, assumed),
        expected=expected,
        smaller_etp=_smaller_size(eligible, etp, assumed),
        likely=not excluded and len(may) >= assumed.floor,
        hoped=not excluded and len(may) + expected >= assumed.floor,
        possible=not excluded and len(confirmed) >= assumed.floor,
        excluded=excluded,
    )


def _smaller_size(eligible: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> float | None:
    """Return the largest size, a multiple of `STEP_ETP` below the lot's, that `floor` confirmed organisations can each carry; None if there is none."""
    if etp is None or etp <= STEP_ETP:
        return None
    carried: dict[str, float] = {}
    for candidate in eligible:
        if candidate.confirmed and (candidate.workers, candidate.team) != (None, None):
            most = max((candidate.workers or 0.0) * assumed.share, candidate.team or 0.0)
            carried[candidate.organisation] = max(carried.get(candidate.organisation, 0.0), most)
    if len(carried) < assumed.floor:
        return None
    size = floor(sorted(carried.values(), reverse=True)[assumed.floor - 1] / STEP_ETP) * STEP_ETP
    return size if 0 < size < etp else None


def _conclusion(
    levers: Sequence[LeverOpinion], clause: LeverOpinion, assumed: Assumptions, lever_asked: str, hours: CalibratedHours
) -> tuple[OpinionVerdict, str]:
    """Return the firmest verdict that holds and its article: one of a single family of suppliers before 14 (both families), then the best provided, or, for a
    smaller lot, the largest size.

    A requested article may be confirmed by calls to suppliers of unknown trade too. A requested clause is always possible, by direct hire.
    """
    reserving = sorted((one for one in levers if one.lever != CLAUSE and not one.excluded), key=_preference)
    ready: tuple[tuple[OpinionVerdict, Callable[[LeverOpinion], bool]], ...] = (
        (OpinionVerdict.RESERVE, lambda one: one.possible),
        # If calls may confirm the whole lot, they are made before a smaller one is advised.
        (OpinionVerdict.CONFIRM, lambda one: one.hoped if lever_asked else one.likely),
        (OpinionVerdict.SMALLER, lambda one: one.smaller_etp is not None),
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
    """Return the verdict without reservation, and its lever: clause, else more sourcing if there is any evidence or hope of a supplier, else nobody. Neither
    clause nor immersion is proposed for a trade that gives no such work."""
    if hours.gives_work and (clause.credible or lever_asked == CLAUSE):
        return OpinionVerdict.CLAUSE, CLAUSE
    if clause.credible or clause.hints or clause.expected >= assumed.least_expected:
        return OpinionVerdict.SOURCE, ""
    return OpinionVerdict.NOBODY, PMSMP if hours.gives_work else ""


def _preference(opinion: LeverOpinion) -> tuple[bool, int, int, int, int]:
    """Sort key of levers: 14 last, then most confirmed, known, hinted candidates."""
    return (
        opinion.lever == "14",
        -len(opinion.confirmed),
        -len(opinion.credible),
        -len(opinion.hints),
        RESERVING.index(opinion.lever),
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
