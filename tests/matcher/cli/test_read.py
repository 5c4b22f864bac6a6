"""`read`: what is understood of a lot, without any database."""

from pathlib import Path

import pytest

from matcher.settings import DATABASE_VARIABLE
from tests.matcher.cli.conftest import Run

KEYS = {"lot_id", "groups", "sectors", "activities", "places", "kinds_asked", "levier_hint", "doubts"}


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, "rien://")


def test_a_reading_has_the_keys_of_the_contract(run: Run) -> None:
    reading = run("read", "--objet", "Prestations de traiteur", "--lieu", "Lille", "--format", "json").json()
    assert reading.keys() >= KEYS
    assert "Restauration" in reading["groups"][0] or "Traiteur" in reading["groups"][0]
    assert all(activity.keys() == {"code", "label", "confidence"} for activity in reading["activities"])
    assert all(0 <= activity["confidence"] <= 1 for activity in reading["activities"])


def test_what_the_text_says_of_lever_and_size_is_read_with_its_words(run: Run) -> None:
    need = "Nettoyage, lot réservé aux ESAT. Montant estimé : 120 000 € HT par an, pour une durée de 3 ans"
    reading = run("read", "--objet", need, "--format", "json").json()
    assert (reading["levier_hint"], reading["reserved_by"]) == ("12", "Nettoyage, lot réservé aux ESAT")
    assert reading["amount_read"] == {
        "euros": 120_000,
        "yearly": True,
        "words": "Montant estimé : 120 000 € HT par an",
    }
    assert reading["duration_read"] == {"months": 36, "words": "durée de 3 ans"}
    said = run("read", "--objet", need).said
    assert "lu dans le texte : « Montant estimé" in said
    typed = run("read", "--objet", need, "--montant", "10000", "--duree", "6", "--format", "json").json()
    assert (typed["amount_read"], typed["duration_read"]) == (None, None)


def test_what_is_not_understood_is_said(run: Run) -> None:
    reading = run("read", "--objet", "Xyzzy plugh", "--format", "json").json()
    assert reading["activities"] == []
    assert reading["doubts"]
    assert "non comprises" in run("read", "--objet", "Xyzzy plugh").said


def test_a_cpv_alone_is_a_need(run: Run) -> None:
    assert run("read", "--cpv", "55520000", "--format", "json").json()["activities"]


def test_many_lots_one_line_each(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_text('{"lot_id": "a", "objet": "Nettoyage"}\n\n{"objet": null}\n', encoding="utf-8-sig")
    lines = run("read", "--lots", path, "--format", "jsonl").lines()
    assert [line["lot_id"] for line in lines] == ["a", "3"]
