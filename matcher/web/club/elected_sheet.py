"""Page « Feuille pour les élus »: A4 report for elected officials on a meeting day (event of planned buyer-supplier meetings), with key figures and a map."""

from dataclasses import dataclass
from math import sqrt

from flask import Blueprint, render_template

from matcher.club.meeting_day.sequels import asked_from
from matcher.club.results.elected import NeedsOf, lack_lines, needs_by_place, needs_by_trade
from matcher.club.results.figures import count_figures
from matcher.club.results.needs_met import LackKind
from matcher.club.results.view import summary
from matcher.web.club.meeting_day import NUMBER, event_of, former_figures, report_of
from matcher.web.frame.app_state import desk, profile
from matcher.web.frame.outline_map import OutlineMap, frame_of

pages = Blueprint("elected_sheet", __name__)

# Least and greatest radius of a disc of the map, whose area is proportional to the number of needs.
_SMALLEST, _LARGEST = 15.0, 42.0


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """A territory on the map: its letter (repeated in the list), the centre and radius of its disc, its needs."""

    letter: str
    x: float
    y: float
    radius: float
    needs: NeedsOf


def needs_map(needs: tuple[NeedsOf, ...]) -> OutlineMap[DrawnPlace] | None:
    """Draw the territories that have coordinates; None where none has."""
    placed = [(one, one.point) for one in needs if one.point]
    if not placed:
        return None
    frame = frame_of([point for _, point in placed])
    most = max(one.needs for one, _ in placed)
    at = frame.spread([frame.at(*point) for _, point in placed], _SMALLEST)
    radii = [round(max(_SMALLEST, _LARGEST * sqrt(one.needs / most)), 1) for one, _ in placed]
    return frame.draw(
        [
            DrawnPlace(chr(ord("A") + nth), x, y, radius, one)
            for nth, ((one, _), (x, y), radius) in enumerate(zip(placed, at, radii, strict=True))
        ]
    )


@pages.get(f"/club/{NUMBER}/bilan/elus", endpoint="show")
def show_elected_sheet(number: int) -> str:
    """Show the sheet as it is printed."""
    event = event_of(number)
    report = report_of(event)
    places = needs_by_place(report.needs)
    asked_on = asked_from(event.header.day)
    return render_template(
        "club/papier/elus.html",
        event=event,
        its=count_figures(event, report.meetings, report.needs),
        former=former_figures(event),
        whole=summary(event),
        map=needs_map(places),
        places=places,
        unplaced=len(report.needs) - sum(one.needs for one in places),
        trades=needs_by_trade(report.needs),
        lacks=lack_lines(report.lacks),
        kinds=LackKind,
        asked_on=asked_on if asked_on and asked_on > desk().today() else None,
        on=desk().today(),
        by=event.header.organiser or profile().own_name,
    )
