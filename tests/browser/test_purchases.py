"""A programme and a history in a real browser: dropped, their progress seen, read on a phone, in the dark, without scripts."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.settings import CACHE_VARIABLE
from tests.browser.conftest import served, sound_at_every_width, violations
from tests.matcher.web.decisions.test_purchases import NAMES, SHEET, SPENT

# What a page shows first once its sheet is answered.
SHOWN = ".figures, .sheet-head"
FILES = {"programme": SHEET, "historique": SPENT, "rapprocher": NAMES}


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of pages whose dropped files last for these tests."""
    folder = tmp_path_factory.mktemp("achats")
    shutil.copyfile(built, folder / "catalogue.sqlite")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder / "cache"))
        with served(folder / "catalogue.sqlite") as address:
            yield address


def drop(page: Page, kind: str, text: str) -> None:
    page.goto(f"/{kind}")
    file = {"name": "achats 2027.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Le tableau").set_input_files(files=[file])  # type: ignore[list-item]
    if (name := page.get_by_label("Votre nom")).count():
        name.fill("Léa")
    page.locator("main .button.main").click()
    page.wait_for_url("**/achats/*")


@pytest.mark.parametrize("kind", FILES)
def test_no_violation_and_no_sideways_scroll(page: Page, kind: str) -> None:
    drop(page, kind, FILES[kind])
    expect(page.locator(SHOWN)).to_be_visible()
    families = [f"{page.url}/familles"] if kind == "programme" else []
    for address in (page.url, *families):
        sound_at_every_width(page, address)


def test_the_progress_is_seen_then_the_answer_comes_by_itself(page: Page) -> None:
    long = "Objet;Lieu;Montant\n" + "".join(f"Nettoyage des locaux;Lille;{n}\n" for n in range(1, 400))
    drop(page, "programme", long)
    bar = page.get_by_role("progressbar", name="Avancement")
    expect(bar).to_have_attribute("max", "399")
    assert violations(page) == []
    expect(page.locator(SHOWN)).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("399 lignes")


def test_a_refused_file_has_no_violation_and_can_be_forgotten(page: Page) -> None:
    drop(page, "programme", "Objet;Montant\n")
    expect(page.get_by_role("alert")).to_contain_text("aucune ligne")
    assert violations(page) == []
    page.get_by_role("button", name="Oublier ce fichier").click()
    expect(page.get_by_role("status")).to_contain_text("sont effacés")


def test_columns_that_do_not_say_the_need_are_asked_on_the_page(page: Page) -> None:
    drop(page, "programme", "Quoi;Couleur\nTonte;vert\n")
    expect(page.get_by_text("Quelle colonne donne")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Quoi").select_option(label="l’objet")
    page.get_by_role("button", name="Lire avec ces colonnes").click()
    expect(page.locator(SHOWN)).to_be_visible()


def test_it_all_works_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    drop(page, "programme", SHEET)
    expect(page.locator(SHOWN)).to_be_visible()  # the page asks for itself again
    page.locator("#lignes tbody tr").first.locator("th a").click()
    page.wait_for_url("**/avis?*")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    context.close()


def test_a_programme_is_completed_by_a_few_answers_and_one_is_taken_back(page: Page) -> None:
    amounts = ("12 000", "24 000", "36 000 € HT")
    drop(page, "programme", "Objet;Montant\n" + "".join(f"Nettoyage des locaux;{euros}\n" for euros in amounts))
    expect(page.locator(".sheet-head")).to_contain_text("72\u202f000\u202f€ qui dépendent d’une réponse")
    tax = page.locator(".sheet-questions li", has_text="HT ou TTC")
    expect(tax).to_contain_text("2\u00a0lignes")
    tax.get_by_role("button", name="TTC", exact=True).click()
    expect(page.locator(".given")).to_contain_text("TTC à 20\u202f%, pour 2\u00a0lignes")
    period = page.locator(".sheet-questions li", has_text="Par an ou en tout")
    period.get_by_label("pendant").fill("2")
    period.get_by_role("button", name="Par an").click()
    expect(page.locator(".sheet-head")).to_contain_text("132\u202f000\u202f€\u00a0HT sûrs")
    page.locator("#ligne-2").focus()
    page.keyboard.press("x")
    page.locator("#ligne-3").check()
    expect(page.locator("[data-chosen]")).to_have_text("2\u00a0lignes choisies")
    page.locator(".sheet-tools").get_by_label("Lieu").fill("Maubeuge")
    page.get_by_role("button", name="ou pour toutes celles").click()
    expect(page.locator(".given")).to_contain_text("lieu «\u00a0Maubeuge\u00a0», pour 3\u00a0lignes")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = download.value.path().read_text("utf-8-sig").splitlines()
    assert all("Maubeuge" in row and "par an × 2" in row for row in rows[1:])
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert any(132_000 in row for row in book["Totaux"].iter_rows(values_only=True))
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    expect(page.locator(".given")).not_to_contain_text("Maubeuge")
    expect(page.locator(".sheet-questions")).to_contain_text("Où")


def test_a_name_is_settled_with_one_key_and_taken_back(page: Page) -> None:
    drop(page, "rapprocher", NAMES)
    asked = page.locator("#lequel")
    expect(asked).to_contain_text("LES ATELIERS DES BORDS DE SAMBRE")
    page.keyboard.press("?")
    expect(asked).to_contain_text("Ateliers des Bords de Sambre")
    page.keyboard.press("k")
    expect(asked).to_contain_text("LES ATELIERS DES BORDS DE SAMBRE")
    page.keyboard.press("1")
    expect(page.locator("#tableau-noms tbody tr").first).to_contain_text("tranché")
    expect(asked).to_contain_text("Ateliers des Bords de Sambre")
    page.keyboard.press("z")
    expect(page.locator("#tableau-noms tbody tr").first).to_contain_text("à trancher")
    page.keyboard.press("/")
    page.keyboard.type("0 sambre")  # in the field, a key is a letter
    expect(page.locator("#q")).to_have_value("0 sambre")
    with page.expect_navigation():  # the field holds the same words before it and after it
        page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("0 sambre")
    assert violations(page) == []
    page.locator("h1").click()
    page.keyboard.press("0")
    expect(page.locator("#tableau-noms tbody tr").first).to_contain_text("aucun, dit l’équipe")
    page.keyboard.press("z")
