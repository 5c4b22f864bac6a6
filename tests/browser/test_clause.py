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

# Hours of two months, as somebody keeps them: columns in any order, a total, a correction, a clock.
SHEET = """Mois;Structure;Modalité;Heures;Contrat;Public;Motif
09/2026;Atelier A;CDD embauche directe;48h30;Lot 1;RSA;
octobre 2026;Atelier B;ETTI;70;1;;
octobre 2026;Atelier B;ETTI;-20;1;;feuille rectifiée
10/2026;Atelier B;ETTI;60;Région Exemple;;
Total;;;158,5;;;"""


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Iterator[str]:
    """The pages over a copy of the sample, for this test alone."""
    shutil.copyfile(built, tmp_path / "catalogue.sqlite")
    with served(tmp_path / "catalogue.sqlite") as address:
        yield address


def test_three_contracts_are_calibrated_planned_called_and_followed(page: Page, troubles: list[str]) -> None:
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
    assert printed.count("Cette semaine") == 3, "each contract has its own sheet, with whom to call"
    assert "574 h à proposer" in printed.replace("\u202f", " ").replace("\xa0", " ")
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
    expect(page.get_by_text("d’après : plan de clause")).to_be_visible()
    for lot, client, hours in ((1, "Ville de Maubeuge", "2 000"), (2, "Région Exemple", "200")):
        page.goto(f"/dossiers/1/heures?contrat={lot}")
        page.locator("[name=hours]").fill(hours)
        page.locator("[name=start]").fill("2026-09-01")
        page.locator("[name=end]").fill("2027-06-30")
        page.locator("[name=client]").fill(client)
        follow(page.locator("form[action$=promesse] button"))
    page.goto("/dossiers/1/heures?contrat=2")
    assert violations(page) == []
    page.locator("[name=lignes]").fill(SHEET)
    follow(page.locator("form[action$=coller] button"))
    expect(page.get_by_role("status").filter(has_text="C’est noté")).to_contain_text("« Structure » : non reprise")
    page.goto("/dossiers/1/heures?contrat=2")
    page.locator("[name=lignes]").fill(SHEET)
    follow(page.locator("form[action$=coller] button"))
    expect(page.get_by_role("alert")).to_contain_text("déjà notées")
    troubles.clear()  # the browser tells of the refusal that was provoked

    page.goto("/clauses?heures=en+retard")
    expect(page.locator("tbody tr")).to_have_count(1)
    late = page.locator("tbody tr").first
    for said in ("Lot 1", "Ville de Maubeuge", "2 000", "98,5", "301,5"):
        expect(late).to_contain_text(said)
    page.goto("/clauses")
    expect(page.locator("tbody")).to_contain_text("Région Exemple")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    years = CalamineWorkbook.from_filelike(io.BytesIO(download.value.path().read_bytes())).get_sheet_by_name(
        "Heures par an"
    )
    assert [(row[2], row[5], row[8]) for row in years.to_python()[1:]] == [
        ("Ville de Maubeuge", "Bénéficiaires du RSA", 48.5),
        ("Ville de Maubeuge", "public non dit", 50),
        ("Région Exemple", "public non dit", 60),
    ]
