"""Groupements, allotments and plans of a clause in a real browser: at three widths, in both themes, on paper."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from matcher.catalogue.steward.privacy import kept_since
from matcher.decisions.plaquette.answer import build_plaquette
from matcher.reference.source_rules import Use
from tests.browser.conftest import follow, paper, sound_at_every_width, violations, visit
from tests.matcher.web.conftest import TODAY, engine  # noqa: F401  # the sample that the pages are over
from tests.matcher.web.reading import contracts

GREEN = "Entretien des espaces verts"
CONTRACTS = (
    {"objet": GREEN, "lieu": "Maubeuge", "montant": "300000", "mois": "24", "debut": "03/2027"},
    {"objet": "Nettoyage des locaux", "lieu": "Arras", "montant": "400000", "mois": "18", "debut": "06/2027"},
    {"objet": "Peinture intérieure", "lieu": "Maubeuge", "montant": "900000", "mois": "10", "debut": "09/2027"},
)
LIST = "École A ; Maubeuge ; 0,5\nÉcole B ; Arras ; 1\nÉcole C ; Nulle-Part\nÉcole D ; Laon ; zéro"
PAGES = {
    "groupement, à remplir": "/groupement",
    "groupement": f"/groupement?{urlencode([('objet', GREEN), ('site', 'Maubeuge'), ('site', 'Arras')])}",
    "vérifier": f"/rapprocher?{urlencode([('numeros', '55208131766522 12345')])}",
    "calibrage": f"/calibrage?{urlencode({'lot-1-objet': GREEN, 'lot-1-montant': '300000', 'lot-1-mois': '24', 'lieu': 'Maubeuge'})}",
    "plaquette": "/plaquette?lieu=Nord+%2859%29&usage=export",
    "plaquette, le papier": "/plaquette/imprimer?lieu=Nord+%2859%29&usage=export",
    "un interlocuteur": "/a-qui-parler/ecrire?role=cress&territory=reg:32",
    "plan": f"/plan-clause?{urlencode(contracts(*CONTRACTS))}",
}
REFUSED = {
    "groupement": "/groupement?objet=&site=&membres=1",
    "plan": f"/plan-clause?{urlencode(contracts({**CONTRACTS[0], 'heures': '10^9'}))}",
}


@pytest.mark.parametrize("name", PAGES)
def test_no_violation_and_no_sideways_scroll(page: Page, name: str) -> None:
    sound_at_every_width(page, PAGES[name])


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_has_no_violation_and_leads_to_its_field(page: Page, name: str, troubles: list[str]) -> None:
    visit(page, REFUSED[name])
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


def test_lots_have_no_violation_and_no_sideways_scroll(page: Page) -> None:
    for candidates in ("1", "900"):
        cut(page, candidates)
        sound_at_every_width(page, page.url)


def test_lots_print_with_their_map_and_are_kept(page: Page) -> None:
    cut(page)
    page.emulate_media(media="print")
    expect(page.locator(".lot-map svg")).to_be_visible()
    expect(page.get_by_role("link", name="Garder dans un dossier")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Garder dans un dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Garder dans un dossier")
    assert violations(page) == []


def test_lots_are_covered_by_a_network_and_each_structure_has_its_sheet(page: Page) -> None:
    page.goto("/couverture")
    assert violations(page) == []
    lots = f"Objet;Commune\n{GREEN};Maubeuge\nNettoyage des locaux;Lille\nPrestations à définir;Lille\n"
    page.locator("#fichier").set_input_files({"name": "lots.csv", "mimeType": "text/csv", "buffer": lots.encode()})
    page.locator("#territoire").fill("Nord")
    page.get_by_role("button", name="Comparer").click()
    expect(page.locator("#lots table")).to_be_visible()
    page.locator("#matrice ~ details summary").click()
    expect(page.locator(".cover-matrix")).to_be_visible()
    whole, sheet = page.url, page.locator("#structures tbody a").first.get_attribute("href")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for address, width in ((whole, 1280), (whole, 320), (sheet, 390)):
            page.set_viewport_size({"width": width, "height": 800})
            visit(page, address)
            assert violations(page) == [], (address, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="XLSX")).to_be_hidden()
    expect(page.locator("table").first).to_be_visible()


def test_a_structure_cited_is_lit_on_the_map(page: Page) -> None:
    visit(page, PAGES["groupement"])
    page.locator(".cited a").first.focus()
    expect(page.locator(".map-marker.lit")).to_have_count(1)


def test_a_plaquette_prints_each_publishable_structure_once_in_full_and_no_other(page: Page, engine: Engine) -> None:  # noqa: F811
    its = build_plaquette(engine, ["Nord (59)"], on=TODAY, since=kept_since(TODAY, 36))
    inside = build_plaquette(engine, ["Nord (59)"], on=TODAY, since=kept_since(TODAY, 36), use=Use.EXPORT)
    page.goto("/plaquette")
    page.get_by_label("Territoire").fill("Nord (59)")
    page.get_by_role("button", name="Faire la plaquette").click()
    follow(page.get_by_role("link", name="Voir et imprimer"))
    sheets = paper(page)
    whole = "\n".join(sheets)
    published = [one.its.siret for one in its.its.full if one.its.siret]
    assert len(published) > 5
    assert {siret: whole.count(siret) for siret in published} == dict.fromkeys(published, 1)
    kept_in = {one.its.siret for one in inside.its.full} - set(published) - {""}
    assert kept_in
    assert not [siret for siret in kept_in if siret in whole]
    for number, text in enumerate(sheets[1:], start=2):
        assert f"{number}/{len(sheets)}" in text.splitlines()[-1].replace(" ", "")
        assert "Les structures inclusives" in text.splitlines()[0]
    assert "À qui parler" in whole
    assert "Non imprimé" in whole
    assert "Revenir à la plaquette" not in whole


@pytest.mark.parametrize("name", ["groupement", "plan"])
def test_on_paper_the_form_and_the_buttons_are_gone(page: Page, name: str) -> None:
    visit(page, PAGES[name])
    page.emulate_media(media="print")
    expect(page.locator("form.ledger")).to_be_hidden()
    expect(page.get_by_role("link", name="Garder dans un dossier")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("table").first).to_be_visible()


def test_the_sheet_of_one_lot_is_two_pages_the_second_with_the_words_to_paste(page: Page) -> None:
    visit(page, PAGES["calibrage"])
    facts, words = paper(page)
    assert "Le calcul" in facts
    assert "CCAP" in words
    assert "CCAP" not in facts
