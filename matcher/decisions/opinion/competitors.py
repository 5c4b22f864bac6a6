"""Organisations that compete for a lot: one candidate each, and of those whose trade is to be asked only as many as one calls."""

from collections.abc import Sequence

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import RESERVING, STANDINGS, Candidate, CandidateStanding, eligible_to
from matcher.decisions.sizing import suffices


def competitors(candidates: Sequence[Candidate], etp: float | None, assumed: Assumptions) -> tuple[Candidate, ...]:
    """Return one candidate an organisation, the surest that can carry the lot, by standing, each in the order of the list.

    All who are known or pointed to count; of the others only `assumed.calls` do: nobody calls hundreds. They are the first of the list, or
    the first that a narrower article is open to where calling these finds more: an article open to more kinds gives no less.
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
    """Return whether a candidate's workforce suffices for a lot; None where it is not known, True where the lot's size is not."""
    if etp is None:
        return True
    return None if candidate.workers is None else suffices(candidate, etp, assumed).likely == 1


def _rank(candidate: Candidate, etp: float | None, assumed: Assumptions) -> tuple[int, bool, bool]:
    """Order of the establishments of one organisation: the surest, then those known to be large enough, then those that may be."""
    enough = enough_people(candidate, etp, assumed)
    return STANDINGS.index(candidate.standing), not (candidate.confirmed and enough), enough is False
