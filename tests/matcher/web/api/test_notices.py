"""Published lots asked by a program: as the command lists them, page by page; one with its history; those of a supplier with reasons."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from matcher.accounts.audit import read_whole_journal
from matcher.accounts.roles import Action, Role
from matcher.catalogue.identity.trust import TEAM
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.db import open_database
from matcher.notices.intake import take_notice_files
from matcher.notices.lists.json_shapes import LotWithHistoryShape, NoticeWithLotsShape, SupplierLotShape
from matcher.notices.store import KeptLot
from matcher.notices.supplier_side import SupplierSide
from matcher.notices.watching.watched import sides
from matcher.ranking.shelf.shelf import Shelf
from matcher.settings import DATABASE_VARIABLE
from matcher.web import create_app
from matcher.web.api.notices import TakenNoticesShape
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.cli.conftest import Run
from tests.matcher.notices.written import BUYER, importer, lot, notice
from tests.matcher.web.api.conftest import SUPPLIER, token

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
SAME = "2026-12-20T12:00:00+01:00"
NOTICE_XML = Path(__file__).parents[3] / "fixtures/eforms/cn-social_25.xml"


@pytest.fixture(scope="module")
def published(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, str]]:
    """A program, and the address of a catalogue where three calls tell five lots, two of which close together and one without a date; a notice
    corrects the first, and the team says something of it. Read only."""
    path = tmp_path_factory.mktemp("avis") / "catalogue.sqlite"
    shutil.copy(built, path)
    address = f"sqlite:///{path.as_posix()}"
    engine = open_database(address)
    several = (lot("1", deadline=SAME), lot("2", deadline=SAME), lot("3", "Nettoyage des locaux", cpv=("90910000",)))
    items = (
        notice("26-1"),
        notice("26-2", *several, buyer_name="Contact : lea@exemple.fr, 03 20 00 00 01"),
        notice("26-3", lot(deadline="")),
        notice("26-4", lot(reserved="res-ws"), nature="RECTIFICATIF", earlier=("26-1",), published="2026-11-22"),
        notice("26-5", source=TEAM, title="réservation précisée par Léa"),
    )
    take_notice_files(engine, importer(*items), [Path(__file__)], now=NOW.replace(tzinfo=None))
    yield create_app(engine, clock=lambda: NOW).test_client(), address
    engine.dispose()


@pytest.fixture
def reader(published: tuple[FlaskClient, str], monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The program; a command reads the same catalogue."""
    monkeypatch.setenv(DATABASE_VARIABLE, published[1])
    return published[0]


def whole(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while address:
        page = client.get(address).json
        found += page["items"]
        address = page["next"]
    return found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("every=true", ["--tous"]),
        ("on=2026-12-16", ["--ouverts-le", "2026-12-16"]),
        ("every=true&reserved=true", ["--tous", "--reserve"]),
        ("every=true&reserved=false", ["--tous", "--non-reserve"]),
        ("every=true&clause=false&departement=59", ["--tous", "--sans-clause", "--departement", "59"]),
        (f"every=true&trade=espaces-verts&buyer={BUYER}", ["--tous", "--metier", "espaces-verts", "--acheteur", BUYER]),
    ],
)
def test_lots_are_listed_as_the_command_lists_them(reader: FlaskClient, run: Run, query: str, words: list[str]) -> None:
    told = run("annonces", "list", *words, "--format", "json").json()
    asked = whole(reader, f"/api/v1/lots?limit=2&{query}")
    if "--tous" in words:  # each tells what is open at its own hour
        told, asked = ([{**one, "open": None} for one in its] for its in (told, asked))
    assert asked == told != []


def test_a_list_goes_on_after_what_has_closed(reader: FlaskClient) -> None:
    assert len(whole(reader, "/api/v1/lots?limit=1")) == len({one["id"] for one in whole(reader, "/api/v1/lots")}) == 5
    gone = reader.get("/api/v1/lots?limit=1&on=2026-12-19&after=2026-12-15T11:00:00~999").json
    assert gone["items"][0]["deadline"].startswith("2026-12-20")


def test_a_page_after_nothing_is_refused(reader: FlaskClient) -> None:
    for address in (
        f"suppliers/{SUPPLIER}/lots?after=12",
        "lots?after=12",
        "notices?after=~1",
        "notices?after=99999999999",
    ):
        refused = reader.get(f"/api/v1/{address}")
        assert (refused.status_code, refused.json["code"]) == (422, "suite-inconnue")


def test_a_filter_that_chooses_nothing_is_refused(reader: FlaskClient) -> None:
    for address in ("lots?trade=nulle-part", "lots?on=0001-01-01", "notices?buyer=mairie"):
        refused = reader.get(f"/api/v1/{address}")
        assert (refused.status_code, refused.json["code"]) == (422, "filtre-refuse")


def test_a_lot_is_shown_with_its_history_and_nobody_to_call(reader: FlaskClient) -> None:
    first = whole(reader, "/api/v1/lots")[0]
    shown = reader.get(f"/api/v1/lots/{first['id']}").json
    assert shown | {"history": None} == first | {"history": None}
    assert [one["ref"] for one in shown["history"]] == ["26-1", "26-4"]
    assert msgspec.convert(shown, LotWithHistoryShape) == shown
    assert shown["doubts"]
    assert shown["connu"] is not None
    assert reader.get("/api/v1/lots/999").json["code"] == "introuvable"


def test_a_supplier_reads_its_lots_with_reasons(reader: FlaskClient) -> None:
    mine = whole(reader, f"/api/v1/suppliers/{SUPPLIER}/lots?limit=2")
    assert msgspec.convert(mine, list[SupplierLotShape]) == mine != []
    for one in mine:
        assert one["suits"]
        assert not one["refused"]
    assert mine == reader.get(f"/api/v1/suppliers/{SUPPLIER[6:]}/lots").json["items"]
    assert reader.get(f"/api/v1/suppliers/{SUPPLIER}/lots?after=1~999.5~1").json["items"] == mine
    assert " " not in reader.get(f"/api/v1/suppliers/{SUPPLIER[6:9]} {SUPPLIER[9:]}/lots?limit=1").json["next"]
    assert reader.get("/api/v1/suppliers/00000000000000/lots").json["code"] == "introuvable"
    assert reader.get(f"/api/v1/suppliers/{SUPPLIER}/lots?limit=21").status_code == 400


def test_the_reasons_of_a_lot_are_computed_once_for_pages_and_programs(
    reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(shelf: Shelf, supplier: str, those: Sequence[KeptLot], day: date) -> list[SupplierSide]:
        asked.extend(one.id for one in those)
        return sides(shelf, supplier, those, day)

    monkeypatch.setattr("matcher.web.notices.own_watch.sides", counted)
    app = create_app(reader.application.extensions[EXTENSION].engine, clock=lambda: NOW)
    for address in (f"/fournisseurs/{SUPPLIER}/lots", f"/api/v1/suppliers/{SUPPLIER}/lots?limit=2") * 2:
        assert app.test_client().get(address).status_code == 200
    assert len(asked) == len(set(asked)) > 0


def test_notices_are_listed_and_shown_with_their_lots(reader: FlaskClient) -> None:
    every = whole(reader, "/api/v1/notices?limit=1")
    assert [one["ref"] for one in every] == ["26-4", "26-3", "26-2", "26-1"]
    assert [one["ref"] for one in whole(reader, "/api/v1/notices?since=2026-11-21")] == ["26-4"]
    assert whole(reader, f"/api/v1/notices?buyer={BUYER}&source=boamp") == every
    told = reader.get(f"/api/v1/notices/{every[0]['id']}").json
    assert msgspec.convert(told, NoticeWithLotsShape) == told
    assert told | {"lots": None} == every[0] | {"lots": None}
    assert [one["number"] for one in told["lots"]] == ["1"]
    assert reader.get("/api/v1/notices/999").json["code"] == "introuvable"


def test_neither_whom_to_call_nor_what_the_team_says_is_told(reader: FlaskClient) -> None:
    said = reader.get("/api/v1/notices").text + reader.get("/api/v1/lots?every=true").text
    for told in ("Léa", "lea@", "03 20"):
        assert told not in said


PASTED = "Avis n°26-990002, publié le 20/11/2026\nAcheteur : Ville\nObjet du marché : Entretien des espaces verts\nLieu d’exécution : 59600 Maubeuge\n"


def test_notices_are_pushed_as_their_source_publishes_them(team: Flask) -> None:
    client, reader = team.test_client(), token(team, "lecteur")
    steward = token(team, "gestionnaire", Role.STEWARD)
    asked = {"source": "avis", "content": PASTED, "name": "avis.txt"}
    refused = client.post("/api/v1/notices", json=asked, headers=reader)
    assert (refused.status_code, refused.json["code"]) == (403, "portee-insuffisante")
    tried = client.post("/api/v1/notices", json=asked | {"dry_run": True}, headers=steward).json
    assert (tried["read"], tried["new"], tried["run"]) == (1, 1, None)
    assert client.get("/api/v1/notices", headers=reader).json["items"] == []
    assert read_whole_journal(team.extensions[EXTENSION].engine, most=1)[0].action == "donne un jeton"
    taken = msgspec.convert(client.post("/api/v1/notices", json=asked, headers=steward).json, TakenNoticesShape)
    assert (taken["new"], taken["lots"], taken["run"] is not None) == (1, 1, True)
    again = client.post("/api/v1/notices", json=asked, headers=steward).json
    assert (again["new"], again["unchanged"]) == (0, 1)
    (listed,) = client.get("/api/v1/notices", headers=reader).json["items"]
    assert listed["source"] == "avis"
    done = read_whole_journal(team.extensions[EXTENSION].engine, most=1)[0]
    assert (done.who, done.action, done.target) == ("gestionnaire", Action.IMPORT, "/api/v1/notices")


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16"])
def test_an_xml_is_read_as_text_whatever_its_declaration_says(writing_machine: FlaskClient, encoding: str) -> None:
    text = NOTICE_XML.read_text(encoding="utf-8").replace("</cbc:Name>", " réservé</cbc:Name>")
    written = text.replace('encoding="UTF-8"', f"encoding='{encoding}'")
    assert encoding in written
    pushed = {"source": "eforms", "content": written, "name": "a.xml"}
    assert writing_machine.post("/api/v1/notices", json=pushed).json["new"] == 1
    same = pushed | {"content": text}
    assert writing_machine.post("/api/v1/notices", json=same).json["unchanged"] == 1


def test_files_are_taken_one_at_a_time(writing_machine: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, inside = {"source": "avis", "content": PASTED}, []

    def taken(*its: Any, **given: Any) -> Any:
        inside.append(writing_machine.application.test_client().post("/api/v1/notices", json=asked))
        return take_notice_files(*its, **given)

    monkeypatch.setattr("matcher.web.api.notices.intake.take_notice_files", taken)
    assert writing_machine.post("/api/v1/notices", json=asked).json["new"] == 1
    (refused,) = inside
    assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (503, "indisponible", "30")
    monkeypatch.undo()
    assert writing_machine.post("/api/v1/notices", json=asked).json["unchanged"] == 1


def test_an_import_that_is_refused_is_told_in_its_words(
    writing_machine: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise IntakeRefused("Une liste bien plus courte.")

    monkeypatch.setattr("matcher.web.api.notices.intake.take_notice_files", refuse)
    refused = writing_machine.post("/api/v1/notices", json={"source": "avis", "content": PASTED})
    assert (refused.status_code, refused.json["code"]) == (422, "ecriture-refusee")
    assert refused.json["detail"] == "Une liste bien plus courte."


def test_a_file_that_cannot_be_read_is_refused_in_its_words(writing_machine: FlaskClient) -> None:
    asked = {"source": "eforms", "content": "<ann></ann>", "name": "a.xml"}
    refused = writing_machine.post("/api/v1/notices", json=asked)
    assert (refused.status_code, refused.json["code"]) == (422, "ecriture-refusee")
    assert "« ann »" in refused.json["detail"]
    assert writing_machine.post("/api/v1/notices", json=asked | {"source": "finess"}).status_code == 400
