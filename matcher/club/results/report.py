"""Computes the report of a meeting day: outcomes of meetings, then and weeks later, by trade, territory and kind of supplier; missing trades."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from matcher.club.meeting_day.meeting_day import MeetingOutcome, Result
from matcher.club.meeting_day.sequels import TAKEN_UP, SequelStep
from matcher.club.results.needs_met import CountedNeed, CountedPlace, Lack, counted_needs, lacks, territory_of
from matcher.club.results.said import MeetingWords, words_on
from matcher.club.results.view import Summary, summary
from matcher.club.timetable.affinity import Affinities, places, read_participant_need
from matcher.club.timetable.need_suppliers import trade_of
from matcher.club.timetable.setting import Setting
from matcher.domain.grouping import group_pairs
from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.geography.communes import commune_at
from matcher.reference.geography.territories import departement, epci

UNKNOWN_TRADE, UNKNOWN_PLACE, UNKNOWN_KIND = "sans besoin écrit du métier", "lieu non connu", "type non connu"
# Label of the meetings whose supplier is not known for the trade of the need.
DISCOVERY = "à découvrir (fournisseur pas connu pour ce métier)"


@dataclass(frozen=True, slots=True)
class CountedMeeting:
    """A meeting to count: both sides' reports, the trade of its need (empty: none was written; `DISCOVERY`: the
    supplier is not known for it), each side's territory, the supplier's kinds."""

    words: MeetingWords
    trade: str
    buyer_at: CountedPlace
    supplier_at: CountedPlace
    kinds: tuple[SupplierKind, ...]


@dataclass(frozen=True, slots=True)
class MeetingCounts:
    """Counts of some meetings. Of those `planned`, `untold` have no outcome and `unanswered` no sequel; `held`, `asked` (quote requested on the
    day), `quoted` and `contracted` (weeks later) are lower bounds, None where nobody reported any."""

    label: str
    planned: int
    held: int | None
    untold: int
    asked: int | None
    quoted: int | None
    contracted: int | None
    unanswered: int


def count_meetings(label: str, meetings: Sequence[CountedMeeting]) -> MeetingCounts:
    """Return the counts of some meetings."""
    words = [one.words for one in meetings]
    results = [one.outcome.result for one in words if one.outcome is not None]
    took_place = [one.took_place for one in words if one.took_place is not None]
    steps = [one.step for one in words if one.step is not None]
    return MeetingCounts(
        label=label,
        planned=len(words),
        held=sum(took_place) if took_place else None,
        untold=len(words) - len(results),
        asked=results.count(Result.QUOTE) if results else None,
        quoted=sum(step in TAKEN_UP for step in steps) if steps else None,
        contracted=steps.count(SequelStep.CONTRACT) if steps else None,
        unanswered=sum(one.awaits and one.step is None for one in words),
    )


def by_trade(meetings: Sequence[CountedMeeting]) -> tuple[MeetingCounts, ...]:
    """Return the counts of each trade."""
    return _counts_by(meetings, lambda one: [one.trade or UNKNOWN_TRADE])


def by_kind(meetings: Sequence[CountedMeeting]) -> tuple[MeetingCounts, ...]:
    """Return the counts of each kind of supplier; a supplier of several kinds counts in each."""
    return _counts_by(meetings, lambda one: [kind.value for kind in one.kinds] or [UNKNOWN_KIND])


def by_departement(
    meetings: Sequence[CountedMeeting], side: Callable[[CountedMeeting], CountedPlace]
) -> tuple[MeetingCounts, ...]:
    """Return the counts of each département of a side."""

    def label(meeting: CountedMeeting) -> list[str]:
        area = departement(side(meeting).departement)
        return [f"{area.name} ({area.code})" if area else UNKNOWN_PLACE]

    return _counts_by(meetings, label)


def by_epci(
    meetings: Sequence[CountedMeeting], side: Callable[[CountedMeeting], CountedPlace]
) -> tuple[MeetingCounts, ...]:
    """Return the counts of each EPCI of a side."""

    def label(meeting: CountedMeeting) -> list[str]:
        area = epci(side(meeting).epci)
        return [f"{area.name} ({side(meeting).departement})" if area else UNKNOWN_PLACE]

    return _counts_by(meetings, label)


def _counts_by(
    meetings: Sequence[CountedMeeting], labels: Callable[[CountedMeeting], Iterable[str]]
) -> tuple[MeetingCounts, ...]:
    """Return the counts by label, most meetings first, unknown labels last."""
    by_label = group_pairs((label, one) for one in meetings for label in labels(one))
    unknown = (DISCOVERY, UNKNOWN_TRADE, UNKNOWN_PLACE, UNKNOWN_KIND)
    groups = (count_meetings(label, its) for label, its in by_label.items())
    return tuple(sorted(groups, key=lambda one: (one.label in unknown, -one.planned, one.label)))


@dataclass(frozen=True, slots=True)
class DayReport:
    """The report of a day. `results` counts outcomes; `unsaid`: meetings without an outcome yet; `promising`: outcomes to follow up or quote;
    `needs`: of the buyers who come; `lacks`: trades that lacked suppliers."""

    summary: Summary | None
    meetings: tuple[CountedMeeting, ...]
    results: Mapping[Result, int]
    unsaid: int
    promising: tuple[MeetingOutcome, ...]
    needs: tuple[CountedNeed, ...]
    lacks: tuple[Lack, ...]


def report_day(setting: Setting, catalogue: Shelf) -> DayReport:
    """Return the report of an event; `catalogue`: all suppliers as a shelf (arrays)."""
    event, needs = setting.event, counted_needs(setting)
    counted = {result: sum(one.result is result for one in event.outcomes.values()) for result in Result}
    return DayReport(
        summary=summary(event),
        meetings=counted_meetings(setting),
        results=counted,
        unsaid=sum(one.pair not in event.outcomes for one in event.bookings),
        promising=tuple(one for one in event.outcomes.values() if one.result in (Result.QUOTE, Result.FOLLOW_UP)),
        needs=needs,
        lacks=lacks(setting, needs, catalogue),
    )


def counted_meetings(setting: Setting) -> tuple[CountedMeeting, ...]:
    """Return the meetings of an event's timetable with their trades and territories."""
    return tuple(_count_meeting(setting, one) for one in words_on(setting.event))


def _count_meeting(setting: Setting, words: MeetingWords) -> CountedMeeting:
    """Return a meeting with its trade and territories, unknown for participants who have left the event since."""
    rows, columns = setting.rows
    row, column = rows.get(words.booking.buyer), columns.get(words.booking.supplier)
    affinities = setting.affinities
    supplier_at, kinds = CountedPlace(), tuple[SupplierKind, ...]()
    if column is not None:
        shelf, seat = affinities.shelf, int(affinities.rows[column])
        kinds = shelf.suppliers[seat].kinds
        towns = [rank for rank in shelf.points.commune[shelf.points.of(seat)].tolist() if rank >= 0]
        if towns:  # the commune of its first site
            supplier_at = CountedPlace.of_commune(commune_at(towns[0]).code)
    buyer = affinities.buyers[row] if row is not None else None
    trade, where = "", places(buyer.place) if buyer else ()
    if row is not None and column is not None:
        trade, where = _trade_and_place(affinities, row, column) or (trade, where)
    return CountedMeeting(
        words,
        trade,
        territory_of(where),
        supplier_at,
        kinds,
    )


def _trade_and_place(affinities: Affinities, row: int, column: int) -> tuple[str, tuple[Place, ...]] | None:
    """Return the trade to count a meeting under and the places of its need; None where the pair talks about no need."""
    need = affinities.need_of(row, column) if affinities.worth[row, column] > 0 else None
    if need is None:
        return None
    reading = read_participant_need(affinities.buyers[row], need)
    trade = affinities.shared_trade(row, column, need) or (DISCOVERY if reading.activities else trade_of(reading))
    return trade, reading.places
