"""The catalogue in a real browser: a bad file then a good one, pairs judged by keyboard, a supplier corrected; light, dark, phone."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.review import Queue, pairs
from matcher.db import open_database
from matcher.settings import CACHE_VARIABLE
from tests.browser.conftest import follow, paper, served, sound, sound_at_every_width, violations, visit
from tests.matcher.web.catalogue.test_imports import SHEET
from tests.matcher.web.catalogue.test_review import ALIKE

SAMBRE = "/fournisseurs/siret:00010101400017"
PAGES = {
    "personne": "/catalogue?q=zzzzqq",
    "fiche": SAMBRE,
    "corriger": f"{SAMBRE}?corriger=zone",
    "lieu": f"{SAMBRE}?corriger=lieu",
}


@pytest.mark.parametrize("name", PAGES)
def test_no_violation_and_no_sideways_scroll(page: Page, name: str) -> None:
    sound_at_every_width(page, PAGES[name])


def test_paper_holds_the_summary_of_the_quality(page: Page) -> None:
    page.goto("/catalogue/qualite")
    expect(page.get_by_role("heading", name="Source par source")).to_be_visible()
    sheets = "\n".join(paper(page))
    assert "Ce qui manque aux fournisseurs" in sheets
    assert "Le détail par département et source par source est à l’écran" in " ".join(sheets.split())
    assert "Source par source" not in sheets


@pytest.fixture
def own(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Path]]:
    """The address of the pages over a copy of the sample that three pairs wait in, and the file of that catalogue."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    path = tmp_path / "catalogue.sqlite"
    shutil.copyfile(built, path)
    engine = open_database(f"sqlite:///{path.as_posix()}")
    alike = tmp_path / "liste.csv"
    alike.write_text(ALIKE, encoding="utf-8")
    run_import(engine, REGISTRY["tableur"], [Source(alike)], now=datetime(2026, 11, 2))  # noqa: DTZ001
    engine.dispose()
    with served(path) as address:
        yield address, path


@pytest.fixture
def tab(browser: Browser, own: tuple[str, Path], troubles: list[str]) -> Iterator[Page]:
    """A tab on that copy, which fails the test on any error of a script or of the content policy."""
    context = browser.new_context(base_url=own[0], viewport={"width": 1280, "height": 800}, locale="fr-FR")
    tab = context.new_page()
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    assert troubles == []


def test_a_bad_file_then_a_good_one(tab: Page, tmp_path: Path) -> None:
    bad, good = tmp_path / "faux.xlsx", tmp_path / "liste-2026.csv"
    bad.write_bytes(b"%PDF-1.4 rien")
    good.write_text(SHEET, encoding="utf-8")
    tab.goto("/catalogue/imports")
    tab.get_by_label("Le fichier").set_input_files(bad)
    tab.get_by_role("button", name="Lire le fichier").click()
    expect(tab.get_by_role("alert")).to_contain_text("commence comme un PDF")
    expect(tab.get_by_role("alert")).to_contain_text("Rien n’a été importé")
    assert violations(tab) == []
    tab.get_by_role("link", name="Déposer un autre fichier").click()
    tab.get_by_label("Le fichier").set_input_files(good)
    tab.get_by_role("button", name="Lire le fichier").click()
    confirm = tab.get_by_role("button", name="Importer 2 lignes")
    expect(confirm).to_be_visible()
    tab.get_by_text("Exemples").first.click()
    expect(tab.get_by_text("Atelier du Pont").first).to_be_visible()
    sound(tab)
    confirm.click()
    expect(tab.get_by_role("heading", name="Rapport")).to_be_visible()
    rows = tab.locator("table.counts tbody tr td.num").all_inner_texts()
    assert sum(map(int, rows)) == int(tab.locator("table.counts tfoot td.num").inner_text()) == 3
    tab.goto("/catalogue?q=atelier+du+pont")
    expect(tab.get_by_role("link", name="Atelier du Pont")).to_be_visible()


def test_an_empty_or_too_large_file_is_said_before_it_is_sent(tab: Page, tmp_path: Path) -> None:
    empty = tmp_path / "vide.csv"
    empty.write_bytes(b"")
    tab.goto("/catalogue/imports")
    tab.get_by_label("Le fichier").set_input_files(empty)
    expect(tab.locator("#fichier-faute")).to_contain_text("est vide")
    expect(tab.get_by_role("button", name="Lire le fichier")).to_be_disabled()
    good = tmp_path / "liste.csv"
    good.write_text(SHEET, encoding="utf-8")
    tab.get_by_label("Le fichier").set_input_files(good)
    expect(tab.locator("#fichier-faute")).to_be_hidden()
    expect(tab.get_by_role("button", name="Lire le fichier")).to_be_enabled()


def test_pairs_are_judged_with_one_key(tab: Page, own: tuple[str, Path]) -> None:
    tab.goto("/catalogue/a-revoir")
    expect(tab.get_by_text("Paire 1 sur 3")).to_be_visible()
    tab.keyboard.press("p")
    expect(tab.get_by_text("Paire 2 sur 3")).to_be_visible()
    tab.keyboard.press("s")  # nobody has signed yet: the field takes the focus, and its letters are no decisions
    expect(tab.get_by_label("Votre nom")).to_be_focused()
    tab.keyboard.type("Mme Despds")
    tab.get_by_label("Votre nom").blur()
    tab.keyboard.press("s")
    expect(tab.get_by_role("status").first).to_contain_text("un seul fournisseur")
    expect(tab.get_by_text(re.compile(r"Paire \d sur 2"))).to_be_visible()
    tab.keyboard.press("d")
    expect(tab.get_by_role("status").first).to_contain_text("deux fournisseurs")
    expect(tab.get_by_text("Paire 1 sur 1")).to_be_visible()
    assert violations(tab) == []
    engine = open_database(f"sqlite:///{own[1].as_posix()}")
    assert {pair.decision.who for pair in pairs(engine, Queue.DECIDED) if pair.decision} == {"Mme Despds"}
    engine.dispose()


def test_a_supplier_is_corrected_by_keyboard(tab: Page, troubles: list[str]) -> None:
    tab.goto(SAMBRE)
    tab.get_by_role("link", name="Corriger : effectif").focus()
    tab.keyboard.press("Enter")
    tab.get_by_label("Combien de personnes y travaillent").fill("beaucoup")
    tab.get_by_label("Votre nom").fill("Léa")
    tab.keyboard.press("Enter")
    expect(tab.locator(".fault")).to_contain_text("beaucoup")
    assert violations(tab) == []
    troubles.clear()  # the browser notes that what was sent was refused
    tab.get_by_label("Combien de personnes y travaillent").fill("32")
    tab.get_by_role("button", name="Écrire la correction").click()
    expect(tab.get_by_role("status")).to_contain_text("C’est écrit")
    expect(tab.locator("#ligne-effectif")).to_contain_text("32")
    expect(tab.locator("#ligne-effectif")).to_contain_text("autre valeur, gardée")
    tab.get_by_role("button", name="Retirer la correction 1").click()
    expect(tab.get_by_role("status")).to_contain_text("est retirée")
    expect(tab.locator("#ligne-effectif")).not_to_contain_text("32")


def test_the_search_follows_what_is_typed_and_its_address_can_be_sent(page: Page) -> None:
    page.goto("/catalogue")
    page.get_by_role("searchbox").press_sequentially("hortenssias", delay=20)
    expect(page.locator(".supplier-row")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=hortenssias"))
    page.reload()
    expect(page.get_by_role("link", name="ESAT LES HORTENSIAS DE LA SOLRE")).to_be_visible()


def test_the_fiche_shows_its_sites_on_a_map(page: Page) -> None:
    visit(page, SAMBRE)
    expect(page.locator(".map-disc")).to_have_count(len(page.locator("tr[data-at]").all()))


def test_without_scripts_the_way_is_the_same(browser: Browser, own: tuple[str, Path]) -> None:
    context = browser.new_context(base_url=own[0], java_script_enabled=False)
    tab = context.new_page()
    tab.goto("/catalogue")
    tab.locator("#q").fill("bords sambre")
    tab.get_by_role("button", name="Chercher").click()
    tab.get_by_role("link", name="LES ATELIERS DES BORDS DE SAMBRE").click()
    tab.get_by_role("link", name="Corriger : effectif").click()
    tab.locator("#effectif").fill("33")
    tab.locator("#qui").fill("Léa")
    follow(tab.get_by_role("button", name="Écrire la correction"))
    assert "C’est écrit" in tab.content()
    tab.goto("/catalogue/a-revoir")
    follow(tab.get_by_role("button", name="Deux différents"))
    assert "Paire 1 sur 2" in tab.content().replace("\xa0", " ")
    context.close()
