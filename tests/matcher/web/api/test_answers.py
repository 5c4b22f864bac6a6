"""Answers that travel asked by a program: page by page, and counted before the same lines enter."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.answers.fact import encode_line
from matcher.answers.keys import key_file, signing_key, trust
from matcher.answers.sharing import share
from matcher.answers.tables import HANDED
from matcher.clock import now
from matcher.db import reading, writing
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
            share(connection, number, ["metiers"], way="lien", asked_by=CRESS, on=TODAY, now=NOW)
    first = writing_machine.get("/api/v1/answers?limit=1").json
    last = writing_machine.get(first["next"]).json
    lines = first["items"] + last["items"]
    assert ({key for key in SUPPLIERS for line in lines if key in line}, last["next"]) == (set(SUPPLIERS), None)


def test_who_takes_any_page_is_told_of_once_a_day(writing_machine: FlaskClient, own: Engine) -> None:
    with writing(own) as connection:
        number, at = state_answer(connection, SUPPLIERS[0], {"activite": [GREEN]}, now()), now()
        share(connection, number, ["metiers"], way="lien", asked_by=CRESS, on=at.date(), now=at)
    for _ in range(2):
        assert writing_machine.get("/api/v1/answers?after=0").json["items"]
    with reading(own) as connection:
        assert len(connection.execute(HANDED.select()).all()) == 1


def test_a_key_that_cannot_be_read_is_refused_in_words(writing_machine: FlaskClient, own: Engine) -> None:
    signing_key()
    key_file().write_text("rien")
    for answered in (
        writing_machine.get("/api/v1/answers"),
        writing_machine.post("/api/v1/answers", json={"lines": ["{}"]}),
    ):
        assert (answered.status_code, answered.json["code"]) == (422, "ecriture-refusee")
        assert "n’est pas une clé privée" in answered.json["detail"]


def test_lines_enter_once_a_person_has_looked_at_their_count(writing_machine: FlaskClient, own: Engine) -> None:
    line = fact(private(1), siret=SUPPLIERS[0])
    trust(own, "cress", line.cle, author="Léa", now=NOW)
    body = {"lines": [encode_line(line).decode(), "{}"]}
    counted = writing_machine.post("/api/v1/answers", json=body).json
    assert (counted["facts"], counted["accepted"], counted["refusals"][0]["line"]) == (1, False, 2)
    other = writing_machine.post("/api/v1/answers", json={"lines": ["{}"], "seen": counted["digest"]})
    assert (other.status_code, other.json["code"]) == (422, "ecriture-refusee")
    taken = writing_machine.post("/api/v1/answers", json=body | {"seen": counted["digest"]}).json
    assert (taken["accepted"], taken["applied"]) == (True, 1)
