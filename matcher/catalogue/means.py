"""What suppliers have to carry a lot beyond their workforce: turnover, and capacity in their own words."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, select

from matcher.catalogue.projection import chunks, table_of
from matcher.catalogue.tables import SupplierRow
from matcher.db import reading

_SUPPLIERS = table_of(SupplierRow)


@dataclass(frozen=True, slots=True)
class Means:
    """`turnover` in euros a year, None where unknown; `capacity` in the words of the source, empty where it says nothing."""

    turnover: float | None
    capacity: str


def means_of(engine: Engine, ids: Collection[str]) -> dict[str, Means]:
    """Return the means of the suppliers of whom anything of the kind is known, by id."""
    table = _SUPPLIERS.c
    found: dict[str, Means] = {}
    with reading(engine) as connection:
        for part in chunks(sorted(ids)):
            rows = connection.execute(select(table.id, table.turnover, table.capacity).where(table.id.in_(part)))
            found |= {row.id: Means(row.turnover, row.capacity) for row in rows if row.turnover or row.capacity}
    return found
