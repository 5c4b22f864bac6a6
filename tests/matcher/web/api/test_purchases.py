"""Purchases sent as a table: what cannot be used is refused in the words of a file, and nothing is kept."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from matcher.web.api.purchases import MOST_ROWS

COLUMNS = ["Objet", "Commune", "Montant HT"]
ROW = ["Tonte des pelouses", "Maubeuge", 12000]


@pytest.mark.parametrize(
    ("door", "asked", "said"),
    [
        ("programme", {"columns": ["Couleur"], "rows": [["vert"]]}, "l’objet ou le CPV. Colonnes vues : « Couleur »"),
        ("programme", {"columns": COLUMNS, "rows": [[], [None, " "]]}, "Aucune ligne n’est remplie"),
        ("programme", {"columns": COLUMNS, "rows": [ROW], "place": "nulle part"}, "n’est pas un lieu reconnu"),
        ("programme", {"columns": COLUMNS, "rows": [ROW], "buyer": "12"}, "n’est ni un SIRET ni un SIREN"),
        ("spending", {"columns": COLUMNS, "rows": [ROW]}, "Il manque la colonne qui donne"),
        ("families", {"columns": [""], "rows": [["x"]]}, "Il manque la colonne qui donne"),
        ("verification", {"numbers": [" "]}, "au moins un SIRET"),
    ],
)  # fmt: skip
def test_what_cannot_be_studied_is_said(machine: FlaskClient, door: str, asked: dict[str, Any], said: str) -> None:
    refused = machine.post(f"/api/v1/purchases/{door}", json=asked)
    assert (refused.status_code, refused.json["code"]) == (422, "decision-refusee")
    assert said in refused.json["detail"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("rows", [ROW] * (MOST_ROWS + 1)), ("rows", [[True]]), ("rows", "Tonte"), ("columns", []), ("amounts", "HT")],
)
def test_a_table_has_bounds_and_cells_of_text_or_number(machine: FlaskClient, field: str, wrong: object) -> None:
    asked = {"columns": COLUMNS, "rows": [ROW], field: wrong}
    refused = machine.post("/api/v1/purchases/programme", json=asked)
    assert (refused.status_code, refused.json["code"]) == (400, "champ-refuse")
    assert refused.json["errors"][0]["field"].startswith(field)


def test_a_cell_that_cannot_be_used_is_a_doubt_of_its_line(machine: FlaskClient) -> None:
    asked = {"columns": COLUMNS, "rows": [["Tonte des pelouses", "Maubeuge", "environ"]]}
    (line,) = machine.post("/api/v1/purchases/programme", json=asked).json["data"]["lines"]
    assert line["line"] == 2
    assert any("« environ »" in doubt for doubt in line["doubts"])
