"""Stores the past suppliers of a buyer's organisation, from its spending ledger, so that its lists label them; they do not change any ranking."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.catalogue.store.followed import ids_of_today
from matcher.cleaning.numbers import whole_number
from matcher.db import reading, writing
from matcher.decisions.purchases.spending import KnownSupplier, Spending
from matcher.erasure import Holding
from matcher.ownership import OrganisationId, OwnedRow, owned_by
from matcher.ranking.shelf.shelf import Shelf
from matcher.rows import Base, chunks, table_of

# Valid years of a ledger, in four digits: « exercice 12 » is not one.
_YEARS = range(1980, 2100)


class PastSupplierRow(OwnedRow, Base):
    """Table of past suppliers: id, last known year, number of lines in the last stored ledger."""

    __tablename__ = "past_supplier"
    __table_args__ = (UniqueConstraint("organisation_id", "supplier_id"),)
    holding = Holding("fournisseurs passés d’une organisation : leur identifiant et une année", keys=("supplier_id",))

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[str]
    last_year: Mapped[int | None]
    lines: Mapped[int]


_PAST = table_of(PastSupplierRow)


@dataclass(frozen=True, slots=True)
class PastSupplier:
    """A past supplier: `last_year`, None if unknown; `lines`, its number of lines in the ledger."""

    id: str
    last_year: int | None
    lines: int


def suppliers_of_spending(spending: Spending) -> list[PastSupplier]:
    """Return the surely recognised suppliers of a ledger, sorted by id."""
    return _merge_entries(
        PastSupplier(line.id, whole_number(line.year, _YEARS), 1)
        for line in spending.lines
        if line.standing is KnownSupplier.INCLUSIVE
    )


def keep_past_suppliers(engine: Engine, owner: OrganisationId, past_suppliers: Iterable[PastSupplier]) -> None:
    """Upsert the past suppliers of an organisation, with the later year and the new number of lines."""
    with writing(engine) as connection:
        years = {its.id: its.last_year for its in _read_stored(connection, owner)}
        dated_suppliers = {
            its.id: replace(its, last_year=_later(its.last_year, years.get(its.id))) for its in past_suppliers
        }
        _delete(connection, owner, dated_suppliers)
        for part in chunks(dated_suppliers.values()):
            rows = [{"supplier_id": its.id, "last_year": its.last_year, "lines": its.lines} for its in part]
            connection.execute(insert(_PAST), [{**row, "organisation_id": owner} for row in rows])


def remove_past_suppliers(engine: Engine, owner: OrganisationId, ids: Collection[str]) -> None:
    """Delete past suppliers of an organisation, by the ids that `load_past_suppliers` returns; unknown ids are ignored."""
    with writing(engine) as connection:
        rows = [its.id for its in _read_stored(connection, owner)]
        now = _current_ids(connection, rows)
        _delete(connection, owner, [key for key in rows if now.get(key, key) in ids])


def load_past_suppliers(engine: Engine, owner: OrganisationId) -> dict[str, PastSupplier]:
    """Return the past suppliers of an organisation by their id in the catalogue today; by stored id where it no longer has them."""
    with reading(engine) as connection:
        rows = _read_stored(connection, owner)
        now = _current_ids(connection, [its.id for its in rows])
    merged = _merge_entries(PastSupplier(now.get(its.id, its.id), its.last_year, its.lines) for its in rows)
    return {its.id: its for its in merged}


def past_labels(past: Mapping[str, PastSupplier], shelf: Shelf, ids: Iterable[str]) -> dict[str, str]:
    """Return French labels, by id, for the suppliers in `ids` that are past suppliers, or share the SIREN of one."""
    by_siren: dict[int, int | None] = {}
    for past_supplier in past.values():
        if siren := _siren(shelf, past_supplier.id):
            by_siren[siren] = _later(past_supplier.last_year, by_siren.get(siren))
    sentences = {}
    for key in ids:
        if key in past:
            sentences[key] = _with_year("déjà votre fournisseur", past[key].last_year)
        elif (siren := _siren(shelf, key)) in by_siren:
            sentences[key] = _with_year("son organisation (même SIREN) est déjà votre fournisseur", by_siren[siren])
    return sentences


def forget_past_supplier(connection: Connection, keys: frozenset[str], _who: str, _now: datetime) -> None:
    """Delete a supplier that leaves the catalogue (all its keys) from the past suppliers of all organisations."""
    connection.execute(delete(_PAST).where(_PAST.c.supplier_id.in_(keys)))


def _read_stored(connection: Connection, owner: OrganisationId) -> list[PastSupplier]:
    columns = (_PAST.c.supplier_id, _PAST.c.last_year, _PAST.c.lines)
    rows = connection.execute(select(*columns).where(owned_by(_PAST, owner)).order_by(_PAST.c.supplier_id)).all()
    return [PastSupplier(row.supplier_id, row.last_year, row.lines) for row in rows]


def _delete(connection: Connection, owner: OrganisationId, ids: Iterable[str]) -> None:
    for part in chunks(ids):
        connection.execute(delete(_PAST).where(owned_by(_PAST, owner), _PAST.c.supplier_id.in_(part)))


def _current_ids(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    return {former: now for part in chunks(ids) for former, now in ids_of_today(connection, part).items()}


def _merge_entries(past_suppliers: Iterable[PastSupplier]) -> list[PastSupplier]:
    """Merge entries of the same supplier: last year, sum of lines; sorted by id."""
    merged: dict[str, PastSupplier] = {}
    for entry in past_suppliers:
        past_supplier = merged.get(entry.id, PastSupplier(entry.id, None, 0))
        merged[entry.id] = PastSupplier(
            entry.id, _later(past_supplier.last_year, entry.last_year), past_supplier.lines + entry.lines
        )
    return [merged[key] for key in sorted(merged)]


def _later(first: int | None, other: int | None) -> int | None:
    return max((year for year in (first, other) if year is not None), default=None)


def _siren(shelf: Shelf, key: str) -> int:
    """Return the SIREN of a supplier on the shelf, 0 if unknown."""
    row = shelf.find(key)
    return 0 if row is None else int(shelf.sirens[row])


def _with_year(words: str, year: int | None) -> str:
    return words if year is None else f"{words}, {year}"
