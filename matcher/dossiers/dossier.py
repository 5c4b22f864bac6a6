"""A sourcing file (dossier): one tender, its lots with their frozen lists, and the journal of which all of it is the sum. Pure.

Each line of the journal carries one change (`matcher/dossiers/changes.py`), and `matcher/journal` adds them up.
"""

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
    """State of the tender for the team."""

    OPEN = "ouvert"
    CLOSED = "clos"


class Stage(StrEnum):
    """Stage of a purchase, in its order; then of a contract that was won."""

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
    """Status of one supplier in the follow-up; who buys under the code chooses by its procedure, not here (`CHOSEN`)."""

    TO_CONTACT = "à contacter"
    CONTACTED = "contacté"
    INTERESTED = "intéressé"
    CHOSEN = "choisi"
    NOT_INTERESTED = "pas intéressé"
    NO_ANSWER = "sans réponse"


class CallOutcome(StrEnum):
    """Outcome of a call to a supplier; `ANSWERED` where it leaves open whether the lot is for it, `TAKEN_BACK` where the supplier has taken its answer
    back, and nothing of it is left."""

    INTERESTED = "intéressé"
    NOT_INTERESTED = "pas intéressé"
    CALL_AGAIN = "rappeler"
    NO_ANSWER = "pas de réponse"
    WRONG_NUMBER = "faux numéro"
    ANSWERED = "a répondu"
    TAKEN_BACK = "réponse reprise"


class AnswerWay(StrEnum):
    """Way by which an answer came; `FOLLOWED` where the team noted a status, and no way."""

    PHONE = "téléphone"
    EMAIL = "courriel"
    LINK = "lien"
    CLUB = "Club"
    FOLLOWED = "suivi du dossier"


class SettledBy(StrEnum):
    """Reason that a person gives for two answers that contradict each other."""

    CHANGED = "la structure a changé d’avis"
    ANOTHER = "une autre personne a répondu"
    MISTAKE = "erreur de saisie"


@dataclass(frozen=True, slots=True)
class Call:
    """An answer of a supplier as it was noted, on the day `on`, by telephone or another `way`: its answers, by question (`calling.py`), its note, the day
    to call `again`; `key` is unique. `shared` are the boxes of what it agreed by telephone that others may have."""

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
        """Return True where nobody of the supplier answered."""
        return self.outcome in (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER)

    def amends(self, other: "Call | None") -> bool:
        """Return whether this is another noted once more: the same end, by the same person, the same day and way; a structure corrects the form of
        its link, and an organiser the outcome of a meeting."""
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
    """Header of a dossier: its title and buyer; `deadline` is the day answers are asked for."""

    title: str
    buyer: str = ""
    buyer_siret: str = ""
    territory: str = ""
    reference: str = ""
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Course of a purchase: its stage, the day offers are due by, its follower, and the next step with its day. What is not known is None or empty."""

    stage: Stage | None = None
    offers_by: date | None = None
    follower: str = ""
    next_step: str = ""
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A supplier kept on a lot's list, as it was when frozen. `added` where the frozen list did not hold it: `refused` then gives the gates that refuse it.
    `withdrawn` where it asked to leave the catalogue since. `call` is the last answer that counts, `rival` a later one that waits for a person: it
    contradicts it, or its writer had not seen it. `taken` are the answers that the catalogue was given, `corrections` the numbers of those of the last;
    `former` is the entry before its last answer, which an undoing brings back. `again` is the day to call it again."""

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
        """The answers noted of it and not undone, the last first, one that waits for a person before all."""
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
    """One lot: the list as it was seen (`frozen`, `answer` in the words of the day) on the `sources` of that day, the opinion given then where
    there is one, and what the team keeps of it, in order. `questions` are those put to all by telephone, none before the first call."""

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
        """Its number and its title, the number once: « Lot 2 : Nettoyage », « Lot 2, nettoyage » where the title bears it."""
        match = re.match(rf"lots? *(?:n[°ᵒo] *)?0*{self.number}(?!\d)", self.title, re.IGNORECASE)
        return self.title if match else f"Lot {self.number} : {self.title}"

    @property
    def refusals(self) -> Mapping[str, str]:
        """The suppliers that declined this lot, by id, each with a French sentence."""
        return {
            entry.match.id: f"a répondu non pour ce lot{f' le {day(entry.status_on)}' if entry.status_on else ''}"
            for entry in self.entries
            if entry.status is Status.NOT_INTERESTED and not entry.withdrawn
        }

    def place_of(self, supplier_id: str) -> int:
        """Return where a supplier stands in the list, from 0. Raises ChangeRefused where it is not there."""
        for place, entry in enumerate(self.entries):
            if entry.match.id == supplier_id:
                return place
        raise ChangeRefused(f"« {supplier_id} » n’est pas dans la liste du lot {self.number}.")

    def id_of(self, key: str) -> str | None:
        """Return the id of a supplier that the lot holds, frozen or added, by its id or its SIRET; None where it does not."""
        digits = "".join(key.split())
        matches = (
            *(entry.match for entry in self.entries),
            *self.frozen.matches,
            *(one.entry.match for one in self.removed),
        )
        return next((match.id for match in matches if key.strip() == match.id or digits == match.siret != ""), None)


@dataclass(frozen=True, slots=True)
class SavedDecision:
    """A decision kept as it was shown: when and by whom."""

    number: int
    decision: Document
    at: datetime
    who: str


# The number of the lot of a contract that is of the whole dossier.
WHOLE = 0


@dataclass(frozen=True, slots=True)
class AwardedContract:
    """Contract that came of a lot (its number), or of the whole dossier: notified on a day to its winner, for `amount` euros before tax over its whole
    duration. `levers` are the codes of those really used, empty where it used none; what is not known is None or empty."""

    lot: int
    notified: date
    amount: float | None = None
    winner: str = ""
    winner_siret: str = ""
    levers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Dossier(Journaled):
    """A dossier as its journal makes it. `followed` are the hours of insertion of each contract by the number of its lot, or those of the
    WHOLE; `names` gives each supplier it ever held."""

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
        """The number it is quoted by: « 2026-0147 »."""
        return f"{self.created.year}-{self.id:04d}"

    @property
    def insertion(self) -> InsertionHours:
        """The hours of insertion of all its contracts, added up."""
        return sum_contracts([self.followed[lot] for lot in sorted(self.followed)])

    def lot(self, number: int) -> SavedLot:
        """Return a lot by its number. Raises ChangeRefused where there is none."""
        for lot in self.lots:
            if lot.number == number:
                return lot
        raise ChangeRefused(f"Le dossier n’a pas de lot {number}.")

    def with_lot(self, lot: SavedLot) -> "Dossier":
        """Return the dossier with this lot in the place of the one of its number."""
        return replace(self, lots=tuple(lot if one.number == lot.number else one for one in self.lots))

    def entry(self, lot: int, supplier_id: str) -> Entry:
        """Return the entry of a supplier in the list of a lot. Raises ChangeRefused where there is none."""
        saved = self.lot(lot)
        return saved.entries[saved.place_of(supplier_id)]

    def entries_of(self, supplier_id: str) -> Iterator[tuple[SavedLot, Entry]]:
        """Yield each lot whose list holds a supplier, with its entry there."""
        return ((lot, entry) for lot in self.lots for entry in lot.entries if entry.match.id == supplier_id)

    def with_entry(self, lot: int, entry: Entry) -> "Dossier":
        """Return the dossier with this entry in the place of the one of its supplier."""
        saved = self.lot(lot)
        place = saved.place_of(entry.match.id)
        return self.with_lot(replace(saved, entries=(*saved.entries[:place], entry, *saved.entries[place + 1 :])))

    def contract(self, lot: int) -> AwardedContract | None:
        """Return the contract of a lot, or of the whole, None where none was noted."""
        return next((one for one in self.contracts if one.lot == lot), None)

    def name_of(self, supplier_id: str) -> str:
        """Return the name a supplier had when it was frozen, its id where it never was."""
        return self.names.get(supplier_id, supplier_id)


DossierChange = Change[Dossier]
