"""Undoes an import, notices included: deletes the notices that it created, restores those that it changed, and recomputes their lots."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select, update

from matcher.catalogue.intake.undo import Undone, undo_import
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import write_together
from matcher.notices.intake import rewrite_lots
from matcher.notices.pairing import pair_lots
from matcher.notices.report import NoticesReport
from matcher.notices.tables import NOTICES, NOTICES_BEFORE
from matcher.rows import chunks


def undo_any_import(engine: Engine, run_id: int, *, now: datetime) -> Undone:
    """Undo an import of a directory, of awards or of notices, in one transaction, then match the lots that changed with suppliers again. `now` is UTC without
    zone. Raises UndoRefused or DatabaseError: where the undo itself fails the catalogue is as it was; lots are matched after it."""
    with write_together(engine) as connection:
        undone = undo_import(engine, run_id, now=now)
        notices = _take_back(connection, run_id)
    if notices:
        pair_lots(engine, load_shelf(engine), now=now)
    return replace(undone, notices=notices)


def _take_back(connection: Connection, run_id: int) -> int:
    """Restore or delete the notices that an import wrote; return their number."""
    same = (NOTICES.c.source == NOTICES_BEFORE.c.source) & (NOTICES.c.ref == NOTICES_BEFORE.c.ref)
    written = same & (NOTICES_BEFORE.c.run_id == run_id)
    brought = NOTICES_BEFORE.c.contract.is_(None)
    query = select(NOTICES.c.id, NOTICES.c.contract, NOTICES_BEFORE.c.contract.label("former")).where(written)
    rows = connection.execute(query).all()
    former = {name: NOTICES_BEFORE.c[name] for name in ("contract", "hash", "taken", "said")}
    connection.execute(update(NOTICES).where(written, ~brought).values(former))
    # Notices to delete first leave their contract, so that recomputing its lots removes the references to them.
    connection.execute(update(NOTICES).where(written, brought).values(contract=""))
    rewrite_lots(connection, {key for row in rows for key in (row.contract, row.former) if key}, NoticesReport(""))
    for ids in chunks(row.id for row in rows if row.former is None):
        connection.execute(delete(NOTICES).where(NOTICES.c.id.in_(ids)))
    connection.execute(delete(NOTICES_BEFORE).where(NOTICES_BEFORE.c.run_id == run_id))
    return len(rows)
