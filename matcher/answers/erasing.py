"""Erases facts received from other installations, with every copy of their values: facts withdrawn, past their end date, signed by a key no longer
trusted, or about a supplier that leaves the catalogue."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select

from matcher.answers.keys import distrust
from matcher.answers.tables import CONSENTS, RECEIVED, any_past_end
from matcher.catalogue.identity.records import CleanRecord, from_payload
from matcher.catalogue.identity.trust import SHARED
from matcher.catalogue.intake.intake import regroup
from matcher.catalogue.steward.privacy import close_erasure, delete_stated
from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED
from matcher.catalogue.store.forgotten import leaving_values
from matcher.catalogue.store.read import find_id, write_erasure
from matcher.catalogue.store.tables import CORRECTIONS, IMPORT_RUNS, RECORDS
from matcher.cleaning.phone import clean_phone
from matcher.cleaning.web import clean_email
from matcher.db import DatabaseError, writing
from matcher.erasure import cut_tables
from matcher.rows import chunks

# Record fields that ranking reasons quote, by the French field name (champ) of a correction.
_FIELDS = {ACTIVITY: "activities", REFUSED: "refused", "effectif": "workers", "zone": "area_codes"}


class ErasedFact(NamedTuple):
    """An erased fact that had been applied: the keys of its supplier, the first catalogue version with it (`since`), and the record fields that
    it had filled."""

    keys: frozenset[str]
    since: int
    fields: frozenset[str]


# Callback of the packages that store lists, decisions and messages: it removes the values of erased facts there, in the same transaction.
Muting = Callable[[Connection, Sequence[ErasedFact]], object]


@dataclass(slots=True)
class ErasedFacts:
    """Running total of an erasure: number of facts, ids of suppliers to compute again, facts that had been applied, and the telephones and
    e-mail addresses that the facts gave, by supplier."""

    count: int = 0
    suppliers: set[str] = field(default_factory=set)
    applied: list[ErasedFact] = field(default_factory=list)
    contacts: dict[str, set[str]] = field(default_factory=dict)


def erase_facts(connection: Connection, which: ColumnElement[bool], erased: ErasedFacts) -> None:
    """Delete the received facts that match `which` and add them to `erased`; `clear_copies` must follow in the same transaction."""
    rows = connection.execute(select(RECEIVED.c.correction_id, RECEIVED.c.withdrawn).where(which)).all()
    numbers = [row.correction_id for row in rows if row.correction_id is not None]
    for part in chunks(numbers):
        _note_applied(connection, part, erased)
        _note_refuted(connection, part, erased)
    erased.suppliers |= delete_stated(connection, numbers)
    erased.count += sum(not row.withdrawn for row in rows)
    connection.execute(delete(RECEIVED).where(which))


def clear_copies(connection: Connection, erased: ErasedFacts, mute: Muting) -> None:
    """Compute the suppliers of erased facts again, and remove the values of these facts from lists, decisions and messages, in the same
    transaction; call `close_erasure` after it."""
    if not erased.count:
        return
    write_erasure(connection)
    if erased.suppliers:
        regroup(connection, erased.suppliers)
    mute(connection, erased.applied)
    remaining = {key: set(contacts) for key, contacts in erased.contacts.items()}
    for part in chunks(sorted(remaining)):
        query = select(RECORDS.c.supplier_id, RECORDS.c.payload).where(RECORDS.c.supplier_id.in_(part))
        for row in connection.execute(query):
            remaining[row.supplier_id] -= _contacts(from_payload(row.payload))
    # Telephones and e-mail addresses that no remaining record of the supplier gives.
    if gone := set[str]().union(*remaining.values()):
        cut_tables(connection, leaving_values((), sorted(gone)).cut, of_supplier=True)


def end_facts(connection: Connection, today: date, mute: Muting) -> int:
    """Erase the facts past their end date, inside a transaction; return their number."""
    erased = ErasedFacts()
    erase_facts(connection, RECEIVED.c.ends <= today, erased)
    clear_copies(connection, erased, mute)
    return erased.count


def end_agreements(connection: Connection, today: date) -> int:
    """Delete the consents past their end date, inside a transaction; return their number. A clock that was wrong loses them: no file restores them."""
    return connection.execute(delete(CONSENTS).where(CONSENTS.c.ends <= today)).rowcount


def end_facts_due(engine: Engine, today: date, mute: Muting) -> None:
    """Erase the facts past their end date, if any; servers and commands call it on their own. A database or a cache that cannot be written is
    left for the next call."""
    with suppress(DatabaseError, OSError):
        if any_past_end(engine, today):
            with writing(engine) as connection:
                end_facts(connection, today, mute)
            close_erasure(engine)


def forget_key(engine: Engine, name: str, mute: Muting) -> int:
    """Stop trusting a key and erase the facts that it signed; return their number. Withdrawal marks stay, so that a key trusted again cannot
    bring withdrawn facts back. Raises KeyRefused, DatabaseError."""
    erased = ErasedFacts()
    with writing(engine) as connection:
        own = RECEIVED.c.key == distrust(connection, name)
        erase_facts(connection, own & RECEIVED.c.withdrawn.is_(False), erased)
        clear_copies(connection, erased, mute)
    close_erasure(engine)
    return erased.count


def leave_answers(connection: Connection, keys: frozenset[str], _who: str, _now: datetime) -> None:
    """Delete the received facts of a supplier (all its keys) that opts out, inside that transaction. Applied facts go with its records, and
    `outgoing` withdraws what it shared from here, since its records are gone."""
    for scheme, column in (("siret:", RECEIVED.c.siret), ("finess:", RECEIVED.c.finess)):
        numbers = [key.removeprefix(scheme) for key in sorted(keys) if key.startswith(scheme)]
        for part in chunks(numbers):
            connection.execute(delete(RECEIVED).where(column.in_(part)))


def _note_applied(connection: Connection, numbers: Sequence[int], erased: ErasedFacts) -> None:
    """Add the applied facts of these corrections, and their contacts, to `erased` before the corrections are deleted."""
    columns = (RECORDS.c.supplier_id, RECORDS.c.siret, RECORDS.c.finess, RECORDS.c.payload)
    query = select(*columns, IMPORT_RUNS.c.catalogue_version)
    query = query.join(IMPORT_RUNS, IMPORT_RUNS.c.id == RECORDS.c.first_seen_run)
    mine = (RECORDS.c.source == SHARED) & RECORDS.c.ref.in_(map(str, numbers))
    for row in connection.execute(query.where(mine)):
        record = from_payload(row.payload)
        keys = frozenset((row.supplier_id, f"siret:{row.siret}", f"finess:{row.finess}")) - {"siret:", "finess:"}
        fields = frozenset(name for name in _FIELDS.values() if getattr(record, name))
        erased.applied.append(ErasedFact(keys, row.catalogue_version, fields))
        if contacts := _contacts(record):
            erased.contacts.setdefault(row.supplier_id, set()).update(contacts)


def _note_refuted(connection: Connection, numbers: Sequence[int], erased: ErasedFacts) -> None:
    """Do as `_note_applied` for corrections that the team withdrew since: their records are gone, but lists and texts may hold their values."""
    run = (IMPORT_RUNS.c.source == SHARED) & (IMPORT_RUNS.c.started == CORRECTIONS.c.given)
    since = select(func.min(IMPORT_RUNS.c.catalogue_version)).where(run).scalar_subquery()
    query = select(CORRECTIONS.c.said, RECEIVED.c.siret, RECEIVED.c.finess, func.coalesce(since, 0).label("since"))
    query = query.join(RECEIVED, RECEIVED.c.correction_id == CORRECTIONS.c.id)
    mine = CORRECTIONS.c.id.in_(numbers) & CORRECTIONS.c.withdrawn.is_not(None)
    for row in connection.execute(query.where(mine)).all():
        key = f"siret:{row.siret}" if row.siret else f"finess:{row.finess}"
        supplier_id = find_id(connection, row.siret or row.finess) or key
        fields = frozenset(name for champ, name in _FIELDS.items() if row.said.get(champ))
        erased.applied.append(ErasedFact(frozenset((key, supplier_id)), row.since, fields))
        contacts = [clean_phone(text).value for text in row.said.get("telephone", ())]
        contacts += [clean_email(text).value for text in row.said.get("courriel", ())]
        erased.contacts.setdefault(supplier_id, set()).update(filter(None, contacts))


def _contacts(record: CleanRecord) -> set[str]:
    return {record.phone, record.email, *(value for _, value in record.other_contacts)} - {""}
