"""A whole meeting day in a real browser: from two spreadsheets to paper, two telephones, a no-show, a late guest, the report, the next edition."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Freeze, Register
from matcher.club.meeting_day.meeting_day import MeetingDay, Result
from matcher.club.meeting_day.store import change_day, create_day, load_day
from matcher.club.timetable.planning import plan_timetable, setting_of
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from matcher.paths import shipped_path
from tests.browser.conftest import Wall, follow, paper, served, sound, violations
from tests.matcher.web.club_pages import BUYERS, ME, OPENED, SUPPLIERS
from tests.waiting import LONGEST_S

NOTE = "apporter le devis"
# What one absence changes, its own meetings included, whatever other events are frozen.
MOST_MOVED = 20


@pytest.fixture
def path(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENTREMISE_CACHE", str(tmp_path / "cache"))
    shutil.copyfile(built, tmp_path / "timetable.sqlite")
    return tmp_path / "timetable.sqlite"


@pytest.fixture
def event(with_event: Path, path: Path) -> None:
    """The event that others have written, there before the pages open."""
    shutil.copyfile(with_event, path)


@pytest.fixture
def site(path: Path, wall: Wall) -> Iterator[str]:
    with served(path, clock=wall) as address:
        yield address


def test_a_file_that_is_refused_is_said_on_the_page_that_waits_for_it(
    event: None, page: Page, troubles: list[str]
) -> None:
    page.goto("/club/1/import")
    for name, content, said in (
        ("vide.csv", b"Structure;Besoin\n", "aucun participant"),
        ("x.xlsx", b"PK", "illisible"),
    ):
        page.get_by_label("Les acheteurs").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
        page.get_by_role("button", name="Lire sans rien écrire").click()
        expect(page.locator("#acheteurs-faute, .fault").first).to_contain_text(said)
        expect(page.get_by_role("heading", level=1)).to_have_text("Importer un tableur")
    assert {"422" in said for said in troubles} == {True}  # the browser tells the status that is meant
    troubles.clear()


def test_a_whole_event(page: Page, browser: Browser, site: str, path: Path, wall: Wall, troubles: list[str]) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    from_two_spreadsheets(page)
    to_a_timetable(page)
    on_paper(page)
    plan = load_day(engine, FIRST_ORGANISATION, 1).bookings
    one = next(b for b in plan if sum(b.supplier in each.pair for each in plan) > 1)
    missing = next(b.supplier for b in plan if b.buyer == one.buyer and b.supplier != one.supplier)
    late = next(b.supplier for b in plan if b.supplier not in (one.supplier, missing))

    # the eve: two participants on their telephones; one accepts, the other declines, and nothing moves
    phones = [browser.new_context(base_url=site, viewport={"width": 375, "height": 800}) for _ in range(2)]
    supplier, buyer = telephones(page, phones, [one.supplier, one.buyer])
    supplier.get_by_role("button", name="Tout accepter").click()
    expect(supplier.get_by_text("attend votre réponse", exact=True)).to_have_count(0)
    buyer.locator(f"#r-{one.supplier}").get_by_role("button", name="Décliner").click()
    expect(buyer.locator(f"#r-{one.supplier} .own-reply")).to_contain_text("l’organisateur le sait")
    for phone in (supplier, buyer):
        expect(phone.locator("[data-net]")).to_have_text("Tout est enregistré.")
    told = load_day(engine, FIRST_ORGANISATION, 1)
    assert (told.bookings, told.notes) == (plan, {})
    page.goto("/club/1/pages")
    expect(page.locator("section:has(> #declines)")).to_contain_text(told.name_of(one.buyer))

    # the morning: a no-show, which a telephone hears of by itself, then, the network of the other cut, a late guest
    wall.at = datetime(2026, 12, 3, 8, 50)  # noqa: DTZ001
    for phone in (supplier, buyer):
        phone.reload()
        expect(phone.locator("[data-ready]")).to_have_count(1)
    expect(buyer.locator(f"#r-{missing}")).to_have_count(1)
    frozen_elsewhere(engine, load_day(engine, FIRST_ORGANISATION, 1))
    signalled(page, missing, "absent")
    expect(buyer.locator(f"#r-{missing}")).to_have_count(0)
    # what was declined has left the timetable with it
    other = next(b.buyer for b in load_day(engine, FIRST_ORGANISATION, 1).bookings if b.supplier == one.supplier)
    assert other != one.buyer
    noted_without_network(supplier, other, lambda: signalled(page, late, "arrive", "9 h 40"))
    after = load_day(engine, FIRST_ORGANISATION, 1)
    assert [(note.by, note.other, note.text) for note in after.notes.values()] == [(one.supplier, other, NOTE)]
    assert all(missing not in each.pair for each in after.bookings)
    assert all(late not in each.pair or each.slot >= 2 for each in after.bookings)
    kept = {(each.pair, each.slot) for each in plan if not each.pair & {missing, late}}
    assert len(kept - {(each.pair, each.slot) for each in after.bookings}) <= 0.15 * len(kept)
    for context in phones:
        context.close()

    # the meetings, then what came of them
    wall.at = datetime(2026, 12, 3, 9, 18)  # noqa: DTZ001
    results_without_network(page, after)
    assert load_day(engine, FIRST_ORGANISATION, 1).outcomes == {}
    page.context.set_offline(False)
    expect(page.locator("[data-net]")).to_have_text("Tout est enregistré.")
    assert {each.result for each in load_day(engine, FIRST_ORGANISATION, 1).outcomes.values()} == {
        Result.QUOTE,
        Result.NOTHING,
    }
    troubles.clear()  # the browser notes by itself each address that it could not reach
    page.goto("/club/1/bilan")
    counted = page.get_by_role("region", name="Tableau : Ce qu’ont donné les rendez-vous")
    expect(counted).to_contain_text("devis demandé")
    expect(counted.locator("tr.strong .num")).to_have_text(str(len(after.bookings)))
    assert "Métiers qui ont manqué" in "\n".join(paper(page))

    # the next edition starts from it
    follow(page.get_by_role("link", name="Préparer la prochaine édition"))
    follow(page.get_by_role("button", name="Ouvrir la prochaine édition"))
    expect(page.get_by_role("status").first).to_contain_text("La prochaine édition est ouverte")
    made = load_day(engine, FIRST_ORGANISATION, 3)
    assert (made.former, made.header.day) == (1, None)
    engine.dispose()


def from_two_spreadsheets(page: Page) -> None:
    """Open an event and take both spreadsheets of the sample in, as an organiser does, each question answered."""
    page.goto("/")
    page.get_by_role("link", name="Club Busin’ESS").click()
    page.get_by_role("link", name="Ouvrir un événement").click()
    page.get_by_label("Titre").fill("Sambre-Avesnois")
    page.get_by_label("Jour").fill("2026-12-03")
    page.get_by_label("dont sans marche").fill("2")
    page.get_by_label("Interprètes").fill("1")
    page.get_by_label("Votre nom").fill(ME)
    page.get_by_role("button", name="Ouvrir l’événement").click()
    page.get_by_role("link", name="Importer un tableur").click()
    page.get_by_label("Les acheteurs").set_input_files(shipped_path(BUYERS))
    page.get_by_label("Les fournisseurs").set_input_files(shipped_path(SUPPLIERS))
    page.get_by_role("button", name="Lire sans rien écrire").click()
    page.get_by_role("link", name="Dire ce que contiennent les colonnes").click()
    assert violations(page) == []
    page.get_by_role("button", name="Lire avec ces colonnes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que l’import ferait")
    assert violations(page) == []
    for question in page.locator(".asked").all():
        question.locator("input").first.check()
    page.get_by_role("button", name="Importer 86 participants").click()
    expect(page.get_by_role("status").first).to_contain_text("86 inscrits")


def to_a_timetable(page: Page) -> None:
    """Make the timetable of the page of participants shown, and read it."""
    page.get_by_role("link", name="L’horaire").click()
    expect(page.get_by_role("heading", name="Avant de figer")).to_be_visible()
    page.get_by_role("button", name="Faire l’horaire et le figer").click()
    expect(page.locator(".event-served")).to_contain_text("Besoins servis")
    assert page.locator(".t-meeting").count() > 150
    follow(page.locator(".timetable .t-meeting a").first)
    expect(page.locator(".person-sheet")).to_be_visible()
    assert page.locator(".t-followed").count() >= 1
    assert violations(page) == []


def on_paper(page: Page) -> None:
    """Print what a day takes: the timetable, a sheet each, badges, signs of tables."""
    page.goto("/club/1")
    first = paper(page)[0]
    assert "9 h 00" in first  # no hour is cut
    assert "Lycée Modèle" in first  # it begins under its title
    page.goto("/club/1/fiches/imprimer")
    sheets = paper(page)
    assert len(sheets) == page.locator("article.paper").count() > 80  # one a page, whoever has most meetings
    assert all("Club Busin’ESS" in text and "Pourquoi vous voir" in text for text in sheets)
    page.goto("/club/1/badges")
    badges = page.locator(".paper-badge").count()
    assert len(paper(page)) == -(-badges // 10)
    page.goto("/club/1/tables")
    assert len(paper(page)) == page.locator(".table-sign").count()


def frozen_elsewhere(engine: Engine, event: MeetingDay) -> None:
    """Freeze another event of the same people, which changes nothing here."""
    assert event.header.day is not None
    header = replace(event.header, title="Une autre rencontre", day=event.header.day - timedelta(days=2))
    here = (engine, FIRST_ORGANISATION)
    other = create_day(*here, header, event.schedule, event.rules, author=ME, now=OPENED)
    people = tuple(replace(one, key=key) for key, one in enumerate(event.participants, start=1))
    other = change_day(*here, other.id, [Register(people)], version=other.version, author=ME, now=OPENED)
    plan = plan_timetable(setting_of(*here, other, today=OPENED.date()), seconds=60)
    assert len(plan.bookings) > 50
    change_day(*here, other.id, [Freeze(plan)], version=other.version, author=ME, now=OPENED)


def telephones(page: Page, contexts: Sequence[BrowserContext], participants: Sequence[int]) -> list[Page]:
    """Give everybody a link, and open those of some participants, each on a telephone of its own."""
    page.goto("/club/1/fiches")
    page.get_by_role("link", name="Pages des participants").click()
    page.get_by_role("button", name=re.compile("^Donner un lien aux")).click()
    links = [page.locator(f"#lien-{key}").input_value() for key in participants]
    opened = [context.new_page() for context in contexts]
    for phone, link in zip(opened, links, strict=True):
        phone.set_default_timeout(LONGEST_S * 1000)
        phone.goto(link)
        expect(phone.locator("[data-ready]")).to_have_count(1)
        sound(phone)
    return opened


def signalled(page: Page, participant: int, what: str, at: str = "") -> None:
    """Say on the day that a participant is absent or late, and confirm what it moves."""
    page.goto("/club/1")
    page.get_by_role("link", name="Signaler un absent").click()
    page.get_by_label("Participant").select_option(str(participant))
    page.get_by_label("Ce qui arrive").select_option(what)
    page.get_by_label(re.compile("^Heure")).fill(at)
    page.get_by_role("button", name="Voir ce que cela déplace").click()
    if what == "absent":
        expect(page.locator(".after")).to_contain_text("ne vient pas")
        expect(page.locator(".after li", has_text="Annulé").first).to_be_visible()
        said = re.search(r"(\d+) changements? sur", page.locator(".after").inner_text())
        assert said is not None
        assert int(said[1]) <= MOST_MOVED
    follow(page.get_by_role("button", name=re.compile("^Confirmer|^Noter")))
    expect(page.get_by_role("status").first).to_contain_text("C’est écrit")


def noted_without_network(phone: Page, other: int, meanwhile: Callable[[], None]) -> None:
    """Write a note on a telephone whose network is cut, load its page again: the note is there, and leaves when the network is back."""
    meet = phone.locator(f"#r-{other}")
    expect(meet).to_have_count(1)  # what a no-show has moved is heard of before the network goes
    phone.context.set_offline(True)
    meet.locator("summary").click()
    meet.get_by_label("Ma note").fill(NOTE)
    meet.get_by_role("button", name="Garder la note").click()
    expect(phone.locator("[data-net]")).to_contain_text("1 en attente")
    phone.reload()
    expect(meet.get_by_label("Ma note")).to_have_value(NOTE)
    meanwhile()
    phone.context.set_offline(False)
    expect(phone.locator("[data-net]")).to_have_text("Tout est enregistré.")


def results_without_network(page: Page, event: MeetingDay) -> None:
    """Note what came of two meetings on the organiser's telephone, whose network was cut once the page of the day was there."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.clock.install()
    page.goto("/club/1/jour")
    expect(page.locator("details.slot[open] h2")).to_have_text("9 h 00")
    page.context.set_offline(True)
    page.clock.run_for(3 * 60_000)
    expect(page.locator("details.slot[open] h2")).to_have_text("9 h 20")  # it goes on without the network
    page.locator("#c-1 > summary").click()
    for one, result in zip(event.bookings, (Result.QUOTE, Result.NOTHING), strict=False):
        row = page.locator(f"#r-{one.buyer}-{one.supplier}")
        row.locator("summary").click()
        row.get_by_role("button", name=result.value, exact=True).click()
        expect(row.locator(".meet-said")).to_have_text(result.value)
    expect(page.locator("[data-net]")).to_contain_text("2 en attente")
    assert violations(page) == []


def test_a_stranger_registers_from_the_link(event: None, page: Page) -> None:
    page.goto("/club/1/inscriptions")
    page.get_by_label("Votre nom").first.fill(ME)
    page.get_by_role("button", name="Ouvrir un lien").click()
    link = page.get_by_label("Adresse du formulaire").input_value()
    page.goto(link)
    assert violations(page) == []
    follow(page.get_by_role("link", name="Fournisseur"))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#name").fill("Atelier Neuf")
    page.locator("#person_1").fill("Mme Nouvelle")
    page.get_by_label(re.compile("J’accepte")).check()
    page.get_by_role("button", name="M’inscrire").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est reçu.")
    page.goto("/club/1/inscriptions")
    page.get_by_role("button", name="Inscrire Atelier Neuf").click()
    expect(page.get_by_role("status").first).to_contain_text("c’est fait")


def test_without_scripts(event: None, browser: Browser, site: str, path: Path) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/club/1")
    page.get_by_label("Suivre").select_option("30")
    page.get_by_role("button", name="Suivre").click()
    expect(page.locator(".person-sheet")).to_be_visible()
    page.goto("/club/1/jour")
    page.get_by_label("Votre nom").fill(ME)
    page.locator("details.slot[open] .meet summary").first.click()
    follow(page.get_by_role("button", name="devis demandé").first)
    assert [one.result for one in load_day(engine, FIRST_ORGANISATION, 1).outcomes.values()] == [Result.QUOTE]
    engine.dispose()
    context.close()
