"""Official registers (Sirene): SIRETs to query, and deletion of records that only registers hold. A register completes suppliers and never creates one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, Engine, delete, select

from importers.importer import Source
from matcher.catalogue.identity.merge import StoredRecord
from matcher.catalogue.identity.records import REGISTERS
from matcher.catalogue.store.tables import RECORDS
from matcher.cleaning.siret import clean_siret
from matcher.db import reading
from matcher.rows import chunks


def narrow_sources(engine: Engine, sources: Sequence[Source]) -> list[Source]:
    """Return the files of a register, restricted to the SIRETs of the catalogue when they are read."""
    wanted = frozenset(known_sirets(engine))
    return [replace(source, wanted=wanted) for source in sources]


def known_sirets(engine: Engine) -> list[str]:
    """Return the SIRETs that directories give to the catalogue's suppliers, former ones included, sorted."""
    conditions = (RECORDS.c.siret != "", RECORDS.c.source.not_in(REGISTERS))
    query = select(RECORDS.c.siret).where(*conditions).distinct().order_by(RECORDS.c.siret)
    with reading(engine) as connection:
        return list(connection.execute(query).scalars())


def due_sirets(engine: Engine, before: date) -> list[str]:
    """Return the valid SIRETs that no register was queried about since `before`, sorted."""
    query = select(RECORDS.c.siret).where(RECORDS.c.source.in_(REGISTERS), RECORDS.c.as_of >= before).distinct()
    with reading(engine) as connection:
        fresh = set(connection.execute(query).scalars())
    return [siret for siret in known_sirets(engine) if siret not in fresh and not clean_siret(siret).flag]


def of_registers_alone(stored: Iterable[StoredRecord]) -> bool:
    """Return whether all records of a supplier are a register's: no directory lists it any more, so they are deleted."""
    return all(item.record.source in REGISTERS for item in stored)


def drop_records(connection: Connection, supplier_ids: Iterable[str]) -> None:
    """Delete the records of suppliers."""
    for ids in chunks(supplier_ids):
        connection.execute(delete(RECORDS).where(RECORDS.c.supplier_id.in_(ids)))
