"""Lots of a batch: a folder of Parquet says what JSON lines say, and what is no folder of lots is refused with its cure."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine

from matcher.batch.given import lots_given, lots_published
from matcher.jobs.reader_process import ReadRefused
from matcher.need.fields import LotsError, read_lots
from matcher.notices.intake import take_notices
from tests.matcher.notices.written import importer, lot, notice

pytestmark = pytest.mark.usefixtures("read_here")

LOTS = (
    {
        "objet": "Entretien des berges",
        "lieu": {"code": "59600", "type": "Code postal", "nom": "Maubeuge"},
        "montant": 1000,
    },
    {"objet": "Nettoyage des vitres", "cpv": ["90911300"], "date": "2026-11-24"},
    {"objet": "Nettoyage", "cpv": ["00000001"]},
)


def test_a_folder_of_parquet_says_what_json_lines_say(tmp_path: Path) -> None:
    lines = tmp_path / "lots.jsonl"
    lines.write_text("".join(json.dumps(one) + "\n" for one in LOTS), encoding="utf-8")
    (tmp_path / "lots").mkdir()
    database = duckdb.connect(":memory:")  # the date as a date, the amount as a decimal
    rows = database.read_json(str(lines)).project(
        "objet, cpv, lieu, montant::DECIMAL(9, 2) AS montant, date::DATE AS date"
    )
    rows.limit(2).write_parquet(str(tmp_path / "lots" / "lots1.parquet"))
    rows.limit(1, offset=2).write_parquet(
        str(tmp_path / "lots" / "lots[1].parquet")
    )  # to DuckDB, a pattern of the other
    written, found = list(read_lots(lines)), list(lots_given(tmp_path / "lots"))
    assert [replace(one.lot, lot_id="") for one in found] == [replace(one.lot, lot_id="") for one in written]
    assert [one.lot.lot_id for one in found] == ["lots1-1", "lots1-2", "lots[1]-1"]
    assert "« lots[1].parquet », ligne 1, champ « cpv » : « 00000001 » n’est pas un code CPV" in str(found[2].faults[0])


def test_what_is_no_folder_of_lots_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LotsError, match=r"aucun fichier \.parquet"):
        list(lots_given(tmp_path))
    path = tmp_path / "a.parquet"
    duckdb.connect(":memory:").sql("SELECT 'Nettoyage' AS besoin").write_parquet(str(path))
    with pytest.raises(ReadRefused, match=r"ni colonne « objet » ni colonne « cpv » \(il a besoin\)"):
        list(lots_given(tmp_path))
    path.write_bytes(b"PAR1 mais pas vraiment")
    with pytest.raises(ReadRefused, match=r"« a\.parquet » n’est pas un fichier Parquet"):
        list(lots_given(tmp_path))


def test_the_lots_of_a_period_are_those_of_its_days(engine: Engine) -> None:
    days = ("2026-11-01", "2026-11-10", "2026-11-20")
    take_notices(
        engine,
        importer(*(notice(f"26-{day}", lot(title=f"Tonte du {day}"), published=day) for day in days)),
        [Path("avis")],
        now=datetime(2026, 11, 21),  # noqa: DTZ001  # as it is kept
    )
    found = list(lots_published(engine, date(2026, 11, 10), date(2026, 11, 20)))
    assert [one.lot.date for one in found] == [date(2026, 11, 10), date(2026, 11, 20)]
    assert len({one.lot.lot_id for one in found}) == 2
