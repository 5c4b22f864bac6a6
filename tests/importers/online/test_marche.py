"""The API of the marché: every page, every supplier once, and a token that is told to nobody else."""

import json
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from importers import REGISTRY
from importers.importer import Source, SupplierRecord
from importers.online import marche
from importers.online.faults import FetchError
from importers.online.fetch import Fetcher
from importers.online.marche import fetch_marche
from importers.online.services import SERVICES
from tests.factories import siret
from tests.importers.server import JSON, Answer, Server, serving

TOKEN = "a" * 64


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(marche, "PAGE_SIZE", 2)


def item(number: int) -> dict[str, object]:
    sectors = [{"name": "Nettoyage urbain", "slug": "nettoyage-urbain"}]
    return {"id": number, "name": f"Structure {number}", "siret": siret(number), "kind": "ACI", "sectors": sectors, "is_active": True}  # fmt: skip


def pages(*held: list[int], announced: int) -> dict[int, bytes]:
    """The pages by their offset: the API orders by name alone, so that one may repeat what another held."""
    return {
        2 * at: json.dumps(
            {"count": announced, "next": "https://exemple.invalid/" if at + 1 < len(held) else None, "previous": None,
             "results": list(map(item, numbers))}
        ).encode()
        for at, numbers in enumerate(held)
    }  # fmt: skip


def asked(server: Server, folder: Path) -> Fetcher:
    return Fetcher(SERVICES["marche"].at(server.base), folder, now=time.time, sleep=lambda _: None, token=TOKEN)


def offset(path: str) -> int:
    return int(parse_qs(urlsplit(path).query)["offset"][0])


def test_each_supplier_is_held_once_with_its_sectors(tmp_path: Path) -> None:
    served = pages([1, 2], [2, 3], [4], announced=4)
    with serving(lambda path, _: Answer(served[offset(path)], headers=JSON)) as server:
        path = fetch_marche(asked(server, tmp_path), lambda *_: None)
    found = [each for each in REGISTRY["marche"].read(Source(path)) if isinstance(each, SupplierRecord)]
    assert [record.source_ref for record in found] == ["1", "2", "3", "4"]
    assert {claim.text for record in found for claim in record.claims} == {"nettoyage-urbain"}
    assert [headers["authorization"] for headers in server.headers] == [f"Bearer {TOKEN}"] * 3


def test_a_run_that_stopped_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    served, down = pages([1, 2], [3], announced=3), [True]

    def answer(path: str, _: int) -> Answer:
        return Answer(status=404) if offset(path) == 2 and down else Answer(served[offset(path)], headers=JSON)

    with serving(answer) as server:
        with pytest.raises(FetchError, match="404"):
            fetch_marche(asked(server, tmp_path), lambda *_: None)
        down.clear()
        fetch_marche(asked(server, tmp_path), lambda *_: None)
    assert [offset(path) for path in server.asked] == [0, 2, 2]


def test_a_list_that_skips_suppliers_is_refused(tmp_path: Path) -> None:
    served = pages([1, 2], [2], announced=3)
    with (
        serving(lambda path, _: Answer(served[offset(path)], headers=JSON)) as server,
        pytest.raises(FetchError, match="2 prestataires reçus sur 3 annoncés"),
    ):
        fetch_marche(asked(server, tmp_path), lambda *_: None)


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b'{"results": "x", "count": 1, "next": null}'])
def test_what_is_no_page_of_the_api_is_refused_and_leaves_the_cache(tmp_path: Path, body: bytes) -> None:
    with (
        serving(lambda *_: Answer(body, headers=JSON)) as server,
        pytest.raises(FetchError, match="n’est pas une page de l’API"),
    ):
        fetch_marche(asked(server, tmp_path), lambda *_: None)
    assert list(tmp_path.glob("*.bin")) == []


def test_the_token_is_in_no_message_no_file_and_goes_to_no_other_host(tmp_path: Path) -> None:
    with (
        serving(lambda *_: Answer(status=401)) as server,
        pytest.raises(FetchError, match="le jeton n’est plus bon") as refused,
    ):
        fetch_marche(asked(server, tmp_path), lambda *_: None)
    assert TOKEN not in str(refused.value)
    served = pages([1], announced=1)
    with serving(lambda *_: Answer(served[0], headers=JSON)) as elsewhere:

        def sent(_path: str, _number: int) -> Answer:
            return Answer(status=302, headers={"Location": elsewhere.base})

        with serving(sent) as server, pytest.raises(FetchError, match="n’est pas un hôte connu"):
            fetch_marche(asked(server, tmp_path), lambda *_: None)
        assert elsewhere.asked == []
        fetch_marche(asked(elsewhere, tmp_path), lambda *_: None)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(TOKEN.encode() in path.read_bytes() or TOKEN in path.name for path in files)
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
