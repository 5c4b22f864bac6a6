"""Stores facts that another installation shares (answers of suppliers), and applies each, once its supplier is in the catalogue, as two rows: a correction,
which a person can read and undo as one typed here, and a record, which `merge` reads as it reads those of directories."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select, tuple_, update

from matcher.answers.erasing import ErasedFacts, erase_facts
from matcher.answers.fact import (
    CONTRACT_DURATIONS,
    CONTRACT_SEASONS,
    CONTRACT_SIZES,
    PRICE_BASES,
    Line,
    SharedFact,
    SharedWithdrawal,
    encode_line,
)
from matcher.answers.tables import RECEIVED, TRUSTED_KEYS
from matcher.catalogue.identity.records import ClaimedActivity, CleanRecord, payload_hash, to_payload
from matcher.catalogue.identity.trust import SHARED, STATED, TRUST, source_title
from matcher.catalogue.intake.intake import regroup
from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED
from matcher.catalogue.store.opt_outs import Guard, read_guard
from matcher.catalogue.store.read import read_version
from matcher.catalogue.store.tables import CORRECTIONS, FINESS_NUMBERS, IMPORT_RUNS, RECORDS, SUPPLIERS
from matcher.domain.fields import FIELDS, is_known
from matcher.domain.french import day
from matcher.domain.supplier import Evidence
from matcher.ranking.shelf.areas import area_names
from matcher.reference.trades.activities import taxonomy
from matcher.rows import CHUNK, chunks, insert_rows

_NO_ANCHOR = ("", "")
_SHARED_FACT = msgspec.json.Decoder(SharedFact)


def keep_facts(connection: Connection, facts: Sequence[SharedFact]) -> None:
    """Store new facts as waiting for `apply_waiting`; a fact that is stored already, or was withdrawn, is left unchanged."""
    named = tuple_(RECEIVED.c.key, RECEIVED.c.id)
    query = select(RECEIVED.c.key, RECEIVED.c.id).where(named.in_([(fact.cle, fact.id) for fact in facts]))
    present = {(row.key, row.id) for row in connection.execute(query)}
    new = [fact for fact in facts if (fact.cle, fact.id) not in present]
    insert_rows(connection, RECEIVED, [_row_of(fact, wording=encode_line(fact).decode()) for fact in new])


def keep_withdrawals(connection: Connection, lines: Sequence[SharedWithdrawal], erased: ErasedFacts) -> None:
    """Erase the facts that these lines withdraw, and store that they are withdrawn, so that an older file does not bring them back."""
    withdrawn = tuple_(RECEIVED.c.key, RECEIVED.c.id).in_([(line.cle, line.id) for line in lines])
    erase_facts(connection, withdrawn, erased)
    insert_rows(connection, RECEIVED, [_row_of(line, withdrawn=True) for line in lines])


def apply_waiting(connection: Connection, *, now: datetime) -> int:
    """Apply the waiting facts whose supplier is in the catalogue, compute these suppliers again, and return the number of facts applied. Facts past
    their end, or of suppliers who opted out, are left."""
    guard, changed, applied, run = read_guard(connection), set[str](), 0, 0
    for rows in _waiting(connection):
        waiting = [(row.supplier_id, _SHARED_FACT.decode(row.said)) for row in rows]
        valid = [(supplier_id, fact) for supplier_id, fact in waiting if fact.fin > now.date()]
        facts = [(supplier_id, fact) for supplier_id, fact in valid if fact.supplier_key not in guard.opted_out]
        if facts:
            if not run:  # records need an import run: one is insertion for this batch
                at = now.replace(tzinfo=None)
                row = {"source": SHARED, "file_name": "réponses partagées", "sha256": "", "started": at, "finished": at}
                row |= {"counts": {}, "complete": False, "catalogue_version": read_version(connection) + 1}
                run = int(connection.execute(insert(IMPORT_RUNS).returning(IMPORT_RUNS.c.id), row).scalar_one())
            _apply(connection, facts, guard, run, now)
            changed |= {supplier_id for supplier_id, _ in facts}
            applied += len(facts)
    if changed:
        counts = {"read": applied, "created": 0, "updated": applied, "refused": 0}
        connection.execute(update(IMPORT_RUNS).where(IMPORT_RUNS.c.id == run).values(counts=counts))
        regroup(connection, changed)
    return applied


def _apply(
    connection: Connection, facts: Sequence[tuple[str, SharedFact]], guard: Guard, run: int, now: datetime
) -> None:
    names = {row.key: row.name for row in connection.execute(select(TRUSTED_KEYS.c.key, TRUSTED_KEYS.c.name))}
    anchors = _anchors(connection, {supplier_id for supplier_id, _ in facts})
    records = [guard.clear(_record(fact)) for _, fact in facts]
    corrections = []
    for (supplier_id, fact), record in zip(facts, records, strict=True):
        source, ref = anchors.get(supplier_id, _NO_ANCHOR)
        # The texts that a person would have typed for these values.
        texts = {ACTIVITY: [activity.code for activity in record.activities], REFUSED: list(record.refused)}
        for field in FIELDS:
            if field.champ and is_known(getattr(record, field.name, "")):
                texts[field.champ] = [field.words(record)]
        where = f" (adresse donnée par {source_title(fact.annuaire)})" if fact.annuaire else ""
        way = f"par son lien{where}" if fact.voie == "lien" else "confirmée au téléphone"
        row = {
            "source": SHARED,
            "said": {champ: wording for champ, wording in texts.items() if wording},
            "who": fact.par,
            "motive": f"réponse du {day(fact.date_maj)}, {way}, reçue avec la clé « {names.get(fact.cle, '')} », jusqu’au {day(fact.fin)}",
        }
        corrections.append({**row, "given": now.replace(tzinfo=None), "anchor_source": source, "anchor_ref": ref})
    insertion = insert(CORRECTIONS).returning(CORRECTIONS.c.id, sort_by_parameter_order=True)
    numbers = connection.execute(insertion, corrections).scalars().all()
    written_facts = list(zip(facts, records, numbers, strict=True))
    rows = [
        _record_row(supplier_id, fact, record, number, run) for (supplier_id, fact), record, number in written_facts
    ]
    insert_rows(connection, RECORDS, rows)
    marked = [{"k": fact.cle, "i": fact.id, "n": number} for (_, fact), _, number in written_facts]
    own = (RECEIVED.c.key == bindparam("k")) & (RECEIVED.c.id == bindparam("i"))
    connection.execute(update(RECEIVED).where(own).values(correction_id=bindparam("n"), said=""), marked)


def _row_of(line: Line, *, wording: str = "", withdrawn: bool = False) -> dict[str, Any]:
    """Return the stored row of a line; `wording` is the encoded fact, empty once it is applied or withdrawn."""
    siret, finess = (line.siret, line.finess) if isinstance(line, SharedFact) else ("", "")
    row = {"key": line.cle, "id": line.id, "siret": siret, "finess": finess, "ends": line.fin, "said": wording}
    return row | {"correction_id": None, "withdrawn": withdrawn}


def _waiting(connection: Connection) -> Iterator[list[Any]]:
    """Yield, in batches, the waiting facts with the id of their supplier, matched by SIRET, else by FINESS number."""
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


def _anchors(connection: Connection, suppliers: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the (source, ref) of the record by which a correction finds its supplier again after ids change: that of its most trusted directory, else
    the team's."""
    ranks = {source: (source in STATED, rank) for rank, source in enumerate(TRUST)}
    query = select(RECORDS.c.supplier_id, RECORDS.c.source, RECORDS.c.ref)
    anchors: dict[str, tuple[str, str]] = {}
    for part in chunks(sorted(suppliers)):
        own = query.where(RECORDS.c.supplier_id.in_(part), RECORDS.c.source != SHARED)
        rows = sorted(connection.execute(own), key=lambda row: (ranks.get(row.source, (False, len(ranks))), row.ref))
        for row in rows:
            anchors.setdefault(row.supplier_id, (row.source, row.ref))
    return anchors


def _record(fact: SharedFact) -> CleanRecord:
    """Convert a fact to a catalogue record; the identity and the address of the supplier are left empty."""
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
        contract_duration=CONTRACT_DURATIONS.get(fact.duree_marche, ""),
        contract_season=CONTRACT_SEASONS.get(fact.saison, ""),
        price_basis=PRICE_BASES.get(fact.base_prix, ""),
        phone=fact.telephone,
        email=fact.courriel,
        as_of=fact.date_maj,
    )


def _record_row(supplier_id: str, fact: SharedFact, record: CleanRecord, number: int, run: int) -> dict[str, Any]:
    ref, payload = str(number), to_payload(replace(record, ref=str(number)))
    row: dict[str, Any] = {"source": SHARED, "ref": ref, "supplier_id": supplier_id}
    row |= {"siret": fact.siret, "finess": fact.finess, "payload": payload, "hash": payload_hash(payload)}
    return row | {"flags": [], "as_of": record.as_of, "first_seen_run": run, "last_seen_run": run, "gone": False}
