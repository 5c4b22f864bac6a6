"""A need asked of the API: the bytes of the commands, and a refusal that names the field."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.matcher.cli.conftest import Run
from tests.matcher.web.api.conftest import SUPPLIER

LOTS: list[dict[str, Any]] = [
    {"objet": "Entretien des espaces verts", "lieu": "Maubeuge"},
    {"objet": "Prestations diverses", "lot_id": "7"},
    {"cpv": ["90910000"], "lieu": ["Lille", "Roubaix"], "montant": 120000, "duree": 24, "levier": "12", "kind": ["EA"]},
]


def options(lot: dict[str, Any]) -> list[str]:
    named = [(name, one) for name, its in lot.items() for one in (its if isinstance(its, list) else [its])]
    return [word for name, one in named for word in (f"--{name}", str(one))]


@pytest.mark.parametrize("lot", LOTS[::2])
def test_the_api_answers_what_the_commands_print(
    lot: dict[str, Any],
    machine: FlaskClient,
    run: Run,
    sample: Path,
) -> None:
    asked = options(lot)
    assert machine.post("/api/v1/match", json=lot).text == run("match", *asked, "--format", "json").out
    assert (
        machine.post("/api/v1/match?top=3&titulaires=true", json=lot).text
        == run("match", *asked, "--top", 3, "--titulaires", "--format", "json").out
    )
    assert machine.post("/api/v1/read", json=lot).text == run("read", *asked, "--format", "json").out
    told = run("explain", *asked, "--id", SUPPLIER, "--format", "json").out
    assert machine.post("/api/v1/explain", json=lot | {"supplier": SUPPLIER}).text == told
    assert machine.get("/api/v1/explain", query_string=lot | {"supplier": SUPPLIER}).text == told


def test_a_lot_that_is_not_clear_is_asked_about(machine: FlaskClient) -> None:
    answer = machine.post("/api/v1/match", json=LOTS[1])
    assert answer.status_code == 200
    assert answer.json["question"]
    assert answer.json["lot"]["lot_id"] == "7"
    refused = machine.post("/api/v1/explain", json=LOTS[1] | {"supplier": SUPPLIER})
    assert (refused.status_code, refused.json["code"]) == (422, "besoin-pas-clair")


def test_every_field_that_cannot_be_used_is_named(machine: FlaskClient) -> None:
    refused = machine.post(
        "/api/v1/match", json={"objet": "Tonte", "cpv": "zzz", "montant": "environ", "date": "un jour"}
    )
    assert (refused.status_code, refused.json["code"]) == (422, "besoin-refuse")
    assert {one["field"] for one in refused.json["errors"]} == {"cpv", "montant", "date"}


def test_who_is_not_in_the_catalogue_is_told_why(machine: FlaskClient) -> None:
    refused = machine.post("/api/v1/explain", json=LOTS[0] | {"supplier": "00000000000000"})
    assert (refused.status_code, refused.json["code"]) == (404, "introuvable")
    assert "pas dans le catalogue" in refused.json["detail"]
