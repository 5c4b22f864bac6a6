"""Calls on a telephone: one supplier a screen, with and without network, a page loaded again in between; nothing is lost, nothing comes twice."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from matcher.accounts.roles import Role
from matcher.accounts.store import add
from matcher.db import open_database
from matcher.dossiers.dossier import CallOutcome, Status
from matcher.dossiers.entry_changes import RecordCall
from matcher.dossiers.store import load
from matcher.ownership import FIRST_ORGANISATION
from tests.browser.conftest import follow, served, sound_at_every_width, violations
from tests.browser.test_dossiers import ME, retain
from tests.matcher.web.conftest import OPENED, PASSWORD

CALLS = "/dossiers/1/lots/1/appels"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def path(built: Path, tmp_path: Path) -> Path:
    """A copy of the sample, for this test alone."""
    shutil.copyfile(built, tmp_path / "catalogue.sqlite")
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def site(path: Path) -> Iterator[str]:
    """The pages over it."""
    with served(path) as address:
        yield address


def at_calls(page: Page) -> None:
    """A dossier of three suppliers, and its calls on a telephone, kept on it."""
    retain(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a width and a height
    page.goto(CALLS)
    expect(page.locator("[data-ready]")).to_have_count(1)


def noted(path: Path) -> list[RecordCall]:
    """The calls that the journal holds."""
    engine = open_database(f"sqlite:///{path.as_posix()}")
    lines = load(engine, FIRST_ORGANISATION, 1).journal
    engine.dispose()
    return [line.change for line in lines if isinstance(line.change, RecordCall)]


def back_online(context: BrowserContext, page: Page) -> None:
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-net]")).to_have_text("Tout est enregistré.")


def test_one_supplier_a_screen_within_reach_of_the_thumb(page: Page) -> None:
    at_calls(page)
    assert violations(page) == []
    page.get_by_role("link", name="Commencer").click()
    call = page.locator(".call:target")
    box = call.bounding_box() or {}
    assert box["height"] <= PHONE["height"]
    foot = call.locator(".call-foot").bounding_box() or {}
    assert foot["y"] + foot["height"] <= PHONE["height"]
    for button in call.locator(".call-outcomes .button, .segments > label, .call-foot .button").all():
        assert (button.bounding_box() or {})["height"] >= 44
    assert violations(page) == []
    call.get_by_text("Oui", exact=True).first.click()
    call.get_by_role("button", name="Intéressé", exact=True).click()
    expect(call.locator(".call-said")).to_contain_text("noté dans le dossier")
    call.get_by_role("link", name="Suivant").click()
    expect(page.locator("#appel-1")).to_be_hidden()
    page.go_back()
    expect(page.locator(".call:target .button.kept")).to_have_text("Intéressé")


def test_by_keyboard(page: Page, path: Path) -> None:
    at_calls(page)
    page.get_by_role("link", name="Commencer").press("Enter")
    call = page.locator(".call:target")
    call.locator("[name=equipe]").first.press("Space")
    call.locator("[name='equipe:combien']").fill("6")
    call.locator("[name='equipe:combien']").press("Enter")
    assert noted(path) == []  # the return key of a field ends no call
    call.get_by_role("button", name="Rappeler").press("Enter")
    expect(call.locator(".call-said")).to_contain_text("noté dans le dossier")
    assert noted(path)[0].answers == {"equipe": "oui", "equipe:combien": "6"}
    call.get_by_label("Note").fill("le matin")  # once the end is told, what is added to it is sent too
    call.get_by_label("Note").blur()
    expect(call.locator(".call-said")).to_contain_text("gardé ici")
    expect(call.locator(".call-said")).to_contain_text("noté dans le dossier")
    assert [one.text for one in noted(path)] == ["", "le matin"]
    call.get_by_role("link", name="Suivant").press("Enter")
    expect(page.locator(".call:target")).to_be_focused()


def test_without_network_a_page_loaded_again_keeps_all_and_sends_it_once(
    page: Page, path: Path, troubles: list[str]
) -> None:
    at_calls(page)
    page.context.set_offline(True)
    page.goto(f"{CALLS}#appel-1")
    first = page.locator("#appel-1")
    first.get_by_label("Note").fill("Demander Mme Exemple, le matin")
    first.get_by_role("button", name="Rappeler").click()
    expect(first.locator(".call-said")).to_contain_text("gardé ici, envoyé ensuite")
    first.get_by_role("link", name="Suivant").click()
    second = page.locator(".call:target")
    second.get_by_role("button", name="Pas intéressé").click()
    expect(page.locator("[data-net]")).to_contain_text("2 en attente")
    assert noted(path) == []
    page.reload()  # what the browser plays of an outage may let a first request through again: nothing more is said of what waits
    expect(page.locator("#appel-1 .button.kept")).to_have_text("Rappeler")
    expect(page.locator("#appel-1 textarea")).to_have_value("Demander Mme Exemple, le matin")
    page.reload()
    back_online(page.context, page)
    page.reload()
    expect(page.locator("[data-net]")).to_contain_text("Les mêmes questions")
    told = noted(path)
    assert [one.outcome for one in told] == [CallOutcome.CALL_AGAIN, CallOutcome.NOT_INTERESTED]
    assert told[0].text == "Demander Mme Exemple, le matin"
    troubles.clear()  # the browser notes by itself each address that it could not reach


def test_what_is_typed_stays_on_a_telephone_that_sleeps(page: Page, path: Path) -> None:
    at_calls(page)
    page.goto(f"{CALLS}#appel-2")
    page.locator("#appel-2").get_by_label("Note").fill("Ils rappellent")
    page.locator("#appel-2 [name=equipe]").first.check(force=True)
    page.goto("about:blank")
    page.goto(f"{CALLS}#appel-2")
    assert page.locator("#appel-2 textarea").input_value() == "Ils rappellent"
    expect(page.locator("#appel-2 [name=equipe]").first).to_be_checked()
    assert noted(path) == []


def test_two_people_are_told_of_each_other(page: Page, browser: Browser, site: str, troubles: list[str]) -> None:
    at_calls(page)
    page.context.set_offline(True)
    page.goto(f"{CALLS}#appel-1")
    page.locator("#appel-1").get_by_role("button", name="Intéressé", exact=True).click()
    other = browser.new_context(base_url=site).new_page()
    other.goto(f"{CALLS}#appel-1")
    other.locator("#appel-1").get_by_label("Votre nom").fill("B. Modèle")
    other.locator("#appel-1").get_by_role("button", name="Pas intéressé").click()
    expect(other.locator("#appel-1 .call-said")).to_contain_text("noté dans le dossier")
    expect(other.locator("#appel-2 [name=qui]")).to_have_value("B. Modèle")  # said once for all
    other.context.close()
    back_online(page.context, page)
    expect(page.locator("#appel-1 .call-said")).to_contain_text("les deux réponses sont au journal")
    page.reload()
    expect(page.locator("#appel-1 .notice")).to_contain_text("B. Modèle a noté « pas intéressé »")
    troubles.clear()


def test_a_session_that_is_over_keeps_what_was_noted(browser: Browser, path: Path) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    for login, name in (("acheteur", ME), ("autre", "B. Modèle")):
        add(engine, login, PASSWORD, Role.BUYER, FIRST_ORGANISATION, name=name, who="essai", now=OPENED)
    engine.dispose()
    with served(path) as address:
        context = browser.new_context(base_url=address, viewport=PHONE, locale="fr-FR")  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/dossiers")
        sign_in(page)
        retain(page)
        page.goto(CALLS)
        expect(page.locator("[data-ready]")).to_have_count(1)
        context.clear_cookies()
        page.get_by_role("link", name="Commencer").click()
        page.locator("#appel-1").get_by_role("button", name="Intéressé", exact=True).click()
        expect(page.locator("[data-net]")).to_contain_text("La session est finie")
        door = context.new_page()
        door.set_viewport_size({"width": 1280, "height": 800})
        door.goto(CALLS)
        assert "/connexion" in door.url
        door.wait_for_load_state()
        assert door.evaluate("caches.keys()") == []  # no number stays where nobody is signed in
        sign_in(door, "autre")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("[data-net]")).to_contain_text(f"Noté par {ME}")  # and never sent under another name
        follow(door.get_by_role("button", name="Se déconnecter"))
        sign_in(door)
        page.reload()
        back_online(context, page)
        context.close()
    assert [one.outcome for one in noted(path)] == [CallOutcome.INTERESTED]


def sign_in(page: Page, login: str = "acheteur") -> None:
    """Sign in at the door where one stands."""
    page.get_by_label("Nom de connexion").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    follow(page.get_by_role("button", name="Se connecter"))


def test_without_scripts_a_call_is_a_plain_form(browser: Browser, site: str, path: Path) -> None:
    page = browser.new_context(base_url=site, viewport=PHONE).new_page()  # type: ignore[arg-type]
    retain(page)
    page.context.close()
    bare = browser.new_context(base_url=site, viewport=PHONE, java_script_enabled=False).new_page()  # type: ignore[arg-type]
    bare.goto(CALLS)
    bare.get_by_role("link", name="Commencer").click()
    call = bare.locator("#appel-1")
    expect(bare.locator(".call-queue")).to_be_hidden()
    call.get_by_label("Votre nom").fill(ME)
    follow(call.get_by_role("button", name="Pas intéressé"))
    expect(bare.locator("#appel-1 .call-said")).to_contain_text("Noté le 25 novembre 2026")
    assert [one.outcome for one in noted(path)] == [CallOutcome.NOT_INTERESTED]
    engine = open_database(f"sqlite:///{path.as_posix()}")
    assert load(engine, FIRST_ORGANISATION, 1).lot(1).entries[0].status is Status.NOT_INTERESTED
    engine.dispose()
    bare.context.close()


def test_no_violation_and_no_sideways_scroll(page: Page) -> None:
    at_calls(page)
    for address in (CALLS, f"{CALLS}#appel-1"):
        sound_at_every_width(page, address)
