"""Types of a sourcing file (dossier): one tender, its lots with their frozen lists of suppliers, the calls and the contracts. Pure.

A dossier is event-sourced: its journal has one change a line (`matcher/dossiers/changes.py`), and `matcher/journal` replays them to rebuild it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from matcher.decisions.clause.followup import InsertionHours, sum_contracts
from matcher.domain.age import DatedSource
from matcher.domain.french import day
from matcher.domain.match import Match
from matcher.domain.persona import Persona
from matcher.journal.change import Change, ChangeRefused, Journaled
from matcher.need.answer import Answer
from matcher.render.document import Document


class State(StrEnum):
    """State of a dossier: open, or closed (read only)."""

    OPEN = "ouvert"
    CLOSED = "clos"


class Stage(StrEnum):
    """Stages of a purchase, in order, then stages of a contract that was won."""

    NEED = "besoin"
    SOURCING = "sourcing"
    DRAFTING = "avant publication"
    TENDER = "consultation en cours"
    ANALYSIS = "analyse des offres"
    AWARDED = "attribué"
    PREPARATION = "préparation du contrat"
    SEARCH = "structures à trouver"
    SITE = "chantier en cours"
    RECEIVED = "chantier réceptionné"
    DROPPED = "sans suite"


STAGES: Mapping[Persona, tuple[Stage, ...]] = {
    Persona.BUYER: (
        *(Stage.NEED, Stage.SOURCING, Stage.DRAFTING, Stage.TENDER, Stage.ANALYSIS, Stage.AWARDED, Stage.DROPPED),
    ),
    Persona.WINNER: (Stage.PREPARATION, Stage.SEARCH, Stage.SITE, Stage.RECEIVED, Stage.DROPPED),
    Persona.FACILITATOR: tuple(Stage),
    Persona.NETWORK: tuple(Stage),
}


class Status(StrEnum):
    """Status of one supplier in the follow-up. A public buyer never uses `CHOSEN`: it chooses by its tender procedure."""

    TO_CONTACT = "à contacter"
    CONTACTED = "contacté"
    INTERESTED = "intéressé"
    CHOSEN = "choisi"
    NOT_INTERESTED = "pas intéressé"
    NO_ANSWER = "sans réponse"


class CallOutcome(StrEnum):
    """Outcome of a call to a supplier; `ANSWERED` where it has not decided about the lot, `TAKEN_BACK` where it had its answer erased."""

    INTERESTED = "intéressé"
    NOT_INTERESTED = "pas intéressé"
    CALL_AGAIN = "rappeler"
    NO_ANSWER = "pas de réponse"
    WRONG_NUMBER = "faux numéro"
    ANSWERED = "a répondu"
    TAKEN_BACK = "réponse reprise"


class AnswerWay(StrEnum):
    """Channel of an answer; `FOLLOWED` where the team noted a status without a channel."""

    PHONE = "téléphone"
    EMAIL = "courriel"
    LINK = "lien"
    CLUB = "Club"
    FOLLOWED = "suivi du dossier"


class SettledBy(StrEnum):
    """Reason that a person gives when choosing between two contradictory answers."""

    CHANGED = "la structure a changé d’avis"
    ANOTHER = "une autre personne a répondu"
    MISTAKE = "erreur de saisie"


@dataclass(frozen=True, slots=True)
class Call:
    """An answer of a supplier, noted by `who` on the day `on`, by telephone or another `way`: answers by question (`calling.py`), a note (`text`), the day
    to call `again`; `key` is unique. `shared` are the boxes that it agreed by telephone to share with other installations."""

    outcome: CallOutcome
    on: date
    who: str
    answers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    again: date | None = None
    way: AnswerWay = AnswerWay.PHONE
    key: str = ""
    shared: tuple[str, ...] = ()

    @property
    def is_silent(self) -> bool:
        """Return whether nobody answered the call."""
        return self.outcome in (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER)

    def amends(self, other: "Call | None") -> bool:
        """Return whether this answer corrects `other`: same outcome, author, day and way; or the same link, or the same meeting, filled in again."""
        if other is None or self.way is not other.way:
            return False
        match self.way:
            case AnswerWay.LINK:
                return self.key.partition(",")[0] == other.key.partition(",")[0]
            case AnswerWay.CLUB:
                return self.key == other.key
            case _:
                return (self.who, self.on, self.outcome) == (other.who, other.on, other.outcome)


@dataclass(frozen=True, slots=True)
class DossierHeader:
    """Header of a dossier; `deadline` is the day by which suppliers are asked to answer."""

    title: str
    buyer: str = ""
    buyer_siret: str = ""
    territory: str = ""
    reference: str = ""
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Progress of a purchase: stage, day offers are due, person who follows it, next step with its day. What is not known is None or empty."""

    stage: Stage | None = None
    offers_by: date | None = None
    follower: str = ""
    next_step: str = ""
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A supplier kept on a lot's list; `match` is its result when the list was frozen.

    `added`: not on the frozen list (`refused` then gives the reasons why the ranking refuses it). `withdrawn`: it has left the catalogue since. `call`: the
    last answer that counts; `rival`: a later answer, contradictory or written without having seen `call`, that waits for a person's choice. `taken`: answers
    already put in the catalogue; `corrections`: numbers of the corrections made from the last one. `former`: the entry before its last answer, restored by
    an undo. `again`: the day to call again."""

    match: Match
    added: bool = False
    refused: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""
    status: Status = Status.TO_CONTACT
    status_on: date | None = None
    status_by: str = ""
    withdrawn: bool = False
    call: Call | None = None
    rival: Call | None = None
    taken: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[int, ...] = ()
    former: "Entry | None" = None
    again: date | None = None

    @property
    def calls(self) -> Iterator[Call]:
        """Yield the answers noted and not undone: the one that waits for a choice, then the others, the last first."""
        yield from filter(None, (self.rival, self.call))
        yield from self.former.calls if self.former else ()


@dataclass(frozen=True, slots=True)
class Removed:
    """An entry taken off the list: when, by whom, why."""

    entry: Entry
    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class SavedLot:
    """One lot: the frozen list (`frozen`, with its sentence `answer` and the catalogue's `sources` of that day), the opinion given then, the suppliers kept
    (`entries`, in order) or taken off. `questions` are the keys of the telephone questions, empty before the first call."""

    number: int
    title: str
    frozen: Answer
    answer: str
    at: datetime
    catalogue_date: date | None
    opinion: Document | None = None
    entries: tuple[Entry, ...] = ()
    removed: tuple[Removed, ...] = ()
    sources: tuple[DatedSource, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """Return the number and the title, « Lot 2 : Nettoyage », or the title alone where it contains the number."""
        match = re.match(rf"lots? *(?:n[°ᵒo] *)?0*{self.number}(?!\d)", self.title, re.IGNORECASE)
        return self.title if match else f"Lot {self.number} : {self.title}"

    @property
    def refusals(self) -> Mapping[str, str]:
        """Return the suppliers that declined this lot: id → French sentence."""
        return {
            entry.match.id: f"a répondu non pour ce lot{f' le {day(entry.status_on)}' if entry.status_on else ''}"
            for entry in self.entries
            if entry.status is Status.NOT_INTERESTED and not entry.withdrawn
        }

    def place_of(self, supplier_id: str) -> int:
        """Return a supplier's index in the list, from 0. Raises ChangeRefused where it is not there."""
        for place, entry in enumerate(self.entries):
            if entry.match.id == supplier_id:
                return place
        raise ChangeRefused(f"« {supplier_id} » n’est pas dans la liste du lot {self.number}.")

    def id_of(self, key: str) -> str | None:
        """Return the id of a supplier of the lot (kept, frozen or removed) from its id or its SIRET; None where it is not there."""
        digits = "".join(key.split())
        matches = (
            *(entry.match for entry in self.entries),
            *self.frozen.matches,
            *(one.entry.match for one in self.removed),
        )
        return next((match.id for match in matches if key.strip() == match.id or digits == match.siret != ""), None)


@dataclass(frozen=True, slots=True)
class SavedDecision:
    """A decision (computed document: opinion, plan…) stored in the dossier as it was shown, with the day and the author."""

    number: int
    decision: Document
    at: datetime
    who: str


# The « lot number » of a contract that covers the whole dossier.
WHOLE = 0


@dataclass(frozen=True, slots=True)
class AwardedContract:
    """Contract awarded for a lot (number) or for the whole dossier (WHOLE): day of notification, winner, `amount` in euros before tax over its whole
    duration. `levers` are the codes of the legal means really used, () where none, None where unknown."""

    lot: int
    notified: date
    amount: float | None = None
    winner: str = ""
    winner_siret: str = ""
    levers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Dossier(Journaled):
    """A dossier, rebuilt from its journal. `followed`: hours of insertion by lot number (or WHOLE); `names`: id → name of every supplier that was ever in
    it."""

    called: ClassVar[str] = "le dossier"

    state: State = State.OPEN
    header: DossierHeader = field(default_factory=lambda: DossierHeader(""))
    course: Course = Course()
    note: str = ""
    lots: tuple[SavedLot, ...] = ()
    decisions: tuple[SavedDecision, ...] = ()
    contracts: tuple[AwardedContract, ...] = ()
    followed: Mapping[int, InsertionHours] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """Return the number shown to people: « 2026-0147 »."""
        return f"{self.created.year}-{self.id:04d}"

    @property
    def insertion(self) -> InsertionHours:
        """Return the sum of the hours of insertion of all contracts."""
        return sum_contracts([self.followed[lot] for lot in sorted(self.followed)])

    def lot(self, number: int) -> SavedLot:
        """Return a lot by its number. Raises ChangeRefused where there is none."""
        for lot in self.lots:
            if lot.number == number:
                return lot
        raise ChangeRefused(f"Le dossier n’a pas de lot {number}.")

    def with_lot(self, saved_lot: SavedLot) -> "Dossier":
        """Return the dossier with a lot replaced, by number."""
        return replace(self, lots=tuple(saved_lot if one.number == saved_lot.number else one for one in self.lots))

    def entry(self, lot: int, supplier_id: str) -> Entry:
        """Return the entry of a supplier in the list of a lot. Raises ChangeRefused where there is none."""
        saved = self.lot(lot)
        return saved.entries[saved.place_of(supplier_id)]

    def entries_of(self, supplier_id: str) -> Iterator[tuple[SavedLot, Entry]]:
        """Yield each lot whose list holds a supplier, with its entry there."""
        return ((lot, entry) for lot in self.lots for entry in lot.entries if entry.match.id == supplier_id)

    def with_entry(self, lot: int, entry: Entry) -> "Dossier":
        """Return the dossier with an entry replaced, by supplier."""
        saved = self.lot(lot)
        place = saved.place_of(entry.match.id)
        return self.with_lot(replace(saved, entries=(*saved.entries[:place], entry, *saved.entries[place + 1 :])))

    def contract(self, lot: int) -> AwardedContract | None:
        """Return the contract of a lot, or of the whole dossier (WHOLE); None where none was noted."""
        return next((one for one in self.contracts if one.lot == lot), None)

    def name_of(self, supplier_id: str) -> str:
        """Return the name that a supplier had when its list was frozen, else its id."""
        return self.names.get(supplier_id, supplier_id)


DossierChange = Change[Dossier]
