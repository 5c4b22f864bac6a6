"""Suppliers that have changed since a version of the catalogue, for whoever keeps a copy of it."""

from dataclasses import dataclass

from sqlalchemy import Engine, or_, select

from matcher.catalogue.store.read import read_version
from matcher.catalogue.store.tables import ImportRunRow, RecordBeforeRow, SourceRecordRow, SupplierRow
from matcher.db import reading
from matcher.rows import table_of

_BEFORE, _RECORDS = table_of(RecordBeforeRow), table_of(SourceRecordRow)
_RUNS, _SUPPLIERS = table_of(ImportRunRow), table_of(SupplierRow)


@dataclass(frozen=True, slots=True)
class ChangedSuppliers:
    """Ids of suppliers to read again, in order, at this `version`; `whole` where these are all of them, since a change between the two versions
    left no trace of whom it touched: an import undone, figures that a team gave."""

    version: int
    ids: tuple[str, ...]
    whole: bool


def changed_since(engine: Engine, version: int) -> ChangedSuppliers:
    """Return the suppliers to read again by whoever has read the catalogue at `version`. Raises DatabaseError."""
    with reading(engine) as connection:
        now = read_version(connection)
        later = (_RUNS.c.catalogue_version > version) & _RUNS.c.undone.is_(None)
        runs = connection.execute(select(_RUNS.c.id, _RUNS.c.catalogue_version).where(later)).all()
        whole = {run.catalogue_version for run in runs} != set(range(version + 1, now + 1))
        query = select(_SUPPLIERS.c.id)
        if not whole:
            ids = [run.id for run in runs]
            marked = select(_BEFORE.c.record_id).where(_BEFORE.c.run_id.in_(ids), _BEFORE.c.payload.is_not(None))
            touched = or_(_RECORDS.c.first_seen_run.in_(ids), _RECORDS.c.id.in_(marked))
            query = query.where(_SUPPLIERS.c.id.in_(select(_RECORDS.c.supplier_id).where(touched)))
        return ChangedSuppliers(now, tuple(sorted(connection.execute(query).scalars())), whole)
