"""A sourcing file (dossier): one tender, its lots with their frozen lists, and the journal of which all of it is the sum. Pure.

A dossier is what its journal says: each event carries one change (`matcher/dossiers/changes.py`), and `replay` adds them up.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from matcher.domain.age import DatedSource
from matcher.domain.match import Match
from matcher.journal.texts import LONGEST_LINE, ChangeRefused, tidied
from matcher.need.answer import Answer
from matcher.render.document import Document


class State(StrEnum):
    """State of the tender for the team."""

    OPEN = "ouvert"
    CLOSED = "clos"


class Status(StrEnum):
    """Status of one supplier in the follow-up."""

    TO_CONTACT = "à contacter"
    CONTACTED = "contacté"
    INTERESTED = "intéressé"
    NOT_INTERESTED = "pas intéressé"
    NO_ANSWER = "sans réponse"


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
class Entry:
    """A supplier kept on a lot's list, as it was when frozen. `added` where the frozen list did not hold it: `refused` then
    gives the gates that refuse it. `withdrawn` where it asked to leave the catalogue since.
    """

    match: Match
    added: bool = False
    refused: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""
    status: Status = Status.TO_CONTACT
    status_on: date | None = None
    status_by: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """An entry taken off the list: when, by whom, why."""

    entry: Entry
    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class SavedLot:
    """One lot: the list as it was seen (`frozen`, `answer` in the words of the day) on the `sources` of that day, and what the team keeps of
    it, in order."""

    number: int
    title: str
    frozen: Answer
    answer: str
    at: datetime
    catalogue_date: date | None
    entries: tuple[Entry, ...] = ()
    removed: tuple[Removed, ...] = ()
    sources: tuple[DatedSource, ...] = ()

    @property
    def named(self) -> str:
        """Its number and its title, the number once: « Lot 2 : Nettoyage », « Lot 2, nettoyage » where the title says it."""
        said = re.match(rf"lots? *(?:n[°ᵒo] *)?0*{self.number}(?!\d)", self.title, re.IGNORECASE)
        return self.title if said else f"Lot {self.number} : {self.title}"

    def place_of(self, supplier_id: str) -> int:
        """Return where a supplier stands in the list, from 0. Raises ChangeRefused where it is not there."""
        for place, entry in enumerate(self.entries):
            if entry.match.id == supplier_id:
                return place
        raise ChangeRefused(f"« {supplier_id} » n’est pas dans la liste du lot {self.number}.")

    def id_of(self, key: str) -> str | None:
        """Return the id of a supplier that the lot holds, frozen or added, by its id or its SIRET; None where it does not."""
        digits = "".join(key.split())
        held = (
            *(entry.match for entry in self.entries),
            *self.frozen.matches,
            *(one.entry.match for one in self.removed),
        )
        return next((match.id for match in held if key.strip() == match.id or digits == match.siret != ""), None)


@dataclass(frozen=True, slots=True)
class SavedDecision:
    """A decision kept as it was shown: when and by whom."""

    number: int
    decision: Document
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class DossierChange(ABC):
    """One thing done to a dossier: data, what it does, and how the journal says it. `when` are the states that allow it."""

    action: ClassVar[str]
    when: ClassVar[frozenset[str]]

    @abstractmethod
    def applied(self, dossier: "Dossier", at: datetime, who: str) -> "Dossier":
        """Return the dossier with this done. Raises ChangeRefused."""

    @abstractmethod
    def says(self, dossier: "Dossier") -> str:
        """Return what was done, as a French sentence without its subject."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal. `number` counts from 1; `at` is UTC without zone."""

    number: int
    at: datetime
    who: str
    change: DossierChange


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as its journal makes it. `names` gives each supplier it ever held; `deleted` is when, None where it is not."""

    id: int
    header: DossierHeader = field(default_factory=lambda: DossierHeader(""))
    state: State = State.OPEN
    note: str = ""
    deleted: datetime | None = None
    lots: tuple[SavedLot, ...] = ()
    decisions: tuple[SavedDecision, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    journal: tuple[JournalEntry, ...] = ()

    @property
    def version(self) -> int:
        """Number of changes so far: who writes says which one was read."""
        return len(self.journal)

    @property
    def created(self) -> datetime:
        """Time it was opened, UTC without zone."""
        return self.journal[0].at

    @property
    def updated(self) -> datetime:
        """Time of its last change, UTC without zone."""
        return self.journal[-1].at

    @property
    def number(self) -> str:
        """The number it is quoted by: « 2026-0147 »."""
        return f"{self.created.year}-{self.id:04d}"

    def lot(self, number: int) -> SavedLot:
        """Return a lot by its number. Raises ChangeRefused where there is none."""
        for lot in self.lots:
            if lot.number == number:
                return lot
        raise ChangeRefused(f"Le dossier n’a pas de lot {number}.")

    def with_lot(self, lot: SavedLot) -> "Dossier":
        """Return the dossier with this lot in the place of the one of its number."""
        return replace(self, lots=tuple(lot if one.number == lot.number else one for one in self.lots))

    def name_of(self, supplier_id: str) -> str:
        """Return the name a supplier had when it was frozen, its id where it never was."""
        return self.names.get(supplier_id, supplier_id)


C = TypeVar("C", bound=DossierChange)


def append(dossier: Dossier, change: DossierChange, *, at: datetime, who: str) -> Dossier:
    """Return the dossier with one more change, its texts tidied, and its line in the journal. Raises ChangeRefused."""
    signed = " ".join(tidied(who).split())
    if not signed:
        raise ChangeRefused("Dites qui le fait : le journal garde qui et quand.")
    return _applied(
        dossier, JournalEntry(dossier.version + 1, at.replace(tzinfo=None), signed, with_tidy_texts(change))
    )


def replay(dossier_id: int, events: Iterable[JournalEntry]) -> Dossier:
    """Return the dossier that a journal makes. Raises ChangeRefused where an event does not follow from the ones before."""
    dossier = Dossier(dossier_id)
    for event in events:
        dossier = _applied(dossier, event)
    return dossier


def with_tidy_texts(value: C) -> C:
    """Return a change with each of its texts tidied, and those of its header on one line."""
    changed: dict[str, Any] = {}
    for one in fields(value):
        held = getattr(value, one.name)
        if type(held) is str:  # and no enumeration of texts
            changed[one.name] = tidied(held)
        elif isinstance(held, DossierHeader):
            changed[one.name] = _one_line(held)
    return replace(value, **changed)


def _one_line(header: DossierHeader) -> DossierHeader:
    texts: dict[str, Any] = {
        one.name: " ".join(tidied(text).split())
        for one in fields(header)
        if isinstance(text := getattr(header, one.name), str)
    }
    if any(len(text) > LONGEST_LINE for text in texts.values()):
        raise ChangeRefused(f"Titre, acheteur, territoire et référence : {LONGEST_LINE} caractères au plus.")
    return replace(header, **texts)


def _applied(dossier: Dossier, event: JournalEntry) -> Dossier:
    change = event.change
    if event.number != dossier.version + 1:
        raise ChangeRefused(f"Le journal saute de la ligne {dossier.version} à la ligne {event.number}.")
    if (now := standing(dossier)) not in change.when:
        raise ChangeRefused(_REFUSES[now])
    changed = change.applied(dossier, event.at, event.who)
    return replace(changed, journal=(*dossier.journal, event))


NEW, DELETED = "nouveau", "supprimé"
OPEN: frozenset[str] = frozenset({State.OPEN})
_REFUSES = {
    NEW: "Un dossier commence par sa création.",
    State.OPEN: "Le dossier est déjà ouvert.",
    State.CLOSED: "Le dossier est clos : rouvrez-le pour le changer.",
    DELETED: "Le dossier est supprimé : restaurez-le pour le changer.",
}


def standing(dossier: Dossier) -> str:
    """Return which changes a dossier takes: new, deleted, or its state."""
    if not dossier.journal:
        return NEW
    return DELETED if dossier.deleted else dossier.state
