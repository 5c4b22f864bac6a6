"""Shared facts kept, made into evidence of their suppliers, and erased: all that is written of another installation's answers."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, bindparam, delete, func, insert, select, tuple_, update

from matcher.answers.fact import CONTRACT_SIZES, PRICE_BASES, Line, SharedFact, SharedWithdrawal, written
from matcher.answers.keys import distrust
from matcher.answers.tables import CONSENTS, RECEIVED, TRUSTED_KEYS
from matcher.catalogue.identity.records import ClaimedActivity, CleanRecord, payload_hash, to_payload
from matcher.catalogue.identity.trust import SHARED, STATED, TRUST, source_title
from matcher.catalogue.intake.intake import regroup
from matcher.catalogue.steward.privacy import close_erasure, delete_stated
from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED
from matcher.catalogue.store.opt_outs import Guard, read_guard
from matcher.catalogue.store.read import read_version, write_erasure
from matcher.catalogue.store.tables import CORRECTIONS, FINESS_NUMBERS, IMPORT_RUNS, RECORDS, SUPPLIERS
from matcher.db import writing
from matcher.domain.fields import FIELDS, known
from matcher.domain.french import day
from matcher.domain.supplier import Evidence
from matcher.ranking.shelf.areas import area_names
from matcher.reference.trades.activities import taxonomy
from matcher.rows import CHUNK, chunks, insert_rows

_NO_ANCHOR = ("", "")
_SHARED_FACT = msgspec.json.Decoder(SharedFact)


class Gone(NamedTuple):
    """Facts that were erased, and the suppliers to compute again."""

    facts: int
    suppliers: set[str]


def keep_facts(connection: Connection, facts: Sequence[SharedFact]) -> None:
    """Keep new facts, which wait until they are applied; one that is known, or withdrawn, stays as it is."""
    named = tuple_(RECEIVED.c.key, RECEIVED.c.id)
    query = select(RECEIVED.c.key, RECEIVED.c.id).where(named.in_([(fact.cle, fact.id) for fact in facts]))
    known = {(row.key, row.id) for row in connection.execute(query)}
    new = [fact for fact in facts if (fact.cle, fact.id) not in known]
    insert_rows(connection, RECEIVED, [_kept(fact, said=written(fact).decode()) for fact in new])


def keep_withdrawals(connection: Connection, gone: Sequence[SharedWithdrawal]) -> Gone:
    """Erase the facts that these withdraw, and keep that they are, for a file that still has them."""
    mine = tuple_(RECEIVED.c.key, RECEIVED.c.id).in_([(line.cle, line.id) for line in gone])
    erased = _erase(connection, mine)
    insert_rows(connection, RECEIVED, [_kept(line, withdrawn=True) for line in gone])
    return erased


def apply_waiting(connection: Connection, *, now: datetime) -> int:
    """Make evidence of the facts that wait and whose supplier the catalogue holds, and compute it again; return how many facts."""
    guard, changed, applied, run = read_guard(connection), set[str](), 0, 0
    for rows in _waiting(connection):
        read = [(row.supplier_id, _SHARED_FACT.decode(row.said)) for row in rows]
        taken = [(its, one) for its, one in read if one.fin > now.date() and one.supplier_key not in guard.opted_out]
        if taken:
            run = run or _open_run(connection, now.replace(tzinfo=None))
            _apply(connection, taken, guard, run, now)
            changed |= {its for its, _ in taken}
            applied += len(taken)
    if changed:
        counts = {"read": applied, "created": 0, "updated": applied, "refused": 0}
        connection.execute(update(IMPORT_RUNS).where(IMPORT_RUNS.c.id == run).values(counts=counts))
        regroup(connection, changed)
    return applied


def _apply(
    connection: Connection, taken: Sequence[tuple[str, SharedFact]], guard: Guard, run: int, now: datetime
) -> None:
    """Write facts, each with the id of its supplier, as corrections and as the records that they are."""
    names = {row.key: row.name for row in connection.execute(select(TRUSTED_KEYS.c.key, TRUSTED_KEYS.c.name))}
    anchors = _anchors(connection, {its for its, _ in taken})
    records = [guard.clear(_record(fact)) for _, fact in taken]
    corrections = [
        {
            "source": SHARED,
            "said": _said(record),
            "who": fact.par,
            "motive": _motive(fact, names.get(fact.cle, "")),
            "given": now.replace(tzinfo=None),
            "anchor_source": anchors.get(its, _NO_ANCHOR)[0],
            "anchor_ref": anchors.get(its, _NO_ANCHOR)[1],
        }
        for (its, fact), record in zip(taken, records, strict=True)
    ]
    inserted = insert(CORRECTIONS).returning(CORRECTIONS.c.id, sort_by_parameter_order=True)
    numbers = connection.execute(inserted, corrections).scalars().all()
    whose = list(zip(taken, records, numbers, strict=True))
    insert_rows(connection, RECORDS, [_row(its, fact, one, number, run) for (its, fact), one, number in whose])
    marked = [{"k": fact.cle, "i": fact.id, "n": number} for (_, fact), _, number in whose]
    own = (RECEIVED.c.key == bindparam("k")) & (RECEIVED.c.id == bindparam("i"))
    connection.execute(update(RECEIVED).where(own).values(correction_id=bindparam("n"), said=""), marked)


def forget_key(engine: Engine, name: str) -> int:
    """Trust a key no more and erase all that came with it; return how many facts. Raises KeyRefused, DatabaseError."""
    with writing(engine) as connection:
        erased = _erase(connection, RECEIVED.c.key == distrust(connection, name))
        if erased.suppliers:
            regroup(connection, erased.suppliers)
    close_erasure(engine)
    return erased.facts


def end_facts(connection: Connection, today: date) -> int:
    """Erase the facts that are past their end, and the agreements too, inside a transaction; return how many."""
    erased = _erase(connection, RECEIVED.c.ends <= today)
    if erased.suppliers:
        regroup(connection, erased.suppliers)
    return erased.facts + connection.execute(delete(CONSENTS).where(CONSENTS.c.ends <= today)).rowcount


def leave_answers(connection: Connection, keys: frozenset[str], _who: str, _now: datetime) -> None:
    """Erase what is kept of a supplier that leaves (all its keys), inside the transaction of its withdrawal: what was applied goes with its
    records, and what it shared from here is withdrawn since they are gone."""
    for scheme, column in (("siret:", RECEIVED.c.siret), ("finess:", RECEIVED.c.finess)):
        numbers = [key.removeprefix(scheme) for key in sorted(keys) if key.startswith(scheme)]
        for part in chunks(numbers):
            connection.execute(delete(RECEIVED).where(column.in_(part)))


def _erase(connection: Connection, which: ColumnElement[bool]) -> Gone:
    """Delete these received facts, and what they say wherever it is."""
    columns = (RECEIVED.c.correction_id, RECEIVED.c.withdrawn)
    rows = connection.execute(select(*columns).where(which)).all()
    touched = delete_stated(connection, [row.correction_id for row in rows if row.correction_id is not None])
    connection.execute(delete(RECEIVED).where(which))
    if rows:
        write_erasure(connection)
    return Gone(sum(not row.withdrawn for row in rows), touched)


def _kept(line: Line, *, said: str = "", withdrawn: bool = False) -> dict[str, Any]:
    """The row of a line."""
    siret, finess = (line.siret, line.finess) if isinstance(line, SharedFact) else ("", "")
    row = {"key": line.cle, "id": line.id, "siret": siret, "finess": finess, "ends": line.fin, "said": said}
    return row | {"correction_id": None, "withdrawn": withdrawn}


def _waiting(connection: Connection) -> Iterator[list[Any]]:
    """The facts that wait and whose supplier is there, with its id, part by part: by SIRET, else by FINESS number."""
    by_siret = select(func.min(SUPPLIERS.c.id)).where(SUPPLIERS.c.siret == RECEIVED.c.siret, RECEIVED.c.siret != "")
    by_number = (FINESS_NUMBERS.c.number == RECEIVED.c.finess) & (RECEIVED.c.finess != "")
    by_finess = select(func.min(FINESS_NUMBERS.c.supplier_id)).where(by_number)
    supplier = func.coalesce(by_siret.scalar_subquery(), by_finess.scalar_subquery())
    order = (RECEIVED.c.key, RECEIVED.c.id)
    query = select(*order, RECEIVED.c.said, supplier.label("supplier_id")).where(RECEIVED.c.said != "")
    after = ("", "")
    while rows := connection.execute(query.where(tuple_(*order) > after).order_by(*order).limit(CHUNK)).all():
        yield [row for row in rows if row.supplier_id is not None]
        after = (rows[-1].key, rows[-1].id)


def _open_run(connection: Connection, at: datetime) -> int:
    """The import that the records of shared facts came with."""
    row = {"source": SHARED, "file_name": "réponses partagées", "sha256": "", "started": at, "finished": at}
    row |= {"counts": {}, "complete": False, "catalogue_version": read_version(connection) + 1}
    return int(connection.execute(insert(IMPORT_RUNS).returning(IMPORT_RUNS.c.id), row).scalar_one())


def _anchors(connection: Connection, suppliers: Collection[str]) -> dict[str, tuple[str, str]]:
    """The record that a correction of each supplier is written on: of its most trusted directory, else of the team."""
    ranks = {source: (source in STATED, rank) for rank, source in enumerate(TRUST)}
    query = select(RECORDS.c.supplier_id, RECORDS.c.source, RECORDS.c.ref)
    found: dict[str, tuple[str, str]] = {}
    for part in chunks(sorted(suppliers)):
        own = query.where(RECORDS.c.supplier_id.in_(part), RECORDS.c.source != SHARED)
        rows = sorted(connection.execute(own), key=lambda row: (ranks.get(row.source, (False, len(ranks))), row.ref))
        for row in rows:
            found.setdefault(row.supplier_id, (row.source, row.ref))
    return found


def _record(fact: SharedFact) -> CleanRecord:
    """What a fact says, as a source: never who or where the supplier is."""
    names = taxonomy()
    done = tuple(ClaimedActivity(code, names.label(code), Evidence.SHARED) for code in fact.metiers)
    return CleanRecord(
        source=SHARED,
        ref="",
        activities=done,
        refused=tuple(fact.refus),
        workers=fact.effectif,
        workers_text=str(fact.effectif or ""),
        area=area_names(tuple(fact.zone)),
        area_codes=tuple(fact.zone),
        contract_size=CONTRACT_SIZES.get(fact.taille_marche, ""),
        price_basis=PRICE_BASES.get(fact.base_prix, ""),
        phone=fact.telephone,
        email=fact.courriel,
        as_of=fact.date_maj,
    )


def _said(record: CleanRecord) -> dict[str, list[str]]:
    """The same as a person would have written it."""
    said = {ACTIVITY: [one.code for one in record.activities], REFUSED: list(record.refused)}
    said |= {
        field.champ: [field.words(record)] for field in FIELDS if field.champ and known(getattr(record, field.name, ""))
    }
    return {champ: texts for champ, texts in said.items() if texts}


def _row(supplier_id: str, fact: SharedFact, record: CleanRecord, number: int, run: int) -> dict[str, Any]:
    payload = to_payload(replace(record, ref=str(number)))
    row: dict[str, Any] = {
        "source": SHARED,
        "ref": str(number),
        "supplier_id": supplier_id,
        "siret": fact.siret,
        "finess": fact.finess,
    }
    row |= {"payload": payload, "hash": payload_hash(payload), "flags": [], "as_of": record.as_of}
    return row | {"first_seen_run": run, "last_seen_run": run, "gone": False}


def _motive(fact: SharedFact, key_name: str) -> str:
    where = f" (adresse donnée par {source_title(fact.annuaire)})" if fact.annuaire else ""
    way = f"par son lien{where}" if fact.voie == "lien" else "confirmée au téléphone"
    return f"réponse du {day(fact.date_maj)}, {way}, reçue avec la clé « {key_name} », jusqu’au {day(fact.fin)}"
