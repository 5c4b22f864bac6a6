"""« Fiches et fichiers »: sheets, badges, signs for tables, calendars; « Feuille pour les élus »: what a day of meetings gave, on a page."""

from dataclasses import dataclass
from math import sqrt

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.meeting_day.sequels import asked_from
from matcher.club.results.elected import NeedsOf, lacks_said, needs_by_place, needs_by_trade
from matcher.club.results.figures import figures
from matcher.club.results.needs_met import LackKind
from matcher.club.results.view import by_table, sheet, sheets, summary, to_ics
from matcher.web.club.meeting_day import KEY, NUMBER, event_of, former_figures, people_of_event, report_of
from matcher.web.frame.app_state import desk, profile
from matcher.web.frame.file_response import sent
from matcher.web.frame.outline_map import OutlineMap, frame_of

pages = Blueprint("sheets", __name__)


@pages.get(f"/club/{NUMBER}/fiches", endpoint="index")
def list_sheets(number: int) -> str:
    """List what can be printed and taken away: for everybody, and for each."""
    event = event_of(number)
    return render_template("club/fiches.html", event=event, sheets=sheets(event, people_of_event(event)))


@pages.get(f"/club/{NUMBER}/fiches/imprimer")
def all_sheets(number: int) -> str:
    """Show every sheet, one a page."""
    event = event_of(number)
    return render_template("club/papier/fiches.html", event=event, sheets=sheets(event, people_of_event(event)))


@pages.get(f"/club/{NUMBER}/fiches/{KEY}")
def one_sheet(number: int, participant: int) -> ResponseReturnValue:
    """Show one sheet as it is printed, and read on a telephone."""
    event = _with(event_of(number), participant)
    return render_template(
        "club/papier/fiches.html", event=event, sheets=[sheet(event, participant, people_of_event(event))]
    )


@pages.get(f"/club/{NUMBER}/fiches/{KEY}.ics", endpoint="calendar")
def participant_calendar(number: int, participant: int) -> ResponseReturnValue:
    """Send a participant’s meetings for its calendar."""
    event = _with(event_of(number), participant)
    if event.header.day is None:
        abort(404)
    content = to_ics(event, sheet(event, participant, people_of_event(event)))
    return sent(f"club-{number}-{participant}.ics", content)


@pages.get(f"/club/{NUMBER}/badges")
def badges(number: int) -> str:
    """Show the badges, ten a page: a person each, or the structure where nobody is named."""
    event = event_of(number)
    named = [
        (name, each)
        for each in sheets(event, people_of_event(event))
        for name in [person.name for person in each.people if person.name] or [""]
    ]
    return render_template("club/papier/badges.html", event=event, badges=named)


@pages.get(f"/club/{NUMBER}/tables")
def tables(number: int) -> str:
    """Show the sign of each table: its number, read from afar, and who sits there when."""
    event = event_of(number)
    lines = [(line, dict(zip(event.schedule.starts, line.cells, strict=True))) for line in by_table(event)]
    return render_template("club/papier/tables.html", event=event, lines=lines)


def _with(event: MeetingDay, key: int) -> MeetingDay:
    if key not in event.by_key:
        abort(404)
    return event


elected_pages = Blueprint("elected_sheet", __name__)

# Discs of the map: the surface follows the number of needs.
_SMALLEST, _LARGEST = 15.0, 42.0


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """A territory on the map: the letter that its list repeats, where its disc is and how large, and its needs."""

    letter: str
    x: float
    y: float
    radius: float
    needs: NeedsOf


def needs_map(needs: tuple[NeedsOf, ...]) -> OutlineMap[DrawnPlace] | None:
    """Draw the territories that have a place; None where none has."""
    placed = [(one, one.point) for one in needs if one.point]
    if not placed:
        return None
    frame = frame_of([point for _, point in placed])
    most = max(one.needs for one, _ in placed)
    at = frame.spread([frame.at(*point) for _, point in placed], _SMALLEST)
    radii = [round(max(_SMALLEST, _LARGEST * sqrt(one.needs / most)), 1) for one, _ in placed]
    return frame.drawn(
        [
            DrawnPlace(chr(ord("A") + nth), x, y, radius, one)
            for nth, ((one, _), (x, y), radius) in enumerate(zip(placed, at, radii, strict=True))
        ]
    )


@elected_pages.get(f"/club/{NUMBER}/bilan/elus", endpoint="show")
def show_elected_sheet(number: int) -> str:
    """Show the sheet as it is printed."""
    event = event_of(number)
    report = report_of(event)
    places = needs_by_place(report.needs)
    asked_on = asked_from(event.header.day)
    return render_template(
        "club/papier/elus.html",
        event=event,
        its=figures(event, report.meetings, report.needs),
        former=former_figures(event),
        whole=summary(event),
        map=needs_map(places),
        places=places,
        unplaced=len(report.needs) - sum(one.needs for one in places),
        trades=needs_by_trade(report.needs),
        lacks=lacks_said(report.lacks),
        kinds=LackKind,
        asked_on=asked_on if asked_on and asked_on > desk().today() else None,
        on=desk().today(),
        by=event.header.organiser or profile().own_name,
    )
