"""Share of right answers, for the figures that the evaluation suites show to developers."""

from collections.abc import Sequence
from math import nan


def share_true(answers: Sequence[bool]) -> float:
    """Return the share of the answers that are true; NaN without answers."""
    return sum(answers) / len(answers) if answers else nan
