"""Counts of the meetings of a day by trade, territory and kind of supplier; who has said nothing is counted apart from who said no. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matcher.club.meeting_day.meeting_day import Result
from matcher.club.meeting_day.sequels import TAKEN_UP, SequelStep
from matcher.club.results.said import MeetingWords
from matcher.domain.grouping import grouped
from matcher.domain.kinds import SupplierKind
from matcher.reference.geography.communes import current_commune
from matcher.reference.geography.territories import departement, epci

UNKNOWN_TRADE, UNKNOWN_PLACE, UNKNOWN_KIND = "sans besoin écrit du métier", "lieu non connu", "type non connu"


@dataclass(frozen=True, slots=True)
class CountedPlace:
    """Département and EPCI of one side, as codes; empty where unknown."""

    departement: str = ""
    epci: str = ""

    @staticmethod
    def of_commune(insee: str) -> "CountedPlace":
        """Return those of a commune, by its INSEE code."""
        town = current_commune(insee) if insee else None
        return CountedPlace(town.departement, town.epci) if town else CountedPlace()


@dataclass(frozen=True, slots=True)
class CountedMeeting:
    """A meeting to count: what was said of it, the trade that it was about (empty: none was written), where each side is, and the kinds of
    the supplier."""

    words: MeetingWords
    trade: str
    buyer_at: CountedPlace
    supplier_at: CountedPlace
    kinds: tuple[SupplierKind, ...]


@dataclass(frozen=True, slots=True)
class MeetingCounts:
    """Counts of some meetings. Of those `planned`, `untold` have no outcome and `unanswered` no sequel; `held`, `asked` (a quote on the day),
    `quoted` and `contracted` (weeks later) are at least so many, None where nobody has said anything."""

    label: str
    planned: int
    held: int | None
    untold: int
    asked: int | None
    quoted: int | None
    contracted: int | None
    unanswered: int


def counted(label: str, meetings: Sequence[CountedMeeting]) -> MeetingCounts:
    """Return the counts of some meetings."""
    words = [one.words for one in meetings]
    told = [one.outcome.result for one in words if one.outcome is not None]
    held = [one.held for one in words if one.held is not None]
    steps = [one.step for one in words if one.step is not None]
    return MeetingCounts(
        label=label,
        planned=len(words),
        held=sum(held) if held else None,
        untold=len(words) - len(told),
        asked=told.count(Result.QUOTE) if told else None,
        quoted=sum(step in TAKEN_UP for step in steps) if steps else None,
        contracted=steps.count(SequelStep.CONTRACT) if steps else None,
        unanswered=sum(one.awaits and one.step is None for one in words),
    )


def by_trade(meetings: Sequence[CountedMeeting]) -> tuple[MeetingCounts, ...]:
    """Return the counts of each trade."""
    return _counts_by(meetings, lambda one: [one.trade or UNKNOWN_TRADE])


def by_kind(meetings: Sequence[CountedMeeting]) -> tuple[MeetingCounts, ...]:
    """Return the counts of each kind of supplier; one of several kinds is in each."""
    return _counts_by(meetings, lambda one: [kind.value for kind in one.kinds] or [UNKNOWN_KIND])


def by_departement(
    meetings: Sequence[CountedMeeting], side: Callable[[CountedMeeting], CountedPlace]
) -> tuple[MeetingCounts, ...]:
    """Return the counts of each département of a side."""

    def label(one: CountedMeeting) -> list[str]:
        found = departement(side(one).departement)
        return [f"{found.name} ({found.code})" if found else UNKNOWN_PLACE]

    return _counts_by(meetings, label)


def by_epci(
    meetings: Sequence[CountedMeeting], side: Callable[[CountedMeeting], CountedPlace]
) -> tuple[MeetingCounts, ...]:
    """Return the counts of each EPCI of a side."""

    def label(one: CountedMeeting) -> list[str]:
        found = epci(side(one).epci)
        return [f"{found.name} ({side(one).departement})" if found else UNKNOWN_PLACE]

    return _counts_by(meetings, label)


def _counts_by(
    meetings: Sequence[CountedMeeting], labels: Callable[[CountedMeeting], Iterable[str]]
) -> tuple[MeetingCounts, ...]:
    """The counts by label, most meetings first, those of an unknown last."""
    found = grouped((label, one) for one in meetings for label in labels(one))
    unknown = (UNKNOWN_TRADE, UNKNOWN_PLACE, UNKNOWN_KIND)
    groups = (counted(label, its) for label, its in found.items())
    return tuple(sorted(groups, key=lambda one: (one.label in unknown, -one.planned, one.label)))
