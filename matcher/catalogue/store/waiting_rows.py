"""Query of the records that wait: no supplier is made of them while nothing tells that they are inclusive."""

from typing import Any

from sqlalchemy import Select, select

from matcher.catalogue.store.tables import RECORDS, SUPPLIERS


def waiting_ids() -> Select[Any]:
    """Return the query of the ids that their suppliers would have, in order; those that their lists no longer name left out."""
    made = select(SUPPLIERS.c.id).where(SUPPLIERS.c.id == RECORDS.c.supplier_id).exists()
    query = select(RECORDS.c.supplier_id).where(~made, RECORDS.c.gone.is_(False))
    return query.distinct().order_by(RECORDS.c.supplier_id)
