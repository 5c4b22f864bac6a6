"""The write lock of an import: it is held for the writing alone, never for the comparison, nor by a dry run."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from importers.importer import Source
from matcher.catalogue.identity.same_supplier import SupplierGroups
from matcher.catalogue.intake import plan
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.read import load_suppliers
from matcher.catalogue.store.tables import META
from matcher.db import open_database, reading, writing
from tests.factories import importer, lookups, raw, siret

NOW = datetime(2026, 11, 1)  # noqa: DTZ001
WORD = {"key": "essai", "value": "écrit"}


@pytest.fixture
def engine(new_url: str) -> Iterator[Engine]:
    engine = open_database(new_url)
    yield engine
    engine.dispose()


@pytest.fixture
def other(engine: Engine, new_url: str) -> Iterator[Engine]:
    """Another program on the same catalogue, which waits for no lock."""
    other = open_database(new_url, busy_timeout_s=0.2)
    yield other
    other.dispose()


def take(engine: Engine, folder: Path, key: str, refs: Sequence[int], **options: Any) -> ImportReport:
    path = folder / f"{key}.csv"
    path.write_text(key, encoding="utf-8")
    items = [raw(str(ref), f"Les Ateliers {ref}", siret=siret(ref), source=key) for ref in refs]
    return run_import(engine, importer(items, key), [Source(path)], now=NOW, lookups=lookups(), **options)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[int]]:
    """Do something in the middle of each comparison; the list grows with each."""

    def during(act: Callable[[], object]) -> list[int]:
        compare, times = plan.group_by_key, list[int]()

        def comparing(*given: Any) -> SupplierGroups:
            times.append(len(times))
            act()
            return compare(*given)

        monkeypatch.setattr(plan, "group_by_key", comparing)
        return times

    return during


@pytest.mark.parametrize("dry_run", [False, True], ids=["import", "dry run"])
def test_others_write_while_a_file_is_compared(
    engine: Engine, other: Engine, meanwhile: Callable[..., list[int]], tmp_path: Path, *, dry_run: bool
) -> None:
    def write() -> None:
        with writing(other) as connection:
            connection.execute(insert(META), WORD)

    times = meanwhile(write)
    report = take(engine, tmp_path, "essai", [1, 2], dry_run=dry_run)
    assert (report.read, len(times)) == (2, 1)
    with reading(engine) as connection:
        assert connection.execute(select(META.c.value).where(META.c.key == WORD["key"])).scalar_one() == WORD["value"]
    assert len(load_suppliers(engine)) == (0 if dry_run else 2)


def test_a_dry_run_asks_no_lock(engine: Engine, other: Engine, tmp_path: Path) -> None:
    take(engine, tmp_path, "essai", [1])
    with writing(engine) as connection:
        connection.execute(insert(META), WORD)
        assert take(other, tmp_path, "essai", [1, 2], dry_run=True).as_dict()["created"] == 1


def test_a_catalogue_that_changed_meanwhile_is_compared_again(
    engine: Engine, other: Engine, meanwhile: Callable[..., list[int]], tmp_path: Path, new_url: str
) -> None:
    times: list[int] = []

    def other_import() -> None:
        if len(times) == 1:
            take(other, tmp_path, "autre", [2, 3])  # comparing itself

    times = meanwhile(other_import)
    report = take(engine, tmp_path, "essai", [1, 2])
    assert report.as_dict() | {"created": 1, "merged": 1, "version": 2} == report.as_dict()
    assert len(times) == 3  # the first try, the other import, the second try
    assert [len(each.origins) for each in load_suppliers(engine)] == [1, 2, 1]


def test_a_catalogue_that_never_stands_still_is_left_as_it_is(
    engine: Engine, other: Engine, meanwhile: Callable[..., list[int]], tmp_path: Path
) -> None:
    take(engine, tmp_path, "essai", [1])
    inside: list[str] = []

    def other_import() -> None:
        if not inside:
            inside.append("autre")
            take(other, tmp_path, "autre", [10 + len(times)])
            inside.clear()

    times: list[int] = []
    times = meanwhile(other_import)
    with pytest.raises(IntakeRefused, match="Rien n’a été écrit"):
        take(engine, tmp_path, "essai", [1, 2])
    assert {record.source for each in load_suppliers(engine) for record in each.origins} == {"essai", "autre"}
    assert f"siret:{siret(2)}" not in {each.id for each in load_suppliers(engine)}


def test_older_data_are_refused_unless_that_is_said(engine: Engine, tmp_path: Path) -> None:
    new, old = date(2026, 10, 30), date(2020, 12, 15)
    take(engine, tmp_path, "essai", [1, 2], data_date=new)
    assert take(engine, tmp_path, "essai", [1], data_date=old, dry_run=True).newer == new
    words = r"\(15 décembre 2020\) sont plus anciennes que celles du catalogue \(30 octobre 2026\)"
    with pytest.raises(IntakeRefused, match=words):
        take(engine, tmp_path, "essai", [1], data_date=old)
    assert take(engine, tmp_path, "essai", [3], data_date=old).newer is None, "a part that makes nothing older"
    with pytest.raises(IntakeRefused, match=words):
        take(engine, tmp_path, "essai", [3, 4], data_date=old, complete=True)
    for data_date in (new, None):  # the same day, or an unknown one
        assert take(engine, tmp_path, "essai", [1, 2], data_date=data_date).newer is None
    take(engine, tmp_path, "essai", [1, 2], data_date=new)
    assert take(engine, tmp_path, "essai", [1, 2], data_date=old, older=True).newer == new
    assert take(engine, tmp_path, "essai", [1, 2], data_date=date(2021, 1, 1)).newer is None
