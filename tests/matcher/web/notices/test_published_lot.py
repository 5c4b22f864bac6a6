"""The page of one published lot: what it says, what a person adds to it, and the dossier, the plan and the need that begin there."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.header import DayHeader, Rules
from matcher.club.meeting_day.schedule import Schedule
from matcher.club.meeting_day.store import create_day
from matcher.db import open_database, writing
from matcher.dossiers.store import DossierFilter, list_dossiers, load_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.dossiers import save_list
from matcher.web.frame.app_state import Desk
from matcher.web.need.address import Query
from matcher.web.need.answer import AnsweredQuery
from tests.matcher.notices.watching.followed import NOW, take
from tests.matcher.notices.written import BUYER, lot, notice
from tests.matcher.web.notices.conftest import Follower
from tests.matcher.web.reading import fill, read

PAGE = "/annonces/1"


@pytest.fixture
def office(follower: Follower) -> FlaskClient:
    """The pages of whoever buys, over the lots of the first gardener."""
    return follower.client


def test_a_lot_says_what_was_read_what_is_in_doubt_and_what_its_notices_changed(
    follower: Follower, office: FlaskClient
) -> None:
    moved = notice(
        "26-2",
        nature="RECTIFICATIF",
        published="2026-11-25",
        deadline="2026-12-20T12:00:00",
        lots=(),
        earlier=("26-1",),
    )
    take(follower.engine, moved)
    text = read(office, PAGE).text
    for said in (
        "20 décembre 2026",
        "heure de Paris, supposée",
        "Rectificatif",
        "avis n° 26-2, BOAMP, publié le 25 novembre 2026",
        "non dite",
        "Jardin 1",
    ):
        assert said in text
    assert "Rectifié le 25 novembre 2026" in text
    take(follower.engine, notice("26-3", nature="ANNULATION", published="2026-11-26", lots=(), earlier=("26-1",)))
    assert "Ce lot est annulé" in read(office, PAGE).text
    assert office.get("/annonces/99").status_code == 404


def test_its_list_is_ranked_for_its_places_under_the_article_asked(office: FlaskClient) -> None:
    page = read(office, f"{PAGE}/candidats?levier=12")
    assert page.status == 200
    assert {its["value"] for its in page.all("input[name=ou]")} == {"insee:59392"}
    assert {its["value"] for its in page.all("input[name=levier]")} == {"12"}
    assert read(office, f"{PAGE}/candidats?levier=999").status == 200


def test_pressed_twice_it_opens_one_dossier_that_says_where_it_comes_from(
    follower: Follower, office: FlaskClient
) -> None:
    form = f"form[action='{PAGE}/dossier']"
    page = read(office, PAGE)
    assert fill(office, page, form, qui="Léa").path == fill(office, page, form, qui="Léa").path
    (line,) = list_dossiers(follower.engine, FIRST_ORGANISATION, DossierFilter())
    assert (line.header.title, line.header.buyer_siret) == ("Entretien des espaces verts", BUYER)
    assert (line.course.offers_by, line.course.next_on) == (line.course.next_on, line.course.offers_by)
    assert line.course.offers_by is not None
    its = load_dossier(follower.engine, FIRST_ORGANISATION, line.id)
    assert its.note.replace("\xa0", " ").startswith("D’après l’avis n° 26-1, BOAMP, publié le 20 novembre 2026")
    assert [entry.match.name for entry in its.lots[0].entries] == ["Jardin 1", "Jardin 2"]
    assert its.lots[0].frozen.reading.lot.cpv == ("77310000",)
    assert "Son dossier" in read(office, PAGE).text


def test_others_may_write_while_the_list_of_its_dossier_is_ranked(
    follower: Follower, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, real = open_database(str(follower.engine.url), busy_timeout_s=0), save_list.answer_query

    def answer(desk: Desk, query: Query) -> AnsweredQuery:
        with writing(other):
            return real(desk, query)

    monkeypatch.setattr(save_list, "answer_query", answer)
    assert fill(office, read(office, PAGE), f"form[action='{PAGE}/dossier']", qui="Léa").status == 200
    other.dispose()


def test_a_plan_of_clause_is_filled_by_it(office: FlaskClient) -> None:
    plan = read(office, read(office, PAGE).link("Plan de clause"))
    assert plan.one("[name=contrat-1-objet]")["value"] == "Entretien des espaces verts"
    assert "Maubeuge" in plan.one("[name=contrat-1-lieu]")["value"]


def test_the_family_of_a_reservation_is_said_in_one_tap(follower: Follower, office: FlaskClient) -> None:
    take(follower.engine, notice("26-9", lot(reserved="res-ws")))
    page = read(office, "/annonces/2")
    form = "form[action='/annonces/2/famille']"
    assert fill(office, page, form, qui="Léa", famille="9").status == 400
    said = fill(office, page, form, qui="Léa", famille="13")
    assert "réservé aux SIAE" in said.text
    assert "réservation précisée par Léa" in said.text
    again = fill(office, said, form, famille="12")
    assert "réservé aux EA et ESAT" in again.text
    told = lot(reserved="res-ws", conditions="Marché réservé : article L2113-13 du code de la commande publique")
    take(follower.engine, notice("26-10", told, nature="RECTIFICATIF", published="2026-11-26", earlier=("26-9",)))
    assert fill(office, again, form, famille="12").status == 400
    assert read(office, "/annonces/2").all(form) == []


def _event(engine: Engine) -> int:
    header = DayHeader("Club de décembre")
    return create_day(engine, FIRST_ORGANISATION, header, Schedule(540, 10, 20), Rules(), author="Léa", now=NOW).id


def test_it_is_a_need_of_its_buyer_at_the_club_once(follower: Follower, office: FlaskClient) -> None:
    event = _event(follower.engine)
    link = read(office, PAGE).link("Besoin au Club")
    page = read(office, link)
    assert page.one("[name=name]")["value"] == "Ville imaginaire"
    assert page.one("[name=siret]")["value"] == BUYER
    assert (
        page.one("[name=need_1]")["value"]
        .replace("\xa0", " ")
        .startswith("Entretien des espaces verts (avis n° 26-1, BOAMP")
    )
    assert page.one("[name=need_1_place]")["value"] == "Maubeuge"
    assert fill(office, page, f"form[action='/club/{event}/participants/nouveau']", qui="Léa").status == 200
    again = read(office, link)
    assert again.path.endswith(f"/club/{event}/participants/1")
    assert again.one("[name=need_2]").get("value", "") == ""
    take(follower.engine, notice("26-8", lot(title="Nettoyage des locaux", cpv=("90910000",))))
    other = read(office, f"/club/{event}/participants/nouveau?avis=2")
    assert other.one("[name=need_2]")["value"].startswith("Nettoyage des locaux")
