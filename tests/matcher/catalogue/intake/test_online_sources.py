"""Open directories taken by works, against a server of this machine: each once, what fails said, the catalogue as it was."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from importers import REGISTRY
from importers.online import fetch
from matcher.catalogue.intake.online_sources import OPEN, TAKE, OpenDirectories
from matcher.catalogue.intake.undo import past_imports
from matcher.catalogue.store.read import load_suppliers
from matcher.jobs.worker import Worker
from matcher.jobs.works import WorkState, WorkStore
from matcher.settings import CACHE_VARIABLE
from tests.conftest import ROOT
from tests.factories import siret
from tests.importers.server import JSON, OK, Answer, Server, serving
from tests.waiting import LONGEST_S

NAMES = ("emplois", "finess", "ess")


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetch.Bucket, "take", lambda _: None)
    monkeypatch.setattr(fetch, "FIRST_WAIT_S", 0.001)
    for key in NAMES:
        monkeypatch.setitem(REGISTRY, key, replace(REGISTRY[key], at_least=1))


@pytest.fixture
def services(apart: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The services, all on one server: the ESS list is down."""
    with serving(answer) as server:
        for name in ("DATA_GOUV", "EMPLOIS"):
            monkeypatch.setenv(f"ENTREMISE_URL_{name}", server.base)
        yield server


def answer(path: str, _: int) -> Answer:
    where = urlsplit(path).path
    if where == "/api/v1/siaes/":
        one = {"id": "1", "siret": siret(1), "type": "EI", "raison_sociale": "INSERTION", "postes": []}
        return Answer(json.dumps({"count": 1, "next": None, "results": [one]}).encode(), headers=JSON)
    if where.endswith("98f3161f-79ff-4f16-8f6a-6d571a80fea2"):
        return Answer((ROOT / "tests/fixtures/importers/finess.csv").read_bytes(), headers=OK)
    return Answer(status=404)


def test_those_that_need_no_token_and_are_whole_lists() -> None:
    assert tuple(source.name for source in OPEN) == NAMES


def test_each_is_taken_once_whatever_is_asked_and_by_whichever_server(engine: Engine, services: Server) -> None:
    first, second = WorkStore(engine), WorkStore(engine)
    for store in (first, second, first):  # the button twice here, once there
        OpenDirectories(store).take(NAMES, "Léa")
    workers = [Worker(store, [TAKE]) for store in (first, second)]
    for worker in workers:
        worker.wake()
    for worker in workers:
        worker.wait(LONGEST_S)
    done = OpenDirectories(first).works_by_name()
    assert {name: work.state for name, work in done.items()} == {
        "emplois": WorkState.DONE,
        "finess": WorkState.DONE,
        "ess": WorkState.REFUSED,
    }
    assert "404" in done["ess"].refusal
    assert "nouvelle" in str(done["finess"].result["says"])
    assert sorted(run.source for run in past_imports(engine)) == ["emplois", "finess"]
    OpenDirectories(second).take(["ess"])
    workers[1].wait(LONGEST_S)
    assert sorted(run.source for run in past_imports(engine)) == ["emplois", "finess"], (
        "what failed is asked again, alone"
    )


def test_without_network_a_sentence_and_the_catalogue_as_it_was(
    engine: Engine, apart: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answer) as gone:
        pass
    monkeypatch.setenv("ENTREMISE_URL_EMPLOIS", gone.base)
    works = WorkStore(engine)
    worker = Worker(works, [TAKE])
    OpenDirectories(works).take(["emplois"])
    worker.wait(LONGEST_S)
    work = OpenDirectories(works).works_by_name()["emplois"]
    assert work.state is WorkState.REFUSED
    assert "la connexion est impossible ou rompue (réseau, pare-feu ?)" in work.refusal
    assert load_suppliers(engine) == []
    assert past_imports(engine) == []


def test_one_that_is_stopped_is_taken_up_where_its_service_was(
    engine: Engine, services: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = WorkStore(engine)
    directories = OpenDirectories(works)
    worker = Worker(works, [TAKE])
    asked_before_the_stop = 5

    def stopping(path: str, number: int) -> Answer:
        if number == asked_before_the_stop:
            directories.stop()
        return answer(path, number)

    with serving(stopping) as slow:
        monkeypatch.setenv("ENTREMISE_URL_EMPLOIS", slow.base)
        directories.take(["emplois"])
        worker.wait(LONGEST_S)
        assert directories.works_by_name() == {}
        assert past_imports(engine) == []
        before = len(slow.asked)
        directories.take(["emplois"])
        worker.wait(LONGEST_S)
        assert directories.works_by_name()["emplois"].state is WorkState.DONE
        assert len(set(slow.asked)) == len(slow.asked), "no page is asked twice"
        assert before <= len(slow.asked)
