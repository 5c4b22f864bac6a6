"""Storage of the pairs of records that may be one supplier, and of people's decisions on them (same, different, left out), inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, ColumnElement, Connection, and_, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from matcher.catalogue.identity.compare import Agreement, FieldComparison, PairEvidence, PairVerdict, RecordKey
from matcher.catalogue.identity.same_supplier import Pair, PairDecision
from matcher.catalogue.store.tables import REVIEW_PAIRS
from matcher.erasure import Holding
from matcher.rows import Base, chunks, insert_rows, table_of

# Verdict of a decision on one record only, and the second half of its pair, which is empty.
LEFT_OUT, NO_OTHER_RECORD = "left_out", ("", "")


class DecisionRow(Base):
    """A person's decision on two records (`same` or `different`), or on one, the other empty (`left_out`); in force until `withdrawn`. `settled`
    are the numbers of other pairs that it made pointless. Times are UTC without zone."""

    __tablename__ = "decision"
    holding = Holding("rapprochements jugés, et par qui", keys=("source", "ref", "other_source", "other_ref"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    ref: Mapped[str]
    other_source: Mapped[str]
    other_ref: Mapped[str]
    verdict: Mapped[str]
    who: Mapped[str]
    given: Mapped[datetime]
    withdrawn: Mapped[datetime | None]
    settled: Mapped[list[int]] = mapped_column(JSON, server_default="[]")


PAIR_DECISIONS = table_of(DecisionRow)

_KEYS = ("source", "ref", "other_source", "other_ref")


def standing_decisions(connection: Connection) -> list[PairDecision]:
    """Return the decisions on pairs in force, in the order they were made."""
    columns = [PAIR_DECISIONS.c[name] for name in (*_KEYS, "verdict")]
    query = select(*columns).where(PAIR_DECISIONS.c.withdrawn.is_(None), PAIR_DECISIONS.c.verdict != LEFT_OUT)
    query = query.order_by(PAIR_DECISIONS.c.id)
    return [PairDecision((row[0], row[1]), (row[2], row[3]), PairVerdict(row[4])) for row in connection.execute(query)]


def record_decision(
    connection: Connection, subject: RecordKey, other: RecordKey, verdict: str, author: str, now: datetime
) -> None:
    """Write a decision on two records, or that one is LEFT_OUT (`other` is then NO_OTHER_RECORD); it replaces an earlier one. `now` is UTC."""
    withdraw_decision(connection, subject, other, now)
    values = dict(zip(_KEYS, (*subject, *other), strict=True))
    at = now.replace(tzinfo=None)
    connection.execute(insert(PAIR_DECISIONS), values | {"verdict": str(verdict), "who": author, "given": at})


def withdraw_decision(connection: Connection, subject: RecordKey, other: RecordKey, now: datetime) -> bool:
    """Withdraw the decision in force on two records, in either order; return False where there is none."""
    standing_ids = [
        row.id
        for pair in ((subject, other), (other, subject))
        for row in connection.execute(
            select(PAIR_DECISIONS.c.id).where(_is_pair(*pair), PAIR_DECISIONS.c.withdrawn.is_(None))
        )
    ]
    if standing_ids:
        withdrawn = update(PAIR_DECISIONS).where(PAIR_DECISIONS.c.id.in_(standing_ids))
        connection.execute(withdrawn.values(withdrawn=now.replace(tzinfo=None)))
    return bool(standing_ids)


def write_settled_pairs(
    connection: Connection, decided: Sequence[tuple[RecordKey, RecordKey]], numbers: Sequence[int]
) -> None:
    """Store the numbers of the pairs that these decisions made pointless."""
    for pair in decided:
        chosen = _is_pair(*pair) & PAIR_DECISIONS.c.withdrawn.is_(None)
        connection.execute(update(PAIR_DECISIONS).where(chosen).values(settled=list(numbers)))


def settling_decision(connection: Connection, number: int) -> Any:
    """Return the row of the decision in force that made this pair pointless, None where there is none."""
    rows = connection.execute(select(PAIR_DECISIONS).where(PAIR_DECISIONS.c.withdrawn.is_(None)))
    return next((row for row in rows if number in row.settled), None)


class PairChanges(NamedTuple):
    """Rows of `review_pair` to insert, to update (by `row_id`), and the numbers of those to delete."""

    new: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    gone: list[int]


def pair_changes(connection: Connection, pairs: Sequence[Pair]) -> PairChanges:
    """Return the rows to write for these pairs. A known pair keeps its number; a decided pair is never deleted."""
    stored = {tuple(row[1:5]): row for row in connection.execute(select(REVIEW_PAIRS))}
    decided = {(*decision.subject, *decision.other) for decision in standing_decisions(connection)}
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for pair in pairs:
        key = (*pair.subject, *pair.other)
        decided.add(key)
        values = {
            "verdict": pair.evidence.verdict.value,
            "score": pair.evidence.score,
            "evidence": [[item.field, item.agreement.value, item.one, item.other] for item in pair.evidence.fields],
            "reason": pair.evidence.reason,
        }
        if key not in stored:
            new.append(dict(zip(_KEYS, key, strict=True)) | values)
        elif tuple(stored[key][5:]) != tuple(values.values()):
            changed.append(values | {"row_id": stored[key].id})
    return PairChanges(new, changed, [row.id for key, row in stored.items() if key not in decided])


def save_pairs(connection: Connection, changes: PairChanges) -> None:
    """Write the changes of pairs."""
    for ids in chunks(changes.gone):
        connection.execute(delete(REVIEW_PAIRS).where(REVIEW_PAIRS.c.id.in_(ids)))
    if changes.changed:
        columns: dict[str, Any] = {name: bindparam(name) for name in ("verdict", "score", "evidence", "reason")}
        named = update(REVIEW_PAIRS).where(REVIEW_PAIRS.c.id == bindparam("row_id"))
        connection.execute(named.values(columns), changes.changed)
    insert_rows(connection, REVIEW_PAIRS, changes.new)


def evidence_in(row: Any) -> PairEvidence:
    """Return the evidence in a row of `review_pair`."""
    fields = tuple(
        FieldComparison(field, Agreement(agreement), one, other) for field, agreement, one, other in row.evidence
    )
    return PairEvidence(PairVerdict(row.verdict), row.score, fields, row.reason)


def _is_pair(subject: RecordKey, other: RecordKey) -> ColumnElement[bool]:
    return and_(*(PAIR_DECISIONS.c[name] == value for name, value in zip(_KEYS, (*subject, *other), strict=True)))
