"""Reads from the database the capacity of suppliers (turnover, declared capacity, preferred contracts), for opinions, allotment and coverage, and, for joint
bids (groupements), what may link two of them: contracts won, networks or labels."""

from collections.abc import Collection
from dataclasses import dataclass, fields

from sqlalchemy import Engine, select

from matcher.catalogue.store.awarded import references
from matcher.catalogue.store.tables import SupplierRow
from matcher.db import reading
from matcher.rows import chunks, table_of

_SUPPLIERS = table_of(SupplierRow)


@dataclass(frozen=True, slots=True)
class Means:
    """Capacity of one supplier: `turnover` in euros a year, None if unknown; the texts are in the words of the source, or empty."""

    turnover: float | None
    capacity: str
    contract_size: str = ""
    contract_duration: str = ""
    contract_season: str = ""


def means_of(engine: Engine, ids: Collection[str]) -> dict[str, Means]:
    """Return the means by supplier id, without suppliers whose values are all unknown, empty or 0."""
    table = _SUPPLIERS.c
    columns = [table[one.name] for one in fields(Means)]
    means: dict[str, Means] = {}
    with reading(engine) as connection:
        for part in chunks(sorted(ids)):
            rows = connection.execute(select(table.id, *columns).where(table.id.in_(part)))
            means |= {row[0]: Means(*row[1:]) for row in rows if any(row[1:])}
    return means


def shared_by(engine: Engine, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Return by supplier id, in French, each contract that it won and each network or label that it declares: two suppliers with the same phrase are
    linked. Suppliers without any are left out."""
    table = _SUPPLIERS.c
    shared: dict[str, set[str]] = {}
    with reading(engine) as connection:
        for part in chunks(sorted(ids)):
            for row in connection.execute(select(table.id, table.labels).where(table.id.in_(part))):
                shared.setdefault(row.id, set()).update(f"réseau ou label « {label} »" for label in row.labels)
            for key, won in references(connection, part).items():
                shared.setdefault(key, set()).update(
                    f"marché « {one.objet} » ({one.buyer_name or one.buyer})" for one in won
                )
    return {key: frozenset(its) for key, its in shared.items() if its}
