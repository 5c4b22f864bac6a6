"""Suppliers changed since a version of the catalogue, page by page, for a program that keeps a copy of it (API door `/suppliers/changes`)."""

import re
from dataclasses import dataclass
from typing import NamedTuple, Self

from sqlalchemy import Engine, or_, select

from matcher.catalogue.store.read import read_version
from matcher.catalogue.store.tables import IMPORT_RUNS, RECORDS, RECORDS_BEFORE, SUPPLIERS
from matcher.db import reading

_POSITION = re.compile(r"([0-9]{1,9})~([^\0]+)")


class ChangedPosition(NamedTuple):
    """Cursor between two pages of changed suppliers: the catalogue's version at the first page, and the id of the last supplier listed."""

    version: int
    id: str

    @classmethod
    def read(cls, written: str) -> Self:
        """Parse a cursor from its text form, `version~id`. Raises ValueError."""
        match = _POSITION.fullmatch(written)
        if match is None:
            raise ValueError(f"no position of a supplier: {written!r}")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.version}~{self.id}"


@dataclass(frozen=True, slots=True)
class ChangedSuppliers:
    """Ids of suppliers to read again, sorted; once they are read, the reader's copy is at `version`. `whole` is True where all suppliers are
    listed: a change left no trace of the suppliers it touched (an import undone, figures entered by a team), or the catalogue was restored from a
    backup older than the reader's version."""

    version: int
    ids: tuple[str, ...]
    whole: bool


def changed_since(
    engine: Engine, version: int, most: int | None = None, after: ChangedPosition | None = None
) -> ChangedSuppliers:
    """Return the suppliers changed since `version`, at most `most`, those that come `after` a cursor. Later pages keep the version of the first: a
    change made between two pages is listed at the next call. Raises DatabaseError."""
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
