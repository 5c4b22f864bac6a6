"""The chance of at least k bids, when each candidate bids or not on its own."""

from collections.abc import Sequence

import numpy as np


def at_least(chances: Sequence[float], bids: int) -> float:
    """Return the chance, in [0, 1], of at least `bids` bids; each of `chances` is one candidate's, in [0, 1].

    The number of bids then follows a Poisson binomial law, counted exactly, candidate after candidate.
    """
    if bids <= 0:
        return 1.0
    law = np.zeros(bids + 1)  # the last cell is « that many or more »
    law[0] = 1.0
    for chance in chances:
        stay = law * (1.0 - chance)
        move = law * chance
        stay[1:] += move[:-1]
        stay[-1] += move[-1]
        law = stay
    return float(min(law[-1], 1.0))
