"""Reduces a lot's candidates to competitors: one establishment per organisation, and, of unknown trade, only as many as the buyer will call."""

from collections.abc import Sequence

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import RESERVING, STANDINGS, Candidate, CandidateStanding, eligible_to
from matcher.decisions.sizing import suffices


def competitors(candidates: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> tuple[Candidate, ...]:
    """Return one candidate per organisation (the surest able to carry the lot), sorted by standing, then in the input order.

    All organisations known for the trade or with a clue count; of the others only `assumed.calls`: the first of the list, or the first eligible under a
    narrower article if more of these are expected to do the trade, so that a wider article never gives less.
    """
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.organisation not in best or _rank(candidate, etp, assumed) < _rank(
            best[candidate.organisation], etp, assumed
        ):
            best[candidate.organisation] = candidate
    unknown = {key for key, one in best.items() if one.standing is CandidateStanding.TO_CALL}
    lists = []
    for among in (candidates, *(eligible_to(code, candidates) for code in RESERVING)):
        organisations = dict.fromkeys(one.organisation for one in among if one.organisation in unknown)
        lists.append(tuple(organisations)[: assumed.calls])
    called = max(lists, key=lambda keys: sum(best[key].fit for key in keys))
    counted = [one for key, one in best.items() if key not in unknown or key in called]
    return tuple(sorted(counted, key=lambda one: STANDINGS.index(one.standing)))


def enough_people(candidate: Candidate, etp: float | None, assumed: Assumptions) -> bool | None:
    """Return whether a candidate's workforce suffices for a lot; None if the workforce is unknown, True if the lot's size is, or if the people
    free for the lot suffice."""
    if etp is None or candidate.has_team(etp):
        return True
    return None if candidate.workers is None else suffices(candidate, etp, assumed).likely == 1


def _rank(candidate: Candidate, etp: float | None, assumed: Assumptions) -> tuple[int, bool, bool]:
    """Sort key of an organisation's establishments: standing, then confirmed and large enough, then possibly large enough."""
    enough = enough_people(candidate, etp, assumed)
    return STANDINGS.index(candidate.standing), not (candidate.confirmed and enough), enough is False
