"""The day of a Club in a real browser: outcomes and the day without network, the board, the entrance, and what follows by itself; before it, wishes
from a telephone; after it, what was signed and the sheet for elected people."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.club.meeting_day.changes import Amend, Miss
from matcher.club.meeting_day.entrance import badge_code
from matcher.club.meeting_day.meeting_day import Bond, Result, Tie
from matcher.club.meeting_day.participant_link import give_links
from matcher.club.meeting_day.registration_link import open_door
from matcher.club.meeting_day.sequels import ASKED_AFTER
from matcher.club.meeting_day.store import change_day, change_latest_day, load_day
from matcher.club.timetable.planning import after_change
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from tests.browser.conftest import Wall, follow, paper, served, sound_at_every_width, violations
from tests.matcher.web.club_pages import DAY, ME, OPENED


@pytest.fixture
def path(with_event: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENTREMISE_CACHE", str(tmp_path / "cache"))
    shutil.copyfile(with_event, tmp_path / "timetable.sqlite")
    return tmp_path / "timetable.sqlite"


@pytest.fixture
def site(path: Path, wall: Wall) -> Iterator[str]:
    with served(path, clock=wall) as address:
        yield address


def test_what_was_noted_without_network_survives_a_closed_tab(
    browser: Browser, site: str, path: Path, wall: Wall
) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    plan = load_day(engine, FIRST_ORGANISATION, 1).plan
    assert plan
    wall.at = datetime(2026, 12, 3, 9, 5)  # noqa: DTZ001
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/club/1/jour")
    one = plan.bookings[0]
    row = page.locator(f"#r-{one.buyer}-{one.supplier}")
    page.get_by_label("Votre nom").fill(ME)
    context.set_offline(True)
    row.locator("summary").click()
    row.get_by_role("button", name="à suivre").click()
    expect(page.locator("[data-net]")).to_contain_text("1 en attente")
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/club/1/jour")
    expect(again.locator(f"#r-{one.buyer}-{one.supplier} .meet-said")).to_have_text("à suivre")
    expect(again.locator("[data-net]")).to_have_text("Tout est enregistré.")
    assert [each.result for each in load_day(engine, FIRST_ORGANISATION, 1).outcomes.values()] == [Result.FOLLOW_UP]
    engine.dispose()
    context.close()


def test_the_day_loaded_again_without_network_is_whole(page: Page, path: Path, wall: Wall, troubles: list[str]) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    plan = load_day(engine, FIRST_ORGANISATION, 1).plan
    assert plan
    wall.at = datetime(2026, 12, 3, 9, 5)  # noqa: DTZ001
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/club/1/jour")
    expect(page.locator("[data-ready]")).to_have_count(1)
    one = plan.bookings[0]
    row = page.locator(f"#r-{one.buyer}-{one.supplier}")
    page.get_by_label("Votre nom").fill(ME)
    page.context.set_offline(True)
    page.reload()
    page.get_by_label("Votre nom").fill(ME)
    row.locator("summary").click()
    row.get_by_role("button", name="à suivre").click()
    page.reload()
    expect(row.locator(".meet-said")).to_have_text("à suivre")
    page.context.set_offline(False)
    expect(page.locator("[data-net]")).to_have_text("Tout est enregistré.")
    assert [each.result for each in load_day(engine, FIRST_ORGANISATION, 1).outcomes.values()] == [Result.FOLLOW_UP]
    engine.dispose()
    troubles.clear()  # the browser notes by itself each address that it could not reach


def test_the_board_turns_without_network(page: Page, path: Path, wall: Wall, troubles: list[str]) -> None:
    wall.at = datetime(2026, 12, 3, 9, 0)  # noqa: DTZ001
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto("/club/1/panneau")
    expect(page.locator("main section:visible h2")).to_contain_text("maintenant")
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight"
    )  # all of it is seen from the back of the room
    assert violations(page) == []
    page.context.set_offline(True)
    page.clock.run_for(18 * 60_000)
    expect(page.locator("main section:visible h2")).to_contain_text("dans 2 min")
    page.clock.run_for(3 * 60 * 60_000)
    expect(page.locator("main section:visible h2")).to_contain_text("finis")
    page.goto("about:blank")  # nothing asks for anything any more
    troubles.clear()


def test_the_entrance_by_keyboard_and_a_board_that_follows_the_network_back(
    page: Page, path: Path, wall: Wall, troubles: list[str]
) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    event = load_day(engine, FIRST_ORGANISATION, 1)
    wall.at = datetime(2026, 12, 3, 8, 50)  # noqa: DTZ001
    board = page.context.new_page()
    board.goto("/club/1/panneau")
    page.goto("/club/1/accueil")
    page.get_by_label("Votre nom").first.fill(ME)
    page.locator("#typed").fill(badge_code(1, 30))
    page.keyboard.press("Enter")
    expect(page.locator(".entrance-who")).to_contain_text("Accueilli à 8 h 50")
    expect(page.locator("#typed")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("status").first).to_contain_text("c’est retiré")
    page.keyboard.type(event.by_key[30].name[:-2])
    page.keyboard.press("Enter")
    expect(page.locator("section:has(> #lequel) button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".entrance-who")).to_contain_text("Accueilli à 8 h 50")
    # one who does not come: the entrance says it to another who receives, and the board, which lost the network, takes it when it is back
    one = next(booking for booking in event.bookings if booking.slot == 0)
    expect(board.locator("section:visible ol")).to_contain_text(event.name_of(one.supplier))
    page.context.set_offline(True)
    now = load_day(engine, FIRST_ORGANISATION, 1)
    missing = Miss(one.supplier)
    changes, moves = after_change(engine, FIRST_ORGANISATION, now, missing, from_slot=0, today=DAY)
    change_day(engine, FIRST_ORGANISATION, 1, changes, version=now.version, author=ME, now=OPENED)
    assert moves.cancelled
    page.context.set_offline(False)
    for each in (board, page):
        each.evaluate("dispatchEvent(new Event('online'))")
    expect(board.locator("section:visible ol")).not_to_contain_text(event.name_of(one.supplier))
    expect(page.locator("section:has(> #attendus)")).not_to_contain_text(event.name_of(one.supplier))
    assert violations(board) == []
    engine.dispose()
    troubles.clear()  # the browser notes by itself each address that it could not reach


ADDRESSES = {
    "liste": "/club",
    "horaire": "/club/1?suivre=30",
    "par table": "/club/1?vue=table",
    "reglages": "/club/1/reglages",
    "participants": "/club/1/participants",
    "participant": "/club/1/participants/3",
    "ajouter": "/club/1/participants/nouveau",
    "import": "/club/1/import",
    "inscriptions": "/club/1/inscriptions",
    "fiches": "/club/1/fiches",
    "pages": "/club/1/pages",
    "papier": "/club/1/fiches/30",
    "badges": "/club/1/badges",
    "tables": "/club/1/tables",
    "jour": "/club/1/jour",
    "accueil": "/club/1/accueil?participant=30",
    "panneau": "/club/1/panneau",
    "imprevu": "/club/1/imprevu?participant=30&quoi=absent",
    "changements": "/club/1/changements",
    "bilan": "/club/1/bilan",
    "suites": "/club/1/suites",
    "suivante": "/club/1/suivante",
    "catalogue": "/club/1/catalogue",
    "placer": "/club/1/placer?acheteur=1&fournisseur=30&creneau=2",
}


def test_no_violation_and_no_sideways_scroll(page: Page, path: Path) -> None:
    for name, address in ADDRESSES.items():
        sound_at_every_width(page, address, unfold=name != "jour")


def test_wishes_from_a_telephone_then_what_they_led_to(
    page: Page, browser: Browser, site: str, path: Path, troubles: list[str]
) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    event = load_day(engine, FIRST_ORGANISATION, 1)
    agreed = [replace(one, visible=True) for one in event.list_seats(suppliers=True)[:6]]
    change_latest_day(engine, FIRST_ORGANISATION, 1, lambda _: [Amend(tuple(agreed))], author=ME, now=OPENED)
    door = open_door(engine, FIRST_ORGANISATION, 1, author=ME, now=OPENED)

    # a telephone without script: it reads who comes and why, then wishes for one and refuses another
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    phone = context.new_page()
    phone.goto(f"/inscription/{door}?sorte=acheteur")
    phone.get_by_label("Nom", exact=True).first.fill("Commune Neuve")
    phone.get_by_label("Ce qui est cherché").first.fill("Entretien des espaces verts")
    phone.get_by_role("button", name="Voir qui je pourrais rencontrer").click()
    expect(phone.get_by_role("heading", name="Vous pourriez rencontrer")).to_be_visible()
    phone.locator("#voeu-0").select_option(str(agreed[0].key))
    phone.locator("#refus-0").select_option(str(agreed[1].key))
    phone.locator("#person_1").fill("Mme Neuve")
    phone.locator("#person_1_email").fill("neuve@commune.example")
    phone.locator("#visible").check()
    phone.locator("#accord").check()
    phone.get_by_role("button", name="M’inscrire").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("C’est reçu.")

    # the organiser takes it in: the wish and the refusal come with it
    page.goto("/club/1/inscriptions")
    page.get_by_label("Votre nom").last.fill(ME)
    follow(page.get_by_role("button", name="Inscrire Commune Neuve"))
    event = load_day(engine, FIRST_ORGANISATION, 1)
    me = event.participants[-1].key
    assert {Bond(Tie.MUST, me, agreed[0].key), Bond(Tie.NEVER, me, agreed[1].key)} <= set(event.bonds)

    # its own page lists who comes, and a supplier now reads of it
    token = give_links(engine, FIRST_ORGANISATION, event, [me], author=ME, now=OPENED)[me]
    phone.goto(f"/rendez-vous/{token}")
    phone.get_by_role("link", name="Voir qui vient, et choisir").click()
    expect(phone.locator(f"#t-{agreed[0].key}")).to_contain_text("souhaité")
    phone.locator(f"#t-{agreed[2].key}").get_by_role("button", name="Le souhaiter").click()
    expect(phone.locator(f"#t-{agreed[2].key}")).to_contain_text("souhaité")
    assert Bond(Tie.MUST, me, agreed[2].key) in load_day(engine, FIRST_ORGANISATION, 1).bonds
    context.close()
    sound_at_every_width(page, f"/rendez-vous/{token}/qui-vient")
    assert troubles == []


def test_what_was_signed_stands_on_one_page_for_elected_people(page: Page, path: Path, troubles: list[str]) -> None:
    one = load_day(open_database(f"sqlite:///{path.as_posix()}"), FIRST_ORGANISATION, 1).bookings[0]
    with served(path, DAY + ASKED_AFTER + timedelta(days=1)) as later:
        page.goto(f"{later}/club/1/suites")
        page.locator("#qui-suites").fill(ME)
        follow(page.locator(f"#s-{one.buyer}-{one.supplier}").get_by_role("button", name="marché signé"))
        form = page.locator(f"#m-{one.buyer}-{one.supplier}")
        form.get_by_label("Montant").fill("48 000")
        form.get_by_label("Nature").select_option("sous-traitance")
        form.get_by_label("Heures d’insertion").fill("700")
        form.get_by_label("Emplois").fill("2")
        follow(form.get_by_role("button", name="Noter"))
        page.goto(f"{later}/club/1/bilan")
        follow(page.get_by_role("link", name="Feuille pour les élus"))
        expect(page.locator(".big-figure").nth(1)).to_contain_text("48 000 €")
        expect(page.locator(".needs-map circle").first).to_be_visible()
        (sheet,) = paper(page)
        assert "700 h" in sheet.replace("\u202f", " ").replace("\u00a0", " ")
    assert troubles == []
