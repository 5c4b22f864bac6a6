"""Source and date of each field and activity of suppliers as short French phrases (« FINESS, janv. 2021 »), for the rows of a list."""

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
from matcher.catalogue.store.tables import ACTIVITIES, AWARDS, CORRECTIONS, PROVENANCE, RECORDS, REFERENCES
from matcher.db import reading
from matcher.domain.age import DatedSource, SupplierSources, source_dated
from matcher.domain.french import day as french_day
from matcher.rows import chunks

# Field name or wording → (day of its latest source, `date.min` where unknown; phrase).
_Dated = dict[str, tuple[date, str]]


class FieldSource(NamedTuple):
    """A source of a supplier's field, or of an activity in the words of `wording`: its key, and the day of its data, None where unknown."""

    supplier_id: str
    field: str
    wording: str
    source: str
    day: date | None


def field_sources(engine: Engine, ids: Collection[str], dated: Sequence[DatedSource]) -> dict[str, SupplierSources]:
    """Return the sources of suppliers by id; suppliers not in the catalogue are left out. `dated` gives the date of records without one.

    Of several sources of one field the latest counts; of the same day, the last by name.
    """
    by_supplier: dict[str, tuple[_Dated, _Dated]] = {}
    titles = {source.key: source.title for source in dated}  # those of the sample are marked as invented
    with reading(engine) as connection:
        for rows in _each_part(connection, ids, dated):
            askers = _asking_installations(connection, rows)
            for supplier_id, field, wording, source, day in rows:
                of_fields, of_wordings = by_supplier.setdefault(supplier_id, ({}, {}))
                at, key = (of_wordings, wording) if wording else (of_fields, field)
                asker = askers.get((supplier_id, day), "") if source == SHARED else ""
                to = f" à {asker}," if asker else ""
                answered = f"a répondu{to} le {french_day(day)}" if source in (STRUCTURE, SHARED) and day else ""
                latest = day or date.min, answered or source_dated(titles.get(source) or short_title(source), day)
                at[key] = max(latest, at.get(key, latest))
    return {
        key: SupplierSources(*({name: phrase for name, (_, phrase) in values.items()} for values in pair))
        for key, pair in by_supplier.items()
    }


def latest_sources(
    engine: Engine, ids: Collection[str], dated: Sequence[DatedSource]
) -> dict[tuple[str, str], FieldSource]:
    """Return the latest source of each field and of each wording of an activity, by (supplier id, field or wording)."""
    field_sources: dict[tuple[str, str], FieldSource] = {}
    with reading(engine) as connection:
        for rows in _each_part(connection, ids, dated):
            for field_source in rows:
                key = field_source.supplier_id, field_source.wording or field_source.field
                field_sources[key] = max(
                    field_source,
                    field_sources.get(key, field_source),
                    key=lambda source: (source.day or date.min, source.source),
                )
    return field_sources


def _each_part(
    connection: Connection, ids: Collection[str], dated: Sequence[DatedSource]
) -> Iterator[list[FieldSource]]:
    """The sources of suppliers, batch by batch, each with its day."""
    dates = {source.key: source.data_date for source in dated}
    for part in chunks(sorted(ids)):
        rows = connection.execute(_query(), {"ids": part})
        yield [
            FieldSource(key, field, wording, source, day or dates.get(source))
            for key, field, wording, source, day in rows
        ]


def _asking_installations(connection: Connection, sources: Sequence[FieldSource]) -> dict[tuple[str, date | None], str]:
    """The installation that each supplier answered, by supplier id and day."""
    ids = sorted({source.supplier_id for source in sources if source.source == SHARED})
    if not ids:
        return {}
    mine = (RECORDS.c.source == SHARED) & RECORDS.c.supplier_id.in_(ids)
    joined = RECORDS.join(CORRECTIONS, cast(CORRECTIONS.c.id, String) == RECORDS.c.ref)
    query = select(RECORDS.c.supplier_id, RECORDS.c.as_of, CORRECTIONS.c.who).select_from(joined).where(mine)
    return {(row.supplier_id, row.as_of): row.who for row in connection.execute(query.order_by(CORRECTIONS.c.id))}


@cache
def _query() -> CompoundSelect[Any]:
    """SQL: fields, then activities with their wording, then contracts won, of `ids`: supplier, field, wording, source, day."""
    ids: BindParameter[str] = bindparam("ids", expanding=True)
    fields = select(
        PROVENANCE.c.supplier_id, PROVENANCE.c.field, literal(""), PROVENANCE.c.source, PROVENANCE.c.date
    ).where(PROVENANCE.c.supplier_id.in_(ids))
    whose = (RECORDS.c.supplier_id == ACTIVITIES.c.supplier_id) & (RECORDS.c.source == ACTIVITIES.c.source)
    activities = (
        select(
            ACTIVITIES.c.supplier_id, literal("activities"), ACTIVITIES.c.wording, ACTIVITIES.c.source, RECORDS.c.as_of
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
