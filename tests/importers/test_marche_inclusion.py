from dataclasses import replace
from pathlib import Path

import pytest

from importers import REGISTRY
from importers.importer import SourceError
from tests.importers.reading import FIXTURES, cells_of, items_of, records, write_xls, write_xlsx


def test_the_xls_export_says_what_the_csv_says(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "liste_structures.xls", [list(row) for row in cells_of("marche_export.csv")])
    as_csv, as_xls = (records(items_of("marche", each)) for each in (FIXTURES / "marche_export.csv", path))
    assert [replace(record, line=0) for record in as_xls] == [replace(record, line=0) for record in as_csv]
    assert [record.line for record in as_xls] == [2, 3, 4, 5]


def test_the_xlsx_export_of_a_tender_gives_numbers_in_full(tmp_path: Path) -> None:
    header, first, *_ = cells_of("marche_besoin.csv")
    row: list[object] = list(first)
    row[header.index("Siret")] = 41000000000015.0
    row[header.index("Chiffre d'affaires")] = 1200000.5
    (record,) = records(items_of("marche", write_xlsx(tmp_path / "besoin.xlsx", [list(header), row])))
    assert (record.siret, record.turnover, record.workers) == ("41000000000015", "1200000.5", "14")


def test_names_of_groups_are_never_cut() -> None:
    (claims, *_) = [record.claims for record in records(items_of("marche", FIXTURES / "marche_ancien_export.csv"))]
    (claim,) = claims
    assert claim.vocabulary == "marche-groupe"
    assert claim.text.startswith("Ameublement, déco, textile & Artisanat, Communication, Marketing")


def test_one_kind_has_one_reference_in_both_spellings(tmp_path: Path) -> None:
    long, short = tmp_path / "long.csv", tmp_path / "court.csv"
    long.write_text(
        "Raison sociale,Type de structure,Code postal\nA,Entreprise d'insertion (EI),59000\n", encoding="utf-8"
    )
    short.write_text("Raison sociale,Type de structure,Code Postal\nA,EI,59000\n", encoding="utf-8")
    references = {record.source_ref for path in (long, short) for record in records(items_of("marche", path))}
    assert references == {"ei_a_59000"}


def test_an_xls_that_is_html_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "liste.xls"
    path.write_text("<table><tr><td>Raison sociale</td></tr></table>", encoding="utf-8")
    with pytest.raises(SourceError, match=r"page HTML .*enregistrez-le en XLSX ou en CSV"):
        items_of("marche", path)


def test_a_sheet_and_the_lists_that_show_it_name_one_supplier() -> None:
    marche = REGISTRY["marche"]
    (sheet,) = records(items_of("marche", FIXTURES / "marche_fiche.html"))
    cards = records(items_of("marche", FIXTURES / "marche_recherche.html"))
    assert {marche.shared(cards[0].source_ref), marche.shared(sheet.source_ref)} == {"les-jardins-du-test-59"}
    numberings = [marche.numbering(ref) for ref in (cards[0].source_ref, sheet.source_ref, "4021", "aci_nom_59600")]
    assert numberings == ["recherche entretien-des-espaces-verts-nettoyage-urbain", "page", "nombre", "mots"]


def test_a_page_never_gives_the_person_to_call() -> None:
    assert "Camille" not in repr(items_of("marche", FIXTURES / "marche_fiche.html"))


def test_what_the_page_does_not_know_is_left_empty(tmp_path: Path) -> None:
    page = (FIXTURES / "marche_fiche.html").read_text("utf-8").replace("900 000 118 00018", "non disponible")
    path = tmp_path / "fiche.html"
    path.write_text(page, encoding="utf-8")
    (sheet,) = records(items_of("marche", path))
    assert (sheet.siret, sheet.post_code) == ("", "59600")


@pytest.mark.parametrize(
    "body", ["<h1>Accueil</h1>", '<div class="siae-card"><h2>Publicité</h2></div>', "<div>" * 5000]
)
def test_another_page_is_refused(body: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    with pytest.raises(SourceError, match="page HTML"):
        items_of("marche", path)
