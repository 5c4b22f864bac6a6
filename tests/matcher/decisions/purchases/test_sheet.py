"""A buyer's own sheet: merged cells, several sheets, hidden rows, formulas, lines of totals; each is read or said, none lost."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from importers.formats.columns import NO_MAPPING
from matcher.decisions.purchases.sheet import (
    PROGRAMME,
    PurchaseSheet,
    purchase_columns,
    read_sheet,
    sheet_of,
    understand_column,
)
from matcher.jobs.reader_process import ReadRefused

HEAD = ("Objet", "Commune", "Montant (k€ HT)", "Remarque du service")


def opened(path: Path, most: int = 100) -> PurchaseSheet:
    return read_sheet(path, PROGRAMME, most)


@pytest.fixture
def book(tmp_path: Path) -> Callable[[Callable[[xlsxwriter.Workbook], None]], Path]:
    def made(fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
        path = tmp_path / "programme.xlsx"
        with xlsxwriter.Workbook(str(path)) as workbook:
            fill(workbook)
        return path

    return made


def test_columns_are_found_by_their_aliases_and_the_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("Intitulé de l’achat;Ville;Budget prévisionnel K€;Couleur\nTonte;Lille;40;vert\n", "utf-8")
    sheet = opened(path)
    (entry,) = sheet.entries
    assert {field: its.text for field, its in entry.fields.items()} == {
        "objet": "Tonte",
        "lieu": "Lille",
        "montant": "40",
    }
    assert entry.fields["montant"].how.times == 1000
    assert entry.cells == ("Tonte", "Lille", "40", "vert")
    assert any("en milliers d’euros" in told for told in sheet.understood)
    assert sheet.unused == (
        "Colonne « Couleur » (1 valeur, par exemple « vert ») : non reprise ; dites ce qu’elle contient (au terminal : --mapping).",
    )


def test_a_cell_merged_over_lines_counts_on_each_and_it_is_said(book: Callable[..., Path]) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("2027")
        sheet.merge_range(0, 0, 0, 3, "Programme 2027 de la ville")
        sheet.write_row(1, 0, HEAD)
        sheet.write_column(2, 0, ("Tonte", "Nettoyage", "Traiteur"))
        sheet.merge_range(2, 1, 4, 1, "Maubeuge")

    sheet = opened(book(fill))
    assert [entry.text("lieu") for entry in sheet.entries] == ["Maubeuge"] * 3
    assert any("fusionnée" in said for said in sheet.said)
    assert any("Programme 2027 de la ville" in said for said in sheet.said)


def test_a_cell_merged_in_an_old_workbook_counts_on_each_line_too(tmp_path: Path) -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("A")
    for at, name in enumerate(("Objet", "Commune")):
        sheet.write(0, at, name)
    for line, text in enumerate(("Tonte", "Nettoyage"), start=1):
        sheet.write(line, 0, text)
    sheet.write_merge(1, 2, 1, 1, "Maubeuge")
    workbook.save(str(tmp_path / "p.xls"))
    assert [entry.text("lieu") for entry in opened(tmp_path / "p.xls").entries] == ["Maubeuge"] * 2


def test_an_open_document_is_read_too(tmp_path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    table = Table(name="2027")
    for cells in (("Objet", "Montant"), ("Tonte", "10 k€")):
        row = TableRow()
        for text in cells:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(tmp_path / "p.ods"))
    (entry,) = opened(tmp_path / "p.ods").entries
    assert entry.cells == ("Tonte", "10 k€")


def test_every_sheet_with_a_header_is_read_and_the_others_are_named(book: Callable[..., Path]) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name, text in (("Espaces verts", "Tonte"), ("Bâtiments", "Peinture")):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, HEAD if name == "Bâtiments" else ("Intitulé", "Remarque du service"))
            sheet.write_row(1, 0, (text, "x"))
        workbook.add_worksheet("Notes").write(0, 0, "à revoir")
        hidden = workbook.add_worksheet("Secret")
        hidden.write_row(0, 0, HEAD)
        hidden.hide()

    sheet = opened(book(fill))
    assert [(entry.sheet, entry.line, entry.text("objet")) for entry in sheet.entries] == [
        ("Espaces verts", 2, "Tonte"),
        ("Bâtiments", 2, "Peinture"),
    ]
    assert sheet.columns == ("Intitulé", "Remarque du service", "Objet", "Commune", "Montant (k€ HT)")
    assert sheet.entries[0].cells == ("Tonte", "x", "", "", "")
    said = " ".join(sheet.said)
    assert "« Notes » n’a pas de colonne qui donne l’objet" in said
    assert "« Secret » est masquée" in said


def test_hidden_rows_are_read_and_named_and_so_are_formulas_without_a_value(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (("Objet", "Montant"), ("Tonte", 1000), ("Peinture", "=B2*2")):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    path = tmp_path / "p.xlsx"
    workbook.save(path)
    read = opened(path)
    assert [entry.text("objet") for entry in read.entries] == ["Tonte", "Peinture"]
    assert read.entries[1].text("montant") == ""
    said = " ".join(read.said)
    assert "lignes masquées sont lues comme les autres (2)" in said
    assert "formules n’ont jamais été calculées" in said
    assert "(B3)" in said


def test_a_formula_that_was_computed_has_its_value(book: Callable[..., Path]) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write(1, 0, "Tonte")
        sheet.write_formula(1, 2, "=6*7", None, 42)

    sheet = opened(book(fill))
    assert sheet.entries[0].text("montant") == "42"
    assert not sheet.said


def test_a_line_of_total_is_kept_and_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("Objet;Montant\nTonte;10\nSous-total HT :;10\nTotal des tontes;3\n", "utf-8")
    assert [entry.total for entry in opened(path).entries] == [False, True, False]


def test_subtotals_are_no_purchases_and_a_total_is_one_that_adds_up(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    lines = ("Tonte;10", "Taille;5", "Total espaces verts;15", "Vitres;4", "Sous-total services 1;4", "TOTAL 2027;19")
    path.write_text("\n".join(("Objet;Montant", *lines, "Total repas des aînés;7")) + "\n", "utf-8")
    assert [entry.text("objet") for entry in opened(path).entries if not entry.total] == [
        "Tonte",
        "Taille",
        "Vitres",
        "Total repas des aînés",
    ]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_totals_that_add_up_are_set_aside_and_no_purchase_is(first: list[int], last: list[int]) -> None:
    rows: list[tuple[str, int]] = []
    for part in (first, last):
        rows += [*((f"Achat {at}", euros) for at, euros in enumerate(part)), ("Total du service", sum(part))]
    sheet = sheet_of(("Objet", "Montant"), [*rows, ("Total du programme", sum(first) + sum(last))], PROGRAMME)
    assert [its.text("objet") for its in sheet.entries if not its.total] == [
        f"Achat {at}" for part in (first, last) for at in range(len(part))
    ]


def test_a_header_under_titles_is_found_by_what_its_words_name(book: Callable[..., Path]) -> None:
    head = ("N°", "Ce qu’il faut acheter", "Est. annuelle (k€ HT)", "Durée max (ans)", "Lancement prévu")

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("Feuil1")
        for at, title in enumerate(("CC du Val Fictif", "Programme d’achats 2027", "")):
            sheet.write(at, 0, title)
        sheet.write_row(3, 0, head)
        sheet.write_row(4, 0, (1, "Ménage des écoles", 48, 4, "T1"))
        sheet.write_row(5, 1, ("Sous-total services 1", 48))

    sheet = opened(book(fill))
    first, last = sheet.entries
    assert (first.line, first.text("objet"), first.text("montant"), last.total) == (5, "Ménage des écoles", "48", True)
    assert (first.fields["montant"].how.times, first.fields["montant"].how.yearly) == (1e3, True)
    assert first.fields["duree"].how.times == 12
    assert "« Ce qu'il faut acheter » : l’objet (d’après « acheter »)" in sheet.understood
    assert sheet.titles[:2] == ("CC du Val Fictif", "Programme d’achats 2027")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "vide"),
        (b"%PDF-1.7", "PDF"),
        (b"Nom;Couleur\nA;bleu\n", "il manque la colonne qui donne l’objet ou le CPV"),
        (b"Objet;Montant\n", "aucune ligne sous"),
        (b'Objet;Montant\n"Tonte;10\n', "guillemet"),
        (b"<html><table></table></html>", "page HTML"),
        (b"Objet\n" + b"Tonte\n" * 101, "101 lignes"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_french(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(content)
    with pytest.raises(ReadRefused) as refused:
        opened(path)
    assert says in str(refused.value)
    assert "« p.csv »" in str(refused.value)


def test_a_workbook_of_empty_sheets_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    (tmp_path / "vide.xlsx").write_bytes(buffer.getvalue())
    with pytest.raises(ReadRefused, match="vides"):
        opened(tmp_path / "vide.xlsx")


def test_a_line_longer_than_its_header_loses_no_cell(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("Objet;Montant\nTonte;10;en trop\nPeinture\n", "utf-8")
    sheet = opened(path)
    assert sheet.columns == ("Objet", "Montant", "sans titre, n° 3")
    assert sheet.entries[0].cells[-1] == "en trop"
    assert sheet.entries[1].cells == ("Peinture", "", "")


@pytest.mark.parametrize(
    ("column", "field", "times"),
    [
        ("Objet du marché", "objet", 1),
        ("INTITULÉ", "objet", 1),
        ("Libellé de l’achat", "objet", 1),
        ("Code CPV", "cpv", 1),
        ("Lieu d'exécution", "lieu", 1),
        ("Montant HT", "montant", 1),
        ("Montant estimé (€ HT)", "montant", 1),
        ("Budget prévisionnel en K€", "montant", 1e3),
        ("Enveloppe (M€)", "montant", 1e6),
        ("Durée (mois)", "duree", 1),
        ("Durée en années", "duree", 12),
        ("Service", "acheteur", 1),
        ("Date de lancement", "date", 1),
        ("Levier envisagé", "levier", 1),
        ("N° SIRET", "siret", 1),
        ("Dépenses 2025", "montant", 1),
        ("Raison sociale", "fournisseur", 1),
        ("Code NAF", "naf", 1),
    ],
)
def test_a_column_is_known_by_its_name(column: str, field: str, times: float) -> None:
    assert purchase_columns(PROGRAMME, [column], NO_MAPPING).of == {field: (column,)}
    how = understand_column(field, column)
    assert (how.times, how.with_tax) == (times, False)


def test_of_two_columns_the_surest_is_taken_first() -> None:
    found = purchase_columns(PROGRAMME, ["Description", "Objet", "Total TTC", "Montant TTC"], NO_MAPPING).of
    assert found == {"objet": ("Objet", "Description"), "montant": ("Montant TTC", "Total TTC")}
    assert understand_column("montant", "Montant TTC").with_tax


def test_a_column_of_another_kind_is_in_no_field() -> None:
    found = purchase_columns(PROGRAMME, ["Couleur", "", "2027"], NO_MAPPING)
    assert (found.of, found.unread) == ({}, ("Couleur", "2027"))


def test_of_two_amounts_the_one_without_tax_is_read_first() -> None:
    assert purchase_columns(PROGRAMME, ["Montant TTC", "Total HT"], NO_MAPPING).of["montant"] == (
        "Total HT",
        "Montant TTC",
    )


def test_a_column_of_another_money_is_no_amount_and_says_why() -> None:
    columns = purchase_columns(PROGRAMME, ("Objet", "Montant (USD)", "Montant HT"), NO_MAPPING)
    assert columns.of["montant"] == ("Montant HT",)
    assert columns.why["Montant (USD)"] == "elle n’est pas en euros"
    assert "montant" not in purchase_columns(PROGRAMME, ("Objet", "Montant (CHF)"), NO_MAPPING).of
