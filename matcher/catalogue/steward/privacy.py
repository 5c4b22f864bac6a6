"""Privacy requests on the catalogue (« privacy opt-out », « forget », « purge »): remove a supplier, erase a person's data, erase old contacts.

Salted hashes or keys of the removed data stay, so that later imports do not bring them back.
"""

import calendar
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import JSON, Connection, Engine, String, bindparam, delete, insert, select, update

from importers import REGISTRY
from matcher.catalogue.identity.merge import StoredRecord, merge
from matcher.catalogue.identity.records import CleanRecord, from_payload, payload_hash, to_payload
from matcher.catalogue.identity.references import listing_of, opaque
from matcher.catalogue.identity.trust import STATED, STRUCTURE, TRUST
from matcher.catalogue.intake.awards import forget_awards_of, scrub_awards
from matcher.catalogue.intake.intake import regroup
from matcher.catalogue.steward.corrections import stored_records
from matcher.catalogue.steward.own_reader import cut_reader
from matcher.catalogue.store.forgotten import (
    LEAST_WORDS,
    Forgotten,
    hash_of,
    leaving_values,
    new_salt,
    normal_value,
    scrub,
)
from matcher.catalogue.store.opt_outs import SALT, deciding_keys, read_guard
from matcher.catalogue.store.read import find_id, write_erasure
from matcher.catalogue.store.recognition import drop_recogniser, leave_settled
from matcher.catalogue.store.shelf_cache import drop_shelf
from matcher.catalogue.store.tables import (
    AWARDS,
    CORRECTIONS,
    FORGOTTEN,
    IMPORT_RUNS,
    META,
    OPT_OUTS,
    RECORDS,
    RECORDS_BEFORE,
)
from matcher.catalogue.store.websites import leave_websites, site_of
from matcher.cleaning.siret import digits_of
from matcher.db import compact_database, reading, writing
from matcher.domain.french import day
from matcher.erasure import (
    Way,
    cut_folders,
    cut_tables,
    holding_of,
    last_written,
    purge_folders,
    purge_outlived,
    purge_tables,
)
from matcher.rows import chunks, named_tables, pages

# Tables rewritten by this module and not by `cut_tables`: each row has a digest that an import compares.
REWRITTEN = (RECORDS.name, RECORDS_BEFORE.name, AWARDS.name)

# Callback by which another package (dossiers, answers) erases its own data on a supplier, in the same transaction: keys, author, time.
Leaving = Callable[[Connection, frozenset[str], str, datetime], object]
# A clock later than the catalogue's last write by more than this is presumed wrong.
_LONGEST_SLEEP = timedelta(days=366)
_TIME_ZONES = timedelta(days=1)
# Pairs of columns, or of JSON keys, that identify a record.
_RECORD_COLUMNS = (("source", "ref"), ("other_source", "other_ref"), ("anchor_source", "anchor_ref"))
_NewListNames = Mapping[tuple[str, str], str]


class PrivacyRefused(Exception):
    """A privacy request that cannot be served. Nothing was written; the message is French."""


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """Counts of a privacy request: records and contracts of sources, suppliers concerned, texts and persons of other tables, cache files, log
    lines, training sentences. `name` is the supplier's, where there is only one."""

    records: int
    suppliers: int
    name: str = ""
    texts: int = 0
    files: int = 0
    lines: int = 0
    sentences: int = 0


def kept_since(today: date, months: int) -> date:
    """Return the day `months` before `today`: contacts last confirmed before it are neither shown nor exported."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def opt_out(
    engine: Engine,
    key: str,
    *,
    author: str,
    motive: str,
    now: datetime,
    leaving: Sequence[Leaving] = (),
    trust: Sequence[str] = TRUST,
) -> ErasureCounts:
    """Delete a supplier (id, SIRET or FINESS number) and store, of it, only its keys, so that no import brings it back.

    Each callback of `leaving` gets those keys, the author and the time; then the supplier's names, telephones and addresses are erased from all
    other tables and files. Raises PrivacyRefused, DatabaseError or OSError.
    """
    if not author.strip():
        raise PrivacyRefused("Dites qui enregistre la demande : --par NOM.")
    with writing(engine) as connection:
        supplier_id = find_id(connection, key)
        if supplier_id is None:
            if _tombstones(connection, key):
                raise PrivacyRefused(f"« {key} » est déjà retiré du catalogue à sa demande.")
            raise PrivacyRefused(f"« {key} » n’est pas dans le catalogue.")
        stored = stored_records(connection, supplier_id)
        row = {
            "supplier_id": supplier_id,
            "who": author.strip(),
            "motive": motive.strip(),
            "since": now.replace(tzinfo=None),
        }
        keys = _write_keys(connection, row, [item.record for item in stored])
        written = [int(item.record.ref) for item in stored if item.record.source in STATED]
        connection.execute(delete(CORRECTIONS).where(CORRECTIONS.c.id.in_(written)))
        connection.execute(delete(RECORDS).where(RECORDS.c.supplier_id == supplier_id))
        forget_awards_of(connection, {item.record.siret for item in stored if item.record.siret})
        supplier = merge(supplier_id, stored, trust).supplier
        regroup(connection, {supplier_id}, trust)
        write_erasure(connection)
        leave_settled(connection, keys)
        leave_websites(connection, keys, [site_of(item.record.website) for item in stored])
        for leave in leaving:
            leave(connection, keys, author.strip(), now)
        values = _identifying_values(supplier.name, [item.record for item in stored])
        texts = cut_tables(connection, values.cut, of_supplier=True)
        files = cut_folders(
            values.cut, of_supplier=True
        )  # inside the transaction: a file that cannot be written cancels the request
        sentences = cut_reader(engine, values.cut)
    close_erasure(engine)
    return ErasureCounts(len(stored), 1, supplier.name, texts, files, sentences=sentences)


def _write_keys(connection: Connection, row: Mapping[str, Any], records: Iterable[CleanRecord]) -> frozenset[str]:
    """Write the keys of a supplier that leaves, each in a `row` of opt-outs, and return them."""
    keys = {str(row["supplier_id"])}
    for record in records:
        # with the successor's SIRET and the FINESS number: a later record with only one of these numbers is recognised
        numbers = (("siret", record.siret), ("siret", record.successor), ("finess", record.finess))
        keys.update(deciding_keys(record), (f"{name}:{value}" for name, value in numbers if value))
    known = set(connection.execute(select(OPT_OUTS.c.key)).scalars())
    if new := [{"key": value, **row} for value in sorted(keys - known)]:
        connection.execute(insert(OPT_OUTS), new)
    return frozenset(keys)


def cancel_opt_out(engine: Engine, key: str) -> None:
    """Let later imports bring a supplier back. Raises PrivacyRefused where no opt-out has this key."""
    with writing(engine) as connection:
        supplier_ids = _tombstones(connection, key)
        if not supplier_ids:
            raise PrivacyRefused(f"« {key} » n’a pas été retiré du catalogue.")
        connection.execute(delete(OPT_OUTS).where(OPT_OUTS.c.supplier_id.in_(supplier_ids)))


def forget_value(
    engine: Engine, value: str, *, now: datetime, dry_run: bool = False, trust: Sequence[str] = TRUST
) -> ErasureCounts:
    """Erase an e-mail address, a telephone number or a person's name from every table and file, and from all later imports.

    Only its salted hash is stored. Raises PrivacyRefused, DatabaseError or OSError.
    """
    normal = normal_value(value)
    if normal is None:
        raise PrivacyRefused(
            f"« {value} » n’est ni un courriel, ni un téléphone, ni un nom d’au moins {LEAST_WORDS} mots (prénom et nom)."
        )
    with writing(engine, keep=not dry_run) as connection:
        if not (salt := read_guard(connection).forgotten.salt):
            salt = new_salt()
            connection.execute(insert(META), {"key": SALT, "value": salt})
        hashed = hash_of(normal.form, salt)
        if not connection.execute(select(FORGOTTEN.c.hash).where(FORGOTTEN.c.hash == hashed)).scalar():
            row = {"hash": hashed, "words": normal.words, "since": now.replace(tzinfo=None)}
            connection.execute(insert(FORGOTTEN), row)
        forgotten = Forgotten(salt, {hashed: normal.words}, forms=(normal.form,))
        awards, their_suppliers = scrub_awards(connection, forgotten)
        _drop_undo_values(connection)
        renamed = rename_lists(connection, forgotten)  # before `cut_tables`, which would cut the name out of ids
        texts = cut_tables(connection, forgotten.cut)
        erased = _rewrite_records(
            connection, lambda record, _: scrub(record, forgotten), trust, renamed.union(their_suppliers)
        )
        files = cut_folders(forgotten.cut, dry_run=dry_run)
        sentences = cut_reader(engine, forgotten.cut, dry_run=dry_run)
    if not dry_run:
        close_erasure(engine)
    return replace(erased, records=erased.records + awards, texts=texts, files=files, sentences=sentences)


def purge(
    engine: Engine,
    *,
    before: date,
    now: datetime,
    dry_run: bool = False,
    muting: Callable[[Connection], int] = lambda _: 0,
    trust: Sequence[str] = TRUST,
) -> ErasureCounts:
    """Erase the contacts and persons last confirmed before a day (date of their source, else of their last import), the establishments' answers
    before it, and expired files and log lines. `muting` erases and counts what other packages still hold of suppliers that are gone. Raises
    DatabaseError or OSError."""

    with writing(engine, keep=not dry_run) as connection:
        _drop_undo_values(connection)
        persons = purge_tables(connection, before) + muting(connection)
        lines = purge_outlived(connection, now)
        old = (CORRECTIONS.c.source == STRUCTURE) & (CORRECTIONS.c.given < datetime.combine(before, time.min))
        answers = connection.execute(select(CORRECTIONS.c.id).where(old)).scalars().all()
        erased = _rewrite_records(
            connection,
            lambda record, seen: StoredRecord(record, seen=seen).without_old_contacts(before).record,
            trust,
            delete_stated(connection, answers),
        )
        files = purge_folders(now, before, dry_run=dry_run)
    if not dry_run:
        close_erasure(engine)
    return replace(erased, texts=persons, files=files, lines=lines)


def check_clock(engine: Engine, now: datetime) -> None:
    """Raise PrivacyRefused where the computer's clock contradicts the catalogue's last write: a purge by a wrong date would empty it."""
    with reading(engine) as connection:
        last = last_written(connection)
    if last is None or last - _TIME_ZONES <= now.replace(tzinfo=None) <= last + _LONGEST_SLEEP:
        return
    raise PrivacyRefused(
        f"L’horloge de cet ordinateur dit le {day(now.date())}, mais la dernière écriture du catalogue est du {day(last.date())} : rien n’est "
        f"effacé. Remettez l’horloge à l’heure ; si elle est juste, dites-le : --date {now.date().isoformat()}."
    )


def _rewrite_records(
    connection: Connection,
    new: Callable[[CleanRecord, date], CleanRecord],
    trust: Sequence[str],
    others: Collection[str] = (),
) -> ErasureCounts:
    """Write every record that `new(record, day of its last import)` changes, then compute again its supplier and `others`."""
    changed: list[dict[str, Any]] = []
    touched: set[str] = set(others)
    columns = (RECORDS.c.id, RECORDS.c.supplier_id, RECORDS.c.payload, IMPORT_RUNS.c.started)
    query = select(*columns).join(IMPORT_RUNS, IMPORT_RUNS.c.id == RECORDS.c.last_seen_run).order_by(RECORDS.c.id)
    for row in connection.execute(query):
        record = from_payload(row.payload)
        cleared = new(record, row.started.date())
        if cleared is not record:
            payload = to_payload(cleared)
            flags = list(cleared.flags)
            changed.append({"row_id": row.id, "payload": payload, "hash": payload_hash(payload), "flags": flags})
            touched.add(row.supplier_id)
    if changed:
        names = ("payload", "hash", "flags")
        written = update(RECORDS).where(RECORDS.c.id == bindparam("row_id"))
        for part in chunks(changed):
            connection.execute(written.values({name: bindparam(name) for name in names}), part)
    if touched:
        regroup(connection, touched, trust)
        write_erasure(connection)
    return ErasureCounts(len(changed), len(touched))


def delete_stated(connection: Connection, numbers: Sequence[int]) -> set[str]:
    """Delete corrections and their records; return the ids of the suppliers that the caller must then compute again."""
    touched: set[str] = set()
    for part in chunks(numbers):
        mine = RECORDS.c.source.in_(STATED) & RECORDS.c.ref.in_(map(str, part))
        touched |= set(connection.execute(select(RECORDS.c.supplier_id).where(mine)).scalars())
        connection.execute(delete(RECORDS).where(mine))
        connection.execute(delete(CORRECTIONS).where(CORRECTIONS.c.id.in_(part)))
    return touched


def _drop_undo_values(connection: Connection) -> None:
    """Delete the former values stored to undo imports, which may contain a forgotten value. Those imports cannot be undone any more."""
    connection.execute(delete(RECORDS_BEFORE).where(RECORDS_BEFORE.c.payload.is_not(None)))


def _identifying_values(name: str, records: Sequence[CleanRecord]) -> Forgotten:
    """Return the names and contacts of a supplier that leaves, to be cut out of texts."""
    names = {name, *(text for record in records for text in (record.name, record.brand))}
    contacts = {text for record in records for text in (record.phone, record.email, *record.wrong_numbers)}
    contacts |= {value for record in records for _, value in record.other_contacts}
    return leaving_values(sorted(names), sorted(contacts))


def close_erasure(engine: Engine) -> None:
    """Drop the cached shelf (suppliers loaded as arrays) and recogniser, and compact the database, so that no erased value remains on disk."""
    drop_shelf(engine)
    drop_recogniser()
    compact_database(engine)


def _tombstones(connection: Connection, key: str) -> list[str]:
    digits = digits_of(key) or key.strip()
    keys = (key.strip(), f"siret:{digits}", f"finess:{digits}")
    return list(connection.execute(select(OPT_OUTS.c.supplier_id).where(OPT_OUTS.c.key.in_(keys))).scalars())


def rename_lists(connection: Connection, forgotten: Forgotten) -> frozenset[str]:
    """Replace, in every table but those rewritten with a digest or computed, the names of lists that contain a forgotten value; return the ids,
    former and new, of the suppliers of these lists."""
    lists = _new_list_names(connection, forgotten)
    touched: set[str] = set()
    if not lists:
        return frozenset()
    for table in named_tables(connection):
        if holding_of(table).way is Way.COMPUTED:
            continue
        texts = [column.name for column in table.columns if isinstance(column.type, String | JSON)]
        for page in pages(connection, table):
            rows = [(row, {name: row[name] for name in texts}) for row in page]
            changed = [(row, former, new) for row, former in rows if (new := _rename_in(former, lists)) != former]
            for row, former, new in changed:
                own = [column == row[column.name] for column in table.primary_key.columns]
                connection.execute(update(table).where(*own).values(new))
                touched |= {former["supplier_id"], new["supplier_id"]} if table is RECORDS else set()
    return frozenset(touched)


def _new_list_names(connection: Connection, forgotten: Forgotten) -> _NewListNames:
    """The replacement for each list name that contains a forgotten value, by (source, name)."""
    many = [key for key, importer in REGISTRY.items() if importer.many_lists]
    refs = connection.execute(select(RECORDS.c.source, RECORDS.c.ref).where(RECORDS.c.source.in_(many)))
    lists = {(row.source, listing_of(row.source, row.ref)) for row in refs}
    return {each: opaque(each[1]) for each in lists if forgotten.cut(each[1]) != each[1]}


def _rename_in(value: Any, lists: _NewListNames) -> Any:
    """The value of a column, or of JSON at any depth, with the lists renamed."""
    if isinstance(value, str):
        for (source, listing), name in lists.items():
            value = value.replace(f"{source}:{listing}:", f"{source}:{name}:")
        return value
    if isinstance(value, list):
        return [_rename_in(item, lists) for item in value]
    if not isinstance(value, dict):
        return value
    new = {_rename_in(key, lists): _rename_in(item, lists) for key, item in value.items()}
    for source, ref in _RECORD_COLUMNS:
        if isinstance(value.get(source), str) and isinstance(value.get(ref), str):
            listing = listing_of(value[source], value[ref])
            if (value[source], listing) in lists:
                new[ref] = f"{lists[value[source], listing]}{value[ref].removeprefix(listing)}"
    return new
