"""Grid of the timetable of a meeting day (event of planned buyer-supplier meetings): rows are participants or tables, columns are slots and breaks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.club.meeting_day.meeting_day import Booking, MeetingDay, MeetingOutcome
from matcher.club.meeting_day.schedule import Break, clock
from matcher.club.results.view import GridLine, by_participant, by_table
from matcher.club.timetable.affinity import LEVELS
from matcher.club.timetable.setting import free

# Views of the timetable: URL value, then title of the first column.
VIEWS: Mapping[str, str] = {"acheteur": "Acheteur et besoin", "fournisseur": "Fournisseur", "table": "Table"}


@dataclass(frozen=True, slots=True)
class Head:
    """A column header: a slot, or a break with its label."""

    text: str
    pause: Break | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A meeting in a cell: (key, name) of the participants to show, and its table where it differs from the row's."""

    booking: Booking
    who: tuple[tuple[int, str], ...]
    table: int | None
    words: str
    followed: bool
    outcome: MeetingOutcome | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Content of a row in a slot; `away` where its participant is absent then."""

    meetings: tuple[Shown, ...] = ()
    away: bool = False
    pause: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: its table (for a buyer, the one where it mostly sits) and the key of its participant (None in the view by table)."""

    table: int | None
    key: int | None
    label: str
    about: str
    cells: tuple[Cell, ...]
    followed: bool


@dataclass(frozen=True, slots=True)
class TimetableGrid:
    """The whole timetable in one `view`."""

    view: str
    heads: tuple[Head, ...]
    rows: tuple[GridRow, ...]
    follow: int | None


def grid(event: MeetingDay, view: str, follow: int | None) -> TimetableGrid:
    """Return the timetable in one view (a key of VIEWS); `follow` is the participant whose meetings are highlighted."""
    marked = None if follow is None else event.seat_of(follow)
    columns: list[tuple[int, Head, int | None]] = [
        (rest.start, Head(f"{rest.label}, {clock(rest.start)} à {clock(rest.end)}", rest), None)
        for rest in event.schedule.breaks
    ]
    columns += [(start, Head(clock(start)), slot) for slot, start in enumerate(event.schedule.starts)]
    columns.sort(key=lambda one: (one[0], one[2] is not None))
    lines = by_table(event) if view == "table" else by_participant(event, suppliers=view == "fournisseur")
    slots = [slot for _, _, slot in columns]
    rows = tuple(_row(event, line, view, slots, marked) for line in lines)
    return TimetableGrid(view, tuple(head for _, head, _ in columns), rows, marked)


def _row(event: MeetingDay, line: GridLine, view: str, slots: list[int | None], follow: int | None) -> GridRow:
    table = line.key if view == "table" else None
    if view == "acheteur" and (tables := sorted(booking.table for cell in line.cells for booking in cell)):
        table = Counter(tables).most_common(1)[0][0]  # the table where it mostly sits, the lowest of equals
    here = None if view == "table" else free(event.seat(line.key), event.schedule)
    cells = []
    for slot in slots:
        if slot is None:
            cells.append(Cell(pause=True))
            continue
        meetings = []
        for booking in line.cells[slot]:
            keys = {
                "acheteur": (booking.supplier,),
                "fournisseur": (booking.buyer,),
                "table": (booking.buyer, booking.supplier),
            }[view]
            meetings.append(
                Shown(
                    booking,
                    tuple((key, event.name_of(key)) for key in keys),
                    booking.table if booking.table != table else None,
                    LEVELS[booking.level],
                    follow in (booking.buyer, booking.supplier),
                    event.outcomes.get(booking.pair),
                )
            )
        cells.append(Cell(tuple(meetings), away=here is not None and not here[slot]))
    row_key = None if view == "table" else line.key
    return GridRow(table, row_key, line.label, line.about, tuple(cells), row_key is not None and row_key == follow)
