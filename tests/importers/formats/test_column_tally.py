"""Headers as a person is shown them: examples, counts, and one sentence for each column of which something is left."""

from pathlib import Path

import pytest

from importers.formats.column_tally import MOST_DISTINCT, ColumnTally, ColumnValues, seen_headers
from importers.formats.columns import NO_MAPPING, SheetKind, columns_of_header
from importers.importer import SourceError
from tests.importers.reading import write_xlsx, written

SUPPLIERS = SheetKind("fournisseurs", (("name", "siret", "finess"),), believes=True)
SITES = SheetKind("sites", (("lieu", "code"),), every_sheet=True)


def test_nothing_is_left_without_one_sentence_a_column() -> None:
    names = ["Nom", "Ville", "Commune", "Couleur", "Vide", "Surfaces"]
    tally = ColumnTally(columns_of_header(SITES, names))
    for cells in (
        ("A", "Lille", "Loos", "bleu", "", "1"),
        ("B", "", "Lens", "bleu", "", ""),
        ("C", "Arras", "", "vert", "", ""),
    ):
        tally.take(dict(zip(names, cells, strict=True)).__getitem__)
    assert tally.remarks == (
        "Colonne « Couleur » (3 valeurs, par exemple « bleu » ou « vert ») : non reprise ; dites ce qu’elle contient (au terminal : --mapping).",
        "Colonne « Surfaces » (1 valeur, par exemple « 1 ») : non reprise. Serait-ce la quantité (ETP, m², heures…) ? Dites ce qu’elle contient (au terminal : --mapping).",
        "Colonne « Commune » (1 valeur sur 2) : non reprise là où « Ville » est remplie.",
    )


def test_a_column_of_persons_shows_none() -> None:
    names = ["Structure", "Directeur"]
    tally = ColumnTally(columns_of_header(SUPPLIERS, names))
    tally.take({"Structure": "Main verte", "Directeur": "Camille Exemple"}.__getitem__)
    assert tally.remarks == ("Colonne « Directeur » (1 valeur) : non reprise, elle désigne une personne.",)


def test_a_header_is_shown_with_what_its_cells_look_like(tmp_path: Path) -> None:
    (header,) = seen_headers(
        written(tmp_path, "Qui;Clef\nA;00011000700010\nB;\nA;00011037900013\n"), SUPPLIERS, NO_MAPPING
    )
    assert (header.lines, header.names, header.has(SUPPLIERS.needs)) == (3, ("Qui", "Clef"), True)
    who, number = header.columns
    assert (who.filled, who.examples, who.field) == (3, ("A", "B"), "")
    assert (number.filled, number.field, number.why) == (2, "siret", "d’après son contenu")
    assert (number.read, who.read) == ("2 SIRET", ""), "of a column that is not read, nothing was"


def test_the_sheets_that_have_a_header_are_shown_else_the_likeliest(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "s.xlsx", [["Site", "Où", "Reste"], ["A", "Lille", "x"]])
    (header,) = seen_headers(path, SITES, NO_MAPPING)
    assert (header.names, header.has(SITES.needs)) == (("Site", "Où", "Reste"), False)


def test_more_columns_than_a_page_shows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="201 colonnes ; 200 au plus"):
        seen_headers(written(tmp_path, ";".join(["a"] * 201) + "\nb\n"), SITES, NO_MAPPING)


@pytest.mark.parametrize(
    ("field", "cells", "said"),
    [
        (
            "contact",
            ["a@exemple.fr / 03 53 01 20 11", "b@exemple.fr", "à l’accueil"],
            "2 courriels, 1 téléphone, 1 autre",
        ),
        ("contact", ["03 53 01 20 11 / 06 12 34 56 78"], "2 téléphones"),
        ("siret", ["000 110 007 00010", "00011037900013", "12"], "2 SIRET, 1 autre"),
        ("siret", ["néant", "?"], "2 autres"),
        ("code postal", ["59600", "62"], "1 code postal, 1 autre"),
        ("name", ["A", "B", "C"], "3 valeurs, toutes différentes"),
        ("name", ["A"], "1 valeur"),
        ("name", [*"ABCDE", "A", "B"], "5 valeurs différentes, 2 se répètent"),
        ("departement", ["59", "62", "59"], "59 : 2 · 62 : 1"),
        (
            "description",
            ["Présentation : joignable à accueil.lille@exemple.example"] * 2 + ["Rien"],
            "Présentation : joignable à … : 2 · Rien : 1",
        ),
        ("name", [], ""),
        ("name", [str(number) for number in range(MOST_DISTINCT + 2)], "plus de 1000 valeurs différentes"),
    ],
)
def test_values_are_counted_by_what_they_are(field: str, cells: list[str], said: str) -> None:
    values = ColumnValues(field)
    for cell in cells:
        values.take(cell)
    assert values.summary == said
