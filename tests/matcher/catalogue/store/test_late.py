"""Sources that are late: by their own rhythm, and by their last whole list."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
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
        assert (finess.taken, finess.last) == (DAY.date(), seen)
        assert ("n’a pas été dit complet" in finess.when) is not complete
    days = timedelta(days=rhythm["finess"])
    assert [finess.late(date(2026, 11, 25) + after) for after in (days - timedelta(days=1), days)] == [False, True]


def test_a_list_by_hand_is_as_old_as_its_data_and_a_fetched_one_as_its_import(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    read, today = replace(importer([raw("1", source="finess")], "finess"), at_least=0), DAY.date()
    take = partial(run_import, engine, read, [Source(tmp_path / "f")], now=DAY, complete=True, lookups=lookups())
    for fetched, last, when in (
        (False, date(2020, 12, 15), "le 25 novembre 2026, données du 15 décembre 2020"),
        (True, today, "le 25 novembre 2026"),
    ):
        take(fetched=fetched, data_date=date(2020, 12, 15))
        (finess,) = (each for each in freshness(engine) if each.key == "finess")
        assert (finess.taken, finess.last, finess.when, finess.late(today)) == (today, last, when, not fetched)
