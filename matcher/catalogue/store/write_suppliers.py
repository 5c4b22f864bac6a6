"""Rows of suppliers, whole: a touched supplier is deleted with its children and inserted again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, delete

from matcher.catalogue.store.tables import (
    ActivityRow,
    ContactRow,
    FinessNumberRow,
    ProvenanceRow,
    RefusedActivityRow,
    SiteRow,
    SupplierKindRow,
    SupplierRow,
)
from matcher.domain.supplier import Origin, Site
from matcher.rows import chunks, table_of

if TYPE_CHECKING:  # merging knows the importers; reading the catalogue needs neither
    from matcher.catalogue.identity.merge import Merged


_SUPPLIER_COLUMNS = tuple(column.name for column in SupplierRow.__table__.columns)
_SITE_FIELDS = tuple(field.name for field in fields(Site))


def delete_suppliers(connection: Connection, supplier_ids: Iterable[str]) -> None:
    """Delete suppliers with what is of them."""
    suppliers = table_of(SupplierRow)
    for ids in chunks(sorted(supplier_ids)):
        connection.execute(delete(suppliers).where(suppliers.c.id.in_(ids)))


def rows_of(merged: "Sequence[Merged]") -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of suppliers, table by table, parents before children."""
    for row, build in _BUILDERS:
        yield table_of(row), [values for item in merged for values in build(item)]


def _supplier(item: "Merged") -> Iterator[dict[str, Any]]:
    yield {name: getattr(item.supplier, name) for name in _SUPPLIER_COLUMNS}


def _kinds(item: "Merged") -> Iterator[dict[str, Any]]:
    for position, kind in enumerate(item.supplier.kinds):
        yield {"supplier_id": item.supplier.id, "position": position, "kind": kind.value}


def _finess(item: "Merged") -> Iterator[dict[str, Any]]:
    for number in item.supplier.finess:
        yield {"supplier_id": item.supplier.id, "number": number}


def _sites(item: "Merged") -> Iterator[dict[str, Any]]:
    for position, site in enumerate(item.supplier.sites):
        values = {name: getattr(site, name) for name in _SITE_FIELDS}
        yield values | {"supplier_id": item.supplier.id, "position": position}


def _activities(item: "Merged") -> Iterator[dict[str, Any]]:
    for position, activity in enumerate(item.supplier.activities):
        yield {
            "supplier_id": item.supplier.id,
            "position": position,
            "code": activity.code,
            "wording": activity.wording,
            "evidence": activity.evidence.value,
            "source": activity.source,
        }


def _refused(item: "Merged") -> Iterator[dict[str, Any]]:
    for position, refused in enumerate(item.supplier.refused_activities):
        values = {"code": refused.code, "wording": refused.wording, "date": refused.date}
        yield {"supplier_id": item.supplier.id, "position": position, **values}


def _contacts(item: "Merged") -> Iterator[dict[str, Any]]:
    for position, contact in enumerate(item.contacts):
        yield {
            "supplier_id": item.supplier.id,
            "position": position,
            "type": contact.type,
            "value": contact.value,
            **_origin(contact.origin),
        }


def _provenance(item: "Merged") -> Iterator[dict[str, Any]]:
    for name, origin in (item.supplier.provenance or {}).items():
        yield {"supplier_id": item.supplier.id, "field": name, **_origin(origin)}


def _origin(origin: Origin) -> dict[str, Any]:
    return {"source": origin.source, "ref": origin.ref, "date": origin.date}


# Parents before children: foreign keys of the children are checked at once.
_BUILDERS = (
    (SupplierRow, _supplier),
    (SupplierKindRow, _kinds),
    (FinessNumberRow, _finess),
    (SiteRow, _sites),
    (ActivityRow, _activities),
    (RefusedActivityRow, _refused),
    (ContactRow, _contacts),
    (ProvenanceRow, _provenance),
)
SUPPLIER_TABLES = tuple(table_of(row) for row, _ in _BUILDERS)
