"""Imported rows that no source proves to be inclusive suppliers: a person gives each a kind (ESAT, EA, EI…) or leaves it out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, select

from matcher.catalogue.identity.merge import StoredRecord, by_trust
from matcher.catalogue.identity.records import REGISTERS, CleanRecord, from_payload
from matcher.catalogue.identity.trust import TRUST
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.steward.review import ReviewRefused, pairs
from matcher.catalogue.store.pair_decisions import (
    LEFT_OUT,
    NO_OTHER_RECORD,
    PAIR_DECISIONS,
    record_decision,
    withdraw_decision,
)
from matcher.catalogue.store.read import find_id, waiting_ids
from matcher.catalogue.store.tables import RECORDS
from matcher.db import reading, writing
from matcher.domain.grouping import group_pairs
from matcher.domain.kinds import SupplierKind

MOTIVE = "type choisi à la revue"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row that waits: the id its supplier would have, and its record (the most trusted source's where several lists have it).

    `left_out_by` names the person who left it out, empty while it waits. `given` is the time of that decision, UTC, without zone.
    """

    supplier_id: str
    record: CleanRecord
    left_out_by: str = ""
    given: datetime | None = None


def rows_without_kind(engine: Engine, *, left_out: bool = False) -> list[WaitingRow]:
    """Return the rows that wait, by id; or those left out, the latest first."""
    waiting, rows_left_out = divided_rows(engine)
    return rows_left_out if left_out else waiting


def divided_rows(engine: Engine) -> tuple[list[WaitingRow], list[WaitingRow]]:
    """Return the rows that wait, by id, and those left out, the latest first."""
    waiting: list[WaitingRow] = []
    rows_left_out: list[WaitingRow] = []
    with reading(engine) as connection:
        standing = select(PAIR_DECISIONS).where(
            PAIR_DECISIONS.c.withdrawn.is_(None), PAIR_DECISIONS.c.verdict == LEFT_OUT
        )
        left_out_decisions = {(row.source, row.ref): (row.who, row.given) for row in connection.execute(standing)}
        for supplier_id, records in _records_by_id(connection, waiting_ids()).items():
            decisions = [left_out_decisions[record.key] for record in records if record.key in left_out_decisions]
            if decisions:
                author, decided_at = decisions[0]
                rows_left_out.append(WaitingRow(supplier_id, records[0], author, decided_at))
            else:
                waiting.append(WaitingRow(supplier_id, records[0]))
    return waiting, sorted(rows_left_out, key=lambda row: str(row.given), reverse=True)


def count_waiting(engine: Engine) -> int:
    """Return how many decisions wait for a person: pairs of possible duplicates, and rows without kind."""
    return len(pairs(engine)) + len(rows_without_kind(engine))


def keep_row(engine: Engine, key: str, kind: SupplierKind, author: str, now: datetime) -> None:
    """Make a row a supplier of this kind, by a correction of the team.

    Raises ReviewRefused, CorrectionRefused or DatabaseError.
    """
    with reading(engine) as connection:
        supplier_id, _ = _waiting_records(connection, key)
    correct_supplier(engine, supplier_id, {"type": [kind.value]}, author=author, motive=MOTIVE, now=now)


def leave_row_out(engine: Engine, key: str, author: str, now: datetime) -> None:
    """Leave a row out: no longer listed, and not a supplier unless a directory gives its kind later. Raises ReviewRefused."""
    with writing(engine) as connection:
        _, records = _waiting_records(connection, key)
        for record in records:
            record_decision(connection, record.key, NO_OTHER_RECORD, LEFT_OUT, author, now)


def take_row_back(engine: Engine, key: str, now: datetime) -> None:
    """Withdraw the decision to leave a row out, so that it waits again. Raises ReviewRefused where there was none."""
    with writing(engine) as connection:
        _, records = _waiting_records(connection, key)
        withdrawn = [withdraw_decision(connection, record.key, NO_OTHER_RECORD, now) for record in records]
    if not any(withdrawn):
        raise ReviewRefused(f"La ligne « {key} » n’avait pas été laissée de côté.")


def _waiting_records(connection: Connection, key: str) -> tuple[str, list[CleanRecord]]:
    """Return the id and the records of the waiting row that a key names. Raises ReviewRefused."""
    supplier_id = find_id(connection, key) or ""
    records_by_supplier = _records_by_id(connection, waiting_ids().where(RECORDS.c.supplier_id == supplier_id))
    if supplier_id not in records_by_supplier:
        raise ReviewRefused(
            f"« {key} » n’est pas une ligne qui attend un type : voyez « entremise catalogue review --lignes »."
        )
    return supplier_id, records_by_supplier[supplier_id]


def _records_by_id(connection: Connection, ids: Select[Any]) -> dict[str, list[CleanRecord]]:
    """Return the records of these ids, the most trusted source's first; records of registers, which give no kind, are skipped."""
    in_lists = (RECORDS.c.supplier_id.in_(ids), RECORDS.c.source.not_in(REGISTERS))
    query = select(RECORDS.c.supplier_id, RECORDS.c.payload, RECORDS.c.gone).where(*in_lists)
    stored = group_pairs(
        (supplier_id, StoredRecord(from_payload(payload), gone))
        for supplier_id, payload, gone in connection.execute(query.order_by(RECORDS.c.supplier_id))
    )
    return {key: [item.record for item in by_trust(key, records, TRUST)] for key, records in stored.items()}
