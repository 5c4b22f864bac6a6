"""Calls on a telephone: one supplier a screen, with and without network, a page loaded again in between; nothing is lost, nothing comes twice.
A « non » by telephone, by e-mail or by link changes the list and the opinion, and is undone."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.db import open_database
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.asking.campaign import about_lot
from matcher.dossiers.asking.store import create_campaign
from matcher.dossiers.dossier import CallOutcome, Status
from matcher.dossiers.store import load_dossier
from matcher.ownership import FIRST_ORGANISATION
from tests.browser.conftest import follow, served, sound_at_every_width, violations
from tests.browser.test_dossiers import ME, retain
from tests.factories import siret, taking
from tests.matcher.dossiers.asking.campaigns import BY, MONTHS, NOW, say_controller, secrets, supplier
from tests.matcher.web.conftest import OPENED, PASSWORD
from tests.waiting import awaited

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
    lines = load_dossier(engine, FIRST_ORGANISATION, 1).journal
    engine.dispose()
    return [line.change for line in lines if isinstance(line.change, RecordCall)]


def back_online(context: BrowserContext, page: Page) -> None:
    context.set_offline(False)
    expect(page.locator("[data-net]")).to_have_text("Tout est enregistré.")


def test_one_supplier_a_screen_within_reach_of_the_thumb(page: Page) -> None:
    at_calls(page)
    assert violations(page) == []
    page.get_by_role("link", name="Commencer").click()
    call = page.locator(".call:target")
    foot = call.locator(".call-foot").bounding_box() or {}
    assert foot["y"] + foot["height"] <= PHONE["height"]
    for button in call.locator(".call-outcomes > button, .call-question > .segments > label, .call-foot .button").all():
        if not button.is_visible():
            continue
        assert (button.bounding_box() or {})["height"] >= 44
    assert violations(page) == []
    call.get_by_text("Oui", exact=True).first.click()
    call.get_by_role("button", name="Intéressé", exact=True).click()
    expect(call.locator(".call-said")).to_contain_text("enregistré")
    call.get_by_role("link", name="Suivant").click()
    expect(page.locator("#appel-1")).to_be_hidden()
    page.go_back()
    expect(page.locator(".call:target .kept")).to_contain_text("Intéressé")


def test_by_keyboard(page: Page, path: Path) -> None:
    at_calls(page)
    page.get_by_role("link", name="Commencer").press("Enter")
    call = page.locator(".call:target")
    call.locator("[name=equipe]").first.press("Space")
    call.locator("[name='equipe:combien']").fill("6")
    call.locator("[name='equipe:combien']").press("Enter")
    assert noted(path) == []  # the return key of a field ends no call
    call.get_by_role("button", name="Rappeler").press("Enter")
    expect(call.locator(".call-said")).to_contain_text("enregistré")
    assert noted(path)[0].answers == {"equipe": "oui", "equipe:combien": "6"}
    call.get_by_label("Note").fill("le matin")  # once the end is told, what is added to it is sent too
    call.get_by_label("Note").blur()
    expect(call.locator(".call-said")).to_contain_text("gardé ici")
    expect(call.locator(".call-said")).to_contain_text("enregistré")
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
    expect(page.locator("#appel-1 .kept")).to_contain_text("Rappeler")
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
    expect(other.locator("#appel-1 .call-said")).to_contain_text("enregistré")
    expect(other.locator("#appel-2 [name=qui]")).to_have_value("B. Modèle")  # said once for all
    other.context.close()
    page.context.set_offline(False)
    expect(page.locator("#appel-1 .call-clash")).to_contain_text("noté par B. Modèle : pas intéressé")
    troubles.clear()


def test_a_session_that_is_over_keeps_what_was_noted(browser: Browser, path: Path) -> None:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    for login, name in (("acheteur", ME), ("autre", "B. Modèle")):
        add_account(engine, login, PASSWORD, Role.BUYER, FIRST_ORGANISATION, name=name, author="essai", now=OPENED)
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
    expect(bare.locator("#appel-1 .call-said")).to_contain_text("« Pas intéressé », enregistré le 25 novembre 2026")
    assert [one.outcome for one in noted(path)] == [CallOutcome.NOT_INTERESTED]
    engine = open_database(f"sqlite:///{path.as_posix()}")
    assert load_dossier(engine, FIRST_ORGANISATION, 1).lot(1).entries[0].status is Status.NOT_INTERESTED
    engine.dispose()
    bare.context.close()


def test_no_violation_and_no_sideways_scroll(page: Page) -> None:
    at_calls(page)
    for address in (CALLS, f"{CALLS}#appel-1"):
        sound_at_every_width(page, address)


NEED = urlencode({"besoin": "Entretien des espaces verts", "lieu": "Maubeuge", "montant": "60000", "duree": "12"})
CALL = "/dossiers/1/lots/1/appels#appel-1"
FIRST = "Atelier 1"


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three suppliers known by their class, one of whom nothing tells the trade."""
    path = tmp_path / "catalogue.sqlite"
    say_controller(monkeypatch)
    monkeypatch.setenv("ENTREMISE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ENTREMISE_DATABASE_URL", f"sqlite:///{path.as_posix()}")
    engine = open_database()
    taking(engine, tmp_path, NOW)(*(supplier(number, naf="8130Z") for number in (1, 2, 3)), supplier(4))
    engine.dispose()
    return path


@pytest.fixture
def buyer(browser: Browser, catalogue: Path) -> Iterator[Page]:
    """A buyer on a telephone, whose dossier follows the three that are known."""
    with served(catalogue, clock=lambda: NOW) as site:
        context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844}, locale="fr-FR")
        page = context.new_page()
        retain(page, 3, NEED)
        yield page
        context.close()


def text_of(page: Page, address: str) -> str:
    page.goto(address)
    return page.get_by_role("main").inner_text()


def opinion_again(page: Page) -> str:
    """The opinion of today as the dossier asks it again; the version of the catalogue moves with each answer."""
    page.goto("/dossiers/1")
    address = str(page.get_by_role("link", name="avis d’aujourd’hui").get_attribute("href"))
    return re.sub(r"version \d+", "", text_of(page, address))


def by_call(page: Page, mail: bool = False) -> Callable[[], None]:
    """Say no on the card of a call; what undoes it is its « Annuler »."""
    page.goto(CALL)
    call = page.locator("#appel-1")
    assert FIRST in call.get_by_role("heading", level=1).inner_text()
    call.get_by_text("Non", exact=True).first.click()
    if mail:
        call.get_by_text("Jour du rappel, réponse par courriel").click()
        call.get_by_text("Par courriel", exact=True).click()
    call.get_by_role("button", name="Pas intéressé").click()
    expect(call.locator(".call-said")).to_contain_text("« pas intéressé », enregistré")
    expect(call.locator(".call-when")).to_contain_text("noté, ")

    def undo() -> None:
        page.goto(CALL)
        follow(call.get_by_role("button", name="Annuler"))

    return undo


def by_link(page: Page, catalogue: Path) -> Callable[[], None]:
    """Say no on the page of its link; what undoes it is « Effacer mes réponses »."""
    engine = open_database(f"sqlite:///{catalogue.as_posix()}")
    draft, ids = about_lot(load_dossier(engine, FIRST_ORGANISATION, 1), 1, BY), [f"siret:{siret(1)}"]
    number = create_campaign(engine, FIRST_ORGANISATION, draft, ids, BY, author=ME, now=NOW, months=MONTHS).campaign.id
    secret = secrets(engine, number)[siret(1)]
    engine.dispose()
    page.goto(f"/r/{secret}")
    page.get_by_role("group", name="Création et entretien des espaces verts").get_by_label("Non").check(force=True)
    page.get_by_role("group", name="Ce besoin").get_by_label("Non").check(force=True)
    follow(page.get_by_role("button", name="Envoyer mes réponses"))

    def undo() -> None:
        page.goto(f"/r/{secret}")
        follow(page.get_by_role("button", name="Effacer mes réponses"))

    return undo


@pytest.mark.parametrize("way", ["appel", "courriel", "lien"])
def test_a_no_changes_the_list_and_the_opinion_and_is_undone(buyer: Page, catalogue: Path, way: str) -> None:
    listed, opinion = text_of(buyer, f"/candidats?{NEED}"), opinion_again(buyer)
    assert FIRST in listed
    undo = by_link(buyer, catalogue) if way == "lien" else by_call(buyer, mail=way == "courriel")
    awaited(lambda: text_of(buyer, f"/candidats?{NEED}"), lambda text: FIRST not in text)
    assert opinion_again(buyer) != opinion
    assert f"{FIRST}\u00a0: a répondu non pour ce lot" in text_of(buyer, "/dossiers/1/depuis")
    undo()
    awaited(lambda: text_of(buyer, f"/candidats?{NEED}"), lambda text: text == listed)
    assert opinion_again(buyer) == opinion
    assert FIRST not in text_of(buyer, "/dossiers/1/depuis")


def test_two_answers_that_contradict_are_asked_on_the_card(buyer: Page) -> None:
    buyer.goto(CALL)
    call = buyer.locator("#appel-1")
    call.locator("[name='equipe:combien']").fill("22 salariés, 6 aux espaces verts")
    asked = call.get_by_role("group", name="Gardé tel quel. Pour ce lot, c’est combien ?")
    expect(asked.get_by_role("radio")).to_have_count(3)
    asked.get_by_text("6", exact=True).click()
    call.get_by_role("button", name="Intéressé", exact=True).click()
    expect(call.locator(".call-said")).to_contain_text("enregistré")
    call.get_by_role("button", name="Pas de réponse").click()
    expect(call.locator(".call-clash h2")).to_be_focused()
    expect(call.locator(".call-both dd")).to_contain_text([": intéressé", ": pas de réponse"])
    expect(call.locator(".call-said")).to_contain_text("L’avis attend le choix ci-dessus")
    follow(call.get_by_role("button", name="Je me suis trompé de touche"))
    expect(call.locator(".call-clash")).to_have_count(0)
    expect(call.locator(".kept")).to_contain_text("Intéressé")
