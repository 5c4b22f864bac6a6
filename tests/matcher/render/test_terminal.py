"""A Document on a terminal: the answer, its tables, bars of what is sure and of what may be, long tables cut and counted."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    MarkedText,
)
from matcher.render.terminal import print_document
from tests.matcher.render.test_document import DOCUMENT, FOUND


def said(its: Document, width: int = 120) -> str:
    out = io.StringIO()
    print_document(its, Console(file=out, width=width))
    return out.getvalue().replace("\u00a0", " ")


def test_it_says_the_whole_but_what_is_for_files() -> None:
    told = said(DOCUMENT)
    for words in (
        "Réserver ce lot.",
        "Deux crédibles.",
        "au moins 1 offre",
        "Au mieux.",
        "12,3 km",
        "Une hypothèse.",
        "Une source.",
        "version 7",
    ):
        assert words in told
    assert "█" * 6 + "▒" * 18 in told
    assert "Leviers" not in told
    assert "Identifiant" not in told


def test_each_kind_of_cell_is_drawn() -> None:
    columns = (
        *(DocumentColumn("Structure"), DocumentColumn("Types", ColumnKind.KINDS, under=True)),
        *(DocumentColumn("Chances", ColumnKind.NUMBER, under=True), DocumentColumn("Su")),
        *(DocumentColumn("Part", ColumnKind.SHARE), DocumentColumn("Sites", ColumnKind.LIST)),
    )
    cells = ("Atelier A", ("EA", "ESAT"), 3, MarkedText("à appeler", CellMark.UNKNOWN), 0.5, tuple("ABCDE"))
    told = said(replace(DOCUMENT, tables=(DocumentTable("Qui", columns, (DocumentRow(cells),)),)))
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert "Atelier A ▨ à appeler █████····· 50 % A, B, C et 2 autres" in lines
    assert lines[lines.index("EA, ESAT") + 1] == "Chances : 3"
    assert "○ réserver ● clause seule" in lines


@pytest.mark.parametrize("width", [40, 80, 120])
def test_an_address_is_whole_however_narrow_the_terminal(width: int) -> None:
    columns = (
        *(DocumentColumn(label) for label in ("Structure", "Nom", "Territoire")),
        *(DocumentColumn(label, ColumnKind.ADDRESS) for label in ("Téléphone", "Courriel")),
    )
    cells = ("Maison fictive de l’emploi", "Léa Exemple", "Nord (59), 62", "03 20 00 00 00", "lea@clauses.example")
    told = said(replace(DOCUMENT, tables=(DocumentTable("Qui", columns, (DocumentRow(cells),)),)), width)
    assert "03 20 00 00 00" in told
    assert "lea@clauses.example" in told
    assert "Maison" in told


def test_a_long_table_is_cut_and_the_rest_counted() -> None:
    told = said(replace(DOCUMENT, tables=(replace(FOUND, rows=FOUND.rows * 15),)))
    assert told.count("Atelier A") == 10
    assert "et 10 de plus" in told
