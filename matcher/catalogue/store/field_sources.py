"""Sources of the fields and activities of suppliers, each with the date of its data, for the rows that a list shows: one query."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Connection,
    Date,
    Engine,
    String,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)

from matcher.catalogue.identity.trust import SHARED, STRUCTURE, short_title
from matcher.catalogue.store.tables import (
    ACTIVITIES,
    AWARDS,
    CORRECTIONS,
    PROVENANCE,
    RECORDS,
    REFERENCES,
)
from matcher.db import reading
from matcher.domain.age import DatedSource, SupplierSources, source_dated
from matcher.domain.french import day as french_day
from matcher.rows import chunks

# The latest source found of each thing: its day, the first of all where it has none, and its words.
_Dated = dict[str, tuple[date, str]]


class FieldSource(NamedTuple):
    """A source of a field of a supplier, or of an activity in the words of `wording`: its key, and the day of its data, None where unknown."""

    supplier_id: str
    field: str
    wording: str
    source: str
    day: date | None


def field_sources(engine: Engine, ids: Collection[str], dated: Sequence[DatedSource]) -> dict[str, SupplierSources]:
    """Return the sources of suppliers by id, those of the catalogue only; a record without a date has that of its source's data in `dated`.

    Of several sources of one thing the latest is named; of those of one day, the last by name, whatever the order of the rows.
    """
    by_supplier: dict[str, tuple[_Dated, _Dated]] = {}
    with reading(engine) as connection:
        for rows in _each_part(connection, ids, dated):
            answering = {row.supplier_id for row in rows if row.source == SHARED}
            askers = _askers(connection, sorted(answering)) if answering else {}
            for supplier_id, field, wording, source, day in rows:
                of_fields, of_wordings = by_supplier.setdefault(supplier_id, ({}, {}))
                at, key = (of_wordings, wording) if wording else (of_fields, field)
                asker = askers.get((supplier_id, day), "") if source == SHARED else ""
                to = f" à {asker}," if asker else ""
                answered = f"a répondu{to} le {french_day(day)}" if source in (STRUCTURE, SHARED) and day else ""
                latest = day or date.min, answered or source_dated(_title(source, dated), day)
                at[key] = max(latest, at.get(key, latest))
    return {key: SupplierSources(*map(_said, its)) for key, its in by_supplier.items()}


def latest_sources(
    engine: Engine, ids: Collection[str], dated: Sequence[DatedSource]
) -> dict[tuple[str, str], FieldSource]:
    """Return the latest source of each field and of each wording of an activity of suppliers, by id and field or wording."""
    field_sources: dict[tuple[str, str], FieldSource] = {}
    with reading(engine) as connection:
        for rows in _each_part(connection, ids, dated):
            for field_source in rows:
                key = field_source.supplier_id, field_source.wording or field_source.field
                field_sources[key] = max(
                    field_source,
                    field_sources.get(key, field_source),
                    key=lambda one: (one.day or date.min, one.source),
                )
    return field_sources


def _each_part(
    connection: Connection, ids: Collection[str], dated: Sequence[DatedSource]
) -> Iterator[list[FieldSource]]:
    """The sources of some suppliers, a part of these at a time, each with its day."""
    dates = {its.key: its.data_date for its in dated}
    for part in chunks(sorted(ids)):
        rows = connection.execute(_query(), {"ids": part})
        yield [
            FieldSource(key, field, wording, source, told or dates.get(source))
            for key, field, wording, source, told in rows
        ]


def _askers(connection: Connection, ids: Sequence[str]) -> dict[tuple[str, date | None], str]:
    """Whom suppliers answered elsewhere, by supplier and day."""
    mine = (RECORDS.c.source == SHARED) & RECORDS.c.supplier_id.in_(ids)
    joined = RECORDS.join(CORRECTIONS, cast(CORRECTIONS.c.id, String) == RECORDS.c.ref)
    query = select(RECORDS.c.supplier_id, RECORDS.c.as_of, CORRECTIONS.c.who).select_from(joined).where(mine)
    return {(row.supplier_id, row.as_of): row.who for row in connection.execute(query.order_by(CORRECTIONS.c.id))}


def _title(source: str, dated: Sequence[DatedSource]) -> str:
    """The short title of a source, as `dated` has it where it was imported: those of the sample are invented."""
    return next((its.title for its in dated if its.key == source), "") or short_title(source)


def _said(dated_value: _Dated) -> dict[str, str]:
    return {key: says for key, (_, says) in dated_value.items()}


@cache
def _query() -> CompoundSelect[Any]:
    """Fields, then activities each with its wording, then past contracts of `ids`: supplier, field, wording, source, day."""
    ids: BindParameter[str] = bindparam("ids", expanding=True)
    fields = select(
        PROVENANCE.c.supplier_id, PROVENANCE.c.field, literal(""), PROVENANCE.c.source, PROVENANCE.c.date
    ).where(PROVENANCE.c.supplier_id.in_(ids))
    whose = (RECORDS.c.supplier_id == ACTIVITIES.c.supplier_id) & (RECORDS.c.source == ACTIVITIES.c.source)
    activities = (
        select(
            ACTIVITIES.c.supplier_id,
            literal("activities"),
            ACTIVITIES.c.wording,
            ACTIVITIES.c.source,
            RECORDS.c.as_of,
        )
        .outerjoin(RECORDS, whose)
        .where(ACTIVITIES.c.supplier_id.in_(ids))
    )
    contracts = (
        select(REFERENCES.c.supplier_id, literal("references"), literal(""), AWARDS.c.source, cast(null(), Date))
        .join(AWARDS, AWARDS.c.id == REFERENCES.c.award_id)
        .where(REFERENCES.c.supplier_id.in_(ids))
        .distinct()
    )
    return union_all(fields, activities, contracts)
