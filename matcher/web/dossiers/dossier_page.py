"""Rendering of a dossier's page: its lots with suppliers, tasks and changes since the lists were frozen, its journal, and the values of a refused form."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request

from matcher.catalogue.store.followed import follow_ids
from matcher.decisions.clause.followup_document import followed_said, hours_tables
from matcher.domain.french import number, unit
from matcher.domain.match import Band
from matcher.domain.persona import Persona
from matcher.domain.place import PlaceOrigin
from matcher.dossiers.asking.standing import as_written_to
from matcher.dossiers.asking.store import CampaignState, campaigns_by_lot
from matcher.dossiers.asking.subject import ids_to_ask
from matcher.dossiers.asking.told import answer_sentence, answered_of, counts_of, left_out_by_reason, register_of
from matcher.dossiers.calling import TRADE, Turn, call_queue, call_turn
from matcher.dossiers.calling import answer_sentences as answers_said
from matcher.dossiers.clause_contract import followed_contracts
from matcher.dossiers.contract_changes import contract_said
from matcher.dossiers.dossier import Dossier, Entry, SavedLot, State, Status
from matcher.dossiers.planned_part import declared_table
from matcher.dossiers.since import Since, compare_with_today, lot_supplier_ids
from matcher.dossiers.todo import Todo, suppliers_to_remind, todo
from matcher.journal.change import JournalEntry
from matcher.reference.levers import lever
from matcher.reference.wordings import current_persona
from matcher.render.document import DocumentTable
from matcher.web.dossiers.write import Typed
from matcher.web.frame.app_state import desk, owner
from matcher.web.frame.cache import cached_result
from matcher.web.need.address import Query
from matcher.web.need.understood import query_read

SHORT_JOURNAL = 12
_MOST_PLACES = 3
# Most campaign answers shown unfolded.
_MOST_ANSWERS = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """Display of a status: its symbol, its word, and its colour class."""

    sign: str
    word: str
    tone: str


MARKS: Mapping[Status, Mark] = {
    Status.TO_CONTACT: Mark("○", Status.TO_CONTACT.value, "rest"),
    Status.CONTACTED: Mark("◐", Status.CONTACTED.value, "act"),
    Status.INTERESTED: Mark("✓", Status.INTERESTED.value, "won"),
    Status.CHOSEN: Mark("✓", Status.CHOSEN.value, "won"),
    Status.NOT_INTERESTED: Mark("✕", Status.NOT_INTERESTED.value, "stop"),
    Status.NO_ANSWER: Mark("···", Status.NO_ANSWER.value, "doubt"),
}


@dataclass(frozen=True, slots=True)
class LotShown:
    """One lot of the page; `query` ranks its need again, `unknown_trade` counts the suppliers within reach whose trade could be asked."""

    lot: SavedLot
    asked: str
    todo: tuple[Todo, ...]
    since: Since | None
    counts: tuple[tuple[Mark, int], ...]
    query: Query
    unanswered: tuple[str, ...]
    to_call: int
    shared: DocumentTable
    asking: tuple[CampaignState, ...] = ()
    unknown_trade: int = 0

    @property
    def to_write(self) -> tuple[str, ...]:
        """Ids of the suppliers that the suggested tasks are about."""
        return tuple(dict.fromkeys(key for one in self.todo for key in one.suppliers))

    @property
    def may_change_opinion(self) -> int:
        """Return how many answers may change the lot's opinion: an unexpected yes, an unexpected no, or an answer on the trade."""
        return sum(_may_change_opinion(entry) for entry in self.lot.entries)

    def count(self, *statuses: Status) -> int:
        """Return how many suppliers of the lot have one of these statuses."""
        return sum(entry.status in statuses for entry in self.lot.entries)


def _may_change_opinion(entry: Entry) -> bool:
    band, answers = entry.match.band, entry.call.answers if entry.call else {}
    unexpected_yes = entry.status in (Status.INTERESTED, Status.CHOSEN) and band in (Band.INDICE, Band.A_APPELER)
    unexpected_no = entry.status is Status.NOT_INTERESTED and band in (Band.CONNU, Band.INDICE)
    return unexpected_yes or unexpected_no or any(key.startswith(TRADE) for key in answers)


def dossier_page(dossier: Dossier, refused: Typed | None = None, status: int = 200) -> tuple[str, int]:
    """Render the page of a dossier, with the values of a refused form if any."""
    changed = changes_since(dossier)
    asking = campaigns_by_lot(desk().engine, owner(), dossier.id)
    dossier = as_written_to(dossier, asking)
    today, writable = desk().today(), dossier.state is State.OPEN and dossier.deleted is None
    contracts = followed_contracts(dossier)
    living = {entry.match.id for lot in dossier.lots for entry in lot.entries if not entry.withdrawn}
    contacts = desk().contacts_of(living)
    page = render_template(
        "dossiers/dossier.html",
        dossier=dossier,
        lots=_lots_shown(dossier, changed, asking, writable=writable),
        hours_said=list(followed_said(contracts, today)),
        hours_tables=hours_tables(contracts, today),
        contacts=contacts,
        reached={supplier_id for supplier_id, details in contacts.items() if details.phone or details.email},
        marks=MARKS,
        status=Status,
        # A public buyer may not choose a supplier before the award: no status « chosen ».
        statuses=[one for one in Status if one is not Status.CHOSEN or current_persona() is not Persona.BUYER],
        declared=declared_table(dossier),
        writable=writable,
        journal=journal(dossier),
        whole=request.args.get("journal") == "tout" or dossier.version <= SHORT_JOURNAL,
        refused=refused or Typed(""),
        today=today,
        contacts_since=desk().contacts_since(),
        counts_of=counts_of,
        left_out_by_reason=left_out_by_reason,
        most_answers=_MOST_ANSWERS,
        contract_said=contract_said,
        answered_of=answered_of,
        said_of=answer_sentence,
        answers_said=answers_said,
    )
    return page, status


def _lots_shown(
    dossier: Dossier, changed: Mapping[int, Since], asking: Mapping[int, tuple[CampaignState, ...]], *, writable: bool
) -> list[LotShown]:
    today = desk().today()
    unknown: dict[int, int] = {}
    if writable:
        shelf = desk().shelf()
        unknown = cached_result(
            "unknown-trade",
            (dossier.id, dossier.version, shelf.version, today),
            lambda: {lot.number: len(ids_to_ask(lot.frozen.reading, shelf, today)) for lot in dossier.lots},
        )
    lots = []
    for lot in dossier.lots:
        statuses = [entry.status for entry in lot.entries]
        campaigns = asking.get(lot.number, ())
        lots.append(
            LotShown(
                lot,
                need_in_one_line(lot),
                todo(lot, today, dossier.header.deadline),
                changed.get(lot.number),
                tuple((mark, statuses.count(status)) for status, mark in MARKS.items() if status in statuses),
                query_read(lot.frozen.reading).but(dossier=f"{dossier.id}-{lot.number}"),
                suppliers_to_remind(lot, today),
                sum(call_turn(entry, today) <= Turn.NEW for entry in call_queue(lot, today)),
                register_of(dossier, lot.number, campaigns),
                campaigns,
                unknown.get(lot.number, 0),
            )
        )
    return lots


def journal(dossier: Dossier) -> list[JournalEntry]:
    """Return the journal lines to show, latest first."""
    lines = list(reversed(dossier.journal))
    return lines if request.args.get("journal") == "tout" else lines[:SHORT_JOURNAL]


def changes_since(dossier: Dossier) -> dict[int, Since]:
    """Compare each frozen list with the current catalogue, by lot number; cached, as ranking again takes a while."""
    shelf, today = desk().shelf(), desk().today()
    if dossier.deleted is not None or not dossier.lots or not len(shelf):
        return {}

    def compare_lists() -> dict[int, Since]:
        ids = follow_ids(desk().engine, frozenset().union(*map(lot_supplier_ids, dossier.lots)))
        return {lot.number: compare_with_today(lot, shelf, today, ids) for lot in dossier.lots}

    return cached_result("since", (dossier.id, dossier.version, shelf.version, today), compare_lists)


def need_in_one_line(lot: SavedLot) -> str:
    """Return the need of a lot in one line: place, amount, article, duration."""
    reading = lot.frozen.reading
    need = reading.lot
    places = [place.name.replace("'", "’") for place in reading.places if place.origin is not PlaceOrigin.ACHETEUR]
    shown = [", ".join(places[:_MOST_PLACES]) + (" …" if len(places) > _MOST_PLACES else "")] if places else []
    if need.montant is not None:
        shown.append(unit(need.montant, "€ HT", 2))
    if need.levier:
        shown.append(lever(need.levier).label)
    if need.duree is not None:
        shown.append(unit(need.duree, "mois", 1))
    shown.append(f"{number(lot.frozen.catalogue_suppliers)} fournisseurs comparés")
    return " · ".join(shown)
