"""Decisions asked by a program: the data of each is what its command writes, its document what pages show."""

from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from flask.testing import FlaskClient

from matcher.reference.law import exemptions
from matcher.web.api.decisions import OpinionBody
from tests.matcher.cli.conftest import Run

EXEMPTED_WORDS = ["--dispense", "lien", "--motif", "Aucun lien"]
EXEMPTED = {"exemption": "lien", "reason": "Aucun lien"}
OBJET, LIEU = "Entretien des espaces verts", "Maubeuge"
# What a program sends, and the words of the command that asks the same.
ALIKE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "opinion": (
        {"objet": OBJET, "lieu": LIEU, "etp": "2", "assumed": {"bids": 3}, "whole": 90_000, **EXEMPTED},
        [
            "avis",
            "--objet",
            OBJET,
            "--lieu",
            LIEU,
            "--etp",
            "2",
            "--offres",
            "3",
            "--ensemble",
            "90000",
            *EXEMPTED_WORDS,
        ],
    ),
    "groupement": (
        {"needs": [OBJET, "Nettoyage des locaux"], "places": [LIEU], "top": 2},
        ["groupement", "--objet", OBJET, "--objet", "Nettoyage des locaux", "--lieu", LIEU, "--top", "2"],
    ),
    "clause": (
        {"contracts": [{"objet": OBJET, "places": [LIEU], "hours": 1200, "months": 12}]},
        ["plan-clause", "--objet", OBJET, "--lieu", LIEU, "--heures", "1200", "--mois", "12"],
    ),
    "clause-hours": (
        {"lots": [{"objet": OBJET, "lieu": LIEU, "montant": 120000, "duree": 24, "percentage": 10}]},
        ["calibrage", "--objet", OBJET, "--lieu", LIEU, "--montant", "120000", "--mois", "24", "--pourcentage", "10"],
    ),
    "allotment": (
        {
            "need": OBJET,
            "sites": [
                {"name": "Mairie", "place": LIEU, "quantity": 2},
                {"name": "École", "place": "Lille", "quantity": 1.5},
            ],
        },
        ["allotissement", "SITES", "--objet", OBJET],
    ),
    "coverage": (
        {"lots": [{"objet": OBJET, "lieu": LIEU, "lot_id": "A"}], "territory": "Nord", "kinds": ["ACI"]},
        ["coverage", "LOTS", "--territoire", "Nord", "--type", "ACI"],
    ),
}
FILES = {
    "SITES": f"nom;commune;quantité\nMairie;{LIEU};2\nÉcole;Lille;1,5\n",
    "LOTS": f"référence;objet;lieu\nA;{OBJET};{LIEU}\n",
}


@pytest.mark.parametrize("name", ALIKE)
def test_a_decision_is_that_of_its_command(
    name: str, machine: FlaskClient, run: Run, sample: Path, tmp_path: Path
) -> None:
    asked, command = ALIKE[name]
    for file, text in FILES.items():
        (tmp_path / file).with_suffix(".csv").write_text(text, encoding="utf-8")
    words = [str((tmp_path / word).with_suffix(".csv")) if word in FILES else word for word in command]
    answer = machine.post(f"/api/v1/decisions/{name}", json=asked)
    assert answer.status_code == 200, answer.text
    told, given = run(*words, "--format", "json").json(), answer.json
    if name == "coverage":  # where a lot stands in its file, which a program has not
        assert [one["lots"][0].pop("where") for one in (told, given["data"])] == ["ligne 2", None]
    assert given["data"] == told
    assert given["document"]["tables"]


@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("opinion", {"objet": "Prestations diverses"}, "besoin-pas-clair"),
        ("opinion", {"objet": OBJET, "cpv": "zzz"}, "besoin-refuse"),
        ("opinion", {"objet": OBJET, "etp": "beaucoup"}, "decision-refusee"),
        ("opinion", {"objet": OBJET, "reason": "Aucun lien"}, "decision-refusee"),
        ("groupement", {"needs": ["zzz"], "places": [LIEU]}, "decision-refusee"),
        ("allotment", {"need": OBJET, "sites": [{"name": "x", "place": "nulle part"}]}, "decision-refusee"),
        ("coverage", {"lots": [{"objet": OBJET}], "territory": "nulle part"}, "decision-refusee"),
    ],
)
def test_what_cannot_be_decided_on_is_said(name: str, asked: dict[str, Any], code: str, machine: FlaskClient) -> None:
    refused = machine.post(f"/api/v1/decisions/{name}", json=asked)
    assert (refused.status_code, refused.json["code"]) == (422, code)


def test_each_exception_of_the_law_can_be_told() -> None:
    asked = get_type_hints(OpinionBody)["exemption"]
    assert set(get_args(asked)) == {"", *(one.code for one in exemptions())}
