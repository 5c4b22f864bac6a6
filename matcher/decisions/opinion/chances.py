"""The chance of at least k bids, when each candidate bids or not on its own."""

from collections.abc import Collection, Sequence

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import RESERVING, STANDINGS, Candidate, CandidateStanding, eligible_to
from matcher.decisions.sizing import Range, fits, suffices


def at_least(chances: Sequence[float], bids: int) -> float:
    """Return the chance, in [0, 1], of at least `bids` bids; each of `chances` is one candidate's, in [0, 1].

    The number of bids then follows a Poisson binomial law, counted exactly, candidate after candidate.
    """
    if bids <= 0:
        return 1.0
    if bids > len(chances):
        return 0.0
    law = [1.0, *[0.0] * bids]  # the last cell is « that many or more »
    for chance in chances:
        stays = 1.0 - chance
        law[bids] = law[bids] * stays + law[bids - 1] * chance + law[bids] * chance
        for one in range(bids - 1, 0, -1):
            law[one] = law[one] * stays + law[one - 1] * chance
        law[0] *= stays
    return min(law[bids], 1.0)


def chance_of_bidding(candidate: Candidate, etp: float | None, assumed: Assumptions) -> Range:
    """Return how likely one candidate bids for a lot of `etp`: does the trade × has the people × bids."""
    does, can = fits(candidate), suffices(candidate, etp, assumed)
    return Range(
        does.low * can.low * assumed.bid_low,
        does.likely * can.likely * assumed.bid,
        does.high * can.high * assumed.bid_high,
    )


def competitors(found: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> tuple[Candidate, ...]:
    """Return one candidate an organisation, the likeliest to bid, by standing, each in the order of the list.

    Of the organisations whose trade is to be asked only `assumed.calls` count: nobody calls hundreds. They are the first of the list, or
    the first that a narrower article is open to where calling these gives more: an article open to more kinds gives no less.
    """
    best: dict[str, tuple[float, Candidate]] = {}
    for candidate in found:
        chance = chance_of_bidding(candidate, etp, assumed).likely
        if candidate.organisation not in best or chance > best[candidate.organisation][0]:
            best[candidate.organisation] = (chance, candidate)
    known = {candidate.organisation for candidate in found if candidate.standing is CandidateStanding.CREDIBLE}
    lists = dict.fromkeys(
        (_first_called(found, assumed), *(_first_called(eligible_to(code, found), assumed) for code in RESERVING))
    )
    called = max(
        lists, key=lambda its: at_least([best[one][0] for one in best if one in known.union(its)], assumed.bids)
    )
    kept = [candidate for _, candidate in best.values() if candidate.organisation in known.union(called)]
    return tuple(sorted(kept, key=lambda its: STANDINGS.index(its.standing)))


def _first_called(found: Sequence[Candidate], assumed: Assumptions) -> tuple[str, ...]:
    """The first organisations of a list of which nobody is credible."""
    known = {candidate.organisation for candidate in found if candidate.standing is CandidateStanding.CREDIBLE}
    asked = dict.fromkeys(candidate.organisation for candidate in found if candidate.organisation not in known)
    return tuple(asked)[: assumed.calls]


def chance_of_bids(each: Collection[Range], bids: int) -> Range:
    """Return the chance of at least `bids` bids from competitors, each of whom bids with a chance, with its range."""
    return Range(
        at_least([chance.low for chance in each], bids),
        at_least([chance.likely for chance in each], bids),
        at_least([chance.high for chance in each], bids),
    )
