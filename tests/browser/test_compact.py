"""The compact list and the comparison in a real browser: eight candidates above the fold, ticks, keys, map and copy; six kept in four clicks."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import follow, paper, served, sound, violations, visit
from tests.waiting import LONGEST_S

NEEDS = (
    {"besoin": "Entretien des espaces verts et des berges de la Sambre, 45 000 € HT par an", "lieu": "Maubeuge (59)"},
    {
        "besoin": "Nettoyage des bureaux de la mairie et des deux écoles, pour 24 mois",
        "lieu": "Lille",
    },
    {"besoin": "Lot 1 : tonte des pelouses. Lot 2 : lavage des vitres. Lot 3 : mise sous pli", "lieu": "Maubeuge (59)"},
    {"besoin": "Blanchisserie du linge plat et des tenues de travail de l’hôpital", "lieu": "Valenciennes"},
    {"besoin": "Traiteur pour un colloque", "lieu": "Lille"},
)
GREEN = urlencode(NEEDS[0])
LOTS = urlencode(NEEDS[2])
# Rows that stand whole above the fold, and what of a row is cut.
WHOLE = """() => [...document.querySelectorAll(".candidate")].map((row) => row.getBoundingClientRect())
  .filter((box) => box.top >= 0 && box.bottom <= innerHeight).length"""
CUT = """() => [...document.querySelectorAll(".candidate :is(h3, .where, .reasons, .ask, .away)")]
  .filter((part) => part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight + 2).map((part) => part.textContent)"""
FIRST_NAME = "document.querySelector('.candidate h3').getBoundingClientRect().top"
LENGTHEN = """() => document.querySelectorAll(".candidate").forEach((row) => {
  row.querySelector("h3 > *").textContent += " ASSOCIATION INTERCOMMUNALE POUR L’INSERTION PAR L’ACTIVITÉ ÉCONOMIQUE DU TERRITOIRE";
  row.querySelector(".where").append(" et 14 autres sites, vu en septembre 2026, ancien label");
  row.querySelectorAll(".reasons:not(.whole) .mark-line > span:nth-child(2)").forEach((said) => { said.textContent += " et tout ce que sa présentation dit encore".repeat(4); });
})"""
RESERVED = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge (59)", "levier": "12"}
NOBODY = {"besoin": "Dératisation", "lieu": "Maubeuge (59)"}


@pytest.mark.parametrize("need", [*NEEDS[:2], *NEEDS[3:], RESERVED, NOBODY], ids=lambda need: need["besoin"][:20])
def test_the_first_name_is_high_and_nothing_of_a_row_is_cut(page: Page, need: dict[str, str]) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    visit(page, f"/candidats?{urlencode(need)}")
    shown = page.locator(".candidate").count()
    assert page.evaluate(FIRST_NAME) < 420
    assert page.evaluate(WHOLE) >= min(5, shown)
    page.evaluate(LENGTHEN)
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.querySelector('.chips').getBoundingClientRect().height") < 40, "one line of chips"


def test_each_reason_is_whole_in_the_fold_of_a_row(page: Page) -> None:
    visit(page, f"/candidats?{GREEN}")
    first = page.locator(".candidate").first
    first.get_by_text("Pourquoi ?").click()
    expect(first.locator(".why .reasons li").first).to_be_visible()
    assert first.locator(".why .reasons li").evaluate_all("all => all.every((li) => li.scrollWidth <= li.clientWidth)")
    assert violations(page) == []


def test_ticks_follow_into_the_address_the_buttons_and_the_filters(page: Page) -> None:
    visit(page, f"/candidats?{GREEN}")
    boxes = page.locator("[name=retenu]")
    boxes.nth(0).check()
    boxes.nth(2).check()
    page.locator("[name=compare]").nth(1).check()
    expect(page.locator("[data-of=retenu]")).to_have_text("Créer le dossier\u00a0: 2\u00a0retenus")
    expect(page.locator("[data-of=compare]")).to_have_text("Comparer (1)")
    assert page.url.count("retenu=") == 2
    page.get_by_role("link", name="distance", exact=True).click()
    page.wait_for_url(re.compile("tri=distance"))
    expect(page.locator("[name=retenu]:checked")).to_have_count(2)
    page.locator("[name=retenu]:checked").first.uncheck()
    page.get_by_text("Filtrer", exact=True).click()
    page.locator("#rayon-50").check()
    page.wait_for_url(re.compile("rayon=50"))
    assert page.url.count("retenu=") == 1
    page.reload(wait_until="networkidle")
    expect(page.locator("[data-of=retenu]")).to_have_text("Créer le dossier\u00a0: 1\u00a0retenu")


def test_the_list_by_single_keys_which_can_be_turned_off(page: Page) -> None:
    visit(page, f"/candidats?{GREEN}")
    rank = "document.activeElement.closest('.candidate')?.id"
    page.keyboard.press("j")
    assert page.evaluate(rank) == "connu-1"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    second = page.locator(".candidate").nth(1)
    assert page.evaluate(rank) == second.get_attribute("id")
    page.keyboard.press("r")
    page.keyboard.press("c")
    page.keyboard.press("p")
    expect(second.locator("[name=retenu]")).to_be_checked()
    expect(second.locator("[name=compare]")).to_be_checked()
    expect(second.locator(".why")).to_have_attribute("open", "")
    page.keyboard.press("m")
    expect(page.locator(".map-marker").first).to_be_visible()
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.dataset.band") == "indice"
    page.get_by_role("searchbox", name="Pourquoi pas").focus()
    page.keyboard.type("jrc")
    expect(page.locator("#qui")).to_have_value("jrc")
    expect(page.locator("[name=retenu]:checked")).to_have_count(1)
    page.locator("#touches").uncheck()
    page.reload(wait_until="networkidle")
    expect(page.locator("#touches")).not_to_be_checked()
    page.keyboard.press("j")
    assert page.evaluate(rank) is None


def test_the_map_stays_as_it_was_left(page: Page) -> None:
    visit(page, f"/candidats?{GREEN}")
    expect(page.locator("#carte")).to_be_hidden()
    page.get_by_role("button", name="Carte").click()
    expect(page.locator(".map-marker").first).to_be_visible()
    shown = page.locator(".candidate .reasons:not(.whole) .mark-line:first-child > span:nth-child(2)")
    # Beside the map the proof is read, at least its first words.
    assert min(shown.evaluate_all("all => all.map(one => one.clientWidth)")) > 100
    page.reload(wait_until="networkidle")
    expect(page.locator(".map-marker").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Carte").click()
    page.reload(wait_until="networkidle")
    expect(page.locator("#carte")).to_be_hidden()


def test_the_link_is_copied_with_what_is_ticked(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, f"/candidats?{GREEN}")
    page.locator("[name=retenu]").first.check()
    page.get_by_role("button", name="Copier le lien").click()
    expect(page.locator("[data-copied]")).to_have_text("Lien copié.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert "retenu=" in page.url


def test_a_comparison_reads_at_every_width(page: Page) -> None:
    visit(page, f"/candidats?{GREEN}")
    for place in (0, 1, 2, 5):
        page.locator("[name=compare]").nth(place).check()
    follow(page.get_by_role("button", name="Comparer (4)"))
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        sound(page)
    page.set_viewport_size({"width": 390, "height": 844})
    cells = page.locator("tbody tr").first.locator("td")
    tops = cells.evaluate_all("all => all.map((cell) => cell.getBoundingClientRect().top)")
    assert tops == sorted(set(tops)), "one criterion a row, one supplier under the other"
    (sheet, *_) = paper(page)
    assert "Distance" in sheet
    assert "Créer le dossier" not in sheet


def test_lots_are_tabs_with_their_own_address(page: Page) -> None:
    visit(page, f"/candidats?{LOTS}")
    follow(page.locator("#lots a", has_text="Lot 2"))
    expect(page.locator("#lots [aria-current]")).to_contain_text("Lot 2")
    expect(page.locator("h1")).to_contain_text("lavage des vitres")
    assert violations(page) == []
    follow(page.locator("#lots a", has_text="Tous les lots"))
    expect(page.locator("#lots [aria-current]")).to_have_text("Tous les lots")


def test_on_a_phone_bands_are_segments_and_a_thumb_calls_and_keeps(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    visit(page, f"/candidats?{GREEN}")
    sound(page)
    page.set_viewport_size({"width": 390, "height": 844})
    sound(page)
    assert page.evaluate("document.querySelector('.candidate').getBoundingClientRect().top") < 450
    for box in page.locator(".phone a, .picks .keep, .band-segments a, .answer-acts .button").evaluate_all(
        "all => all.map((one) => [one.getBoundingClientRect().width, one.getBoundingClientRect().height])"
    ):
        assert min(box) >= 43
    page.locator(".band-segments a").nth(2).click()
    head = page.locator("#bande-a_appeler")
    expect(head).to_be_in_viewport()
    assert page.evaluate(
        "document.querySelector('.band-segments').getBoundingClientRect().bottom <= document.getElementById('bande-a_appeler').getBoundingClientRect().top"
    ), "the segments stay and cover no title"
    page.locator("[name=retenu]").first.check()
    expect(page.locator(".answer-acts .main")).to_have_text("Créer le dossier\u00a0: 1\u00a0retenu")


def test_on_a_phone_files_print_and_link_unfold(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, f"/candidats?{GREEN}")
    expect(page.locator(".files")).to_be_hidden()
    page.get_by_role("button", name="Emporter").click()
    for name in ("XLSX", "CSV", "JSON"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Imprimer")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".files")).to_be_hidden()


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    """A tab where scripts are off."""
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_ticks_are_a_form_without_scripts(plain: Page) -> None:
    plain.goto(f"/candidats?{GREEN}")
    plain.locator("[name=compare]").nth(0).check()
    plain.locator("[name=compare]").nth(3).check()
    plain.get_by_role("button", name="Comparer").click()
    expect(plain.locator("thead th")).to_have_count(2)
    plain.get_by_role("button", name="Créer le dossier").click()
    expect(plain.locator("[name=retenu]:checked")).to_have_count(2)


def test_from_a_sentence_to_six_kept_with_their_contacts_in_four_clicks(
    browser: Browser, built: Path, tmp_path: Path
) -> None:
    (tmp_path / "copie.sqlite").write_bytes(built.read_bytes())
    with served(tmp_path / "copie.sqlite") as site:
        page = browser.new_page(base_url=site, locale="fr-FR")
        page.set_default_timeout(LONGEST_S * 1000)
        clicks = 0

        def click(words: str) -> None:
            nonlocal clicks
            clicks += 1
            follow(page.get_by_role("button", name=words))

        page.goto("/")
        page.get_by_label("Le besoin").fill("Entretien des espaces verts")
        page.locator("#lieu").fill("Maubeuge (59)")
        page.keyboard.press("Escape")
        click("Voir les candidats")
        click("Créer le dossier")
        page.get_by_label("Votre nom").fill("Claire Exemple")
        click("Figer la liste et retenir")
        with page.expect_download() as download:
            clicks += 1
            page.get_by_role("link", name="XLSX").first.click()
        rows = list(openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0].values)
        page.close()
    assert clicks <= 4
    head = [str(cell) for cell in rows[0]]
    assert {"Téléphone", "Courriel", "Adresse"} <= set(head)
    assert sum("contacter" in str(row) for row in rows[1:]) == 6
