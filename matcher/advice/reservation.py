"""The opinion on reserving a lot: under which article, with which chance of bids, or what else to do; each number with its assumption."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from matcher.advice.assumptions import Assumptions
from matcher.advice.candidates import Candidate, Standing, candidates, eligible_to, organisations
from matcher.advice.chances import at_least
from matcher.advice.sizing import Able, Range, able, etp_needed
from matcher.ranking.engine import Ranking

# The levers that reserve a lot, from the narrowest to the widest; 15 only where the activity is among the services it lists.
RESERVING = ("12", "13", "13-1", "14", "15")
CLAUSE = "clause"
# Groups of activities that hold the health, social and cultural services of L2113-15 (annex 3 of the code).
ESS_GROUPS = frozenset({"medico-social", "culture", "personne"})
MOST_BIDS = 3


class Verdict(StrEnum):
    """What one concludes for a lever, from the firmest to the least."""

    RESERVE = "réserver"
    SMALLER = "réserver un lot plus petit"
    CLAUSE = "clause seulement"
    SOURCE = "aller plus loin en sourcing"
    NOBODY = "personne : PMSMP"


@dataclass(frozen=True, slots=True)
class LeverOpinion:
    """One lever: its candidates (one per organisation), the chances of at least 1, 2, 3 bids, and what it allows."""

    lever: str
    credible: tuple[Candidate, ...]
    to_call: tuple[Candidate, ...]
    able: Range
    chances: tuple[Range, ...]
    smaller_etp: float | None
    possible: bool
    firm: bool

    @property
    def found(self) -> tuple[Candidate, ...]:
        """All its candidates, the credible first."""
        return (*self.credible, *self.to_call)


@dataclass(frozen=True, slots=True)
class Opinion:
    """The answer for a lot: a verdict, the lever it is for (empty for none), and what each lever gives. `etp` is None where the
    size of the lot is not known. `repeated` counts the suppliers left out as another of their organisation is counted."""

    verdict: Verdict
    lever: str
    etp: float | None
    levers: tuple[LeverOpinion, ...]
    repeated: int
    assumed: Assumptions

    def of(self, lever: str) -> LeverOpinion:
        """Return the opinion on one lever. Raises KeyError for one that was not considered."""
        for opinion in self.levers:
            if opinion.lever == lever:
                return opinion
        raise KeyError(lever)


def opinion(ranking: Ranking, assumed: Assumptions) -> Opinion:
    """Return the opinion on a lot as it was ranked. A lever that the lot already asks for is the only reserving one considered."""
    lot = ranking.ask.reading.lot
    found = candidates(ranking)
    etp = etp_needed(lot, assumed)
    asked = lot.levier if lot.levier in RESERVING else ""
    considered = (asked,) if asked else tuple(code for code in RESERVING if _listed(ranking, code))
    levers = tuple(lever_opinion(code, found, etp, assumed) for code in (*considered, CLAUSE))
    verdict, lever = _conclusion(levers, assumed)
    return Opinion(verdict, lever, etp, levers, len(found) - len(organisations(found)), assumed)


def lever_opinion(lever: str, found: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> LeverOpinion:
    """Return what a lever gives: an organisation counts once; an unknown workforce widens the range, and is neither none nor enough."""
    its = organisations(eligible_to(lever, found))
    chances = tuple(_chance(its, bids, etp, assumed) for bids in range(1, MOST_BIDS + 1))
    wanted = _chance(its, assumed.bids, etp, assumed)
    return LeverOpinion(
        lever=lever,
        credible=tuple(candidate for candidate in its if candidate.standing is Standing.CREDIBLE),
        to_call=tuple(candidate for candidate in its if candidate.standing is Standing.TO_CALL),
        able=_able(its, etp, assumed),
        chances=chances,
        smaller_etp=_smaller(its, etp, assumed),
        possible=wanted.likely >= assumed.enough,
        firm=wanted.low >= assumed.enough,
    )


def _listed(ranking: Ranking, lever: str) -> bool:
    """Whether an article can apply to what is bought: L2113-15 only to listed services, the work in prison only where some is near."""
    guesses = ranking.ask.reading.activities
    return lever != "15" or bool(guesses and guesses[0].code.partition(".")[0] in ESS_GROUPS)


def _able(found: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> Range:
    states = [able(candidate, etp, assumed) for candidate in found]
    sure, unknown = states.count(Able.YES), states.count(Able.UNKNOWN)
    return Range(sure, sure + assumed.unknown_suffices * unknown, sure + unknown)


def _chance(found: Sequence[Candidate], bids: int, etp: float | None, assumed: Assumptions) -> Range:
    """The chance of at least `bids`. Low: only the credible whose size is known to suffice. High: all that is unknown is good."""
    low, likely, high = [], [], []
    for candidate in found:
        state = able(candidate, etp, assumed)
        if state is Able.NO:
            continue
        suffices = 1.0 if state is Able.YES else assumed.unknown_suffices
        low.append(assumed.bid_low if state is Able.YES and candidate.fit == 1.0 else 0.0)
        likely.append(assumed.bid * candidate.fit * suffices)
        high.append(assumed.bid_high)
    return Range(at_least(low, bids), at_least(likely, bids), at_least(high, bids))


def _smaller(found: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> float | None:
    """The largest size under the lot's own that would make reserving possible; None where no size would, or the size is not known."""
    if etp is None:
        return None
    sizes = sorted(
        {c.workers * assumed.share for c in found if c.workers is not None and c.workers * assumed.share < etp}
    )
    for size in reversed(sizes):
        if _chance(found, assumed.bids, size, assumed).likely >= assumed.enough:
            return size
    return None


def _conclusion(levers: Sequence[LeverOpinion], assumed: Assumptions) -> tuple[Verdict, str]:
    """The firmest verdict; between articles the narrower one, unless it gives fewer chances than another of the same firmness."""
    reserving = [its for its in levers if its.lever != CLAUSE]
    for ready, verdict in ((_possible, Verdict.RESERVE), (_possible_smaller, Verdict.SMALLER)):
        narrow = [its for its in reserving if ready(its) and its.lever != "14"]
        wide = [its for its in reserving if ready(its)]
        if narrow or wide:
            return verdict, max(narrow or wide, key=lambda its: (its.firm, its.chances[1].likely, its.lever)).lever
    clause = next(its for its in levers if its.lever == CLAUSE)
    if clause.credible and clause.chances[0].likely >= assumed.enough:
        return Verdict.CLAUSE, CLAUSE
    if clause.to_call:
        return Verdict.SOURCE, ""
    return Verdict.NOBODY, "pmsmp"


def _possible(its: LeverOpinion) -> bool:
    return its.possible


def _possible_smaller(its: LeverOpinion) -> bool:
    return its.smaller_etp is not None
