"""« Préparer la prochaine édition », as an organiser does: ticked, opened once, its settings, and what came of the former beside each name."""

from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Miss
from matcher.club.meeting_day.store import change_as, load
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.club_pages import ME, OPENED
from tests.matcher.web.reading import fill, read, send


def test_it_is_opened_once_and_remembers_the_former(organiser: FlaskClient, day: Engine) -> None:
    event = load(day, FIRST_ORGANISATION, 1)
    absent = next(one for one in event.participants if not one.supplies)
    change_as(day, FIRST_ORGANISATION, 1, lambda _: [Miss(absent.key)], who=ME, now=OPENED)
    page = read(organiser, read(organiser, "/club/1/bilan").link("Préparer la prochaine édition"))
    ticked = {int(str(box["value"])) for box in page.all("[name=reprendre]") if box.has_attr("checked")}
    seats = {event.seat_of(one.key) for one in event.participants}
    assert ticked == seats - {absent.key}
    made = send(
        organiser, "/club/1/suivante", "/club/1/suivante", {"reprendre": [str(key) for key in ticked], "qui": ME}
    )
    assert made.path == "/club/2/reglages"
    assert "Donnez-lui son jour." in made.text
    again = fill(organiser, page, "main form", qui="D. Autre")
    assert (again.path, "l’avait déjà ouverte" in again.text) == ("/club/2/reglages", True)
    assert "Y aller" in read(organiser, "/club/1/suivante").text
    assert "la dernière fois, " in read(organiser, "/club/2/participants").text
    assert organiser.get("/club/3").status_code == 404
