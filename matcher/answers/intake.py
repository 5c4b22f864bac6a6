"""Imports a file of shared answers: checks each line, counts facts by supplier and trade, then, once a person accepts, stores and applies them.

The count is also given as JSON, for `entremise reponses import` and the API."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import IO, TypedDict

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine, select

from matcher.answers.applying import apply_waiting, keep_facts, keep_withdrawals
from matcher.answers.erasing import ErasedFacts, Muting, clear_copies, end_facts
from matcher.answers.fact import (
    LONGEST_LINE,
    Line,
    LineRefused,
    SharedFact,
    SharedWithdrawal,
    check_signature,
    encode_line,
    is_service_box,
    public_key,
    read_line,
)
from matcher.answers.keys import TrustedKey, own_public, trusted_keys
from matcher.answers.tables import RECEIVED
from matcher.catalogue.intake.spool import Spool
from matcher.catalogue.steward.privacy import close_erasure, kept_since
from matcher.catalogue.store.opt_outs import OPTED_OUT, read_guard
from matcher.catalogue.store.tables import FINESS_NUMBERS, SUPPLIERS
from matcher.cleaning.web import takes_messages
from matcher.db import reading, writing
from matcher.domain.french import day
from matcher.reference.trades.activities import taxonomy
from matcher.rows import chunks

MOST_LINES = 1_000_000
# The longest that a fact may last, in months: after three years an answer no longer describes the supplier.
LONGEST_MONTHS = 36
_MOST_SHOWN = 1_000
_TIME_ZONES = timedelta(days=1)
_SHARED_FACT, _SHARED_WITHDRAWAL = msgspec.json.Decoder(SharedFact), msgspec.json.Decoder(SharedWithdrawal)


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A refused line: its number in the file, from 1, and the reason in French."""

    number: int
    reason: str


@dataclass(slots=True)
class AnswersReport:
    """Count of a file: its lines, the facts, the withdrawals, the lines received `already` from an earlier file, the refused ones; facts by supplier (id) and
    by trade (code, whether done). `absent` counts the facts whose supplier the catalogue lacks: they wait for it. `refusals` are the first refused lines.
    `applied` (facts written to the catalogue) and `erased` stay 0 until a person accepts the file. `digest` is the SHA-256 of the file's lines."""

    lines: int = 0
    facts: int = 0
    withdrawals: int = 0
    already: int = 0
    absent: int = 0
    refused: int = 0
    refusals: list[RefusedLine] = field(default_factory=list)
    by_supplier: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    by_trade: Counter[tuple[str, bool]] = field(default_factory=Counter)
    by_key: Counter[str] = field(default_factory=Counter)
    accepted: bool = False
    applied: int = 0
    erased: int = 0
    digest: str = ""

    def refuse(self, number: int, reason: str) -> None:
        """Count a refused line, and store its reason while the list is not full."""
        self.refused += 1
        if len(self.refusals) < _MOST_SHOWN:
            self.refusals.append(RefusedLine(number, reason))


def numbered_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file with their numbers, blank lines left out; a line that is too long is cut, to bound memory."""
    number = 0
    while content := file.readline(LONGEST_LINE + 2):
        number += 1
        if len(content) > LONGEST_LINE and not content.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        if content.strip():
            yield number, content.rstrip(b"\r\n")


def take_in_answers(
    engine: Engine,
    lines: Iterable[tuple[int, bytes]],
    *,
    now: datetime,
    mute: Muting,
    accept: bool = False,
    seen: str = "",
) -> AnswersReport:
    """Check and count the lines of a file; with `accept`, write the valid ones to the database. `mute` is called with the erased facts. With `seen`, the
    `digest` of the file that a person reviewed, a file of another digest is not written. Raises DatabaseError, OSError."""
    with Spool() as facts, Spool() as withdrawals:
        report = _read(engine, lines, facts, withdrawals, now.date())
        if not accept or (seen and seen != report.digest):
            return report
        with writing(engine) as connection:
            ended, erased = end_facts(connection, now.date(), mute), ErasedFacts()
            for part in chunks(withdrawals):  # first, so that a fact that the same file withdraws is never stored
                keep_withdrawals(connection, [_SHARED_WITHDRAWAL.decode(text) for text, _ in part], erased)
            clear_copies(connection, erased, mute)
            report.erased = erased.count
            for part in chunks(facts):
                keep_facts(connection, [_SHARED_FACT.decode(text) for text, _ in part])
            report.applied = apply_waiting(connection, now=now)
        report.accepted = True
    if ended or report.erased:
        close_erasure(engine)
    return report


def _read(
    engine: Engine, lines: Iterable[tuple[int, bytes]], facts: Spool, withdrawals: Spool, today: date
) -> AnswersReport:
    """Check each line, count the valid ones and write them to `facts` or `withdrawals` (temporary files)."""
    report, digest = AnswersReport(), hashlib.sha256()
    checker = _LineChecker(trusted_keys(engine), today)
    for part in chunks(lines):
        checked: list[tuple[int, Line]] = []
        for number, content in part:
            report.lines += 1
            digest.update(content + b"\n")
            try:
                checked.append((number, checker.read(number, content)))
            except LineRefused as refusal:
                report.refuse(number, str(refusal))
        with reading(engine) as connection:
            opted_out = read_guard(connection).opted_out
            columns = (RECEIVED.c.key, RECEIVED.c.id, RECEIVED.c.withdrawn)
            query = select(*columns).where(RECEIVED.c.id.in_([line.id for _, line in checked]))
            received = {(row.key, row.id): row.withdrawn for row in connection.execute(query)}
            suppliers = _suppliers(connection, [line for _, line in checked if isinstance(line, SharedFact)])
        for number, line in checked:
            try:
                if _is_known(line, received, opted_out):
                    report.already += 1
                    continue
            except LineRefused as refusal:
                report.refuse(number, str(refusal))
                continue
            spool = facts if isinstance(line, SharedFact) else withdrawals
            spool.add(encode_line(line).decode(), number)
            _count(report, line, checker.names[line.cle], suppliers)
    report.digest = digest.hexdigest()
    return report


class _LineChecker:
    """Checks of a line that need no catalogue: only the trusted keys, the day and the lines already read."""

    def __init__(self, keys: Iterable[TrustedKey], today: date) -> None:
        self.names: dict[str, str] = {}
        self._keys: dict[str, Ed25519PublicKey] = {}
        for trusted in keys:
            self.names[trusted.key], self._keys[trusted.key] = trusted.name, public_key(trusted.key)
        self._own, self._today, self._met = own_public(), today, set[int]()

    def read(self, number: int, content: bytes) -> Line:
        """Decode a line and check its size, key, signature, dates and values, and that no earlier line has its identifier. Raises LineRefused."""
        if number > MOST_LINES:
            raise LineRefused(f"au-delà de {MOST_LINES} lignes : coupez le fichier")
        if len(content) > LONGEST_LINE:
            raise LineRefused(f"ligne de plus de {LONGEST_LINE} octets")
        line = read_line(content)
        if line.cle == self._own:
            raise LineRefused("cette installation l’a elle-même signée")
        key = self._keys.get(line.cle)
        if key is None:
            raise LineRefused(f"clé inconnue ({line.cle}) : « entremise reponses cle --croire NOM CLÉ »")
        check_signature(line, key)
        self._refuse_dates(line)
        if isinstance(line, SharedFact):
            _refuse_values(line)
        identity = f"{line.cle} {line.id} {isinstance(line, SharedFact)}".encode()
        mark = int.from_bytes(hashlib.blake2b(identity, digest_size=8).digest())
        if mark in self._met:
            raise LineRefused("deux fois dans ce fichier")
        self._met.add(mark)
        return line

    def _refuse_dates(self, line: Line) -> None:
        if line.fin <= self._today:
            raise LineRefused(f"périmée depuis le {day(line.fin)}")
        if isinstance(line, SharedWithdrawal):
            return
        if line.date_maj > self._today + _TIME_ZONES:
            raise LineRefused(f"datée du {day(line.date_maj)}, qui est à venir")
        if line.fin > kept_since(line.date_maj, -LONGEST_MONTHS):
            raise LineRefused(f"vaudrait plus de {LONGEST_MONTHS} mois")


def _refuse_values(fact: SharedFact) -> None:
    unknown = [code for code in (*fact.metiers, *fact.refus) if code not in taxonomy().index]
    if unknown:
        raise LineRefused(f"métier inconnu : {', '.join(unknown[:3])}")
    if both := set(fact.metiers) & set(fact.refus):
        raise LineRefused(f"dit et refuse le même métier : {', '.join(sorted(both)[:3])}")
    if fact.courriel and not (takes_messages(fact.courriel) and is_service_box(fact.courriel)):
        raise LineRefused("courriel qui n’est pas une boîte de service : il peut être celui d’une personne")


def _is_known(line: Line, received: Mapping[tuple[str, str], bool], opted_out: frozenset[str]) -> bool:
    """Return whether the line was in an earlier file; `received` maps (key, id) of each stored fact to whether it is withdrawn. Raises
    LineRefused where the fact was withdrawn since, or its supplier opted out of the catalogue."""
    withdrawn = received.get((line.cle, line.id))
    if isinstance(line, SharedWithdrawal):
        return withdrawn is True
    if withdrawn:
        raise LineRefused("retirée depuis")
    if line.supplier_key in opted_out:
        raise LineRefused(OPTED_OUT)
    return withdrawn is not None


def _suppliers(connection: Connection, facts: list[SharedFact]) -> dict[str, tuple[str, str]]:
    """Return the (id, name) of the suppliers of facts, by `supplier_key`."""
    columns = (SUPPLIERS.c.id, SUPPLIERS.c.name)
    by_siret = select(SUPPLIERS.c.siret, *columns).where(SUPPLIERS.c.siret.in_({fact.siret for fact in facts} - {""}))
    joined = SUPPLIERS.join(FINESS_NUMBERS, FINESS_NUMBERS.c.supplier_id == SUPPLIERS.c.id)
    by_finess = select(FINESS_NUMBERS.c.number, *columns).select_from(joined)
    by_finess = by_finess.where(FINESS_NUMBERS.c.number.in_({fact.finess for fact in facts} - {""}))
    suppliers = {f"siret:{row[0]}": (row[1], row[2]) for row in connection.execute(by_siret)}
    return suppliers | {f"finess:{row[0]}": (row[1], row[2]) for row in connection.execute(by_finess)}


def _count(report: AnswersReport, line: Line, key_name: str, suppliers: Mapping[str, tuple[str, str]]) -> None:
    report.by_key[key_name] += 1
    if isinstance(line, SharedWithdrawal):
        report.withdrawals += 1
        return
    report.facts += 1
    for codes, does in ((line.metiers, True), (line.refus, False)):
        report.by_trade.update((code, does) for code in codes)
    if (supplier := suppliers.get(line.supplier_key)) is None:
        report.absent += 1
        return
    report.by_supplier[supplier[0]] += 1
    report.names[supplier[0]] = supplier[1]


class RefusedLineShape(TypedDict):
    """Une ligne qui n’est pas prise : son numéro, à partir de 1, et pourquoi."""

    line: int
    reason: str


class CountedSupplierShape(TypedDict):
    """Combien de réponses sont d’une structure du catalogue."""

    id: str
    name: str
    answers: int


class CountedTradeShape(TypedDict):
    """Combien de réponses disent faire un métier, et ne pas le faire."""

    code: str
    label: str
    done: int
    not_done: int


class AnswersReportShape(TypedDict):
    """Ce que contient un fichier de réponses ; `already` compte les lignes d’un fichier d’avant, `digest` nomme celui-ci, `applied` et `erased` restent à 0 tant que personne ne l’accepte."""

    lines: int
    facts: int
    withdrawals: int
    already: int
    absent: int
    refused: int
    refusals: list[RefusedLineShape]
    keys: dict[str, int]
    suppliers: list[CountedSupplierShape]
    trades: list[CountedTradeShape]
    accepted: bool
    applied: int
    erased: int
    digest: str


def answers_report_object(report: AnswersReport) -> AnswersReportShape:
    """Return a report as JSON, suppliers and trades with most answers first."""
    suppliers = sorted(report.by_supplier.items(), key=lambda counted: (-counted[1], counted[0]))
    codes = sorted({code for code, _ in report.by_trade}, key=lambda code: (-report.by_trade[code, True], code))
    trades, label = report.by_trade, taxonomy().label
    return {
        "lines": report.lines,
        "facts": report.facts,
        "withdrawals": report.withdrawals,
        "already": report.already,
        "absent": report.absent,
        "refused": report.refused,
        "refusals": [{"line": refusal.number, "reason": refusal.reason} for refusal in report.refusals],
        "keys": dict(sorted(report.by_key.items())),
        "suppliers": [{"id": key, "name": report.names[key], "answers": figure} for key, figure in suppliers],
        "trades": [
            {"code": code, "label": label(code), "done": trades[code, True], "not_done": trades[code, False]}
            for code in codes
        ],
        "accepted": report.accepted,
        "applied": report.applied,
        "erased": report.erased,
        "digest": report.digest,
    }
