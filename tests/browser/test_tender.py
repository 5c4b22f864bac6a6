"""The pieces of a DCE of three lots in a real browser: dropped, verified, a list for each lot, one dossier; on a phone, without scripts."""

import html
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.settings import CACHE_VARIABLE
from tests.browser.conftest import served, violations
from tests.importers.documents.writing import write_docx, write_pdf
from tests.matcher.tender.pieces import CCAP, RC


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of pages whose dropped files last for these tests."""
    folder = tmp_path_factory.mktemp("dce")
    shutil.copyfile(built, folder / "catalogue.sqlite")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder / "cache"))
        with served(folder / "catalogue.sqlite") as address:
            yield address


@pytest.fixture(scope="module")
def pieces(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The rules as this browser prints them, the clauses as a document, a plan without text."""
    folder = tmp_path_factory.mktemp("pieces")
    page = browser.new_page()
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in "\n".join(RC).split("\n"))
    page.set_content(f"<html lang='fr'><title>RC</title><body>{lines}</body></html>")
    page.pdf(path=folder / "RC.pdf", format="A4", margin={"left": "2cm", "right": "2cm"})
    page.close()
    clauses = write_docx(folder / "CCAP.docx", "\n".join(CCAP).split("\n"))
    return [folder / "RC.pdf", clauses, write_pdf(folder / "plan.pdf", [[]])]


def drop(page: Page, pieces: list[Path]) -> None:
    page.goto("/")
    page.get_by_role("link", name="Déposer les pièces d’un DCE").click()
    page.get_by_label("Les pièces").set_input_files(pieces)
    page.get_by_role("button", name="Lire ces pièces").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Les lots du DCE, à vérifier")


def test_three_lots_from_their_pieces_to_one_dossier(page: Page, pieces: list[Path]) -> None:
    page.goto("/dce")
    assert violations(page) == []
    drop(page, pieces)
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_text("c’est une image")).to_be_visible()
    expect(page.locator("#montant-1")).to_have_value("90000.00")
    page.locator("#duree-1").fill("36")
    page.get_by_role("button", name="Voir les candidats").click()
    tabs = page.get_by_role("navigation", name="Les lots de ce marché")
    expect(tabs.get_by_role("link")).to_have_count(4)
    assert violations(page) == []
    tabs.get_by_role("link", name="Lot 2").click()
    expect(tabs.get_by_role("link", name="Lot 2")).to_have_attribute("aria-current", "page")
    tabs.get_by_role("link", name="Les pièces du DCE").click()
    expect(page.locator("#duree-1")).to_have_value("36")
    page.get_by_label("Votre nom").fill("Léa")
    page.get_by_role("button", name="Créer le dossier").click()
    page.wait_for_url("**/dossiers/*")
    for number in (1, 2, 3):
        expect(page.get_by_role("heading", name=f"Lot {number}").first).to_be_visible()


def test_a_real_notice_of_three_lots_made_into_a_file_ends_in_one_dossier(
    page: Page, shared: Path, tmp_path: Path
) -> None:
    told = (shared / "data/notices/boamp_mapa_excerpt.txt").read_text(encoding="utf-8").splitlines()
    notice = write_docx(tmp_path / "avis.docx", [line for line in told if not line.startswith(("#", "("))])
    drop(page, [notice])
    for number, euros in ((1, "20000.00"), (2, "35000.00"), (3, "20000.00")):
        expect(page.locator(f"#montant-{number}")).to_have_value(euros)
        expect(page.locator(f"#lieu-{number}")).to_have_value("Saint-Cyprien (66)")
        expect(page.locator(f"#duree-{number}")).to_have_value("5")
        page.locator(f"#besoin-{number}").fill("Fourniture de décorations de Noël en bois")
    page.get_by_role("button", name="Voir les candidats").click()
    page.get_by_role("link", name="Les pièces du DCE").click()
    page.get_by_label("Votre nom").fill("Léa")
    page.get_by_role("button", name="Créer le dossier").click()
    page.wait_for_url("**/dossiers/*")
    for number in (1, 2, 3):
        expect(page.get_by_role("heading", name=f"Lot {number}").first).to_be_visible()


def test_it_all_works_without_scripts(browser: Browser, site: str, pieces: list[Path]) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    drop(page, pieces)  # the page asks for itself again
    page.locator("#montant-2").fill("")
    page.get_by_role("button", name="Voir les candidats").click()
    page.get_by_role("link", name="Les pièces du DCE").click()
    expect(page.locator("#montant-2")).to_have_value("")
    context.close()
