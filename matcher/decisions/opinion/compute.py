"""The opinion on reserving a lot: under which article, with which chance of bids, or what else to do; each number with its hypothesis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from math import ceil

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.calibrated import CalibratedHours, calibrated
from matcher.decisions.candidates import RESERVING, Candidate, CandidateStanding, eligible_to, unlisted, within_calls
from matcher.decisions.opinion.chances import at_least, chance_of_bidding, chance_of_bids, competitors
from matcher.decisions.opinion.law import NOTHING_TOLD, LegalPosition, ToldByBuyer, legal_position, unfit_for_ess
from matcher.decisions.sizing import STEP_ETP, Range, SizeStep, Split, able_count, curve, largest, largest_etp, split
from matcher.decisions.workload import Workload
from matcher.domain.reading import Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.gates import GATES
from matcher.reference.calibration import WorkFamily, family_of
from matcher.reference.levers import lever

CLAUSE, PMSMP = "clause", "pmsmp"
# How much surer of the bids wanted another article must be than the one that the text says, to be told beside it.
GAIN = 0.1
MOST_BIDS = 3
# The article that a lot asks for refuses nobody here: what the others would give is part of the opinion.
OPEN_GATES = tuple(gate for gate in GATES if gate.key not in ("famille", "type non connu"))
# Sizes of the curve: up to twice the lot, or the first sizes that a lot of unknown size may have; further where the candidates wanted
# remain beyond, so that one sees where they no longer do.
CURVE_STEPS, CURVE_ETP = 16, 16.0
# How many one calls before buying direct.
CALLED = 3


class OpinionVerdict(StrEnum):
    """Conclusion of an opinion, from the firmest to the least."""

    RESERVE = "réserver"
    SMALLER = "réserver un lot plus petit"
    CLAUSE = "clause seulement"
    SOURCE = "aller plus loin en sourcing"
    NOBODY = "personne"


@dataclass(frozen=True, slots=True)
class LeverOpinion:
    """One lever: its candidates, one an organisation, and what it allows.

    `able` counts those who do the trade and can carry the lot; `chances` are those of at least 1, 2, 3 bids, `wanted` that of the bids
    wanted; `found_one` the chance that
    at least one does the trade; `smaller_etp` the largest lot under this one that could be reserved. `likely` where the chance of
    the bids wanted is enough, `firm` where it is even if all that is unknown is bad news; `possible` where it is likely and there is
    evidence: as many organisations are credible as the floor asks for, or it is firm. `excluded` says in French why the article cannot
    apply, empty where it can. `called` are the three organisations that one calls first: credible, else pointed to, else the likeliest.
    """

    lever: str
    credible: tuple[Candidate, ...]
    to_call: tuple[Candidate, ...]
    called: tuple[Candidate, ...]
    able: Range
    chances: tuple[Range, ...]
    wanted: Range
    found_one: float
    smaller_etp: float | None
    likely: bool
    possible: bool
    firm: bool
    excluded: str = ""

    @property
    def found(self) -> tuple[Candidate, ...]:
        """All its candidates, the credible first."""
        return (*self.credible, *self.to_call)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A candidate for which the lot would be this `share` of its turnover."""

    candidate: Candidate
    share: float


@dataclass(frozen=True)
class Opinion:
    """The answer for a lot: a verdict, the lever it is for (empty for none; of a verdict that calls for more sourcing, the one that calls
    may confirm), what each lever gives, and what the law says of it. `hours` are those that a clause usually asks of such a lot.

    `told` is the lever that the figures are of: the one concluded for, else the one the lot asks for, else the clause, open to all.
    `said` is the article that the text reserves the lot under outright, where no one was chosen; `unfit` the one that was chosen and cannot
    apply; each empty where there is none.
    `unlisted` are the articles for which the catalogue holds nobody at all, anywhere.
    `understood` is False where the reading is in doubt, `placed` where no place is known: nobody is counted then, and the trade or the
    place is to be told first. `repeated` counts the
    candidates left out because another of their organisation counts. `dependent` those whose turnover is known and for whom the lot is too large a part of it.
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

    @property
    def family(self) -> WorkFamily | None:
        """The family that its trade is calibrated with."""
        return self.hours.family

    @cached_property
    def steps(self) -> tuple[SizeStep, ...]:
        """The curve of the lever told of."""
        return curve(self.told.found, _sizes(self.need.etp, self.largest), self.assumed)

    @cached_property
    def largest(self) -> Range | None:
        """The size that keeps the candidates wanted, None where none does."""
        return largest(self.told.found, self.assumed.wanted, self.assumed)

    @cached_property
    def split(self) -> Split | None:
        """The need cut in lots that keep the candidates wanted; None where its size, or any such size, is not known."""
        return split(self.told.found, self.need.etp, self.assumed.wanted, self.assumed) if self.need.etp else None

    @property
    def counted(self) -> bool:
        """Whether candidates could be counted: the trade and the place are known, and the code holds there."""
        return self.understood and self.placed and self.law.own_law is None

    @property
    def better(self) -> LeverOpinion | None:
        """The article that would clearly do better than the one that the text says; None where none would, or where it says none."""
        if not self.said:
            return None
        its = self.of(self.said)
        others = [one for one in self.levers if one.lever in RESERVING and one is not its and one.possible]
        return min((one for one in others if self._clearly_better(one, its)), key=_preference, default=None)

    def settled(self, one: LeverOpinion) -> bool:
        """Whether a lever needs no call to be sure of: even all that is unknown is no bad news, or as many are credible as bids wanted."""
        return one.firm or len(one.credible) >= self.assumed.bids

    def _clearly_better(self, one: LeverOpinion, its: LeverOpinion) -> bool:
        gain = one.wanted.likely - its.wanted.likely
        return not its.possible or gain >= GAIN or (gain >= 0 and self.settled(one) and not self.settled(its))

    def of(self, code: str) -> LeverOpinion:
        """Return the opinion on one lever. Raises KeyError for one that was not considered."""
        return {its.lever: its for its in self.levers}[code]


def opinion(
    ask: LotOnShelf,
    need: Workload,
    assumed: Assumptions,
    told: ToldByBuyer = NOTHING_TOLD,
) -> Opinion:
    """Return the opinion on a lot, with what its buyer tells for the law to be said.

    A lot that already asks for an article, or whose text says one outright, is concluded for under it alone; the others are counted
    beside it all the same.
    """
    found = within_calls(rank(ask, gates=OPEN_GATES), assumed.calls)
    law = legal_position(ask.reading, ask.on, told)
    return opinion_on(
        found,
        ask.reading,
        law,
        need,
        assumed,
        {},
        understood=ask.understood,
        placed=placed(ask.reading),
        unlisted=unlisted(ask.shelf),
    )


def opinion_on(
    found: Sequence[Candidate],
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
        found = ()
    codes = (*RESERVING, CLAUSE)
    levers = tuple(lever_opinion(code, found, need.etp, assumed, excluded(code, reading, law.on)) for code in codes)
    said = said_outright(reading)
    asked = reading.lot.levier or said
    open_to, hours = (
        [its for its in levers if asked in ("", its.lever)],
        calibrated(reading, year=assumed.hours_per_etp),
    )
    verdict, chosen = (
        _conclusion(open_to, levers[-1], assumed, asked, hours)
        if countable and asked not in unlisted
        else (OpinionVerdict.SOURCE, "")
    )
    told = next(its for code in (chosen, asked, CLAUSE) for its in levers if its.lever == code)
    return Opinion(
        verdict=verdict,
        lever=chosen,
        need=need,
        understood=understood,
        levers=levers,
        told=told,
        repeated=_repeated(told, found),
        dependent=_dependent(told.found, need.yearly, assumed, turnover),
        assumed=assumed,
        law=law,
        hours=hours,
        said=said,
        unfit=_unfit(levers, reading.lot.levier),
        placed=placed,
        unlisted=unlisted,
    )


def _unfit(levers: Sequence[LeverOpinion], chosen: str) -> str:
    """The article that was chosen, where it cannot apply."""
    return next((its.lever for its in levers if its.lever == chosen != CLAUSE and its.excluded), "")


def placed(reading: Reading) -> bool:
    """Whether a place is known: without one, the whole of France would count as within reach."""
    return bool(reading.places)


def said_outright(reading: Reading) -> str:
    """Return the article that a text reserves its lot under in so many words; empty where it says none, or where one was chosen."""
    outright = reading.reserved_by and not reading.lot.levier and reading.levier_hint in RESERVING
    return reading.levier_hint if outright else ""


def excluded(code: str, reading: Reading, on: date) -> str:
    """Say in French why a lever cannot apply to a lot on a day; empty where it can."""
    chosen = lever(code)
    if chosen.valid_from is not None and on < chosen.valid_from:
        return f"l’article n’était pas en vigueur à la date du lot (depuis le {chosen.valid_from:%d/%m/%Y})"
    if code == "15" and (unfit := unfit_for_ess(reading)):
        return unfit
    if code == CLAUSE and (family := family_of(reading)) is not None and not family.gives_work:
        return f"pas de clause d’insertion dans ce métier ({family.name.lower()})"
    return ""


def lever_opinion(
    code: str, found: Sequence[Candidate], etp: float | None, assumed: Assumptions, excluded: str = ""
) -> LeverOpinion:
    """Return what a lever gives: an organisation counts once; an unknown workforce widens the range, and is neither none nor enough."""
    eligible = eligible_to(code, found)
    its = competitors(eligible, etp, assumed)
    bidding = [chance_of_bidding(candidate, etp, assumed) for candidate in its]
    wanted = chance_of_bids(bidding, assumed.bids)
    credible = tuple(candidate for candidate in its if candidate.standing is CandidateStanding.CREDIBLE)
    likely, firm = wanted.likely >= assumed.enough, wanted.low >= assumed.enough
    return LeverOpinion(
        lever=code,
        credible=credible,
        to_call=tuple(candidate for candidate in its if candidate.standing is not CandidateStanding.CREDIBLE),
        called=_called(its, eligible),
        able=able_count(its, etp, assumed),
        chances=tuple(chance_of_bids(bidding, bids) for bids in range(1, MOST_BIDS + 1)),
        wanted=wanted,
        found_one=at_least([candidate.fit for candidate in its], 1),
        smaller_etp=_smaller(eligible, etp, assumed),
        likely=not excluded and likely,
        possible=not excluded and likely and (firm or len(credible) >= assumed.floor),
        firm=not excluded and firm,
        excluded=excluded,
    )


def _called(counted: Sequence[Candidate], eligible: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Whom one calls first: the credible, then, whatever their kind, those whom a clue points to, then the likeliest; one an organisation."""
    credible = (one for one in counted if one.standing is CandidateStanding.CREDIBLE)
    hinted = (one for one in eligible if one.standing is CandidateStanding.HINT)
    first: dict[str, Candidate] = {}
    for one in (*credible, *hinted, *sorted(counted, key=lambda its: -its.fit)):
        first.setdefault(one.organisation, one)
    return tuple(first.values())[:CALLED]


def _smaller(eligible: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> float | None:
    """The largest size under the lot's own that would make reserving possible; None where none would, or the lot's size is not known."""
    if etp is None or etp <= STEP_ETP:
        return None
    return largest_etp(lambda less: less < etp and _enough(eligible, less, assumed))


def _repeated(told: LeverOpinion, found: Sequence[Candidate]) -> int:
    """How many suppliers more the organisations counted for a lever have."""
    counted = {candidate.organisation for candidate in told.found}
    return sum(candidate.organisation in counted for candidate in eligible_to(told.lever, found)) - len(counted)


def _enough(eligible: Sequence[Candidate], etp: float, assumed: Assumptions) -> bool:
    """Whether the bids wanted are likely enough at a size, with evidence: an organisation may then answer with another establishment."""
    its = competitors(eligible, etp, assumed)
    chance = chance_of_bids([chance_of_bidding(candidate, etp, assumed) for candidate in its], assumed.bids)
    credible = sum(candidate.standing is CandidateStanding.CREDIBLE for candidate in its)
    return chance.likely >= assumed.enough and (chance.low >= assumed.enough or credible >= assumed.floor)


def _conclusion(
    levers: Sequence[LeverOpinion], clause: LeverOpinion, assumed: Assumptions, asked: str, hours: CalibratedHours
) -> tuple[OpinionVerdict, str]:
    """The firmest verdict; of the articles that allow it one that names a family before 14, and of two families the better provided.

    An article that is asked for, and likely without evidence enough, is to be confirmed by calls before any clause; a clause that is asked
    for is one: its hours can always be done by hiring. Neither a clause nor an immersion is proposed where the trade has no work to give.
    """
    reserving = sorted((its for its in levers if its.lever != CLAUSE and not its.excluded), key=_preference)
    for verdict, ready in ((OpinionVerdict.RESERVE, _reserves), (OpinionVerdict.SMALLER, _reserves_smaller)):
        if able := next(filter(ready, reserving), None):
            return verdict, able.lever
    likely = next((its.lever for its in reserving if its.likely), "")
    if likely and asked:
        return OpinionVerdict.SOURCE, likely
    return _without_reserving(clause, assumed, asked, likely, hours)


def _without_reserving(
    clause: LeverOpinion, assumed: Assumptions, asked: str, likely: str, hours: CalibratedHours
) -> tuple[OpinionVerdict, str]:
    """What is left where no article can be concluded for; `likely` is one that calls may confirm."""
    if hours.gives_work and (clause.credible or asked == CLAUSE):
        return OpinionVerdict.CLAUSE, CLAUSE
    if clause.found_one >= assumed.worth and asked != CLAUSE:
        return OpinionVerdict.SOURCE, likely
    return OpinionVerdict.NOBODY, PMSMP if hours.gives_work else ""


def _reserves(its: LeverOpinion) -> bool:
    return its.possible


def _reserves_smaller(its: LeverOpinion) -> bool:
    return its.smaller_etp is not None


def _preference(its: LeverOpinion) -> tuple[bool, bool, float, int]:
    return (its.lever == "14", not its.firm, -its.wanted.likely, RESERVING.index(its.lever))


def _sizes(etp: float | None, kept: Range | None) -> list[float]:
    last = max(2 * etp, 1.0) if etp else CURVE_ETP
    if kept is not None and kept.likely > last:
        last = float(ceil(kept.likely / CURVE_STEPS) * CURVE_STEPS)
    steps = {round(last * step / CURVE_STEPS, 2) for step in range(1, CURVE_STEPS + 1)}
    return sorted(steps | ({round(etp, 2)} if etp else set()))  # the lot's own size is always among them


def _dependent(
    found: Sequence[Candidate], yearly: float | None, assumed: Assumptions, turnover: Mapping[str, float]
) -> tuple[Dependency, ...]:
    if yearly is None:
        return ()
    shares = [(candidate, yearly / turnover[candidate.id]) for candidate in found if turnover.get(candidate.id, 0) > 0]
    return tuple(Dependency(candidate, share) for candidate, share in shares if share > assumed.dependency)
