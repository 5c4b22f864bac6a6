"""Decisions asked by a program: what cannot be decided on is said."""

from typing import Any, get_args, get_type_hints

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from matcher.reference.law import exemptions
from matcher.web.api.decisions import OPINION
from matcher.web.api.frame.endpoint import ENDPOINTS
from tests.matcher.web.api import drawn_data

OBJET, LIEU = "Entretien des espaces verts", "Maubeuge"


@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("opinion", {"objet": "Prestations à définir"}, "besoin-pas-clair"),
        ("opinion", {"objet": OBJET, "cpv": "zzz"}, "besoin-refuse"),
        ("opinion", {"objet": OBJET, "etp": "beaucoup"}, "decision-refusee"),
        ("opinion", {"objet": OBJET, "reason": "Aucun lien"}, "decision-refusee"),
        ("groupement", {"needs": ["zzz"], "places": [LIEU]}, "decision-refusee"),
        ("allotment", {"need": OBJET, "sites": [{"name": "x", "place": "nulle part"}]}, "decision-refusee"),
        ("clause", {"contracts": [{"objet": OBJET, "places": [LIEU]}], "works_type": "zzz"}, "decision-refusee"),
        (
            "clause",
            {"contracts": [{"objet": OBJET, "places": [LIEU], "hours": 9, "split": {"lune": 9}}]},
            "decision-refusee",
        ),
        ("coverage", {"lots": [{"objet": OBJET}], "territory": "nulle part"}, "decision-refusee"),
    ],
)
def test_what_cannot_be_decided_on_is_said(name: str, asked: dict[str, Any], code: str, machine: FlaskClient) -> None:
    refused = machine.post(f"/api/v1/decisions/{name}", json=asked)
    assert (refused.status_code, refused.json["code"]) == (422, code)


def test_each_exception_of_the_law_can_be_told() -> None:
    asked = get_type_hints(OPINION)["exemption"]
    assert set(get_args(asked)) == {"", *(one.code for one in exemptions())}


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("opinion", {"objet": OBJET, "lieu": LIEU}),
        ("allotment", {"need": OBJET, "sites": [{"name": "Mairie", "place": LIEU}]}),
    ],
)
def test_what_nobody_said_of_contracts_is_not_zero(name: str, asked: dict[str, Any], machine: FlaskClient) -> None:
    its = machine.post(f"/api/v1/decisions/{name}", json=asked).json["data"]["preferred"]
    assert its["organisations"] > 0
    for question in ("size", "duration", "season"):
        assert its[question] == {"answered": 0, "silent": its["organisations"], "choices": None, "says": None}
    described = machine.get("/api/v1/openapi.json").json["components"]["schemas"]
    assert set(described["Preferences"]["properties"]) == set(its)


@pytest.mark.parametrize("name", drawn_data.MORE)
def test_what_a_decision_holds_is_described_by_name_and_type(machine: FlaskClient, name: str) -> None:
    described = machine.get("/api/v1/openapi.json").json
    schemas = described["components"]["schemas"]
    title = "".join(word.title() for word in name.split("_"))
    told = schemas[f"{title}Data"]
    answers = list(drawn_data.asked(machine, name, ENDPOINTS[f"api.{name}"]))
    whole = {"$ref": f"#/components/schemas/{title}Data", "components": described["components"]}
    for answer in answers:
        Draft202012Validator(whole).validate(answer)
    assert set(told["properties"]) == {key for answer in answers for key in answer}  # else « make api » draws it again
    typed = [its for its in told["properties"].values() if its]
    assert len(typed) >= 0.6 * len(told["properties"])
    (path,) = (its for its in described["paths"].values() for one in its.values() if one["operationId"] == name)
    (answered,) = (one["responses"]["200"]["content"]["application/json"] for one in path.values())
    assert answered["schema"] == {"$ref": f"#/components/schemas/{title}Decision"}
