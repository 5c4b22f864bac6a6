"""Pages « Fiches et fichiers » of a meeting day (event of planned buyer-supplier meetings): printable sheets, badges, table signs, calendars."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.results.view import by_table, make_sheet, sheets, to_ics
from matcher.web.club.meeting_day import KEY, NUMBER, event_of, people_of_event
from matcher.web.frame.file_response import attachment

pages = Blueprint("sheets", __name__)


@pages.get(f"/club/{NUMBER}/fiches", endpoint="index")
def list_sheets(number: int) -> str:
    """List what can be printed or downloaded, for all and for each participant."""
    event = event_of(number)
    return render_template("club/fiches.html", event=event, sheets=sheets(event, people_of_event(event)))


@pages.get(f"/club/{NUMBER}/fiches/imprimer")
def all_sheets(number: int) -> str:
    """Show every sheet, one a page."""
    event = event_of(number)
    return render_template("club/papier/fiches.html", event=event, sheets=sheets(event, people_of_event(event)))


@pages.get(f"/club/{NUMBER}/fiches/{KEY}")
def one_sheet(number: int, participant: int) -> ResponseReturnValue:
    """Show one participant's sheet, for print or telephone."""
    event = _require_participant(event_of(number), participant)
    return render_template(
        "club/papier/fiches.html", event=event, sheets=[make_sheet(event, participant, people_of_event(event))]
    )


@pages.get(f"/club/{NUMBER}/fiches/{KEY}.ics", endpoint="calendar")
def participant_calendar(number: int, participant: int) -> ResponseReturnValue:
    """Send a participant’s meetings for its calendar."""
    event = _require_participant(event_of(number), participant)
    if event.header.day is None:
        abort(404)
    content = to_ics(event, make_sheet(event, participant, people_of_event(event)))
    return attachment(f"club-{number}-{participant}.ics", content)


@pages.get(f"/club/{NUMBER}/badges")
def badges(number: int) -> str:
    """Show the badges, ten a page: one a person, or one for a structure without named persons."""
    event = event_of(number)
    named = [
        (name, each)
        for each in sheets(event, people_of_event(event))
        for name in [person.name for person in each.people if person.name] or [""]
    ]
    return render_template("club/papier/badges.html", event=event, badges=named)


@pages.get(f"/club/{NUMBER}/tables")
def tables(number: int) -> str:
    """Show the sign of each table: its number in large type, and who sits there when."""
    event = event_of(number)
    lines = [(line, dict(zip(event.schedule.starts, line.cells, strict=True))) for line in by_table(event)]
    return render_template("club/papier/tables.html", event=event, lines=lines)


def _require_participant(event: MeetingDay, key: int) -> MeetingDay:
    if key not in event.by_key:
        abort(404)
    return event
