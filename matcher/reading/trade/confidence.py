"""From points to confidences: a softmax with one more outcome, "none of these", group by group and then inside each group."""

from collections.abc import Iterable, Mapping
from math import exp

from matcher.reference.trades.activities import taxonomy

NONE = ""
# What a group weighs against its own leaves, as "one of them, not said which".
UNSAID = 0.0
# What each further activity of a group adds to it, beside the one before: the trades named along a long object of building works are
# one reason for its group and not ten (« maîtrise d’œuvre pour la réfection de la toiture, des menuiseries et du chauffage »).
FURTHER = 0.6


def shares(between: Mapping[str, float], inside: Mapping[str, float], nothing: float) -> dict[str, float]:
    """Return the confidence of each activity and group that has points; they and "none of these" (`nothing` points) sum to 1.

    First the groups compete with each other and with "none", on the points `between` of their own and, less and less, of their
    leaves; then, in each group, its leaves compete on the points `inside` with the group itself ("one of them, not said which").
    """
    told = _by_group(between)
    members = _by_group(inside)
    groups = _softmax(
        {group: _together(told.get(group, {}).values()) for group in {**members, **told}} | {NONE: nothing}
    )
    confidence: dict[str, float] = {}
    for group, share in groups.items():
        leaves = {code: value for code, value in members.get(group, {}).items() if code != group}
        if leaves:
            confidence |= {code: share * its for code, its in _softmax({group: UNSAID} | leaves).items()}
        elif group != NONE:
            confidence[group] = share
    return confidence


def mean(confidences: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of the readings of a lot's parts."""
    parts = list(confidences)
    if len(parts) == 1:
        return dict(parts[0])
    codes = dict.fromkeys(code for part in parts for code in part)
    return {code: sum(part.get(code, 0.0) for part in parts) / len(parts) for code in codes}


def _by_group(points: Mapping[str, float]) -> dict[str, dict[str, float]]:
    names = taxonomy()
    members: dict[str, dict[str, float]] = {}
    for code, value in points.items():
        members.setdefault(names.group_of(code), {})[code] = value
    return members


def _together(points: Iterable[float]) -> float:
    """The points for, largest first, each further one counting less; the points against count whole."""
    values = list(points)
    pro = sorted((value for value in values if value > 0), reverse=True)
    return sum(value * FURTHER**rank for rank, value in enumerate(pro)) + sum(value for value in values if value < 0)


def _softmax(points: Mapping[str, float]) -> dict[str, float]:
    top = max(points.values())
    weights = {code: exp(value - top) for code, value in points.items()}
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}
