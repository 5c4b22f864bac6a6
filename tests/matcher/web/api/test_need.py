"""A need asked of the API: what is not clear is asked about, and a refusal names the field."""

import pytest
from flask.testing import FlaskClient

from tests.matcher.web.api.conftest import SUPPLIER

LOT = {"objet": "Entretien des espaces verts", "lieu": "Maubeuge"}
UNCLEAR = {"objet": "Prestations à définir", "lot_id": "7"}


def test_a_lot_that_is_not_clear_is_asked_about(machine: FlaskClient) -> None:
    answer = machine.post("/api/v1/match", json=UNCLEAR)
    assert answer.status_code == 200
    assert answer.json["question"]
    assert answer.json["lot"]["lot_id"] == "7"
    refused = machine.post("/api/v1/explain", json=UNCLEAR | {"supplier": SUPPLIER})
    assert (refused.status_code, refused.json["code"]) == (422, "besoin-pas-clair")


def test_every_field_that_cannot_be_used_is_named(machine: FlaskClient) -> None:
    refused = machine.post(
        "/api/v1/match", json={"objet": "Tonte", "cpv": "zzz", "montant": "environ", "date": "un jour"}
    )
    assert (refused.status_code, refused.json["code"]) == (422, "besoin-refuse")
    assert {one["field"] for one in refused.json["errors"]} == {"cpv", "montant", "date"}


@pytest.mark.parametrize("door", ["match", "read", "decisions/opinion"])
def test_an_amount_without_a_figure_is_refused_and_an_unknown_place_is_a_doubt(machine: FlaskClient, door: str) -> None:
    refused = machine.post(f"/api/v1/{door}", json=LOT | {"montant": "douze"})
    (fault,) = refused.json["errors"]
    assert (refused.status_code, fault["field"]) == (422, "montant")
    assert "« douze »" in fault["says"]
    assert machine.post(f"/api/v1/{door}", json=LOT | {"montant": "60 k€"}).status_code == 200
    doubtful = machine.post(f"/api/v1/{door}", json=LOT | {"lieu": ["Maubeuge", "Nullepartville"]})
    told = doubtful.json.get("data", doubtful.json)
    assert any("Nullepartville" in its for its in told.get("lot", told)["doubts"])


def test_who_is_not_in_the_catalogue_is_told_why(machine: FlaskClient) -> None:
    refused = machine.post("/api/v1/explain", json=LOT | {"supplier": "00000000000000"})
    assert (refused.status_code, refused.json["code"]) == (404, "introuvable")
    assert "pas dans le catalogue" in refused.json["detail"]


def test_a_doubtful_trade_is_asked_chosen_and_explained(machine: FlaskClient) -> None:
    lot = {"objet": "Collecte", "lieu": "Maubeuge"}
    told = machine.post("/api/v1/read", json=lot).json
    assert not told["sure"]
    assert "because" not in told
    chosen = machine.post("/api/v1/match", json=lot | {"activite": told["options"][1]}).json["lot"]
    assert (chosen["sure"], chosen["asked"], chosen["options"]) == (True, [told["options"][1]], [])
    because = machine.post("/api/v1/read?pourquoi=true", json=lot).json["because"]
    assert because["words"] == ["Collecte"]
    refused = machine.post("/api/v1/match", json=lot | {"activite": "ménage"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "activite")


def test_a_field_of_the_address_sent_in_the_body_is_told_where_it_goes_and_the_reverse(machine: FlaskClient) -> None:
    refused = machine.post("/api/v1/match", json=LOT | {"top": 1})
    assert (refused.status_code, refused.json["code"]) == (400, "champ-refuse")
    assert refused.json["detail"] == "Le champ « top » se donne dans l’adresse (?top=…), non dans le corps."
    assert len(machine.post("/api/v1/match?top=1", json=LOT).json["screen"]) == 1
    refused = machine.post("/api/v1/match?objet=Tonte", json=LOT)
    assert refused.json["detail"] == "Le champ « objet » se donne dans le corps, en JSON, non dans l’adresse."
    assert "n’existe pas" in machine.post("/api/v1/match", json=LOT | {"tops": 1}).json["detail"]
