"""Sirene's files and the answers of the API: streams, archives, and what is not of the catalogue left aside."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from importers import REGISTRY
from importers.importer import Scope, Source, SourceError
from importers.online.faults import FetchError
from importers.online.fetch import Fetcher
from importers.online.recherche_search import ask_about
from importers.online.services import SERVICES
from importers.record import SupplierRecord
from matcher.catalogue.identity.records import REGISTERS
from tests.factories import siret
from tests.importers.reading import FIXTURES, records, remarks
from tests.importers.server import JSON, Answer, serving

STOCK = FIXTURES / "sirene.csv"
OPEN, CLOSED = siret(7001), siret(7002)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def read(path: Path, wanted: frozenset[str] | None = None, key: str = "sirene") -> list[SupplierRecord]:
    return records(list(REGISTRY[key].read(Source(path, wanted=wanted))))


def test_registers_are_the_importers_that_complete_establishments() -> None:
    assert {key for key, importer in REGISTRY.items() if importer.scope is Scope.ESTABLISHMENT} == set(REGISTERS)
    assert list(REGISTRY)[-2:] == list(REGISTERS), "the last to name a supplier"


@pytest.mark.parametrize(
    ("key", "name"), [("sirene", "sirene.csv"), ("recherche-entreprises", "recherche-entreprises.json")]
)
def test_only_the_wanted_are_kept_and_the_rest_counted(key: str, name: str) -> None:
    items = list(REGISTRY[key].read(Source(FIXTURES / name, wanted=frozenset({CLOSED}))))
    assert [record.siret for record in records(items)] == [CLOSED]
    assert "hors du catalogue" in remarks(items)[0].message


def test_a_zip_reads_as_its_csv(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "stock.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(STOCK, "StockEtablissement_utf8.csv")
        archive.writestr("LISEZMOI.txt", "sans objet")
    assert read(tmp_path / "stock.zip") == read(STOCK)


def test_the_date_of_the_stock_is_its_latest_row_even_one_that_is_not_kept() -> None:
    assert {record.as_of for record in read(STOCK, frozenset({CLOSED}))} == {"2026-10-30"}


def test_semicolons_a_mark_and_another_order_of_columns_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "extrait.csv"
    path.write_text(f"etatAdministratifEtablissement;siret\nF;{CLOSED}\n", encoding="utf-8-sig")
    (record,) = read(path)
    assert (record.siret, record.state, record.closed) == (CLOSED, "F", "")


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"a.csv": b"siret\n", "b.csv": b"siret\n"}, "2 fichiers CSV"),
        ({"a.txt": b"siret\n"}, "0 fichiers CSV"),
        ({"a.csv": bytes(30 * 2**20)}, "par prudence"),
        ({"a.csv": b"siren;nom\n"}, "il manque la colonne « siret »"),
        ({"a.csv": b"x" * 3_000_000}, "démesurée"),
    ],
)
def test_an_archive_that_is_not_one_of_sirene_is_refused(members: dict[str, bytes], said: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(SourceError, match=said):
        read(tmp_path / "a.zip")


def test_a_cell_beyond_what_a_csv_holds_is_refused_in_the_header_as_below(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    for line, content in (
        (1, f"siret,{'x' * 140_000}\n"),
        (2, f"siret,etatAdministratifEtablissement\n{'x' * 140_000},A\n"),
    ):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(SourceError, match=rf"ligne {line}.*une cellule y est démesurée"):
            read(path)


def test_a_damaged_archive_is_refused_in_french(tmp_path: Path) -> None:
    rows = "".join(f"{siret(n)},A\n" for n in range(20_000))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "siret,etatAdministratifEtablissement\n" + rows)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[5000:5100] = bytes(100)
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(SourceError, match="abîmé ou coupé"):
        read(tmp_path / "a.zip")


def test_the_api_is_asked_one_siret_at_a_time_and_answers_are_kept(tmp_path: Path) -> None:
    answers = [json.loads(line) for line in (FIXTURES / "recherche-entreprises.json").read_text().splitlines()]
    for answer in answers:
        for unit in answer["results"]:
            del unit["consulte_le"]
    by_siret = dict(zip((OPEN, CLOSED), answers, strict=False))

    def answer(path: str, _number: int) -> Answer:
        asked = path.partition("q=")[2][:14]
        if asked == siret(9):
            return Answer(b'{"erreur": "non"}', status=400, headers=JSON)
        return Answer(json.dumps(by_siret.get(asked, answers[2])).encode(), headers=JSON)

    sirets = [OPEN, CLOSED, siret(8), siret(9)]
    with serving(answer) as server:
        get = Fetcher(SERVICES["recherche-entreprises"].at(server.base), tmp_path, sleep=lambda _: None)
        ask = lambda limit: ask_about(get, sirets, max_age_s=60, limit=limit, progress=lambda *_: None)  # noqa: E731
        first = ask(1)
        assert (first.known, first.unknown, len(server.asked)) == (1, 0, 1)
        second = ask(None)
        assert (second.known, second.unknown) == (2, 2)
        assert len(server.asked) == 4, "what was answered is not asked again"
    golden = read(FIXTURES / "recherche-entreprises.json", key="recherche-entreprises")
    said = read(second.path, key="recherche-entreprises")
    assert [replace(record, as_of="") for record in said] == [replace(record, as_of="") for record in golden]
    assert all(record.as_of for record in said)


def test_an_answer_of_another_shape_is_refused_and_forgotten(tmp_path: Path) -> None:
    with serving(lambda *_: Answer(b'{"hits": []}', headers=JSON)) as server:
        get = Fetcher(SERVICES["recherche-entreprises"].at(server.base), tmp_path, sleep=lambda _: None)
        with pytest.raises(FetchError, match="« results »"):
            ask_about(get, [OPEN], max_age_s=60, limit=None, progress=lambda *_: None)
    assert list(tmp_path.glob("*.bin")) == []
