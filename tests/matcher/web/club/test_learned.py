"""« Au catalogue »: what participants said, accepted by line or all at once, and no more to be accepted then."""

from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.store import load
from matcher.club.results.learned import offers
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.club_pages import ME
from tests.matcher.web.reading import read, send


def test_one_line_then_all(organiser: FlaskClient, day: Engine) -> None:
    waiting = offers(day, load(day, FIRST_ORGANISATION, 1))
    assert len(waiting) > 2
    page = read(organiser, read(organiser, "/club/1/participants").link("Proposer au catalogue ce qu’ils ont dit"))
    assert len(page.all("tbody tr")) == len(waiting)
    assert all(one.on.year == 2026 for one in waiting)
    key = waiting[1].participant.key
    page = send(organiser, "/club/1/catalogue", "/club/1/catalogue", {"accepter": str(key), "qui": ME})
    assert "1 structure au catalogue" in page.text
    assert len(page.all("tbody tr")) == len(waiting) - 1
    page = send(organiser, "/club/1/catalogue", "/club/1/catalogue", {"qui": ME})
    assert f"{len(waiting) - 1} structures au catalogue" in page.text
    assert "Rien n’attend" in page.text
    assert {one.by for one in load(day, FIRST_ORGANISATION, 1).taken_words} == {one.participant.key for one in waiting}
