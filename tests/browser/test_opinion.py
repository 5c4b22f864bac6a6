"""The opinion in a real browser: its figures, the sentence copied, on a phone, in the dark, without scripts."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sound_at_every_width, violations, visit

NEED = urlencode({"besoin": "Entretien des espaces verts", "lieu": "Maubeuge (59)", "montant": "180000", "duree": "12"})
PAGES = {
    "avis": f"/avis?{NEED}",
    "flou": f"/avis?{urlencode({'besoin': 'Prestations à définir'})}",
    "personne": f"/avis?{urlencode({'besoin': 'Traiteur', 'lieu': 'Brest (29)'})}",
}
REFUSED = f"/avis?{NEED}&heures=0&part=beaucoup"


@pytest.mark.parametrize("name", PAGES)
def test_no_violation_and_no_sideways_scroll(page: Page, name: str) -> None:
    sound_at_every_width(page, PAGES[name])


def test_a_refusal_has_no_violation(page: Page, troubles: list[str]) -> None:
    visit(page, REFUSED)
    assert violations(page) == []
    page.get_by_role("link", name="nombre positif").click()
    expect(page.locator("#heures")).to_be_focused()
    troubles.clear()  # the browser notes the 422 by itself


RESERVED = {"besoin": "Entretien des espaces verts, lot réservé aux EA et ESAT", "lieu": "Maubeuge (59)"}


def test_a_reserved_lot_folds_who_is_not_eligible_and_an_act_shows_them(page: Page) -> None:
    page.goto(f"/candidats?{urlencode(RESERVED)}")
    kinds = page.locator(".candidate .badge")
    assert {kind.split()[0] for kind in kinds.all_inner_texts()} <= {"EA", "EATT", "ESAT"}
    folded = page.get_by_role("link", name="Non éligibles à cet article :")
    expect(folded).to_be_visible()
    count = int(folded.inner_text().rpartition(":")[2])
    folded.click()
    expect(page.locator(".candidate")).to_have_count(count)
    page.go_back()
    page.get_by_role("link", name="montrer tous les types").click()
    expect(page.get_by_role("link", name="Non éligibles à cet article :")).to_have_count(0)
    page.goto(f"/avis?{urlencode(RESERVED)}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("L2113-12")


def test_from_the_candidates_to_those_to_call_then_to_the_sentence(page: Page) -> None:
    page.goto(f"/candidats?{NEED}&levier=13")
    page.get_by_role("link", name="Lire l’avis").click()
    page.wait_for_url("**/avis?*")
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("à confirmer : appelez ces trois", timeout=10_000)
    expect(page.locator(".advice-calls > li")).to_have_count(3)
    expect(page.locator(".closed-frame")).to_contain_text("fermée")
    expect(page.locator("#phrase")).to_have_count(0)
    expect(page.locator(".curve .lot-at")).to_be_visible()
    page.get_by_role("link", name="Laisser l’avis choisir l’article").click()
    expect(title).to_contain_text("Réserver ce lot, à l’article L2113-12", timeout=10_000)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier la phrase").click()
    expect(page.locator("[data-copied]")).to_have_text("Copié.")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#phrase").input_value()


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    """A tab where scripts are off."""
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_without_scripts(plain: Page) -> None:
    plain.goto(PAGES["avis"])
    expect(plain.get_by_role("button", name="Copier la phrase")).to_be_hidden()
    expect(plain.locator("#phrase")).to_be_visible()
    plain.locator("#part").fill("100")
    plain.get_by_role("button", name="Recalculer l’avis").click()
    expect(plain.locator("#part")).to_have_value("100")
    expect(plain.locator("#values tbody tr")).to_have_count(9)
