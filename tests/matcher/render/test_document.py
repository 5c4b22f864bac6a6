"""A Document: its cells as they are read, what is in files alone, and the tables that 0.1 kept."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.domain.french import NO_BREAK, UNKNOWN
from matcher.journal.change import build, plain
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentScale,
    DocumentTable,
    MarkedText,
    anonymise,
    few,
)

CHANCES = DocumentTable(
    "Chances d’offres",
    (
        DocumentColumn("Offres"),
        *(DocumentColumn(label, ColumnKind.CHANCE) for label in ("Chance", "Au moins", "Au plus")),
    ),
    (DocumentRow(("au moins 1 offre", 0.5, 0.25, 1.0)),),
    ("Au mieux.",),
    ranged=True,
)
FOUND = DocumentTable(
    "Qui est compté",
    (
        *(DocumentColumn("Structure"), DocumentColumn("Distance", ColumnKind.NUMBER, "km", 1)),
        DocumentColumn("Identifiant", aside=True),
    ),
    (DocumentRow(("Atelier A", 12.34, "a"), "a"), DocumentRow(("Atelier B", None, "b"), "b")),
)
DOCUMENT = Document(
    kind=DocumentKind.OPINION,
    title="Berges",
    asked=("Lieu : Denain",),
    answer="Réserver ce lot.",
    remarks=("Deux crédibles.",),
    tables=(CHANCES, FOUND, DocumentTable("Leviers", FOUND.columns, FOUND.rows, aside=True)),
    hypotheses=("Une hypothèse.",),
    names={"a": "Atelier A", "b": "Atelier B"},
    catalogue_version=7,
    catalogue_suppliers=5820,
    on=date(2026, 12, 1),
    sources=("Une source.",),
    scope="Un avis.",
    scale=DocumentScale(("réserver", "clause seule"), 1),
)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (DocumentColumn("Nom"), "Atelier A", "Atelier A"),
        (DocumentColumn("Nom"), None, UNKNOWN),
        (DocumentColumn("Taille", ColumnKind.NUMBER, "ETP", 1), 2.0, f"2{NO_BREAK}ETP"),
        (DocumentColumn("Taille", ColumnKind.NUMBER, "ETP", 1), "2 au moins", "2 au moins"),
        (DocumentColumn("Sites", ColumnKind.NUMBER), 12, "12"),
        (DocumentColumn("Chance", ColumnKind.CHANCE), 0.999, f"99{NO_BREAK}%"),
        (DocumentColumn("Part", ColumnKind.SHARE), 0.004, f"moins de 1{NO_BREAK}%"),
        (DocumentColumn("Part", ColumnKind.SHARE, decimals=1), 0.217, f"21,7{NO_BREAK}%"),
        (DocumentColumn("Types", ColumnKind.KINDS), ("EA", "ESAT"), "EA, ESAT"),
        (DocumentColumn("Sites", ColumnKind.LIST), tuple("ABCDE"), "A ; B ; C ; D ; E"),
        (DocumentColumn("Su"), MarkedText("crédible", CellMark.KNOWN), "crédible"),
    ],
)
def test_a_cell_is_read_by_its_column(column: DocumentColumn, cell: DocumentCell, said: str) -> None:
    assert column.cell_text(cell) == said


@pytest.mark.parametrize(("listed", "said"), [("ABCD", "A ; B ; C ; D"), ("ABCDE", "A, B, C et 2 autres"), ("", "")])
def test_a_long_list_is_folded_and_the_rest_counted(listed: str, said: str) -> None:
    assert DocumentColumn("Sites", ColumnKind.LIST).short(tuple(listed)) == said


@pytest.mark.parametrize(("names", "said"), [("", ""), ("A", "A"), ("ABC", "A, B et C"), ("ABCD", "A, B et 2 autres")])
def test_others_are_two_at_least(names: str, said: str) -> None:
    assert few(names, 2) == said


def test_a_supplier_that_left_is_named_in_no_cell() -> None:
    columns = (DocumentColumn("Lot", ColumnKind.RANK), DocumentColumn("Qui", ColumnKind.LIST), DocumentColumn("Su"))
    row = DocumentRow((1, ("Atelier A", "Atelier B"), MarkedText("Atelier A seul", CellMark.KNOWN)))
    (table,) = anonymise(replace(DOCUMENT, tables=(DocumentTable("Lots", columns, (row,)),)), {"a"}, "retiré").tables
    assert table.lines() == [("1", "retiré ; Atelier B", "retiré seul")]


def test_what_is_for_files_is_neither_shown_nor_kept() -> None:
    shown = DOCUMENT.as_shown()
    assert [table.title for table in shown.tables] == ["Chances d’offres", "Qui est compté"]
    assert shown.tables[1].lines() == [("Atelier A", f"12,3{NO_BREAK}km"), ("Atelier B", UNKNOWN)]


def test_it_is_kept_and_read_again_as_it_was() -> None:
    assert build(Document, plain(DOCUMENT), "décision") == DOCUMENT


def test_a_table_that_0_1_kept_is_read() -> None:
    kept = {
        "title": "Lots",
        "head": ["Lot", "km"],
        "numeric": [False, True],
        "rows": [{"cells": ["1", "12 km"], "about": ""}],
    }
    table = build(DocumentTable, DocumentTable.from_older(kept), "table")
    assert [(column.label, column.numeric) for column in table.columns] == [("Lot", False), ("km", True)]
    assert table.lines() == [("1", "12 km")]


def test_a_line_has_a_cell_a_column() -> None:
    with pytest.raises(ValueError, match="n’a pas une case par colonne"):
        DocumentTable("Lots", (DocumentColumn("Lot"),), (DocumentRow(("1", "2")),))
