"""Answers that travel asked by a program: page by page, and counted before the same lines enter."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.answers.fact import written
from matcher.answers.keys import trust
from matcher.answers.sharing import share
from matcher.db import writing
from tests.matcher.answers.installations import CRESS, GREEN, NOW, TODAY, fact, private, state_answer

SUPPLIERS = ("00010001600013", "00010105500010")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_shared_answers_are_given_page_by_page(writing_machine: FlaskClient, own: Engine) -> None:
    assert writing_machine.get("/api/v1/answers").json["items"] == []
    for key in SUPPLIERS:
        with writing(own) as connection:
            number = state_answer(connection, key, {"activite": [GREEN]}, NOW)
            share(connection, number, ["metiers"], way="lien", directory="finess", asked_by=CRESS, on=TODAY)
    first = writing_machine.get("/api/v1/answers?limit=1").json
    last = writing_machine.get(first["next"]).json
    lines = first["items"] + last["items"]
    assert ({key for key in SUPPLIERS for line in lines if key in line}, last["next"]) == (set(SUPPLIERS), None)


def test_lines_enter_once_a_person_has_looked_at_their_count(writing_machine: FlaskClient, own: Engine) -> None:
    line = fact(private(1), siret=SUPPLIERS[0])
    trust(own, "cress", line.cle, who="Léa", now=NOW)
    body = {"lines": [written(line).decode(), "{}"]}
    counted = writing_machine.post("/api/v1/answers", json=body).json
    assert (counted["facts"], counted["accepted"], counted["refusals"][0]["line"]) == (1, False, 2)
    other = writing_machine.post("/api/v1/answers", json={"lines": ["{}"], "seen": counted["digest"]})
    assert (other.status_code, other.json["code"]) == (422, "ecriture-refusee")
    taken = writing_machine.post("/api/v1/answers", json=body | {"seen": counted["digest"]}).json
    assert (taken["accepted"], taken["applied"]) == (True, 1)
