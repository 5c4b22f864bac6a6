"""Review queue of possible duplicates (« catalogue review »): pairs of records with evidence; after a decision suppliers are grouped again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, select, tuple_

from matcher.catalogue.identity.compare import PairEvidence, PairVerdict, RecordKey, compare_sides, side_of
from matcher.catalogue.identity.records import CleanRecord, from_payload, traits_of
from matcher.catalogue.identity.same_supplier import Pair
from matcher.catalogue.intake.intake import regroup
from matcher.catalogue.store.pair_decisions import (
    LEFT_OUT,
    PAIR_DECISIONS,
    evidence_in,
    pair_changes,
    record_decision,
    save_pairs,
    settling_decision,
    withdraw_decision,
    write_settled_pairs,
)
from matcher.catalogue.store.read import find_record
from matcher.catalogue.store.tables import RECORDS, REVIEW_PAIRS
from matcher.db import reading, writing
from matcher.domain.french import day
from matcher.rows import chunks

# French words of a person's verdict on a pair.
SAYS = {PairVerdict.SAME: "un seul fournisseur", PairVerdict.DIFFERENT: "deux fournisseurs"}


class ReviewRefused(Exception):
    """A pair that does not exist, or that cannot be decided this way. Nothing was written; the message is French."""


class Queue(StrEnum):
    """Choice of the pairs to list: waiting for a person, merged automatically by evidence, or decided by a person."""

    WAITING = "review"
    MERGED = "same"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Described:
    """One side of a pair: a record and the supplier it belongs to now."""

    supplier_id: str
    record: CleanRecord


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision in force. `given` is UTC, without zone."""

    verdict: PairVerdict
    who: str
    given: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair: its number, the evidence, both sides, and the decision in force (None where there is none)."""

    number: int
    evidence: PairEvidence
    one: Described
    other: Described
    decision: Taken | None


def pairs(engine: Engine, queue: Queue = Queue.WAITING) -> list[Judged]:
    """Return the pairs of a queue: those with a register's reason first, then by descending likeness."""
    with reading(engine) as connection:
        query = select(PAIR_DECISIONS).where(PAIR_DECISIONS.c.withdrawn.is_(None), PAIR_DECISIONS.c.verdict != LEFT_OUT)
        decisions = {
            ((row.source, row.ref), (row.other_source, row.other_ref)): Taken(
                PairVerdict(row.verdict), row.who, row.given
            )
            for row in connection.execute(query)
        }
        rows = connection.execute(
            select(REVIEW_PAIRS).order_by(REVIEW_PAIRS.c.reason == "", REVIEW_PAIRS.c.score.desc(), REVIEW_PAIRS.c.id)
        ).all()
        chosen = []
        for row in rows:
            pair = (row.source, row.ref), (row.other_source, row.other_ref)
            decision = decisions.get(pair) or decisions.get(pair[::-1])
            if (decision is not None) if queue is Queue.DECIDED else (decision is None and row.verdict == queue.value):
                chosen.append((row, decision))
        keys = {key for row, _ in chosen for key in ((row.source, row.ref), (row.other_source, row.other_ref))}
        sides = _describe_records(connection, sorted(keys))
    return [
        Judged(row.id, evidence_in(row), sides[row.source, row.ref], sides[row.other_source, row.other_ref], decision)
        for row, decision in chosen
        if (row.source, row.ref) in sides and (row.other_source, row.other_ref) in sides
    ]


def decide(
    engine: Engine,
    named: Sequence[str],
    verdict: PairVerdict,
    author: str,
    now: datetime,
    *,
    across_sirens: bool = False,
) -> tuple[list[Judged], list[int]]:
    """Decide pairs, each named by its number or by two records (`source:ref=source:ref`), in one transaction.

    Return these pairs after the decision, and the numbers of the other waiting pairs that it settled. `now` is UTC. Raises ReviewRefused, also where
    two SIRENs would become one supplier that no evidence proposed, unless `across_sirens`.
    """
    with writing(engine) as connection:
        keys = [_keys(connection, name) for name in named]
        before = _undecidable_pairs(connection)
        if verdict is PairVerdict.SAME and not across_sirens:
            proposed = set(map(frozenset, before.values()))
            _refuse_two_sirens(connection, [pair for pair in keys if frozenset(pair) not in proposed])
        for pair in keys:
            record_decision(connection, *pair, verdict, author, now)
        regroup(connection)
        still_waiting = _undecidable_pairs(connection)
        named_pairs = set(map(frozenset, keys))
        settled = sorted(
            number
            for number, pair in before.items()
            if number not in still_waiting and frozenset(pair) not in named_pairs
        )
        write_settled_pairs(connection, keys, settled)
    standing = pairs(engine, Queue.DECIDED)
    decided = [pair for pair in standing if frozenset((pair.one.record.key, pair.other.record.key)) in named_pairs]
    return decided, settled


def _refuse_two_sirens(connection: Connection, keys: Sequence[tuple[RecordKey, RecordKey]]) -> None:
    descriptions = _describe_records(connection, sorted({key for pair in keys for key in pair}))
    for pair in keys:
        records = [descriptions[key].record for key in pair if key in descriptions]
        if len({record.siren for record in records if record.siren}) > 1:
            first, second = (
                f"« {record.name or record.brand or ':'.join(record.key)} » ({', '.join(filter(None, (record.city, f'SIREN {record.siren}')))})"
                for record in records
            )
            raise ReviewRefused(
                f"{first} et {second} sont deux organisations : rien n’est écrit. Si c’est pourtant un seul fournisseur, ajoutez --siren-differents."
            )


def _undecidable_pairs(connection: Connection) -> dict[int, tuple[RecordKey, RecordKey]]:
    """The record keys of all pairs that evidence alone leaves to a person, decided or not, by pair number."""
    rows = connection.execute(select(REVIEW_PAIRS).where(REVIEW_PAIRS.c.verdict == Queue.WAITING.value))
    return {row.id: ((row.source, row.ref), (row.other_source, row.other_ref)) for row in rows}


def undo_decisions(engine: Engine, named: Sequence[str], now: datetime) -> None:
    """Withdraw the decisions on pairs, in one transaction: evidence decides again. Raises ReviewRefused."""
    with writing(engine) as connection:
        for name in named:
            if not withdraw_decision(connection, *_keys(connection, name), now):
                raise ReviewRefused(f"Rien n’a été décidé de la paire {name}.")
        regroup(connection)


def _keys(connection: Connection, name: str) -> tuple[RecordKey, RecordKey]:
    if name.isdigit():
        row = connection.execute(select(REVIEW_PAIRS).where(REVIEW_PAIRS.c.id == int(name))).first()
        if row is None:
            raise ReviewRefused(_why_gone(connection, name))
        return (row.source, row.ref), (row.other_source, row.other_ref)
    keys: list[RecordKey] = []
    for side in name.partition("=")[::2]:
        source, _, ref = side.strip().partition(":")
        keys.append(find_record(connection, side) or (source, ref))
    subject, counterpart = keys
    descriptions = _describe_records(connection, [subject, counterpart])
    if subject == counterpart or len(descriptions) < 2:
        raise ReviewRefused(
            f"« {name} » ne désigne pas deux fiches du catalogue : donnez le numéro d’une paire, ou deux fiches sous la "
            "forme annuaire:référence=annuaire:référence."
        )
    stored = [
        Pair((row.source, row.ref), (row.other_source, row.other_ref), evidence_in(row))
        for row in connection.execute(select(REVIEW_PAIRS))
    ]
    if all({pair.subject, pair.other} != {subject, counterpart} for pair in stored):  # a new pair gets a number
        sides = [side_of([traits_of(descriptions[key].record)]) for key in (subject, counterpart)]
        named = Pair(subject, counterpart, compare_sides(*sides)[0])
        save_pairs(connection, pair_changes(connection, [*stored, named]))
    return subject, counterpart


def _why_gone(connection: Connection, number: str) -> str:
    """Return, in French, the reason why this number is no longer that of a pair."""
    if (decision := settling_decision(connection, int(number))) is None:
        return f"La paire {number} n’existe pas, ou un import ou une correction l’a réglée : voyez « entremise catalogue review »."
    sides = f"{decision.source}:{decision.ref}={decision.other_source}:{decision.other_ref}"
    outcome = f"de {decision.who}, le {day(decision.given)}, sur {sides} ({SAYS[PairVerdict(decision.verdict)]})"
    return f"La paire {number} n’est plus à juger : la décision {outcome} l’a réglée."


def _describe_records(connection: Connection, keys: Sequence[RecordKey]) -> dict[RecordKey, Described]:
    columns = (RECORDS.c.supplier_id, RECORDS.c.payload)
    descriptions: dict[RecordKey, Described] = {}
    for part in chunks(keys):
        query = select(*columns).where(tuple_(RECORDS.c.source, RECORDS.c.ref).in_(part))
        for supplier_id, payload in connection.execute(query):
            record = from_payload(payload)
            descriptions[record.key] = Described(supplier_id, record)
    return descriptions
