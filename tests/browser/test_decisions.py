"""Groupements, allotments and plans of a clause in a real browser: at three widths, in both themes, on paper."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import violations

GREEN = "Entretien des espaces verts"
LIST = "École A ; Maubeuge ; 0,5\nÉcole B ; Arras ; 1\nÉcole C ; Nulle-Part\nÉcole D ; Laon ; zéro"
PAGES = {
    "allotissement, à remplir": "/allotissement",
    "groupement, à remplir": "/groupement",
    "groupement": f"/groupement?{urlencode([('objet', GREEN), ('site', 'Maubeuge'), ('site', 'Arras')])}",
    "vérifier": f"/verifier?{urlencode([('numeros', '55208131766522 12345')])}",
    "plan, à remplir": "/plan-clause",
    "plan": f"/plan-clause?{urlencode([('objet', GREEN), ('heures', '9000'), ('lieu', 'Maubeuge'), ('mois', '24')])}",
}
REFUSED = {
    "groupement": "/groupement?objet=&site=&membres=1",
    "plan": f"/plan-clause?{urlencode([('objet', GREEN), ('heures', '10^9')])}",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation_and_no_sideways_scroll(page: Page, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(PAGES[name], wait_until="networkidle")
        assert violations(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_has_no_violation_and_leads_to_its_field(page: Page, name: str, troubles: list[str]) -> None:
    page.goto(REFUSED[name], wait_until="networkidle")
    assert violations(page) == []
    page.locator(".faults a").first.click()
    expect(page.locator(":focus")).to_have_attribute("aria-invalid", "true")
    troubles.clear()  # the browser notes the 422 by itself


def cut(page: Page, candidates: str = "2") -> None:
    """Fill the form of an allotment, send it, and wait for its lots."""
    page.goto("/allotissement")
    page.locator("#objet").fill(GREEN)
    page.locator("#liste").fill(LIST)
    page.locator("#candidats").fill(candidates)
    page.get_by_role("button", name="Découper en lots").click()
    expect(page.locator("#lots-1 table")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lots_have_no_violation_and_no_sideways_scroll(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for candidates in ("1", "900"):
        cut(page, candidates)
        address = page.url
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address, wait_until="networkidle")
            assert violations(page) == [], width
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_lots_print_with_their_map_and_are_kept(page: Page) -> None:
    cut(page)
    page.emulate_media(media="print")
    expect(page.locator(".lot-map svg")).to_be_visible()
    expect(page.get_by_role("link", name="Garder dans un dossier")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Garder dans un dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Garder dans un dossier")
    assert violations(page) == []


def test_a_structure_cited_is_lit_on_the_map(page: Page) -> None:
    page.goto(PAGES["groupement"], wait_until="networkidle")
    page.locator(".cited a").first.focus()
    expect(page.locator(".map-marker.lit")).to_have_count(1)


@pytest.mark.parametrize("name", ["groupement", "plan"])
def test_on_paper_the_form_and_the_buttons_are_gone(page: Page, name: str) -> None:
    page.goto(PAGES[name], wait_until="networkidle")
    page.emulate_media(media="print")
    expect(page.locator("form.ledger")).to_be_hidden()
    expect(page.get_by_role("link", name="Garder dans un dossier")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("table").first).to_be_visible()
