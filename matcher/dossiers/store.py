"""Dossiers in the database: create, load, change, import and list them. Writers are serialised, so that no change is lost.

Event sourcing: the table `dossier_event` holds the journal, from which a dossier is rebuilt; `dossier` caches what a list shows and filters by."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.catalogue.identity.trust import OF_NOTICES
from matcher.catalogue.store.opt_outs import read_guard
from matcher.catalogue.store.tables import IMPORT_RUNS, OPT_OUTS
from matcher.cleaning.names import name_key
from matcher.db import reading, writing
from matcher.decisions.clause.followup import ClauseContract, InsertionHours, sum_contracts
from matcher.dossiers.answer_changes import RecordCall, TakeAnswers
from matcher.dossiers.calling import answer_to_take
from matcher.dossiers.changes import ACTIONS, CreateDossier, past_deadline
from matcher.dossiers.clause_contract import clause_contracts
from matcher.dossiers.dossier import Course, Dossier, DossierChange, DossierHeader, Stage, State
from matcher.dossiers.withdrawn import withdraw_suppliers
from matcher.erasure import Holding, without_value
from matcher.journal.change import ChangeRefused, JournalEntry, append, build, plain, replay
from matcher.journal.store import JournalLine, Journals
from matcher.ownership import OrganisationId, OwnedRow, owned_by, owned_by_any
from matcher.rows import Base, chunks, table_of


class DossierRow(OwnedRow, Base):
    """Cached head of a dossier. `version` is its number of events; `summary` has the counts of lots, of statuses and (by lot) of waiting answers, the progress
    of the purchase and the social-clause contracts."""

    __tablename__ = "dossier"
    holding = Holding("intitulé, acheteur et suivi d’un dossier", supplier=True)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    title: Mapped[str]
    buyer: Mapped[str]
    buyer_siret: Mapped[str]
    territory: Mapped[str]
    reference: Mapped[str]
    deadline: Mapped[date | None]
    state: Mapped[str] = mapped_column(index=True)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    deleted: Mapped[datetime | None]
    summary: Mapped[dict[str, Any]]


class DossierEventRow(JournalLine, Base):
    """One line of a dossier's journal."""

    __tablename__ = "dossier_event"
    holding = Holding("journal d’un dossier : listes figées, notes, motifs, messages envoyés, qui écrit", supplier=True)

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)


# The same tables as Core objects, for SQL statements.
DOSSIER_HEADS = table_of(DossierRow)
DOSSIER_EVENTS = table_of(DossierEventRow)


@dataclass(frozen=True, slots=True)
class DossierFilter:
    """Filter of a list of dossiers. `buyer` (name or SIRET), `territory` and `follower` are substrings, without accents; `text` is searched in all of these,
    the number, the title, the reference and the next step.

    `since` and `until` bound the day of opening, `due_by` the day offers are due, all included. `deleted` lists only deleted dossiers; `clause` only those
    with a social clause (the EPCI of its contracts then count as territory)."""

    buyer: str = ""
    territory: str = ""
    state: State | None = None
    since: date | None = None
    until: date | None = None
    deleted: bool = False
    text: str = ""
    stage: Stage | None = None
    follower: str = ""
    due_by: date | None = None
    clause: bool = False

    def takes(self, line: "DossierSummary") -> bool:
        """Return whether a dossier passes the filter on texts, stage, clause and day due."""
        dossier_header, course = line.header, line.course
        areas = (dossier_header.territory, *(area for one in line.contracts for area in one.areas))
        buyer = (dossier_header.buyer, dossier_header.buyer_siret, *(one.client for one in line.contracts))
        titles = (one.title for one in line.contracts)
        texts = (line.number, dossier_header.title, dossier_header.reference, course.next_step, *titles)
        return (
            _holds(buyer, self.buyer)
            and _holds(areas, self.territory)
            and _holds((course.follower,), self.follower)
            and _holds((*buyer, *areas, course.follower, *texts), self.text)
            and self.stage in (None, course.stage)
            and not (self.clause and not line.contracts)
            and (self.due_by is None or (course.offers_by is not None and course.offers_by <= self.due_by))
        )


@dataclass(frozen=True, slots=True)
class DossierSummary:
    """A dossier in a list. `statuses` counts the suppliers kept, by status; `contracts` are those that have a social clause."""

    id: int
    number: str
    header: DossierHeader
    state: State
    created: datetime
    updated: datetime
    version: int
    lots: int
    suppliers: int
    statuses: Mapping[str, int]
    course: Course
    owner: OrganisationId
    contracts: tuple[ClauseContract, ...] = ()

    @property
    def hours(self) -> InsertionHours:
        """Return the sum of the hours of insertion of its contracts; empty without a clause."""
        return sum_contracts([one.hours for one in self.contracts])

    def by_contract(self) -> Iterator["DossierSummary"]:
        """Yield a copy of the line for each social-clause contract, with only that contract."""
        return (replace(self, contracts=(one,)) for one in self.contracts)


def create_dossier(
    engine: Engine, owner: OrganisationId, header: DossierHeader, *, author: str, now: datetime
) -> Dossier:
    """Open a dossier. Raises ChangeRefused where it has no title or its deadline is past, DatabaseError."""
    if refusal := past_deadline(header.deadline, now.date()):
        raise ChangeRefused(refusal)
    with writing(engine) as connection:
        return DOSSIERS.open(
            connection, owner, lambda blank: append(blank, CreateDossier(header), at=now, author=author)
        )


def load_dossier(engine: Engine, owner: OrganisationId, dossier_id: int) -> Dossier:
    """Return a dossier, deleted or not, with the suppliers that left the catalogue anonymised. Raises JournalUnknown."""
    with reading(engine) as connection:
        return DOSSIERS.read(connection, owner, dossier_id)


def change_dossier(
    engine: Engine,
    owner: OrganisationId,
    dossier_id: int,
    changes: Sequence[DossierChange],
    *,
    version: int | None,
    author: str,
    now: datetime,
) -> Dossier:
    """Write changes to a dossier, all of them or none, if it still is at `version` (None: at any version). Raises JournalConflict where the version has
    changed, ChangeRefused, JournalUnknown, DatabaseError."""
    with writing(engine) as connection:
        return DOSSIERS.change(
            connection, owner, dossier_id, lambda _: changes, version=version, author=author, now=now
        )


def bring(
    engine: Engine,
    owner: OrganisationId,
    lines: Sequence[JournalEntry],
    changes: Sequence[DossierChange],
    *,
    author: str,
    now: datetime,
    ending: Callable[[Connection, Dossier], None] = lambda *_: None,
) -> Dossier:
    """Create a dossier from a journal read from a file, then apply `changes`. Suppliers that left and persons forgotten here do not come back; numbers of
    another catalogue's corrections and sharing agreements are dropped. `ending` writes more in the same transaction. Raises ChangeRefused where the journal
    is inconsistent, DatabaseError."""
    with writing(engine) as connection:
        forgotten = read_guard(connection).forgotten
        brought = []
        for line in lines:
            change = line.change
            if isinstance(change, TakeAnswers):
                change = replace(change, correction=None)
            elif isinstance(change, RecordCall):
                change = replace(change, shared=())
            brought.append(replace(line, change=change))
        if forgotten.words:
            cut = forgotten.cut
            brought = [
                replace(line, who=without_value(line.who, cut), change=DOSSIERS.without(line.change, cut))
                for line in brought
            ]
        made = DOSSIERS.open(
            connection,
            owner,
            lambda blank: append(
                _without_opted_out(connection, replay(blank, brought)), *changes, at=now, author=author
            ),
        )
        ending(connection, made)
    return made


def list_dossiers(engine: Engine, owner: OrganisationId, wanted: DossierFilter) -> list[DossierSummary]:
    """Return the dossiers of an organisation that pass a filter, the last changed first."""
    return list_dossiers_of_all(engine, (owner,), wanted)


def list_dossiers_of_all(
    engine: Engine, owners: Collection[OrganisationId], wanted: DossierFilter
) -> list[DossierSummary]:
    """Return the dossiers of several organisations that pass a filter, the last changed first."""
    ordered = _matching(owners, wanted).order_by(DOSSIER_HEADS.c.updated.desc(), DOSSIER_HEADS.c.id.desc())
    with reading(engine) as connection:
        rows = connection.execute(ordered).all()
    return [line for row in rows if wanted.takes(line := _line(row))]


def last_opened(
    engine: Engine, owner: OrganisationId, wanted: DossierFilter, most: int, before: int | None = None
) -> list[DossierSummary]:
    """Return at most `most` dossiers of an organisation that pass a filter, the last opened first, from before the dossier `before` (for paging)."""
    query = _matching((owner,), wanted).order_by(DOSSIER_HEADS.c.id.desc())
    if before is not None:
        query = query.where(DOSSIER_HEADS.c.id < before)
    with reading(engine) as connection:
        lines = (_line(row) for row in connection.execute(query))
        return list(islice(filter(wanted.takes, lines), most))


def _matching(owners: Collection[OrganisationId], wanted: DossierFilter) -> Select[Any]:
    """Return the SQL query for the part of a filter that the columns can decide; `DossierFilter.takes` checks the rest."""
    deleted = DOSSIER_HEADS.c.deleted
    query = select(DOSSIER_HEADS).where(
        owned_by_any(DOSSIER_HEADS, owners), deleted.is_not(None) if wanted.deleted else deleted.is_(None)
    )
    if wanted.state is not None:
        query = query.where(DOSSIER_HEADS.c.state == wanted.state.value)
    if wanted.since is not None:
        query = query.where(DOSSIER_HEADS.c.created >= datetime.combine(wanted.since, time.min))
    if wanted.until is not None:
        query = query.where(DOSSIER_HEADS.c.created <= datetime.combine(wanted.until, time.max))
    return query


def having(engine: Engine, owner: OrganisationId, actions: Collection[str]) -> list[Dossier]:
    """Return the dossiers of an organisation, not deleted, whose journal has at least one of these actions, the oldest first."""
    own = owned_by(DOSSIER_HEADS, owner) & DOSSIER_HEADS.c.deleted.is_(None)
    did = select(DOSSIER_EVENTS.c.dossier_id).where(DOSSIER_EVENTS.c.action.in_(actions))
    query = select(DOSSIER_HEADS.c.id).where(own, DOSSIER_HEADS.c.id.in_(did)).order_by(DOSSIER_HEADS.c.id)
    with reading(engine) as connection:
        return [DOSSIERS.read(connection, owner, number) for number in connection.execute(query).scalars().all()]


@dataclass(frozen=True, slots=True)
class WaitingAnswers:
    """Number of answers in a lot of a dossier that wait for a person's decision."""

    dossier_id: int
    title: str
    lot: int
    answers: int


def waiting_by_lot(engine: Engine, owner: OrganisationId) -> list[WaitingAnswers]:
    """Return the lots of an organisation's open dossiers that have answers waiting for a person, the last changed dossier first."""
    own = owned_by(DOSSIER_HEADS, owner) & DOSSIER_HEADS.c.deleted.is_(None) & (DOSSIER_HEADS.c.state == State.OPEN)
    query = select(DOSSIER_HEADS).where(own).order_by(DOSSIER_HEADS.c.updated.desc(), DOSSIER_HEADS.c.id.desc())
    with reading(engine) as connection:
        rows = connection.execute(query).all()
        counted: dict[int, Mapping[str, int]] = {row.id: row.summary.get("waiting", {}) for row in rows}
        # The head of a dossier not changed since an older version has no count: rebuild that dossier.
        for part in chunks(row.id for row in rows if "waiting" not in row.summary):
            called = DOSSIER_EVENTS.c.dossier_id.in_(part) & (DOSSIER_EVENTS.c.action == RecordCall.action)
            for number in connection.execute(select(DOSSIER_EVENTS.c.dossier_id).where(called).distinct()).scalars():
                counted[number] = _waiting(DOSSIERS.read(connection, owner, number))
    lots = ((row, lot, count) for row in rows for lot, count in counted[row.id].items())
    return [WaitingAnswers(row.id, row.title, int(lot), count) for row, lot, count in lots]


def catalogue_date(engine: Engine) -> date | None:
    """Return the day of the last import of suppliers that was not undone, which dates a frozen list; None where there is none."""
    of_suppliers = IMPORT_RUNS.c.source.not_in(OF_NOTICES) & IMPORT_RUNS.c.undone.is_(None)
    with reading(engine) as connection:
        last = connection.execute(select(func.max(IMPORT_RUNS.c.finished)).where(of_suppliers)).scalar()
    return last.date() if last else None


def _list_columns(dossier: Dossier) -> dict[str, Any]:
    header = dossier.header
    statuses = Counter(entry.status.value for lot in dossier.lots for entry in lot.entries)
    return {
        "title": header.title,
        "buyer": header.buyer,
        "buyer_siret": header.buyer_siret,
        "territory": header.territory,
        "reference": header.reference,
        "deadline": header.deadline,
        "state": dossier.state.value,
        "deleted": dossier.deleted,
        "summary": {
            "lots": len(dossier.lots),
            "statuses": dict(statuses),
            "course": plain(dossier.course),
            **({"contracts": plain(contracts)} if (contracts := clause_contracts(dossier)) else {}),
            "waiting": _waiting(dossier),
        },
    }


def _waiting(dossier: Dossier) -> dict[str, int]:
    """Count, by lot, the answers that wait for a person: to put in the catalogue, or contradictory."""
    counts = {
        str(lot.number): sum(bool(one.rival or answer_to_take(one).statement()) for one in lot.entries)
        for lot in dossier.lots
    }
    return {lot: count for lot, count in counts.items() if count}


def _without_opted_out(connection: Connection, dossier: Dossier) -> Dossier:
    opted_out: set[str] = set()
    for ids in chunks(sorted(dossier.names)):
        opted_out |= set(connection.execute(select(OPT_OUTS.c.key).where(OPT_OUTS.c.key.in_(ids))).scalars())
    return withdraw_suppliers(dossier, opted_out) if opted_out else dossier


DOSSIERS = Journals(
    blank=Dossier,
    actions=ACTIONS,
    heads=DOSSIER_HEADS,
    lines=DOSSIER_EVENTS,
    of=DOSSIER_EVENTS.c.dossier_id,
    shown=_list_columns,
    unknown="Il n’y a pas de dossier {}. « entremise dossier list » les donne.",
    masked=_without_opted_out,
)


def _line(row: Any) -> DossierSummary:
    header = DossierHeader(row.title, row.buyer, row.buyer_siret, row.territory, row.reference, row.deadline)
    statuses = dict(row.summary["statuses"])
    return DossierSummary(
        id=row.id,
        number=f"{row.created.year}-{row.id:04d}",
        header=header,
        state=State(row.state),
        created=row.created,
        updated=row.updated,
        version=row.version,
        lots=row.summary["lots"],
        suppliers=sum(statuses.values()),
        statuses=statuses,
        owner=OrganisationId(row.organisation_id),
        contracts=build(tuple[ClauseContract, ...], row.summary.get("contracts", ()), "clauses"),
        course=build(Course, row.summary.get("course", {}), "avancement"),  # a dossier not changed since had none
    )


def _holds(texts: Sequence[str], words: str) -> bool:
    key = name_key(words)
    return not key or any(key in name_key(text) for text in texts)
