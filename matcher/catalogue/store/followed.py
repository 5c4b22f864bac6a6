"""Resolution of former supplier ids (a FINESS number, a SIRET before a move, a record's reference) to the ids of today."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, select, tuple_

from matcher.catalogue.store.tables import FINESS_NUMBERS, RECORDS, SUPPLIERS
from matcher.db import reading
from matcher.rows import chunks


def follow_ids(engine: Engine, keys: Collection[str]) -> dict[str, str]:
    """Return today's id for each given id (`finess:…`, `siret:…` before a move, `source:reference`); unknown suppliers are left out."""
    with reading(engine) as connection:
        return {key: now for part in chunks(sorted(keys)) for key, now in ids_of_today(connection, part).items()}


def ids_of_today(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """Return the same as `follow_ids` inside a transaction, for as many ids as one query may have (`rows.CHUNK`)."""
    same = connection.execute(select(SUPPLIERS.c.id).where(SUPPLIERS.c.id.in_(keys))).scalars()
    today = {key: key for key in same}
    former = [key.partition(":") for key in keys if key not in today and ":" in key]
    if not former:
        return today
    numbers = {scheme: [ref for prefix, _, ref in former if prefix == scheme] for scheme in ("finess", "siret")}
    columns = (RECORDS.c.siret, RECORDS.c.source, RECORDS.c.ref, RECORDS.c.supplier_id)
    by_siret = select(*columns).where(RECORDS.c.siret.in_(numbers["siret"])).order_by(RECORDS.c.supplier_id.desc())
    records = [(source, ref) for source, _, ref in former]
    by_record = select(*columns).where(tuple_(RECORDS.c.source, RECORDS.c.ref).in_(records))
    by_number = select(FINESS_NUMBERS.c.number, FINESS_NUMBERS.c.supplier_id).where(
        FINESS_NUMBERS.c.number.in_(numbers["finess"])
    )
    today |= {f"siret:{row.siret}": row.supplier_id for row in connection.execute(by_siret)}
    today |= {f"{row.source}:{row.ref}": row.supplier_id for row in connection.execute(by_record)}
    return today | {f"finess:{row.number}": row.supplier_id for row in connection.execute(by_number)}
