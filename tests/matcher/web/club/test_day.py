"""The day itself, without JavaScript: what goes on now, who is missing or late, outcomes, sheets, the board, the report."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.meeting_day import Result
from matcher.club.meeting_day.store import load_day
from matcher.dossiers.dossier import Status
from matcher.dossiers.store import load_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.matcher.web.club_pages import DAY, ME
from tests.matcher.web.reading import Read, fill, read, send

pytestmark = pytest.mark.usefixtures("read_here")


def at(engine: Engine, hour: int, minute: int, on: int = 3, zone: str = "Europe/Paris") -> FlaskClient:
    moment = datetime(2026, 12, on, hour, minute, tzinfo=ZoneInfo(zone))
    return create_app(engine, today=lambda: DAY, clock=lambda: moment).test_client()


def test_the_hour_is_that_of_the_event_on_a_server_in_utc_too(organiser: FlaskClient, day: Engine) -> None:
    assert "Il est 9 h 25" in read(at(day, 8, 25, zone="UTC"), "/club/1/jour").text
    fill(organiser, read(organiser, "/club/1/reglages"), "form.event-form", zone="Indian/Reunion", qui=ME)
    assert "Il est 9 h 25" in read(at(day, 5, 25, zone="UTC"), "/club/1/jour").text


def test_the_slot_that_goes_on_is_open(day: Engine) -> None:
    page = read(at(day, 9, 25), "/club/1/jour")
    (slot,) = page.all("details.slot[open]")
    assert slot["data-start"] == "560"
    assert "Il est 9 h 25" in page.text
    assert read(at(day, 10, 25), "/club/1/jour").all("details.slot[open]") == []
    assert "Ce n’est pas le jour" in read(at(day, 9, 25, on=2), "/club/1/jour").text


@pytest.mark.parametrize(
    ("hour", "minute", "shown"),
    [(8, 0, "9 h 00"), (9, 16, "9 h 00"), (9, 17, "9 h 20"), (10, 25, "10 h 40"), (11, 56, "11 h 40"), (12, 30, "")],
)
def test_the_board_turns_before_the_slot_ends(day: Engine, hour: int, minute: int, shown: str) -> None:
    page = read(at(day, hour, minute), "/club/1/panneau")
    visible = [one for one in page.all("main section") if not one.has_attr("hidden")]
    assert len(visible) == 1
    if shown:
        assert " ".join(visible[0].select_one("h2").get_text().split()).startswith(shown)  # type: ignore[union-attr]
    else:
        assert "finis" in visible[0].get_text()


def test_the_board_says_a_long_wait_in_hours(day: Engine) -> None:
    assert "dans 2 h 28" in read(at(day, 6, 32), "/club/1/panneau").text.replace("\u00a0", " ")


def test_an_outcome_is_written_once_by_a_form_and_by_a_script(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert event.plan
    first, second = event.plan.bookings[:2]
    issue = f"{first.buyer}.{first.supplier}.QUOTE"
    for _ in range(2):
        page = send(organiser, "/club/1/jour", "/club/1/issues", {"issue": issue, "note": "devis lundi", "qui": ME})
        assert page.path == "/club/1/jour"
    (outcome,) = load_day(day, FIRST_ORGANISATION, 1).outcomes.values()
    assert (outcome.result, outcome.note) == (Result.QUOTE, "devis lundi")
    assert load_day(day, FIRST_ORGANISATION, 1).version == event.version + 1
    token = read(organiser, "/club/1/jour").all('input[name="csrf_token"]')[0]["value"]
    sent = {"csrf_token": token, "issue": f"{second.buyer}.{second.supplier}.NOTHING"}
    answer = organiser.post("/club/1/issues", data=sent, headers={"Accept": "application/json"})
    assert answer.json == {"fait": True}
    wrong = {**sent, "issue": f"{first.buyer}.{first.buyer}.NOTHING"}
    refused = organiser.post("/club/1/issues", data=wrong, headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert "n’ont pas de rendez-vous" in str(refused.json)
    assert len(load_day(day, FIRST_ORGANISATION, 1).outcomes) == 2
    for bad in ("", "1.2", "1.2.AUTRE", "a.b.QUOTE", "1.99999999999.QUOTE"):
        assert send(organiser, "/club/1/jour", "/club/1/issues", {"issue": bad}).status == 400


def test_a_script_that_has_no_name_yet_is_told_to_keep_what_it_has(organiser: FlaskClient, day: Engine) -> None:
    token = read(organiser, "/club/1/jour").all('input[name="csrf_token"]')[0]["value"]
    plan = load_day(day, FIRST_ORGANISATION, 1).plan
    assert plan
    sent = {"csrf_token": token, "issue": f"{plan.bookings[0].buyer}.{plan.bookings[0].supplier}.QUOTE"}
    assert organiser.post("/club/1/issues", data=sent, headers={"Accept": "application/json"}).status_code == 401


def told(client: FlaskClient, **asked: str) -> Read:
    return read(client, "/club/1/imprevu", asked)


def test_an_absent_changes_little_and_nothing_before_it_is_confirmed(organiser: FlaskClient, day: Engine) -> None:
    before = load_day(day, FIRST_ORGANISATION, 1)
    assert before.plan
    key = before.plan.bookings[-1].supplier
    page = told(organiser, participant=str(key), quoi="absent")
    assert f"{before.name_of(key)} ne vient pas." in page.text
    lines = [" ".join(one.get_text().split()) for one in page.all(".after .ruled li")]
    assert any(line.startswith("Annulé") for line in lines)
    assert load_day(day, FIRST_ORGANISATION, 1) == before
    done = fill(organiser, page, ".after form", qui=ME)
    assert done.path == "/club/1/changements"
    assert "rendez-vous désormais à l’horaire)" in done.text
    assert [" ".join(one.get_text().split()) for one in done.all(".after .ruled li")] == lines
    assert (
        before.name_of(key) not in done.one(".after > .ruled:last-of-type").get_text()
    )  # nobody calls who does not come
    assert done.all(".after a[href^='tel:']")
    after = load_day(day, FIRST_ORGANISATION, 1)
    assert after.plan
    assert after.by_key[key].absent
    assert after.journal[-1].who == ME
    past = [one for one in before.plan.bookings if one.slot < 2]  # it is 9 h 25: two slots have begun
    assert [one for one in after.plan.bookings if one.slot < 2] == past
    assert all(key not in one.pair for one in after.plan.bookings if one.slot >= 2)
    kept = {(one.pair, one.slot, one.table) for one in before.plan.bookings if key not in one.pair}
    now = {(one.pair, one.slot, one.table) for one in after.plan.bookings}
    assert len(kept - now) <= 0.15 * len(kept)
    back = told(organiser, participant=str(key), quoi="revient")
    assert "vient finalement" in back.text
    fill(organiser, back, ".after form")
    assert not load_day(day, FIRST_ORGANISATION, 1).by_key[key].absent


def test_nothing_has_changed_since_the_first_timetable(organiser: FlaskClient, day: Engine) -> None:
    assert "Rien depuis que l’horaire est figé" in read(organiser, "/club/1/changements").text
    assert read(organiser, "/club/1/changements").all(".ruled") == []


def test_what_moves_nothing_is_noted_and_shows_no_former_changes(organiser: FlaskClient, day: Engine) -> None:
    fill(organiser, told(organiser, participant="30", quoi="absent"), ".after form", qui=ME)
    noted = fill(organiser, told(organiser, participant="31", quoi="part", heure="12 h"), ".after form")
    assert noted.path == "/club/1/jour"
    assert load_day(day, FIRST_ORGANISATION, 1).by_key[31].departure == 720


def test_a_late_guest_and_one_who_leaves(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert event.plan
    one = next(b for b in event.plan.bookings if b.slot == 2)
    late = told(organiser, participant=str(one.supplier), quoi="arrive", heure="10 h 40")
    fill(organiser, late, ".after form", qui=ME)
    after = load_day(day, FIRST_ORGANISATION, 1)
    assert after.by_key[one.supplier].arrival == 640
    assert after.plan
    assert all(b.slot >= 4 or b.slot < 2 for b in after.plan.bookings if one.supplier in b.pair)
    leaves = told(organiser, participant=str(one.buyer), quoi="part", heure="11h")
    fill(organiser, leaves, ".after form")
    last = load_day(day, FIRST_ORGANISATION, 1)
    assert last.by_key[one.buyer].departure == 660
    assert last.plan
    assert all(b.slot <= 4 for b in last.plan.bookings if one.buyer in b.pair)


def test_a_guest_who_was_not_registered_gets_a_place(organiser: FlaskClient, day: Engine) -> None:
    new = {
        "sort": "acheteur",
        "name": "Commune tardive",
        "need_1": "Entretien des espaces verts",
        "need_1_place": "Maubeuge",
    }
    fill(organiser, read(organiser, "/club/1/participants/nouveau"), "main form", qui=ME, **new)
    before = load_day(day, FIRST_ORGANISATION, 1)
    assert before.plan
    page = told(organiser, quoi="reprendre")
    assert "Nouveau : Commune tardive" in page.text
    fill(organiser, page, ".after form")
    after = load_day(day, FIRST_ORGANISATION, 1)
    assert after.plan
    assert any(before.participants[-1].key in one.pair for one in after.plan.bookings)


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"quoi": "absent"}, "participant"),
        ({"quoi": "absent", "participant": "999"}, "participant"),
        ({"quoi": "autre", "participant": "30"}, "quoi"),
        ({"quoi": "part", "participant": "30"}, "heure"),
        ({"quoi": "arrive", "participant": "30", "heure": "tard"}, "heure"),
        ({"quoi": "absent", "participant": "30", "depuis": "x"}, "depuis"),
        ({"quoi": "arrive", "participant": "30", "heure": "18 h"}, "heure"),
        ({"quoi": "part", "participant": "30", "heure": "9 h 05"}, "heure"),
    ],
)
def test_what_lacks_is_said_under_its_field(organiser: FlaskClient, asked: dict[str, str], where: str) -> None:
    page = told(organiser, **asked)
    assert page.status == 422
    assert page.all(f"#{where}-faute")
    sent = send(organiser, "/club/1/reglages", "/club/1/imprevu", {**asked, "version": "1"})
    assert sent.status == 422


def test_two_who_signal_at_once_read_each_other(organiser: FlaskClient, day: Engine) -> None:
    one, other = (told(organiser, participant=key, quoi="absent") for key in ("30", "31"))
    fill(organiser, one, ".after form", qui="B. Modèle")
    late = fill(organiser, other, ".after form", qui=ME)
    assert late.status == 409
    assert "B. Modèle a changé cela" in late.text
    assert not load_day(day, FIRST_ORGANISATION, 1).by_key[31].absent
    assert fill(organiser, told(organiser, participant="31", quoi="absent"), ".after form").status == 200
    assert load_day(day, FIRST_ORGANISATION, 1).by_key[31].absent


def test_without_a_timetable_there_is_nothing_to_follow(writer: FlaskClient) -> None:
    fill(writer, read(writer, "/club/nouveau"), "main form", title="Club", qui=ME)
    assert "Pas encore d’horaire à suivre" in read(writer, "/club/1/jour").text
    assert "finis" in read(writer, "/club/1/panneau").text or "Aucun" in read(writer, "/club/1/panneau").text
    assert "Pas encore d’horaire" in read(writer, "/club/1/fiches").text
    for address in ("/club/1/fiches/imprimer", "/club/1/badges", "/club/1/tables", "/club/1/bilan", "/club/1/imprevu"):
        assert read(writer, address).status == 200
    assert told(writer, quoi="reprendre").status == 422


def test_the_sheets_say_when_where_whom_and_why(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert event.plan
    one = event.plan.bookings[0]
    page = read(organiser, f"/club/1/fiches/{one.supplier}")
    for words in (one.to_supplier, *one.on_buyer, event.name_of(one.buyer)):
        assert " ".join(words.split()).lower() in page.text.lower()
    everybody = read(organiser, "/club/1/fiches/imprimer")
    assert len(everybody.all("article.paper")) == 85
    assert len(read(organiser, "/club/1/badges").all(".paper-badge")) >= 85
    tables = {booking.table for booking in event.plan.bookings}
    assert len(read(organiser, "/club/1/tables").all(".table-sign")) == len(tables)
    calendar = organiser.get(f"/club/1/fiches/{one.supplier}.ics")
    mine = [booking for booking in event.plan.bookings if one.supplier in booking.pair]
    assert calendar.text.count("BEGIN:VEVENT") == len(mine)
    for address in ("/club/1/fiches/999", "/club/1/fiches/999.ics"):
        assert organiser.get(address).status_code == 404


def test_an_event_without_a_day_has_no_calendar(organiser: FlaskClient) -> None:
    page = read(organiser, "/club/1/reglages")
    fill(organiser, page, "main form.ledger", day="", qui=ME)
    assert organiser.get("/club/1/fiches/30.ics").status_code == 404
    assert ".ics" not in read(organiser, "/club/1/fiches").html


def test_the_report_counts_outcomes_and_leads_to_a_dossier(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert event.plan
    known = next(one for one in event.plan.bookings if event.by_key[one.supplier].supplier_id)
    send(organiser, "/club/1/jour", "/club/1/issues", {"issue": f"{known.buyer}.{known.supplier}.QUOTE", "qui": ME})
    page = read(organiser, "/club/1/bilan")
    counts = [int(cell.get_text()) for cell in page.all("#ce-qu-ont-donné-les-rendez-vous tbody .num")]
    assert counts[-1] == sum(counts[:-1]) == len(event.plan.bookings)
    assert counts[1] == 1
    for form in ("xlsx", "csv", "json"):
        assert organiser.get(f"/club/1/bilan.{form}").status_code == 200
    retained = read(organiser, str(page.one("#suites td a")["href"]))
    assert retained.status == 200
    assert str(event.by_key[known.supplier].supplier_id) in {str(box["value"]) for box in retained.all("[name=retenu]")}
    # and in a dossier that holds the supplier, once
    fill(organiser, retained, "main form", title="Suites du club", qui=ME)
    told_once = fill(organiser, read(organiser, "/club/1/bilan"), "form[action$='/bilan/dossier']")
    assert told_once.path == "/dossiers/1"
    assert "1 issue notée" in told_once.text
    (entry,) = [
        one
        for one in load_dossier(day, FIRST_ORGANISATION, 1).lot(1).entries
        if one.match.id == event.by_key[known.supplier].supplier_id
    ]
    assert entry.status is Status.INTERESTED
    assert "devis demandé" in entry.note
    again = fill(organiser, read(organiser, "/club/1/bilan"), "form[action$='/bilan/dossier']")
    assert "ou le dit déjà" in again.text
    assert send(organiser, "/club/1/bilan", "/club/1/bilan/dossier", {"dossier": "99"}).status == 404
    assert "Choisissez un dossier" in send(organiser, "/club/1/bilan", "/club/1/bilan/dossier", {"dossier": "x"}).text
