"""A clause from its hours to their follow-up: three contracts calibrated, planned, called, promised, and seen by their facilitator."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import follow, paper, served, violations

LOTS = (
    ("Entretien des espaces verts", "300000", "24"),
    ("Nettoyage des locaux", "400000", "18"),
    ("Peinture intérieure", "900000", "10"),
)


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Iterator[str]:
    """The pages over a copy of the sample, for this test alone."""
    shutil.copyfile(built, tmp_path / "catalogue.sqlite")
    with served(tmp_path / "catalogue.sqlite") as address:
        yield address


def test_three_contracts_are_calibrated_planned_called_and_followed(page: Page) -> None:
    page.goto("/calibrage")
    for at, (objet, euros, months) in enumerate(LOTS, start=1):
        for name, value in (("objet", objet), ("montant", euros), ("mois", months), ("pourcentage", "10")):
            page.locator(f"[name=lot-{at}-{name}]").fill(value)
        page.locator("[name=lieu]").fill("Maubeuge")
        follow(page.locator("form.ledger button"))
    follow(page.get_by_role("link", name="Planifier ces heures"))

    cell, says = page.locator("#contrat-2-part-geiq"), page.locator("[data-says]")
    expect(page.locator("[data-placed]")).to_have_count(3)
    expect(says).to_have_text("Le compte est bon dans chaque contrat.")
    cell.press("ArrowUp")
    expect(says).to_contain_text("n’y est pas dans un contrat")
    follow(page.get_by_role("button", name="Recompter"))
    expect(page.locator("[data-gap]")).to_contain_text("10 heures de trop")
    assert violations(page) == []
    sheets = paper(page)
    assert len(sheets) <= 6
    printed = "\n".join(sheets)
    assert "Qui appeler, dans l’ordre" in printed
    assert "dans le fichier XLSX" in printed, "a reader carries the first to call, not all"
    assert "10 heures de trop" in printed
    follow(page.get_by_role("link", name="Reprendre le partage proposé"))
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    book = CalamineWorkbook.from_filelike(io.BytesIO(download.value.path().read_bytes()))
    assert {"Téléphone", "SIRET"} <= set(book.get_sheet_by_name("Qui appeler, par modalité").to_python()[0])

    follow(page.get_by_role("link", name="Garder dans un dossier"))
    page.get_by_label("Titre").fill("Trois marchés à clause")
    page.get_by_label("Votre nom").fill("C. Exemple")
    follow(page.get_by_role("button", name="Figer et garder"))
    expect(page.get_by_text("Confirmer les heures et leur partage").first).to_be_visible()
    follow(page.get_by_role("link", name="Appeler :"))
    page.get_by_role("link", name="Commencer").click()
    page.locator(".call:target").get_by_role("button", name="Intéressé", exact=True).click()
    expect(page.locator(".call:target .call-said")).to_contain_text("enregistré")

    page.goto("/dossiers/1/imprimer")
    assert len(paper(page)) <= 6, "the plan as it is kept, of three contracts, whose tables are annexes"
    page.goto("/dossiers/1/heures")
    page.locator("[name=hours]").fill("2 000")
    page.locator("[name=start]").fill("2026-03-01")
    page.locator("[name=end]").fill("2028-02-28")
    follow(page.locator("form[action$=promesse] button"))
    page.goto("/clauses")
    expect(page.get_by_role("link", name="Trois marchés à clause")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("2 000")
