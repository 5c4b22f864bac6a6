"""Reasons shown for a candidate: its strengths, what speaks against it, its unknowns, and its bar of points."""

from dataclasses import dataclass

from matcher.domain.match import Contribution, Match

SPEAKS_FOR = 0.3  # a known value under this is no reason to choose the supplier
# Unknown for want of a file or of a presentation: no supplier is asked for these.
NOT_ASKED = frozenset({"references", "wording", "freshness"})
WEIGHTY = 20  # a signal of this weight that speaks against is worth saying in a list


@dataclass(frozen=True, slots=True)
class Bar:
    """Points out of 100: `sure` come from what is known, `unsure` is the weight of what is not; the rest is lost.

    Were the unknown all bad the score would be `least`, all good `most`.
    """

    sure: float
    unsure: float

    @property
    def least(self) -> float:
        """The score if the news is bad."""
        return self.sure

    @property
    def most(self) -> float:
        """The score if the news is good."""
        return self.sure + self.unsure


def bar(match: Match) -> Bar:
    """Return the bar of a candidate."""
    known = sum(c.points for c in match.contributions if c.value is not None)
    unknown = sum(c.weight for c in match.contributions if c.value is None)
    return Bar(round(known, 2), float(unknown))


def strengths(match: Match) -> list[Contribution]:
    """Return what is known and speaks for the supplier, by the points it gives."""
    return [c for c in _known(match) if (c.value or 0) >= SPEAKS_FOR]


def against(match: Match) -> list[Contribution]:
    """Return what is known, weighs, and speaks against the supplier."""
    return [c for c in _known(match) if (c.value or 0) < SPEAKS_FOR and c.weight >= WEIGHTY]


def unknowns(match: Match) -> list[Contribution]:
    """Return what is not known and a call would tell, weightiest first: what to ask. What directories lack is no question."""
    asked = (c for c in match.contributions if c.value is None and c.signal not in NOT_ASKED)
    return sorted(asked, key=lambda c: -c.weight)


def _known(match: Match) -> list[Contribution]:
    return sorted((c for c in match.contributions if c.value is not None), key=lambda c: -c.points)
