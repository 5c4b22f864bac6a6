"""What a page says that was read of a column."""

import pytest

from importers.formats.column_values import MOST_DISTINCT, ColumnValues


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
    assert values.said == said
