"""A Document as a workbook: what is said first, then a sheet a table, its numbers as numbers."""

import io
from dataclasses import replace

from python_calamine import CalamineWorkbook

from matcher.domain.french import UNKNOWN, percent
from matcher.render.document import DocumentRow
from matcher.render.table import document_workbook
from tests.matcher.render.test_document import DOCUMENT, FOUND


def test_a_workbook_says_the_answer_then_each_table_with_its_numbers() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(document_workbook(DOCUMENT)))
    assert book.sheet_names == ["Réponse", "Chances d’offres", "Qui est compté", "Leviers"]
    said = book.get_sheet_by_name("Réponse").to_python()
    assert said[0] == ["Réponse", "Réserver ce lot."]
    assert [row[0] for row in said[1:]] == [
        *(
            "Position",
            "À savoir",
            "Chances d’offres",
            "Ce qui est demandé",
            "Hypothèse",
            "Source",
            "Catalogue",
            "Calculé pour le",
            "Portée",
        )
    ]
    assert book.get_sheet_by_name("Chances d’offres").to_python() == [
        ["Offres", "Chance (%)", "Au moins (%)", "Au plus (%)"],
        ["au moins 1 offre", 50, 25, 100],
    ]
    assert book.get_sheet_by_name("Qui est compté").to_python() == [
        ["Structure", "Distance (km)", "Identifiant"],
        ["Atelier A", 12.34, "a"],
        ["Atelier B", UNKNOWN, "b"],
    ]


def test_a_chance_is_neither_certain_nor_impossible_unless_it_is_as_on_the_page() -> None:
    chances = (0.0, 0.004, 0.5, 0.996, 1.0)
    table = replace(DOCUMENT.tables[0], rows=tuple(DocumentRow((f"{one}", one, one, one)) for one in chances))
    book = CalamineWorkbook.from_filelike(io.BytesIO(document_workbook(replace(DOCUMENT, tables=(table,)))))
    _, *rows = book.get_sheet_by_name(table.title).to_python()
    assert [row[1] for row in rows] == [0, percent(0.004), 50, 99, 100]
    assert [table.columns[1].cell_text(one) for one in chances][3:] == ["99\u00a0%", "100\u00a0%"]


def test_titles_that_no_sheet_may_have_are_cut_and_told_apart() -> None:
    titles = ["Jusqu’à quelle taille ?", "réponse", *["Les lots, nettoyage des locaux et de la vitrerie"] * 2]
    tables = [replace(FOUND, title=title) for title in titles]
    book = CalamineWorkbook.from_filelike(io.BytesIO(document_workbook(replace(DOCUMENT, tables=()), *tables)))
    assert book.sheet_names[1:] == [
        "Jusqu’à quelle taille",
        "réponse 2",
        "Les lots, nettoyage des locaux",
        "Les lots, nettoyage des loca 2",
    ]
