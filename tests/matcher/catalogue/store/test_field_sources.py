"""Sources of what is known of suppliers: read for many by one query, dated by their record, else by the data of their source."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.catalogue.store.field_sources import field_sources, latest_sources
from matcher.catalogue.store.read import dated_sources, load_supplier, load_suppliers
from matcher.catalogue.store.tables import ActivityRow
from matcher.db import open_database
from matcher.domain.age import DatedSource
from tests.matcher.web.conftest import queries


@pytest.fixture
def engine(built: Path) -> Iterator[Engine]:
    """The sample catalogue; read only."""
    engine = open_database(f"sqlite:///{built.as_posix()}")
    yield engine
    engine.dispose()


def test_fields_activities_and_contracts_say_their_source_by_one_query(engine: Engine) -> None:
    ids = {supplier.id for supplier in load_suppliers(engine)}
    dated = dated_sources(engine)
    with queries(engine) as sent:
        found = field_sources(engine, ids, dated)
    assert len(sent) == 1
    assert found.keys() <= ids
    for key in sorted(ids)[:20]:
        supplier = load_supplier(engine, key)
        assert supplier is not None
        told = found[key]
        assert (supplier.provenance or {}).keys() <= told.fields.keys()
        assert {its.wording for its in supplier.activities if its.wording} <= told.wordings.keys()
        assert not supplier.references or told.of("references")


def test_a_record_without_a_day_has_that_of_its_data_and_an_unknown_day_is_said(engine: Engine) -> None:
    undated = next(
        its for its in load_suppliers(engine) if its.origins and all(one.date is None for one in its.origins)
    )
    source = undated.origins[0].source
    without = field_sources(engine, [undated.id], ())[undated.id]
    assert without.of("name").endswith(", sans date")
    dated = [DatedSource(source, source, date(2026, 9, 1), date(2026, 11, 1))]
    within = field_sources(engine, [undated.id], dated)[undated.id]
    assert within.of("name").endswith(", sept. 2026")
    latest = latest_sources(engine, [undated.id], dated)[undated.id, "name"]
    assert (latest.source, latest.day) == (source, date(2026, 9, 1))


def test_whom_the_catalogue_has_not_is_absent(engine: Engine) -> None:
    assert field_sources(engine, ["siret:00000000000000"], ()) == {}


def test_of_sources_of_one_day_the_last_by_name_is_said_whatever_the_order_of_the_rows(
    built: Path, tmp_path: Path
) -> None:
    path = copyfile(built, tmp_path / "catalogue.sqlite")
    engine = open_database(f"sqlite:///{path.as_posix()}")
    key = min(supplier.id for supplier in load_suppliers(engine))
    with Session(engine) as session, session.begin():
        for at, (wording, source) in enumerate((("cire", "aaa"), ("cire", "zzz"), ("osier", "zzz"), ("osier", "aaa"))):
            session.add(
                ActivityRow(
                    supplier_id=key, position=90 + at, code="", wording=wording, evidence="déclarée", source=source
                )
            )
    told = field_sources(engine, [key], ())[key].wordings
    assert (told["cire"], told["osier"]) == ("zzz, sans date", "zzz, sans date")
    engine.dispose()
