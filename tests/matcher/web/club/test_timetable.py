"""« Club Busin’ESS », without JavaScript: an event opened, described, planned, read, taken away as files, deleted and restored."""

import io
import threading
from dataclasses import replace

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Amend, WithdrawParticipant
from matcher.club.meeting_day.meeting_day import FrozenTimetable
from matcher.club.meeting_day.store import Person, change_day, list_days, load_day
from matcher.club.timetable.planning import plan_timetable
from matcher.club.timetable.setting import Setting
from matcher.club.timetable.unserved import unserved_trades
from matcher.jobs.works import Work
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.web.club.meeting_day import unsettling_changes
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.club.day import after, frozen, full
from tests.matcher.web.club_pages import HEADER, ME, OPENED, RULES, SCHEDULE
from tests.matcher.web.conftest import queries
from tests.matcher.web.reading import Read, fill, finished, read, send
from tests.waiting import LONGEST_S, awaited

pytestmark = pytest.mark.usefixtures("read_here")


def opened(client: FlaskClient, **typed: str) -> Read:
    return fill(client, read(client, "/club/nouveau"), "main form", **{"title": "Sambre-Avesnois", "qui": ME, **typed})


def test_tables_are_listed_as_people_write_them(writer: FlaskClient, own: Engine) -> None:
    opened(writer, tables="40", closed="12 et 30, 31")
    assert load_day(own, FIRST_ORGANISATION, 1).rules.closed == (12, 30, 31)


def test_who_may_read_a_name_unsettles_no_timetable() -> None:
    event = frozen(full())
    shown = after(event, Amend((replace(event.seat(4), visible=True, written="ESAT MARAIS"),)))
    assert unsettling_changes(shown) == []
    assert len(unsettling_changes(after(shown, Amend((replace(shown.seat(4), most=1),))))) == 1


def test_an_event_is_opened_with_a_morning_as_they_are(writer: FlaskClient, own: Engine) -> None:
    assert "Aucun événement encore" in read(writer, "/club").text
    page = opened(writer, organiser="CRESS", day="2026-12-03", place="Maubeuge")
    assert page.path == "/club/1/participants"
    event = load_day(own, FIRST_ORGANISATION, 1)
    assert (event.header, event.schedule) == (
        HEADER.__class__("Sambre-Avesnois", "CRESS", HEADER.day, "Maubeuge"),
        SCHEDULE,
    )
    assert event.journal[0].who == ME
    listing = read(writer, "/club")
    assert "3 décembre 2026" in listing.text
    assert "pas d’horaire" in listing.text


def test_the_same_form_sent_twice_opens_one_event(writer: FlaskClient, own: Engine) -> None:
    page = read(writer, "/club/nouveau")
    for _ in range(2):
        assert fill(writer, page, "main form", title="Club", qui=ME).status == 200
    assert len(list_days(own, FIRST_ORGANISATION)) == 1


BAD = {
    "title": ("", "x" * 400),
    "organiser": ("x" * 400,),
    "place": ("x" * 400,),
    "day": ("demain", "31/02/2026"),
    "start": ("", "neuf heures", "25 h", "-1"),
    "slots": ("", "-1", "61", "2,5", "NaN", "9" * 400),
    "minutes": ("", "0", "241", "vingt"),
    "between": ("-1", "61", "x"),
    "tables": ("", "-1", "5001", "x"),
    "accessible": ("26", "x"),
    "interpreters": ("-1", "x"),
    "most": ("0", "x"),
    "least": ("-1", "x"),
    "supplier_most": ("0",),
    "supplier_least": ("x",),
    "pause_1": ("", "midi et demi"),
    "pause_1_minutes": ("", "0", "x"),
    "pause_1_nom": ("x" * 100,),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_bad_input_is_said_under_its_field_and_what_was_typed_stays(
    writer: FlaskClient, own: Engine, name: str, value: str
) -> None:
    page = opened(writer, **{"organiser": "CRESS", name: value})
    assert page.status == 422
    assert [str(link["href"]) for link in page.all(".faults a")] == [f"#{name}"]
    assert page.one(f"#{name}")["aria-invalid"] == "true"
    if name != "organiser":
        assert page.one("#organiser")["value"] == "CRESS"
    assert list_days(own, FIRST_ORGANISATION) == []


def test_every_wrong_number_is_said_with_the_name_of_its_field(writer: FlaskClient) -> None:
    page = opened(writer, slots="abc", minutes="abc", between="x", tables="-1", most="abc", least="abc")
    summary = " ".join(page.one(".faults").get_text(" ").split())
    for label in (
        "Créneaux",
        "Minutes de chaque créneau",
        "Minutes entre deux créneaux",
        "Tables",
        "Rendez-vous au plus",
        "Rendez-vous au moins",
    ):
        assert f"{label} : un nombre entier de" in summary
    assert "Tables : un nombre est nécessaire." in opened(writer, tables="").text


def test_hours_that_go_past_midnight_are_refused(writer: FlaskClient) -> None:
    page = opened(writer, start="23 h", slots="8")
    assert page.status == 422
    assert "après minuit" in page.text


def test_an_address_that_is_none_is_said(writer: FlaskClient) -> None:
    page = opened(writer, email="club")
    assert (page.status, page.one("#email")["value"]) == (422, "club")
    assert page.all("#email-faute")


def test_a_name_is_needed(writer: FlaskClient) -> None:
    page = fill(writer, read(writer, "/club/nouveau"), "main form", title="Club")
    assert page.status == 422
    assert "Dites votre nom" in page.text


def test_an_event_without_anybody_says_what_lacks_and_is_not_planned(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    page = read(writer, "/club/1")
    assert "Aucun acheteur ni attributaire" in page.text
    assert "Avant de figer" in page.text
    after = fill(writer, page, "form[action$='/horaire']")
    assert "rien à planifier" in after.text
    assert load_day(own, FIRST_ORGANISATION, 1).plan is None


def test_the_timetable_is_read_by_buyer_supplier_and_table(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert event.plan
    page = read(organiser, "/club/1")
    assert "Sambre-Avesnois, jeudi 3 décembre 2026" in page.text
    figures = [cell.get_text(strip=True) for cell in page.all(".event-figures .figure")]
    assert (figures[0], figures[2]) == ("toutes tenues", str(event.plan.answered))
    assert f"L’intérêt des {len(event.plan.bookings)} rendez-vous" in page.text
    assert "25 acheteurs et 60 fournisseurs" in page.text
    assert f"Besoins servis : {event.plan.answered} sur {event.plan.most_answered}" in page.text
    assert sum(one.needs for one in unserved_trades(event)) == len(event.plan.unserved) > 0
    assert len(page.all("#impossibles ~ .ruled li")) == len(unserved_trades(event))
    assert len(page.all(".timetable tbody tr")) == 25
    assert len(page.all(".t-meeting")) == len(event.plan.bookings)
    assert len(page.all("td.t-pause")) == 1
    marks = page.all(".t-meeting")[0]
    assert marks.select_one(".level .visually-hidden").get_text()  # type: ignore[union-attr]
    assert len(read(organiser, "/club/1?vue=fournisseur").all(".t-meeting")) == len(event.plan.bookings)
    assert len(read(organiser, "/club/1?vue=table").all(".t-meeting")) == len(event.plan.bookings)
    assert read(organiser, "/club/1?vue=autre&suivre=9999").status == 200


def test_a_participant_is_followed_by_a_link(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert event.plan
    key = event.plan.bookings[0].supplier
    page = read(organiser, f"/club/1?suivre={key}")
    mine = [one for one in event.plan.bookings if key in one.pair]
    assert len(page.all(".t-followed")) == len(mine)
    assert page.one("#titre-fiche").get_text() == event.by_key[key].name
    assert mine[0].to_supplier in page.one(".person-sheet").get_text()


def test_what_to_mend_leads_to_where_it_is_mended(organiser: FlaskClient) -> None:
    page = read(organiser, "/club/1")
    links = [str(link["href"]) for link in page.all(".troubles a")]
    assert "/club/1/participants#questions" in links
    for link in links:
        assert read(organiser, link).status == 200
    assert "entremise club" not in page.text


def test_one_person_for_two_structures_is_said_before_freezing(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    one, other = event.list_seats(suppliers=False)[:2]
    both = {key: (Person("Mme Anne Double"),) for key in (one.key, other.key)}
    assert "Mme Anne Double" not in read(organiser, "/club/1").text
    change_day(day, FIRST_ORGANISATION, 1, [Amend((one,))], version=event.version, author=ME, now=OPENED, people=both)
    assert f"« Mme Anne Double » vient pour {one.name} et {other.name}" in read(organiser, "/club/1").text


def test_the_timetable_is_made_again_the_same(organiser: FlaskClient, day: Engine) -> None:
    before = load_day(day, FIRST_ORGANISATION, 1)
    page = fill(organiser, read(organiser, "/club/1"), "form[action$='/horaire']", qui=ME)
    assert "L’horaire est figé" in page.text
    after = load_day(day, FIRST_ORGANISATION, 1)
    assert after.plan == before.plan
    assert after.version == before.version + 1


def test_what_will_be_short_is_said_before_planning_until_the_event_changes(
    organiser: FlaskClient, day: Engine
) -> None:
    page = fill(organiser, read(organiser, "/club/1"), "form[action$='/manques']")
    assert "Personne n’apporte" in page.text
    assert "Avec un créneau de plus" in page.text
    before = load_day(day, FIRST_ORGANISATION, 1)
    assert before.plan
    page = fill(organiser, read(organiser, "/club/1/reglages"), "form.event-form", least="4", most="3", qui=ME)
    assert page.status == 422
    assert "Acheteurs : 4 rendez-vous au moins et 3 au plus" in page.text
    fill(organiser, page, "form.event-form", least="2", most="6", supplier_least="40", supplier_most="50", qui=ME)
    page = read(organiser, "/club/1")
    assert "Personne n’apporte" not in page.text
    assert "Pour le minimum des fournisseurs il faudrait" in page.text
    rules = load_day(day, FIRST_ORGANISATION, 1).rules
    assert (rules.least, rules.most, rules.supplier_least, rules.supplier_most) == (2, 6, 40, 50)


def test_a_timetable_that_takes_long_is_awaited_on_the_page(
    organiser: FlaskClient, day: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(setting: Setting, *, seconds: float) -> FrozenTimetable:
        gate.wait(LONGEST_S)
        return plan_timetable(setting, seconds=seconds)

    monkeypatch.setattr("matcher.club.timetable.planning.plan_timetable", slow)
    monkeypatch.setattr("matcher.web.club.timetable.PATIENCE", 0.05)
    page = fill(organiser, read(organiser, "/club/1"), "form[action$='/horaire']", qui=ME)
    assert "L’horaire se calcule depuis" in page.text
    before = load_day(day, FIRST_ORGANISATION, 1).version
    assert fill(organiser, page, "form[action$='/horaire']").status == 200  # asked again, it is not made twice
    gate.set()
    page = awaited(lambda: read(organiser, "/club/1"), lambda page: "se calcule" not in page.text)
    assert "L’horaire est figé" in page.text
    assert read(organiser, "/club/1").all(".notice[role=status]") == []  # said once
    assert load_day(day, FIRST_ORGANISATION, 1).version == before + 1


def test_a_timetable_that_ends_while_its_page_is_made_is_never_left_unsaid(
    organiser: FlaskClient, day: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(setting: Setting, *, seconds: float) -> FrozenTimetable:
        gate.wait(LONGEST_S)
        return plan_timetable(setting, seconds=seconds)

    works = organiser.application.extensions[EXTENSION].works
    usual = works.take

    def ended_after(owner: OrganisationId | None, key: str) -> Work | None:
        """Take a work that ends just after the question that a page asks of it."""
        found: Work | None = usual(owner, key)
        if found:
            gate.set()
            finished(organiser.application)
        return found

    monkeypatch.setattr(works, "take", ended_after)
    monkeypatch.setattr("matcher.club.timetable.planning.plan_timetable", slow)
    monkeypatch.setattr("matcher.web.club.timetable.PATIENCE", 0.05)
    page = fill(organiser, read(organiser, "/club/1"), "form[action$='/horaire']", qui=ME)
    assert "se calcule" in page.text or "L’horaire est figé" in page.text
    assert "L’horaire est figé" in page.text + read(organiser, "/club/1").text


def test_somebody_faster_than_the_planner_is_not_overwritten(
    organiser: FlaskClient, day: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(setting: Setting, *, seconds: float) -> FrozenTimetable:
        change_day(
            day,
            FIRST_ORGANISATION,
            1,
            [WithdrawParticipant(3)],
            version=setting.event.version,
            author="B. Modèle",
            now=OPENED,
        )
        return plan_timetable(setting, seconds=seconds)

    monkeypatch.setattr("matcher.club.timetable.planning.plan_timetable", overtaken)
    page = fill(organiser, read(organiser, "/club/1"), "form[action$='/horaire']", qui=ME)
    assert "B. Modèle a modifié l’événement" in page.text
    assert load_day(day, FIRST_ORGANISATION, 1).journal[-1].who == "B. Modèle"


def test_changes_that_the_timetable_ignores_are_said(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    one = event.participants[0]
    moved = one.__class__(**{name: getattr(one, name) for name in one.__slots__} | {"place": "Lille"})
    change_day(day, FIRST_ORGANISATION, 1, [Amend((moved,))], version=event.version, author="B. Modèle", now=OPENED)
    page = read(organiser, "/club/1")
    assert "Depuis que l’horaire est figé : 1 changement" in page.text
    assert read(organiser, page.link("Voir ce que cela déplacerait")).status == 200


def test_describing_keeps_what_another_person_wrote(organiser: FlaskClient, day: Engine) -> None:
    page = read(organiser, "/club/1/reglages")
    assert fill(organiser, page, "main form.ledger", place="Hautmont", qui="B. Modèle").status == 200
    late = fill(organiser, page, "main form.ledger", place="Lille", qui=ME)
    assert late.status == 409
    assert "B. Modèle a changé cela" in late.text
    assert late.one("#place")["value"] == "Lille"
    assert load_day(day, FIRST_ORGANISATION, 1).header.place == "Hautmont"
    again = fill(organiser, late, "main form.ledger")
    assert again.path == "/club/1"
    assert load_day(day, FIRST_ORGANISATION, 1).header.place == "Lille"
    assert load_day(day, FIRST_ORGANISATION, 1).plan is not None  # the hours are the same
    assert load_day(day, FIRST_ORGANISATION, 1).rules == RULES


def test_an_event_is_put_away_and_brought_back(organiser: FlaskClient, day: Engine) -> None:
    page = send(organiser, "/club/1/reglages", "/club/1/etat", {"faire": "supprimer", "qui": ME})
    assert "Rien n’est effacé" in page.text
    assert "Aucun événement encore" in read(organiser, "/club").text
    assert "Sambre-Avesnois" in read(organiser, "/club?etat=supprimé").text
    for address in (
        "/club/1",
        "/club/1/jour",
        "/club/1/imprevu?quoi=absent&participant=1",
        "/club/1/participants",
        "/club/1/bilan",
    ):
        assert read(organiser, address).status == 200
    refused = send(organiser, "/club/1/reglages", "/club/1/horaire")
    assert "supprimé" in refused.text
    assert "restauré" in send(organiser, "/club/1/reglages", "/club/1/etat", {"faire": "restaurer"}).text
    assert send(organiser, "/club/1/reglages", "/club/1/etat", {"faire": "autre"}).status == 400


def test_the_files_open(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert event.plan
    answer = organiser.get("/club/1/fichiers/xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book["Rendez-vous"].max_row == len(event.plan.bookings) + 1
    for form, least in (("csv", len(event.plan.bookings)), ("publipostage", 80), ("badges", 80)):
        file = organiser.get(f"/club/1/fichiers/{form}")
        assert file.data.decode("utf-8-sig").count("\r\n") > least
        assert "attachment" in file.headers["Content-Disposition"]
    assert organiser.get("/club/1/fichiers/pdf").status_code == 404


def test_an_event_that_does_not_exist_is_said(writer: FlaskClient) -> None:
    for address in ("/club/7", "/club/7/jour", "/club/7/participants", "/club/7/fiches/1.ics", "/club/7/inscriptions"):
        page = read(writer, address)
        assert page.status == 404, address
        assert "Il n’y a pas d’événement n° 7" in page.text


def test_a_page_of_an_event_asks_little(organiser: FlaskClient, day: Engine) -> None:
    for address in ("/club/1", "/club/1/jour", "/club/1/fiches/imprimer", "/club/1/participants"):
        organiser.get(address)
        with queries(day) as sent:
            organiser.get(address)
        assert len(sent) <= 10, (address, sent)
