"""Views of a meeting day for pages and files: summary of its timetable, grid by participant or table, each participant’s sheet, iCalendar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from math import ceil
from zoneinfo import ZoneInfo

from matcher.cleaning.names import name_key
from matcher.club.meeting_day.entrance import badge_code
from matcher.club.meeting_day.header import DayHeader
from matcher.club.meeting_day.meeting_day import (
    Bond,
    Booking,
    FrozenTimetable,
    MeetingDay,
    MeetingOutcome,
    Participant,
    Tie,
)
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.schedule import clock
from matcher.club.meeting_day.store import Person
from matcher.club.timetable.affinity import places
from matcher.club.timetable.setting import free, frozen_day, pairs_not_held
from matcher.domain.french import count, enumeration, typeset, unit
from matcher.reading.place.areas import departements_of
from matcher.render.calendar import CalendarEntry, calendar_of


class Filling(StrEnum):
    """Use of a slot, or a break, by a participant."""

    MEETING = "rendez-vous"
    FREE = "libre"
    AWAY = "absent"
    BREAK = "pause"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a sheet: from `start` to `end`, in minutes since midnight; fields up to `outcome` are filled for a meeting only: `other` is the
    key of the participant met, `why` the reason to talk, `facts` three facts on it. `break_label`: name of a break."""

    filling: Filling
    start: int
    end: int
    table: int | None = None
    other: int | None = None
    name: str = ""
    people: tuple[str, ...] = ()
    why: str = ""
    facts: tuple[str, ...] = ()
    level: int = 0
    outcome: MeetingOutcome | None = None
    break_label: str = ""

    @property
    def hour(self) -> str:
        """Start of the line: « 9 h 20 »."""
        return clock(self.start)


# Gap of affinity below which a timetable counts as optimal.
_ROUNDING = 1e-9
# Characters of a reason, and of facts, in one row of a printed sheet; above these numbers of rows, a smaller font (CSS classes).
_WHY, _FACTS = 55, 65
_SIZES = ((68, "dense packed"), (34, "dense"))


@dataclass(frozen=True, slots=True)
class ParticipantSheet:
    """Sheet handed to a participant: its lines in order, breaks included; `code`: of its badge."""

    participant: Participant
    code: str
    people: tuple[Person, ...]
    lines: tuple[SheetLine, ...]

    @property
    def meetings(self) -> int:
        """Number of meetings."""
        return sum(line.filling is Filling.MEETING for line in self.lines)

    @property
    def size(self) -> str:
        """CSS classes of a font size with which the sheet fits on one printed page; empty for the usual size."""
        rows = sum(
            max(1, ceil(len(line.why) / _WHY)) + ceil(len(" · ".join(line.facts)) / _FACTS) for line in self.lines
        )
        return next((size for most, size in _SIZES if rows > most), "")


@dataclass(frozen=True, slots=True)
class Summary:
    """A timetable in figures. `fewest`: least meetings of a participant who comes, None without any; `kept` of the `wished` pairs meet;
    `answered` of the `needs` are served, None where not counted. `doubtful`: goals that rank above affinity and might still be improved, of which
    `uncounted` have no known best; `proven`: no aim is doubtful and affinity is optimal. `wished_since`: wishes added after the timetable was made,
    of which `kept_since` are kept; nothing is proven of them."""

    meetings: int
    buyers: int
    suppliers: int
    fewest: int | None
    fewest_keys: tuple[int, ...]
    wished: int
    kept: int
    unkept: tuple[tuple[int, int], ...]
    needs: int
    answered: int | None
    proven: bool
    gap: float
    mended: bool
    doubtful: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()
    wished_since: int = 0
    kept_since: int = 0

    @property
    def quality(self) -> str:
        """Quality of the timetable, in one French sentence."""
        if not self.meetings:
            return "Aucun rendez-vous."
        if self.mended:
            return "Refait en changeant le moins possible."
        if self.proven:
            return "Le meilleur possible, c’est prouvé."
        if not self.doubtful:
            return typeset(f"À {gap_words(self.gap)} au plus du meilleur possible.")
        uncounted = [f"les {name}" for name in self.uncounted]
        low = [f"les {name}" for name in self.doubtful if name not in self.uncounted]
        interest = (
            f"Intérêt à {gap_words(self.gap)} au plus du meilleur" if self.gap >= _ROUNDING else "Le plus grand intérêt"
        )
        parts = (
            f"{interest}, à vœux et besoins égaux",
            f"pour {enumeration(low)}, un meilleur horaire n’est pas exclu" if low else "",
            f"pour {enumeration(uncounted)}, le plus possible est non compté" if uncounted else "",
        )
        return typeset(f"{' ; '.join(filter(None, parts))}.")


def gap_words(gap: float) -> str:
    """Return a gap, in [0, 1], as a percentage; « moins de 0,1 % » where it would round to 0."""
    return f"moins de {unit(0.1, '%', 1)}" if 0 < gap < 0.0005 else unit(100 * gap, "%", 1)


def _meetings_of_each(event: MeetingDay, plan: FrozenTimetable) -> dict[int, int]:
    """Return the number of meetings, possibly 0, of each participant who comes, by key."""
    counts = dict.fromkeys(
        (one.key for side in (False, True) for one in event.list_seats(suppliers=side) if not one.absent), 0
    )
    for booking in plan.bookings:
        for key in booking.pair & counts.keys():
            counts[key] += 1
    return counts


def _doubtful(plan: FrozenTimetable, wishes_kept: int, wished: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the aims before affinity that are not proven optimal, then those of them without a bound, in French."""
    most_kept = wished if wishes_kept == wished else plan.most_kept
    reached = (("vœux", wishes_kept, most_kept), ("besoins servis", plan.answered, plan.most_answered))
    bounds = (*reached, ("minimums", plan.fair, None if plan.fair is None else True))
    uncounted = tuple(name for name, figure, most in bounds if most is None or figure is None)
    low = (name for name, figure, most in bounds if most is None or figure is None or figure < most)
    return tuple(low), uncounted


def _needs_asked(event: MeetingDay, plan: FrozenTimetable) -> int:
    """Return how many needs the timetable was made for; the present participants' where it did not count them."""
    if plan.answered is not None and plan.most_answered is not None:
        return plan.answered + len(plan.unserved)
    return sum(len(one.needs) for one in event.list_seats(suppliers=False) if not one.absent)


def summary(event: MeetingDay) -> Summary | None:
    """Return the figures of the frozen timetable; None where there is none."""
    plan = event.plan
    if plan is None:
        return None
    meetings_of = _meetings_of_each(event, plan)
    fewest = min(meetings_of.values(), default=None)
    wishes = _wishes_by_pair(event)
    met = {one.pair for one in plan.bookings}
    gap = max(0.0, (plan.bound - plan.total) / plan.bound) if plan.bound > 0 else 0.0
    # Wishes added after the timetable was made.
    former = frozen_day(event) if wishes else None
    since = set(wishes).difference(_wishes_by_pair(former)) if former else set()
    wishes_kept = len(wishes.keys() & met)
    doubtful, uncounted = _doubtful(plan, wishes_kept - len(since & met), len(wishes) - len(since))
    return Summary(
        meetings=len(plan.bookings),
        buyers=sum(not event.participant(key).supplies for key in meetings_of),
        suppliers=sum(event.participant(key).supplies for key in meetings_of),
        fewest=fewest,
        fewest_keys=tuple(key for key, meetings in meetings_of.items() if meetings == fewest),
        wished=len(wishes),
        kept=wishes_kept,
        unkept=tuple((bond.by, bond.other) for pair, bond in wishes.items() if pair not in met),
        needs=_needs_asked(event, plan),
        answered=plan.answered,
        proven=gap < _ROUNDING and not doubtful and not plan.mended,
        doubtful=doubtful,
        uncounted=uncounted,
        gap=gap,
        mended=plan.mended,
        wished_since=len(since),
        kept_since=len(since & met),
    )


def _wishes_by_pair(event: MeetingDay) -> dict[frozenset[int], Bond]:
    return {frozenset(map(event.seat_of, bond.pair)): bond for bond in event.bonds if bond.tie is Tie.MUST}


def wishes_not_held(event: MeetingDay) -> int:
    """Return the number of pairs with a meeting that one of them wished for and that did not take place."""
    return len(pairs_not_held(event) & _wishes_by_pair(event).keys() & {one.pair for one in event.bookings})


def make_sheet(event: MeetingDay, key: int, people: Mapping[int, tuple[Person, ...]]) -> ParticipantSheet:
    """Return a participant’s sheet (of its first registration if it has several). Raises ChangeRefused where it does not exist."""
    participant = event.seat(key)
    bookings = event.bookings_of.get(participant.key, ())
    here = free(participant, event.schedule)
    lines = [SheetLine(Filling.BREAK, rest.start, rest.end, break_label=rest.label) for rest in event.schedule.breaks]
    for slot, start in enumerate(event.schedule.starts):
        end = start + event.schedule.minutes
        own = [booking for booking in bookings if booking.slot == slot]
        for booking in own:
            other = booking.buyer if participant.supplies else booking.supplier
            lines.append(
                SheetLine(
                    Filling.MEETING,
                    start,
                    end,
                    table=booking.table,
                    other=other,
                    name=event.name_of(other),
                    people=tuple(person.name for person in _persons(event, other, people) if person.name),
                    why=booking.to_supplier if participant.supplies else booking.to_buyer,
                    facts=booking.on_buyer if participant.supplies else booking.on_supplier,
                    level=booking.level,
                    outcome=event.outcomes.get(booking.pair),
                )
            )
        if not own:
            lines.append(SheetLine(Filling.FREE if here[slot] else Filling.AWAY, start, end))
    return ParticipantSheet(
        participant,
        badge_code(event.id, participant.key),
        _persons(event, participant.key, people),
        tuple(sorted(lines, key=lambda line: (line.start, line.table or 0))),
    )


def sheets(event: MeetingDay, people: Mapping[int, tuple[Person, ...]]) -> list[ParticipantSheet]:
    """Return the sheets of the participants who come: buyers, then suppliers, by name."""
    seated = [one for side in (False, True) for one in alphabetical(event.list_seats(suppliers=side))]
    return [make_sheet(event, one.key, people) for one in seated if not one.absent]


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of the timetable's grid: a participant or a table (`label`, and `about` below), and its meetings in each slot."""

    key: int
    label: str
    about: str
    cells: tuple[tuple[Booking, ...], ...]


def alphabetical(participants: Iterable[Participant]) -> list[Participant]:
    """Return participants by name, ignoring accents and case: « Éditions » with the E."""
    return sorted(participants, key=lambda one: (name_key(one.name), one.key))


def by_participant(event: MeetingDay, *, suppliers: bool) -> list[GridLine]:
    """Return one line a participant of a side, in order of key, without absent ones that have no meeting."""
    lines = []
    for participant in event.list_seats(suppliers=suppliers):
        cells = _cells(event, event.bookings_of.get(participant.key, ()))
        if not participant.absent or any(cells):
            about = (
                participant.place or participant.activity
                if suppliers
                else ", ".join(need.text for need in participant.needs)
            )
            lines.append(GridLine(participant.key, event.name_of(participant.key), about, cells))
    return lines


def movers(event: MeetingDay) -> tuple[int, ...]:
    """Return the buyers (keys) who have to change tables; delegations that hold several tables at once are not counted."""
    return tuple(
        one.key
        for one in event.list_seats(suppliers=False)
        if one.abreast == 1 and len({booking.table for booking in event.bookings_of.get(one.key, ())}) > 1
    )


def shared_tables(event: MeetingDay) -> dict[int, tuple[int, ...]]:
    """Return the tables shared by several buyers (keys) one after the other, with these buyers in order; buyers who move are ignored."""
    moving, buyers_by_table = movers(event), dict[int, dict[int, None]]()
    for meeting in sorted(event.bookings, key=lambda booking: (booking.table, booking.slot)):
        if meeting.buyer not in moving:
            buyers_by_table.setdefault(meeting.table, {})[meeting.buyer] = None
    return {table: tuple(buyers) for table, buyers in buyers_by_table.items() if len(buyers) > 1}


def step_free_tables(event: MeetingDay) -> int:
    """Return how many step-free tables would let every buyer keep its own: one for each who needs it or meets somebody who does."""
    marked = {one.key for one in event.participants if one.step_free}
    return len({one.buyer for one in event.bookings if one.pair & marked})


def by_table(event: MeetingDay) -> list[GridLine]:
    """Return one line a table in use, by number, as the board shows it."""
    return [
        GridLine(table, f"Table {table}", "", _cells(event, [one for one in event.bookings if one.table == table]))
        for table in sorted({one.table for one in event.bookings})
    ]


def _cells(event: MeetingDay, bookings: Sequence[Booking]) -> tuple[tuple[Booking, ...], ...]:
    return tuple(tuple(one for one in bookings if one.slot == slot) for slot in range(event.schedule.slots))


def _persons(event: MeetingDay, key: int, people: Mapping[int, tuple[Person, ...]]) -> tuple[Person, ...]:
    """Return the persons of a seat, those of its duplicate registrations included."""
    lines = (key, *event.others_of.get(key, ()))
    return tuple(dict.fromkeys(person for line in lines for person in people.get(line, ())))


def need_met(event: MeetingDay, buyer: int, supplier: int) -> ParticipantNeed | None:
    """Return the need that a meeting (keys) was about: the buyer's only one, or the one that its talking points quote; None where unknown."""
    needs = event.by_key[buyer].needs if buyer in event.by_key else ()
    words_to_supplier = next((one.to_supplier for one in event.bookings_of.get(buyer, ()) if supplier in one.pair), "")
    return needs[0] if len(needs) == 1 else next((need for need in needs if need.text[:60] in words_to_supplier), None)


def fewest_words(counts: Summary) -> str:
    """Return in French the meetings of the least served participant: « 2 rendez-vous »."""
    return "personne" if counts.fewest is None else count(counts.fewest, "rendez-vous", "rendez-vous")


PARIS = "Europe/Paris"
# Time zones of the départements and territories that differ from Paris.
_OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


def to_ics(event: MeetingDay, sheet: ParticipantSheet) -> bytes:
    """Return the iCalendar file of a sheet, one entry a meeting. Raises ValueError where the event has no day."""
    if event.header.day is None:
        raise ValueError("no day")
    midnight = datetime.combine(event.header.day, time(), time_zone(event.header))  # minutes are added to wall time
    meetings = [line for line in sheet.lines if line.filling is Filling.MEETING]
    entries = [
        CalendarEntry(
            uid=f"club-{event.id}-{sheet.participant.key}-{line.other}@entremise",
            stamp=event.journal[-1].at,
            sequence=event.version,
            start=midnight + timedelta(minutes=line.start),
            end=midnight + timedelta(minutes=line.end),
            summary=f"{line.name}, table {line.table}",
            location=", ".join(filter(None, (event.header.place, f"table {line.table}"))),
            description="\n".join(filter(None, (line.why, *line.facts))),
        )
        for line in meetings
    ]
    return calendar_of("Club", entries)


def time_zone(header: DayHeader) -> ZoneInfo:
    """Return the time zone of an event: its own, else that of the département of its place, else Paris."""
    departements = {code for one in places(header.place) for code in departements_of(one)}
    of_place = _OVERSEAS.get(departements.pop(), PARIS) if len(departements) == 1 else PARIS
    return ZoneInfo(header.zone or of_place)
