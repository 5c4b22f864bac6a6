"""Query of the contracts that suppliers won; imports no reader of directories, so that a search starts fast."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import Connection, select

from matcher.catalogue.store.tables import AwardRow, ReferenceRow
from matcher.domain.supplier import Reference
from matcher.rows import table_of

_AWARDS = table_of(AwardRow)
_REFERENCES = table_of(ReferenceRow)
_REFERENCE_FIELDS = frozenset(field.name for field in fields(Reference))


def references(connection: Connection, only: Sequence[str] | None = None) -> dict[str, tuple[Reference, ...]]:
    """Return the references by supplier (those of `only`, or all), its own first, then the latest first."""
    told = [column for column in _AWARDS.columns if column.name in _REFERENCE_FIELDS]
    columns = (_REFERENCES.c.supplier_id, _REFERENCES.c.own, _REFERENCES.c.activity)
    query = select(*columns, *told)
    query = query.join(_AWARDS, _AWARDS.c.id == _REFERENCES.c.award_id)
    found: dict[str, list[Reference]] = {}
    for row in connection.execute(
        query if only is None else query.where(_REFERENCES.c.supplier_id.in_(only))
    ).mappings():
        values = dict(row)
        found.setdefault(values.pop("supplier_id"), []).append(Reference(**values))
    return {supplier_id: tuple(sorted(its, key=_latest_first)) for supplier_id, its in found.items()}


def _latest_first(found: Reference) -> tuple[bool, int, str, str]:
    return not found.own, -found.notified.toordinal() if found.notified else 0, found.source, found.ref
