"""Query of the records that wait: no supplier is made of them while nothing tells that they are inclusive."""

from typing import Any

from sqlalchemy import Select, select

from matcher.catalogue.store.tables import SourceRecordRow, SupplierRow
from matcher.rows import table_of

_RECORDS = table_of(SourceRecordRow)
_SUPPLIERS = table_of(SupplierRow)


def waiting_ids() -> Select[Any]:
    """Return the query of the ids that their suppliers would have, in order; those that their lists no longer name left out."""
    made = select(_SUPPLIERS.c.id).where(_SUPPLIERS.c.id == _RECORDS.c.supplier_id).exists()
    query = select(_RECORDS.c.supplier_id).where(~made, _RECORDS.c.gone.is_(False))
    return query.distinct().order_by(_RECORDS.c.supplier_id)
