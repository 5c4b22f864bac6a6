"""Removal of a supplier from published lots, by its numbers; called by `catalogue.steward.privacy` inside its transaction."""

from datetime import datetime

from sqlalchemy import Connection, delete

from matcher.notices.tables import LotMatchRow
from matcher.rows import chunks, table_of

_MATCHES = table_of(LotMatchRow)


def leave_lots(connection: Connection, keys: frozenset[str], _who: str, _now: datetime) -> None:
    """Take a supplier that leaves (all its keys) out of every lot, inside the transaction of its withdrawal."""
    for part in chunks(sorted(keys)):
        connection.execute(delete(_MATCHES).where(_MATCHES.c.supplier_id.in_(part)))
