"""Queries of suppliers' contacts (telephone, e-mail, website, address of the main site), their sources, and last signs of life.

Sign of life: the latest dated proof that a supplier is active, a contract won or a listing in a source. Given `since`, a contact older than that day
is skipped. Its age is its source's date, or else the day of the last import that had it; an undated contact is kept. The site's address is never skipped.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Engine, Select, bindparam, distinct, func, or_, select

from matcher.catalogue.identity.signs_of_life import last_sign
from matcher.catalogue.identity.trust import source_title
from matcher.catalogue.store.awarded import references
from matcher.catalogue.store.followed import ids_of_today
from matcher.catalogue.store.tables import CONTACTS, IMPORT_RUNS, PROVENANCE, RECORDS, SITES, SUPPLIERS
from matcher.cleaning.limits import LIMITS
from matcher.db import reading
from matcher.domain.age import SignOfLife
from matcher.domain.contact_details import ContactDetails, LocatedPoint
from matcher.domain.french import day, enumeration
from matcher.domain.grouping import group_pairs
from matcher.domain.supplier import Contact, Origin
from matcher.rows import chunks


def last_signs(connection: Connection, ids: Sequence[str]) -> dict[str, SignOfLife]:
    """Return the last sign of life of suppliers by id, for as many ids as one query may have; a supplier without a dated sign is absent."""
    listings, contracts_won = origins(connection, ids), references(connection, ids)
    signs = ((key, last_sign(contracts_won.get(key, ()), listings.get(key, ()))) for key in ids)
    return {key: sign for key, sign in signs if sign}


def origins(connection: Connection, only: Sequence[str] | None) -> dict[str, list[Origin]]:
    """Return the origins of suppliers' records, of `only` or of all, by source and reference."""
    by_supplier: dict[str, list[Origin]] = {}
    rows = connection.execute(_origins(only is None), {} if only is None else {"ids": only})
    for row in sorted(rows, key=lambda row: (row.source, row.ref)):
        own_origins = by_supplier.setdefault(row[0], [])
        if len(own_origins) < LIMITS["sources"].most:  # the supplier has a flag where there are more
            own_origins.append(Origin(row[1], row[2], row[3]))
    return by_supplier


def load_contacts(engine: Engine, supplier_id: str, since: date | None = None) -> tuple[Contact, ...]:
    """Return the contacts of a supplier with their origins, most trusted source first."""
    with reading(engine) as connection:
        return tuple(contact for _, contact in dated_contacts(connection, [supplier_id], since))


def load_contacts_of_many(
    engine: Engine, keys: Collection[str], since: date | None = None
) -> dict[str, tuple[Contact, ...]]:
    """Return the contacts of suppliers as `load_contacts` does, by id (former ids too); suppliers not in the catalogue are absent."""
    contacts_by_key: dict[str, tuple[Contact, ...]] = {}
    with reading(engine) as connection:
        for part in chunks(sorted(keys)):
            present_id_by_key = ids_of_today(connection, part)
            contacts_by_supplier = group_pairs(
                dated_contacts(connection, sorted(set(present_id_by_key.values())), since)
            )
            contacts_by_key |= {
                key: tuple(contacts_by_supplier.get(supplier_id, ())) for key, supplier_id in present_id_by_key.items()
            }
    return contacts_by_key


def contact_details(engine: Engine, keys: Collection[str], since: date | None = None) -> dict[str, ContactDetails]:
    """Return the contact details of suppliers by id; suppliers not in the catalogue are absent.

    A former id (`finess:…`, `source:reference`) is followed to the present supplier of that number or record.
    """
    details_by_key: dict[str, ContactDetails] = {}
    with reading(engine) as connection:
        for part in chunks(sorted(keys)):
            present_id_by_key = ids_of_today(connection, part)
            details = _details(connection, sorted(set(present_id_by_key.values())), since)
            details_by_key |= {
                key: details[supplier_id] for key, supplier_id in present_id_by_key.items() if supplier_id in details
            }
    return details_by_key


def dated_contacts(
    connection: Connection, only: Sequence[str] | None, since: date | None
) -> Iterator[tuple[str, Contact]]:
    """Yield (supplier id, contact), most trusted source first, inside a transaction; contacts older than `since` are skipped."""
    query = _contacts(only is None)
    query = query if since is None else query.where(_confirmed_since(since))
    for row in connection.execute(query, {} if only is None else {"ids": only}):
        yield row.supplier_id, Contact(row.type, row.value, Origin(row.source, row.ref, row.date))


def count_contacts(connection: Connection, since: date | None) -> tuple[int, int]:
    """Return the number of contacts, and of suppliers with one, inside a transaction; contacts older than `since` are not counted."""
    contacts = _contacts(True).where(*() if since is None else (_confirmed_since(since),)).order_by(None).subquery()
    counts = connection.execute(
        select(func.count(), func.count(distinct(contacts.c.supplier_id))).select_from(contacts)
    )
    of_contacts, of_suppliers = counts.one()
    return of_contacts, of_suppliers


def _details(connection: Connection, ids: Sequence[str], since: date | None) -> dict[str, ContactDetails]:
    parts: dict[str, dict[str, tuple[str, Origin | None]]] = {key: {} for key in ids}
    for key, contact in dated_contacts(connection, ids, since):
        parts[key].setdefault(contact.type, (contact.value, contact.origin))
    signs, details = last_signs(connection, ids), {}
    for row in connection.execute(_first_sites(), {"ids": ids}):
        address = ", ".join(filter(None, (row.address, f"{row.post_code or ''} {row.city or ''}".strip())))
        if address:
            origin = None if row.source is None else Origin(row.source, row.ref, row.date)
            parts[row.id]["address"] = (address, origin)
        point = None if None in (row.lat, row.lon) else LocatedPoint(row.lat, row.lon, bool(row.approximate))
        details[row.id] = _to_contact_details(row.siret, parts[row.id], signs.get(row.id), point)
    return details


# Queries of `ids`, or of every supplier, built once: a list has them at each page.
_IDS: BindParameter[str] = bindparam("ids", expanding=True)


@cache
def _origins(every: bool) -> Select[Any]:
    query = select(RECORDS.c.supplier_id, RECORDS.c.source, RECORDS.c.ref, RECORDS.c.as_of)
    return query if every else query.where(RECORDS.c.supplier_id.in_(_IDS))


@cache
def _contacts(every: bool) -> Select[Any]:
    query = (
        select(CONTACTS, IMPORT_RUNS.c.started)
        .outerjoin(RECORDS, (RECORDS.c.source == CONTACTS.c.source) & (RECORDS.c.ref == CONTACTS.c.ref))
        .outerjoin(IMPORT_RUNS, IMPORT_RUNS.c.id == RECORDS.c.last_seen_run)
        .order_by(*CONTACTS.primary_key.columns)
    )
    return query if every else query.where(CONTACTS.c.supplier_id.in_(_IDS))


def _confirmed_since(since: date) -> ColumnElement[bool]:
    """SQL: a contact of `_contacts` last confirmed on `since` or later, or on an unknown day."""
    started = IMPORT_RUNS.c.started
    seen = CONTACTS.c.date.is_(None) & (started.is_(None) | (started >= datetime.combine(since, time.min)))
    return or_(CONTACTS.c.date >= since, seen)


@cache
def _first_sites() -> Select[Any]:
    """SQL: each supplier with its main site and the source of its sites, None where it has none."""
    source = (PROVENANCE.c.supplier_id == SUPPLIERS.c.id) & (PROVENANCE.c.field == "sites")
    return (
        select(
            *(SUPPLIERS.c.id, SUPPLIERS.c.siret, SITES.c.address, SITES.c.post_code, SITES.c.city),
            *(SITES.c.lat, SITES.c.lon, SITES.c.approximate),
            *(PROVENANCE.c.source, PROVENANCE.c.ref, PROVENANCE.c.date),
        )
        .outerjoin(SITES, (SITES.c.supplier_id == SUPPLIERS.c.id) & (SITES.c.position == 0))
        .outerjoin(PROVENANCE, source)
        .where(SUPPLIERS.c.id.in_(_IDS))
    )


def _to_contact_details(
    siret: str, parts: dict[str, tuple[str, Origin | None]], sign: SignOfLife | None, point: LocatedPoint | None
) -> ContactDetails:
    def value(kind: str) -> str:
        return parts[kind][0] if kind in parts else ""

    from matcher.cleaning.phone import shown_phone  # slow to import: numbering plans

    # « téléphone et adresse : FINESS, 3 mars 2026 ; courriel : l’équipe, 2 mai 2026 »
    labels: dict[str, list[str]] = {}
    for label, kind in (("téléphone", "phone"), ("courriel", "email"), ("adresse", "address")):
        if kind in parts:
            origin = parts[kind][1]
            title = source_title(origin.source) if origin else "source non connue"
            dated = day(origin.date) if origin and origin.date else "date non connue"
            labels.setdefault(f"{title}, {dated}", []).append(label)
    phone = parts["phone"][1] if "phone" in parts else None
    return ContactDetails(
        siret=siret,
        phone=shown_phone(value("phone")),
        email=value("email"),
        address=value("address"),
        source=" ; ".join(f"{enumeration(names)} : {source}" for source, names in labels.items()),
        last_sign=sign,
        phone_day=phone.date if phone else None,
        point=point,
    )
