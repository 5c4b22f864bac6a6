"""Sources of the fields and activities of suppliers, each with the date of its data, for the rows that a list shows: one query."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Engine, Select, cast, literal, null, select, union_all

from matcher.catalogue.identity.trust import short_title
from matcher.catalogue.store.tables import ActivityRow, AwardRow, ProvenanceRow, ReferenceRow, SourceRecordRow
from matcher.db import reading
from matcher.domain.age import DatedSource, FieldSource, source_dated
from matcher.rows import chunks, table_of

_PROVENANCE = table_of(ProvenanceRow)
_ACTIVITIES = table_of(ActivityRow)
_RECORDS = table_of(SourceRecordRow)
_REFERENCES = table_of(ReferenceRow)
_AWARDS = table_of(AwardRow)


def field_sources(
    engine: Engine, ids: Collection[str], dated: Sequence[DatedSource]
) -> dict[str, tuple[FieldSource, ...]]:
    """Return the sources of suppliers by id, those of the catalogue only; a record without a date has that of its source's data in `dated`."""
    dates = {its.key: its.data_date for its in dated}
    with reading(engine) as connection:
        found: dict[str, dict[FieldSource, date | None]] = {}
        for part in chunks(sorted(ids)):
            _read(connection, part, dates, found)
    # Of two records of one source the latest is said.
    return {key: tuple(sorted(its, key=lambda one: its[one] or date.min, reverse=True)) for key, its in found.items()}


def _read(
    connection: Connection,
    ids: Sequence[str],
    dates: dict[str, date | None],
    found: dict[str, dict[FieldSource, date | None]],
) -> None:
    for supplier_id, field, wording, source, told in connection.execute(union_all(*_queries(ids))):
        day = told or dates.get(source)
        found.setdefault(supplier_id, {})[FieldSource(field, wording, source_dated(short_title(source), day))] = day


def _queries(ids: Sequence[str]) -> tuple[Select[Any], ...]:
    """Fields, then activities each with its wording, then past contracts: supplier, field, wording, source, day."""
    fields = select(
        _PROVENANCE.c.supplier_id, _PROVENANCE.c.field, literal(""), _PROVENANCE.c.source, _PROVENANCE.c.date
    ).where(_PROVENANCE.c.supplier_id.in_(ids))
    whose = (_RECORDS.c.supplier_id == _ACTIVITIES.c.supplier_id) & (_RECORDS.c.source == _ACTIVITIES.c.source)
    activities = (
        select(
            _ACTIVITIES.c.supplier_id,
            literal("activities"),
            _ACTIVITIES.c.wording,
            _ACTIVITIES.c.source,
            _RECORDS.c.as_of,
        )
        .outerjoin(_RECORDS, whose)
        .where(_ACTIVITIES.c.supplier_id.in_(ids))
    )
    contracts = (
        select(_REFERENCES.c.supplier_id, literal("references"), literal(""), _AWARDS.c.source, cast(null(), Date))
        .join(_AWARDS, _AWARDS.c.id == _REFERENCES.c.award_id)
        .where(_REFERENCES.c.supplier_id.in_(ids))
        .distinct()
    )
    return fields, activities, contracts
