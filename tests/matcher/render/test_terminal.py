"""A Document on a terminal: the answer, its tables, bars of what is sure and of what may be, long tables cut and counted."""

import io
from dataclasses import replace

from rich.console import Console

from matcher.render.document import Document
from matcher.render.terminal import print_document
from tests.matcher.render.test_document import DOCUMENT, FOUND


def said(its: Document) -> str:
    out = io.StringIO()
    print_document(its, Console(file=out, width=120))
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


def test_a_long_table_is_cut_and_the_rest_counted() -> None:
    told = said(replace(DOCUMENT, tables=(replace(FOUND, rows=FOUND.rows * 15),)))
    assert told.count("Atelier A") == 10
    assert "et 10 de plus" in told
