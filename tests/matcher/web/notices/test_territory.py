"""The page of a territory: its lots, those that could have been reserved with the list of each, its files, what it refuses."""

import pytest

from tests.matcher.web.notices.conftest import Follower
from tests.matcher.web.reading import EACH_NASTY, NASTY, read

PAGE = "/annonces/territoire"


def test_a_lot_that_could_have_been_reserved_leads_to_who_could_answer_it(follower: Follower) -> None:
    page = read(follower.client, f"{PAGE}?lieu=Nord+%2859%29")
    assert "1 lot publié" in page.text
    assert page.link("Entretien des espaces verts") == "/annonces/1"
    (credible,) = [str(link["href"]) for link in page.all("a[href*='candidats?levier=12']")]
    assert "Jardin 2" in read(follower.client, credible).text
    for form in ("XLSX", "JSON", "CSV des lots à réserver"):
        assert follower.client.get(page.link(form)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "fault"),
    [("lieu=", "lieu"), ("lieu=Nullepart+les+Bains", "lieu"), ("lieu=Nord&depuis=2026-12-01&jusqu=2026-11-01", "depuis"), ("lieu=Nord&depuis=hier", "depuis")],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_under_its_field(follower: Follower, asked: str, fault: str) -> None:
    page = read(follower.client, f"{PAGE}?{asked}")
    assert page.status == 422
    assert page.all(f"#{fault}-faute")
    assert follower.client.get(f"{PAGE}/territoire.json?{asked}").status_code == 400


def test_it_asks_for_a_territory_where_none_is_known(follower: Follower) -> None:
    assert read(follower.client, PAGE).status == 200


@EACH_NASTY
def test_whatever_is_sent_is_answered(follower: Follower) -> None:
    for nasty in NASTY:
        for name in ("lieu", "depuis", "jusqu"):
            assert follower.client.get(PAGE, query_string={"lieu": "Nord", name: nasty}).status_code in (200, 422)
