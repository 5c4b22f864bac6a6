"""Reach of suppliers over the sites of an allotment: who can come to each, and the work that each can carry."""

from collections.abc import Sequence

import numpy as np

from matcher.decisions.allotment.compute import Reach
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import Candidate
from matcher.reference.sizes import size_of


def reach_of(found: Sequence[Sequence[Candidate]], assumed: Assumptions) -> Reach:
    """Return the reach of the candidates of each site, one row a site, one column an organisation, in the order of their names.

    An organisation is worth its likeliest establishment, and carries what its largest one can: a workforce that is not known is the
    median of its kind.
    """
    best: dict[str, Candidate] = {}
    most: dict[str, float] = {}
    for one in (candidate for its in found for candidate in its):
        if one.organisation not in best or (one.fit, best[one.organisation].id) > (best[one.organisation].fit, one.id):
            best[one.organisation] = one
        most[one.organisation] = max(most.get(one.organisation, 0.0), _people(one) * assumed.share)
    columns = sorted(best, key=lambda organisation: (best[organisation].name, organisation))
    index = {organisation: column for column, organisation in enumerate(columns)}
    covers = np.zeros((len(found), len(columns)), dtype=bool)
    for row, its in enumerate(found):
        covers[row, sorted({index[one.organisation] for one in its})] = True
    return Reach(
        names=tuple(best[organisation].name for organisation in columns),
        covers=covers,
        weight=np.array([best[organisation].fit for organisation in columns], dtype=np.float32),
        ids=tuple(best[organisation].id for organisation in columns),
        most=np.array([most[organisation] for organisation in columns], dtype=np.float32),
    )


def _people(candidate: Candidate) -> float:
    if candidate.workers is not None:
        return candidate.workers
    return max((size_of(kind).median for kind in candidate.kinds), default=0.0)
