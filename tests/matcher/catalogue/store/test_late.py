"""Sources that are late: by their own rhythm, and by their last whole list."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.late import freshness
from tests.factories import importer, lookups, raw

DAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def test_a_part_of_a_list_makes_nothing_fresh(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    rhythm = {each.key: each.days for each in freshness(engine)}
    assert all(each.last is None and each.late(DAY.date()) for each in freshness(engine))
    assert "hosmoz" not in rhythm, "no command fetches it"
    read = replace(importer([raw("1", source="finess")], "finess"), at_least=0)
    for complete, seen in ((False, None), (True, DAY.date())):
        run_import(engine, read, [Source(tmp_path / "f")], now=DAY, complete=complete, lookups=lookups())
        (finess,) = (each for each in freshness(engine) if each.key == "finess")
        assert finess.last == seen
    days = timedelta(days=rhythm["finess"])
    assert [finess.late(date(2026, 11, 25) + after) for after in (days - timedelta(days=1), days)] == [False, True]
