"""The day of a Club in a real browser: outcomes and the day without network, the board, the entrance, and what follows by itself."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.club.meeting_day.changes import Miss
from matcher.club.meeting_day.entrance import code_of
from matcher.club.meeting_day.meeting_day import Result
from matcher.club.meeting_day.store import change, load
from matcher.club.timetable.planning import after_change
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from tests.browser.conftest import Wall, served, sound_at_every_width, violations
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
    plan = load(engine, FIRST_ORGANISATION, 1).plan
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
    assert [each.result for each in load(engine, FIRST_ORGANISATION, 1).outcomes.values()] == [Result.FOLLOW_UP]
    engine.dispose()
    context.close()


def test_the_day_loaded_again_without_network_is_whole(page: Page, path: Path, wall: Wall, troubles: list[str]) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    plan = load(engine, FIRST_ORGANISATION, 1).plan
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
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-net]")).to_have_text("Tout est enregistré.")
    assert [each.result for each in load(engine, FIRST_ORGANISATION, 1).outcomes.values()] == [Result.FOLLOW_UP]
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
    event = load(engine, FIRST_ORGANISATION, 1)
    wall.at = datetime(2026, 12, 3, 8, 50)  # noqa: DTZ001
    board = page.context.new_page()
    board.goto("/club/1/panneau")
    page.goto("/club/1/accueil")
    page.get_by_label("Votre nom").first.fill(ME)
    page.locator("#typed").fill(code_of(1, 30))
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
    now = load(engine, FIRST_ORGANISATION, 1)
    missing = Miss(one.supplier)
    changes, moves = after_change(engine, FIRST_ORGANISATION, now, missing, from_slot=0, today=DAY)
    change(engine, FIRST_ORGANISATION, 1, changes, version=now.version, who=ME, now=OPENED)
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
