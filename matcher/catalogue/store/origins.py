"""Records that list suppliers, with their dates, and what these dates and past contracts tell: the last sign of life."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from matcher.catalogue.identity.signs_of_life import last_sign
from matcher.catalogue.store.awarded import references
from matcher.catalogue.store.tables import RECORDS
from matcher.cleaning.limits import LIMITS
from matcher.domain.age import SignOfLife
from matcher.domain.supplier import Origin


def last_signs(connection: Connection, ids: Sequence[str]) -> dict[str, SignOfLife]:
    """Return the last sign of life of suppliers, by id, for as many ids as one query takes; whom nothing dated tells of is absent."""
    listed, won = origins(connection, ids), references(connection, ids)
    signs = ((key, last_sign(won.get(key, ()), listed.get(key, ()))) for key in ids)
    return {key: sign for key, sign in signs if sign}


def origins(connection: Connection, only: Sequence[str] | None) -> dict[str, list[Origin]]:
    """Return the records of suppliers (those of `only`, or all), in their order."""
    columns = (RECORDS.c.supplier_id, RECORDS.c.source, RECORDS.c.ref, RECORDS.c.as_of)
    query = select(*columns)
    found: dict[str, list[Origin]] = {}
    rows = connection.execute(query if only is None else query.where(RECORDS.c.supplier_id.in_(only)))
    for row in sorted(rows, key=lambda row: (row.source, row.ref)):
        held = found.setdefault(row[0], [])
        if len(held) < LIMITS["sources"].most:  # the supplier's flag says that there are more
            held.append(Origin(row[1], row[2], row[3]))
    return found
