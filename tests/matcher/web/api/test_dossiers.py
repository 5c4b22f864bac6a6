"""Dossiers asked by a program: as the command shows them, opened once by a key, never those of another organisation."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.audit import read_whole_journal
from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.accounts.roles import Role
from matcher.dossiers.changes import DescribeDossier
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.store import change_dossier
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.journal.change import Delete
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.api.conftest import token
from tests.matcher.web.conftest import OPENED

ASKED = {
    "title": "Entretien des berges",
    "buyer": "Ville de Valbrune",
    "deadline": f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}",
}


def test_a_dossier_is_opened_shown_and_listed(writing_machine: FlaskClient) -> None:
    made = writing_machine.post("/api/v1/dossiers", json=ASKED)
    assert made.status_code == 201
    assert made.text == writing_machine.get(f"/api/v1/dossiers/{made.json['id']}").text
    (line,) = writing_machine.get("/api/v1/dossiers?state=ouvert&text=berges").json["items"]
    assert (line["title"], line["buyer"]) == (ASKED["title"], ASKED["buyer"])
    assert writing_machine.get("/api/v1/dossiers?text=inconnu").json == {"items": [], "next": None}


def test_pages_of_dossiers_miss_none_that_changes_between_them(writing_machine: FlaskClient, own: Engine) -> None:
    made = [writing_machine.post("/api/v1/dossiers", json=ASKED).json["id"] for _ in range(4)]
    first = writing_machine.get("/api/v1/dossiers?limit=2").json
    assert [one["id"] for one in first["items"]] == [made[3], made[2]]
    for number, change in ((made[2], Delete("erreur")), (made[0], DescribeDossier(DossierHeader("Autre titre")))):
        change_dossier(own, FIRST_ORGANISATION, number, [change], version=None, author="essai", now=OPENED)
    then = writing_machine.get(first["next"]).json
    assert ([one["id"] for one in then["items"]], then["next"]) == ([made[1], made[0]], None)


def test_a_request_sent_again_under_its_key_makes_one_dossier(writing_machine: FlaskClient) -> None:
    key = {"Idempotency-Key": "c0ffee"}
    first = writing_machine.post("/api/v1/dossiers", json=ASKED, headers=key)
    again = writing_machine.post("/api/v1/dossiers", json=ASKED, headers=key)
    assert (again.status_code, again.json["id"]) == (201, first.json["id"])
    other = writing_machine.post("/api/v1/dossiers", json=ASKED | {"title": "Autre"}, headers=key)
    assert (other.status_code, other.json["code"]) == (422, "cle-reutilisee")
    assert writing_machine.post("/api/v1/dossiers", json=ASKED).json["id"] != first.json["id"]
    too_long = writing_machine.post("/api/v1/dossiers", json=ASKED, headers={"Idempotency-Key": "x" * 256})
    assert (too_long.status_code, too_long.json["code"]) == (400, "demande-mal-formee")


def test_requests_at_once_under_one_key_make_one_dossier(writing_machine: FlaskClient) -> None:
    app = writing_machine.application

    def ask(_: int) -> tuple[int, object]:
        answer = app.test_client().post("/api/v1/dossiers", json=ASKED, headers={"Idempotency-Key": "une seule"})
        return answer.status_code, answer.json["id" if answer.status_code == 201 else "code"]

    with ThreadPoolExecutor(6) as programs:
        answers = set(programs.map(ask, range(6)))
    assert len(writing_machine.get("/api/v1/dossiers").json["items"]) == 1
    assert len(answers) == 1


def test_the_mark_of_a_list_changes_with_it(writing_machine: FlaskClient) -> None:
    before = writing_machine.get("/api/v1/dossiers")
    assert writing_machine.head("/api/v1/dossiers").headers["ETag"] == before.headers["ETag"]
    known = {"If-None-Match": before.headers["ETag"]}
    assert writing_machine.get("/api/v1/dossiers", headers=known).status_code == 304
    writing_machine.post("/api/v1/dossiers", json=ASKED)
    assert writing_machine.get("/api/v1/dossiers", headers=known).status_code == 200


@pytest.mark.parametrize("wrong", [{"title": " "}, ASKED | {"buyer_siret": "la mairie"}])
def test_what_cannot_be_written_is_refused_and_its_key_is_free(
    writing_machine: FlaskClient, wrong: dict[str, str]
) -> None:
    key = {"Idempotency-Key": "1"}
    refused = writing_machine.post("/api/v1/dossiers", json=wrong, headers=key)
    assert (refused.status_code, refused.json["code"]) == (422, "ecriture-refusee")
    assert writing_machine.post("/api/v1/dossiers", json=ASKED, headers=key).status_code == 201


def test_a_program_writes_no_more_than_its_token_may_and_it_is_in_the_audit(team: Flask) -> None:
    client, engine = team.test_client(), team.extensions[EXTENSION].engine
    refused = client.post("/api/v1/dossiers", json=ASKED, headers=token(team, "acheteur"))
    assert (refused.status_code, refused.json["code"]) == (403, "portee-insuffisante")
    made = client.post("/api/v1/dossiers", json=ASKED, headers=token(team, "acheteur", Role.BUYER))
    assert made.status_code == 201
    assert made.json["journal"][0]["who"] == "Léa acheteur"
    done = read_whole_journal(engine, most=1)[0]
    assert (done.who, done.action, done.target) == ("acheteur", "tenir des dossiers", "/api/v1/dossiers")


def test_a_request_made_again_under_its_key_is_one_line_of_the_audit(team: Flask) -> None:
    headers = token(team, "acheteur", Role.BUYER) | {"Idempotency-Key": "1"}
    made = [team.test_client().post("/api/v1/dossiers", json=ASKED, headers=headers).json["id"] for _ in range(3)]
    assert len(set(made)) == 1
    done = read_whole_journal(team.extensions[EXTENSION].engine)
    assert [one.target for one in done].count("/api/v1/dossiers") == 1


def test_the_dossier_of_another_organisation_does_not_exist(team: Flask) -> None:
    engine, headers = team.extensions[EXTENSION].engine, token(team, "administrateur", Role.ADMINISTRATOR)
    other = create_organisation(engine, OrganisationProfile("Agglomération d’Outremont"), author="essai", now=OPENED)
    theirs = open_dossier(engine, other.id, DossierHeader("Le leur"), author="essai", now=OPENED)
    absent = team.test_client().get("/api/v1/dossiers/999", headers=headers)
    refused = team.test_client().get(f"/api/v1/dossiers/{theirs.id}", headers=headers)
    assert (refused.status_code, refused.json["code"]) == (404, "introuvable")
    assert refused.json | {"detail": ""} == absent.json | {"detail": ""}
    assert refused.json["detail"].replace(str(theirs.id), "999") == absent.json["detail"]
    assert team.test_client().get("/api/v1/dossiers", headers=headers).json["items"] == []
