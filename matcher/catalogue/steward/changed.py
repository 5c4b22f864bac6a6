"""Suppliers that have changed since a version of the catalogue, for whoever keeps a copy of it."""

import re
from dataclasses import dataclass
from typing import NamedTuple, Self

from sqlalchemy import Engine, or_, select

from matcher.catalogue.store.read import read_version
from matcher.catalogue.store.tables import IMPORT_RUNS, RECORDS, RECORDS_BEFORE, SUPPLIERS
from matcher.db import reading

_POSITION = re.compile(r"([0-9]{1,9})~([^\0]+)")


class ChangedPosition(NamedTuple):
    """Position in the list of suppliers to read again: the version of the catalogue when its first page was read, and the id of a supplier."""

    version: int
    id: str

    @classmethod
    def read(cls, written: str) -> Self:
        """Return a position as it is written. Raises ValueError."""
        match = _POSITION.fullmatch(written)
        if match is None:
            raise ValueError(f"no position of a supplier: {written!r}")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.version}~{self.id}"


@dataclass(frozen=True, slots=True)
class ChangedSuppliers:
    """Ids of suppliers to read again, in order, by whoever then holds `version`; `whole` where these are all of them: a change between the two
    versions left no trace of whom it touched (an import undone, figures that a team gave), or the catalogue is a backup of before the first.
    """

    version: int
    ids: tuple[str, ...]
    whole: bool


def changed_since(
    engine: Engine, version: int, most: int | None = None, after: ChangedPosition | None = None
) -> ChangedSuppliers:
    """Return the suppliers to read again by whoever has read the catalogue at `version`; those that come `after` a position, at the version of
    the first page: what changes between two pages is listed the next time. Raises DatabaseError.
    """
    with reading(engine) as connection:
        now = read_version(connection)
        later = (IMPORT_RUNS.c.catalogue_version > version) & IMPORT_RUNS.c.undone.is_(None)
        runs = connection.execute(select(IMPORT_RUNS.c.id, IMPORT_RUNS.c.catalogue_version).where(later)).all()
        known = after.version if after else now
        traced = {run.catalogue_version for run in runs} == set(range(version + 1, now + 1))
        whole = not traced or version > min(known, now)
        query = select(SUPPLIERS.c.id)
        if not whole:
            ids = [run.id for run in runs]
            marked = select(RECORDS_BEFORE.c.record_id).where(
                RECORDS_BEFORE.c.run_id.in_(ids), RECORDS_BEFORE.c.payload.is_not(None)
            )
            touched = or_(RECORDS.c.first_seen_run.in_(ids), RECORDS.c.id.in_(marked))
            query = query.where(SUPPLIERS.c.id.in_(select(RECORDS.c.supplier_id).where(touched)))
        if after:
            query = query.where(SUPPLIERS.c.id > after.id)
        result = connection.execute(query.order_by(SUPPLIERS.c.id).limit(most)).scalars()
        return ChangedSuppliers(known, tuple(result), whole)
