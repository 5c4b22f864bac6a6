"""A Document as a workbook: what is said first, then a sheet a table, its numbers as numbers."""

import io
from dataclasses import replace

from python_calamine import CalamineWorkbook

from matcher.domain.french import UNKNOWN
from matcher.render.workbook import document_workbook
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
