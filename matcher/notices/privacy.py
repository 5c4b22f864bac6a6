"""Removal of a supplier from published lots, by its numbers; called by `catalogue.steward.privacy` inside its transaction."""

from datetime import datetime

from sqlalchemy import Connection, delete

from matcher.notices.tables import LOT_MATCHES
from matcher.rows import chunks


def leave_lots(connection: Connection, keys: frozenset[str], _who: str, _now: datetime) -> None:
    """Take a supplier that leaves (all its keys) out of every lot, inside the transaction of its withdrawal."""
    for part in chunks(sorted(keys)):
        connection.execute(delete(LOT_MATCHES).where(LOT_MATCHES.c.supplier_id.in_(part)))
