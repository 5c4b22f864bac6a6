"""After the meetings, on the organiser's pages: what they led to, what is learned for the catalogue, the next edition."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Miss, TellSequel
from matcher.club.meeting_day.participant_link import give_links
from matcher.club.meeting_day.sequels import ASKED_AFTER, ORGANISER, Sequel, SequelStep
from matcher.club.meeting_day.store import change_latest_day, load_day
from matcher.club.results.learned import list_offered_words
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.matcher.web.club_pages import CLOCK, DAY, ME, OPENED
from tests.matcher.web.reading import fill, read, send


def test_who_has_not_told_is_asked_and_both_words_stand_beside_the_organiser_s(day: Engine) -> None:
    organiser = create_app(day, today=lambda: DAY + ASKED_AFTER + timedelta(days=1), clock=lambda: CLOCK).test_client()
    event = load_day(day, FIRST_ORGANISATION, 1)
    one = event.bookings[0]
    give_links(day, FIRST_ORGANISATION, event, [one.buyer], author=ME, now=OPENED)
    told = [
        TellSequel(Sequel(one.buyer, one.buyer, one.supplier, SequelStep.CONTRACT)),
        TellSequel(Sequel(one.supplier, one.buyer, one.supplier, SequelStep.NOT_YET)),
    ]
    change_latest_day(day, FIRST_ORGANISATION, 1, lambda _: told, author=ME, now=OPENED)
    page = read(organiser, "/club/1/suites")
    its = " ".join(page.one(f"#s-{one.buyer}-{one.supplier}").get_text().split())
    assert "L’acheteur : marché signé · le fournisseur : rien encore" in its
    assert len(page.all("section[aria-labelledby=demander] details > ul > li")) == len(event.bookings_of)
    assert "par le lien que vous avez déjà" in page.one("#lettre").get_text()
    for _ in range(2):
        sent = {"suite": f"{one.buyer}.{one.supplier}.QUOTE", "qui": ME}
        page = send(organiser, "/club/1/suites", "/club/1/suites", sent)
    assert [each.step for each in load_day(day, FIRST_ORGANISATION, 1).sequels.values() if each.by == ORGANISER] == [
        SequelStep.QUOTE
    ]
    assert "kept" in str(page.one(f"#s-{one.buyer}-{one.supplier} .meet-results"))
    assert send(organiser, "/club/1/suites", "/club/1/suites", {"suite": "1.2.NO", "qui": ME}).status == 400


def test_a_contract_has_its_figures_and_the_sheet_for_elected_people_says_them(day: Engine) -> None:
    organiser = create_app(day, today=lambda: DAY + ASKED_AFTER + timedelta(days=1), clock=lambda: CLOCK).test_client()
    one = load_day(day, FIRST_ORGANISATION, 1).bookings[0]
    page = read(organiser, "/club/1/bilan/elus")
    assert page.text.count("non connu") >= 2
    assert "0 €" not in page.text
    about = {"suite": f"{one.buyer}.{one.supplier}.CONTRACT", "qui": ME}
    send(organiser, "/club/1/suites", "/club/1/suites", about)
    form, wrong = f"m{one.buyer}-{one.supplier}", {"amount": "beaucoup"}
    bad = send(organiser, "/club/1/suites", "/club/1/suites/marche", about | wrong)
    assert bad.status == 422
    assert bad.one(f"#{form}-amount")["aria-describedby"] == bad.one(f"#{form}-amount-faute")["id"]
    typed = {"amount": "48 000", "nature": "sous-traitance", "hours": "700", "jobs": "2"}
    for _ in range(2):
        send(organiser, "/club/1/suites", "/club/1/suites/marche", about | typed)
    send(organiser, "/club/1/suites", "/club/1/suites", about)  # said again, its figures stay
    (held,) = load_day(day, FIRST_ORGANISATION, 1).sequels.values()
    assert (held.terms.amount, held.terms.hours, held.terms.jobs) == (48_000, 700, 2)
    sheet = read(organiser, "/club/1/bilan/elus")
    figures = [" ".join(each.get_text().split()) for each in sheet.all(".big-figure")]
    assert figures[1:] == ["48 000 €", "700 h"]
    letters = {each.get_text() for each in sheet.all(".needs-map text")}
    assert {each.get_text() for each in sheet.all(".places b")} <= letters
    assert organiser.get("/club/1/bilan.xlsx").status_code == 200
    assert "sous-traitance" in read(organiser, "/club/1/bilan").text


def test_it_is_opened_once_and_remembers_the_former(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    absent = next(one for one in event.participants if not one.supplies)
    change_latest_day(day, FIRST_ORGANISATION, 1, lambda _: [Miss(absent.key)], author=ME, now=OPENED)
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


def test_one_line_then_all(organiser: FlaskClient, day: Engine) -> None:
    waiting = list_offered_words(day, load_day(day, FIRST_ORGANISATION, 1))
    assert len(waiting) > 2
    page = read(organiser, read(organiser, "/club/1/participants").link("Proposer au catalogue ce qu’ils ont dit"))
    assert len(page.all("tbody tr")) == len(waiting)
    assert all(one.on.year == 2026 for one in waiting)
    key = waiting[1].participant.key
    page = send(organiser, "/club/1/catalogue", "/club/1/catalogue", {"accepter": str(key), "qui": ME})
    assert "1 structure au catalogue" in page.text
    assert len(page.all("tbody tr")) == len(waiting) - 1
    gone = {"accepter": "999", "qui": ME}
    assert send(organiser, "/club/1/catalogue", "/club/1/catalogue", gone).status == 400
    page = send(organiser, "/club/1/catalogue", "/club/1/catalogue", {"qui": ME})
    assert f"{len(waiting) - 1} structures au catalogue" in page.text
    assert "Rien n’attend" in page.text
    assert {one.by for one in load_day(day, FIRST_ORGANISATION, 1).taken_words} == {
        one.participant.key for one in waiting
    }
