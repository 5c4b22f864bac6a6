"""`refresh`, against a server of this machine: what is late is taken again, what fails stops nothing, all can be undone."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from importers import REGISTRY
from importers.online import fetch
from matcher.settings import CACHE_VARIABLE
from tests.factories import siret
from tests.importers.server import JSON, OK, Answer, serving
from tests.matcher.cli.conftest import Run

FIXTURES = Path(__file__).parents[3] / "fixtures" / "importers"


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetch.Bucket, "take", lambda _: None)
    monkeypatch.setattr(fetch, "FIRST_WAIT_S", 0.001)
    for key in ("finess", "ess", "emplois", "marche"):
        monkeypatch.setitem(REGISTRY, key, replace(REGISTRY[key], at_least=1))


def answer(path: str, _: int) -> Answer:
    """The services, all on one server: the ESS list is down."""
    match urlsplit(path).path:
        case "/api/1/datasets/r/98f3161f-79ff-4f16-8f6a-6d571a80fea2":
            modified = {"Last-Modified": "Fri, 08 Jan 2021 09:00:00 GMT"}
            return Answer((FIXTURES / "finess.csv").read_bytes(), headers={**OK, **modified})
        case "/api/v1/siaes/":
            one = {"id": "1", "siret": siret(1), "type": "EI", "raison_sociale": "INSERTION", "postes": []}
            page: dict[str, Any] = {"count": 1, "next": None, "results": [one]}
        case "/search":
            page = {"results": []}
        case "/api/resources/22847056-61df-452d-837d-8b8ceadbfc52/data/":
            page = {"data": [], "meta": {"total": 0}}
        case _:
            return Answer(status=404)
    return Answer(json.dumps(page).encode(), headers=JSON)


def states(told: list[dict[str, Any]]) -> dict[str, str]:
    return {each["name"]: each["state"] for each in told}


def test_what_is_late_is_taken_again_and_one_failure_stops_nothing(
    new: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answer) as server:
        for name in ("DATA_GOUV", "EMPLOIS", "RECHERCHE_ENTREPRISES", "MARCHE", "TABULAR"):
            monkeypatch.setenv(f"ENTREMISE_URL_{name}", server.base)
        dry = run("refresh", "--dry-run", "--format", "json")
        assert set(states(dry.json()).values()) == {"à reprendre", "laissée"}
        assert server.asked == []
        done = run("refresh", "--format", "json")
        asked = len(server.asked)
        again = run("refresh", "--format", "json")
    assert (dry.code, done.code) == (0, 1)
    told = {each["name"]: each for each in json.loads(done.out)}
    assert states(json.loads(done.out)) == {
        "emplois": "reprise", "finess": "reprise", "marche": "laissée", "ess": "échec", "sirene": "à jour", "awards": "reprise",
    }  # fmt: skip
    assert "404" in told["ess"]["says"]
    assert "ENTREMISE_TOKEN_MARCHE" in told["marche"]["says"]
    assert told["finess"]["report"]["data_date"] == "2021-01-08", "the day that the service gives to its file"
    assert states(json.loads(again.out)) == states(json.loads(done.out)) | {
        "emplois": "à jour",
        "finess": "à jour",
        "awards": "à jour",
    }
    assert len(server.asked) == asked + 1, "the list that failed is asked again; what was received is not"
    run("catalogue", "undo-import", told["finess"]["report"]["run"])
    assert run("stats", "--format", "json").json()["by_source"] == {"emplois": 1}


def test_a_source_is_chosen_by_its_name(new: Path, run: Run) -> None:
    done = run("refresh", "finess", "--dry-run")
    assert (done.code, done.said.count("à reprendre tous les")) == (0, 1)
    assert run("refresh", "hosmoz").code == 2


def test_what_is_asked_siret_by_siret_goes_on_at_the_next_run(
    new: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = [f"{siret(number)};Atelier {number};EI" for number in (1, 2)]
    (tmp_path / "liste.csv").write_text("\n".join(["SIRET;Nom;Type de structure", *lines]), encoding="utf-8")
    assert run("import", "tableur", str(tmp_path / "liste.csv")).code == 0
    with serving(answer) as server:
        monkeypatch.setenv("ENTREMISE_URL_TABULAR", server.base)
        done = [run("refresh", "awards", "--limit", "1", "--format", "json").json()[0] for _ in range(3)]
    assert [each["state"] for each in done] == ["reprise", "reprise", "à jour"]
    assert ["2 restent" in each["says"] or "1 restent" in each["says"] for each in done] == [True, False, False]
    assert len(server.asked) == 2


def test_a_token_that_is_none_stops_no_other_source(new: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREMISE_TOKEN_MARCHE", "un jeton")
    with serving(answer) as server:
        for name in ("DATA_GOUV", "MARCHE"):
            monkeypatch.setenv(f"ENTREMISE_URL_{name}", server.base)
        done = run("refresh", "finess", "marche", "ess", "--format", "json")
    assert states(json.loads(done.out)) == {"finess": "reprise", "marche": "échec", "ess": "échec"}
