"""The open API of Les emplois: every page of every département, taken up where it stopped."""

import json
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from importers import REGISTRY
from importers.importer import Source
from importers.online.faults import FetchError
from importers.online.fetch import Fetcher
from importers.online.services import SERVICES
from importers.online.siaes import fetch_siaes
from tests.factories import siret
from tests.importers.server import JSON, Answer, Server, serving


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def page(path: str) -> Answer:
    """Two pages of two structures for each département; the first says that there is a next one, on another host."""
    query = parse_qs(urlsplit(path).query)
    departement, number = query["departement"][0], int(query["page"][0])
    items = [
        {"id": f"{departement}-{number}-{n}", "siret": siret(int(departement) * 100 + number * 10 + n), "type": "EI",
         "raison_sociale": f"INSERTION {departement} {number} {n}", "code_postal": f"{departement}000", "postes": []}
        for n in range(2)
    ]  # fmt: skip
    following = "http://exemple.invalid/api/v1/siaes/?page=2" if number == 1 else None
    body = json.dumps({"count": 4, "next": following, "previous": None, "results": items})
    return Answer(body.encode(), headers=JSON)


def fetcher(server: Server, folder: Path) -> Fetcher:
    return Fetcher(SERVICES["emplois"].at(server.base), folder, now=time.time, sleep=lambda _: None)


def test_every_page_of_every_departement_is_read_into_one_file(tmp_path: Path) -> None:
    told: list[str] = []
    with serving(lambda path, _: page(path)) as server:
        path = fetch_siaes(fetcher(server, tmp_path), ["59", "62"], lambda step, *_: told.append(step))
    assert [parse_qs(urlsplit(asked).query)["page"] for asked in server.asked] == [["1"], ["2"]] * 2
    records = list(REGISTRY["emplois"].read(Source(path)))
    assert len(records) == 8
    assert told[:2] == ["département 59", "département 62"]


def test_a_run_that_stopped_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    down = {"62"}

    def answer(path: str, _number: int) -> Answer:
        departement = parse_qs(urlsplit(path).query)["departement"][0]
        return Answer(status=404, headers=JSON) if departement in down else page(path)

    with serving(answer) as server:
        with pytest.raises(FetchError, match="404"):
            fetch_siaes(fetcher(server, tmp_path), ["59", "62"], lambda *_: None)
        assert len(server.asked) == 3
        down.clear()
        path = fetch_siaes(fetcher(server, tmp_path), ["59", "62"], lambda *_: None)
        assert len(server.asked) == 5, "the pages of the first département are not asked again"
    assert len(list(REGISTRY["emplois"].read(Source(path)))) == 8


@pytest.mark.parametrize(
    "body", [b'{"detail": "non"}', b"[]", b'{"results": [], "next"', b'{"results": {}, "next": null}']
)
def test_what_is_no_page_is_refused_and_forgotten(body: bytes, tmp_path: Path) -> None:
    with (
        serving(lambda *_: Answer(body, headers=JSON)) as server,
        pytest.raises(FetchError, match="pas une page de l’API"),
    ):
        fetch_siaes(fetcher(server, tmp_path), ["59"], lambda *_: None)
    assert list(tmp_path.glob("*.bin")) == []
