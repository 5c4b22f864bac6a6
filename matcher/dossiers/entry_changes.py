"""Journal changes of one lot's list of suppliers: keep, add, take off, move, annotate, set the status, record a message. Answers are in `answer_changes.py`."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from matcher.domain.french import count, day
from matcher.domain.match import Match
from matcher.dossiers.dossier import Dossier, DossierChange, Entry, Removed, SavedLot, Status
from matcher.dossiers.frozen_list import restate_match
from matcher.journal.change import ChangeRefused, because


@dataclass(frozen=True, slots=True)
class EntryChange(DossierChange):
    """Base of the changes that concern one supplier of a lot."""

    lot: int
    supplier_id: str


@dataclass(frozen=True, slots=True)
class Keep(EntryChange, action="retenir"):
    """Keep a supplier of the frozen list, at its rank, or put back one that was taken off, with its note and status."""

    reason: str = ""

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        return dossier.with_lot(keep_in(dossier.lot(self.lot), self.supplier_id, self.reason))

    def says(self, dossier: Dossier) -> str:
        return f"retient {dossier.name_of(self.supplier_id)} (lot {self.lot}){because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Add(DossierChange, action="ajouter"):
    """Add, at the end of the list, a supplier that is not on the frozen list, with its current result in the ranking."""

    lot: int
    match: Match
    reason: str
    refused: tuple[str, ...] = ()

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        require_reason(self.reason, "ajouter une structure qui n’était pas dans la liste figée")
        lot = dossier.lot(self.lot)
        _check_absent(lot, self.match.id)
        if any(match.id == self.match.id for match in lot.frozen.matches):
            raise ChangeRefused(f"{self.match.name} est dans la liste figée : retenez-la.")
        entry = Entry(restate_match(self.match), added=True, refused=self.refused, reason=self.reason)
        names = {self.match.id: self.match.name, **dossier.names}
        removed = tuple(one for one in lot.removed if one.entry.match.id != self.match.id)  # it stays in the journal
        return replace(dossier.with_lot(replace(lot, entries=(*lot.entries, entry), removed=removed)), names=names)

    def says(self, dossier: Dossier) -> str:
        return f"ajoute {dossier.name_of(self.match.id)} (lot {self.lot}){because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Remove(EntryChange, action="retirer"):
    """Take a supplier off the list; it stays in the frozen list, and in `removed`."""

    reason: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        require_reason(self.reason, "retirer une structure")
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        entries = (*lot.entries[:place], *lot.entries[place + 1 :])
        removed = (*lot.removed, Removed(lot.entries[place], at, author, self.reason))
        return dossier.with_lot(replace(lot, entries=entries, removed=removed))

    def says(self, dossier: Dossier) -> str:
        return f"retire {dossier.name_of(self.supplier_id)} (lot {self.lot}){because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Move(EntryChange, action="déplacer"):
    """Move a supplier to another place of the list, counted from 1."""

    place: int
    reason: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        require_reason(self.reason, "changer l’ordre")
        lot = dossier.lot(self.lot)
        if not 1 <= self.place <= len(lot.entries):
            raise ChangeRefused(f"La place {self.place} n’existe pas : de 1 à {len(lot.entries)}.")
        former = lot.place_of(self.supplier_id)
        others = [*lot.entries[:former], *lot.entries[former + 1 :]]
        others.insert(self.place - 1, replace(lot.entries[former], reason=self.reason))
        return dossier.with_lot(replace(lot, entries=tuple(others)))

    def says(self, dossier: Dossier) -> str:
        where = f"à la place {self.place} (lot {self.lot})"
        return f"met {dossier.name_of(self.supplier_id)} {where}{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class NoteEntry(EntryChange, action="noter"):
    """Replace the note of a supplier; an empty text removes it."""

    text: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        return dossier.with_entry(self.lot, replace(dossier.entry(self.lot, self.supplier_id), note=self.text))

    def says(self, dossier: Dossier) -> str:
        name = dossier.name_of(self.supplier_id)
        return f"note sur {name} : « {self.text} »" if self.text else f"efface la note de {name}"


@dataclass(frozen=True, slots=True)
class SetStatus(EntryChange, action="suivre"):
    """Set the status of a supplier, as of the day `on` (by default, the day of writing)."""

    status: Status
    on: date | None = None

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        seen, on = dossier.entry(self.lot, self.supplier_id), self.on or at.date()
        entry = replace(seen, status=self.status, status_on=on, status_by=author, again=None, rival=None)
        return dossier.with_entry(self.lot, entry)

    def says(self, dossier: Dossier) -> str:
        since = f", le {day(self.on)}" if self.on else ""
        return f"note « {self.status} » pour {dossier.name_of(self.supplier_id)}{since}"


@dataclass(frozen=True, slots=True)
class Consult(DossierChange, action="consulter"):
    """Record a message sent to several suppliers, the same to all; those « to contact » or « without answer » become « contacted »."""

    lot: int
    suppliers: tuple[str, ...]
    subject: str
    text: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        if not self.suppliers:
            raise ChangeRefused("Dites à qui le message est envoyé.")
        for supplier_id in self.suppliers:
            entry = dossier.entry(self.lot, supplier_id)
            if entry.status in (Status.TO_CONTACT, Status.NO_ANSWER):
                sent = replace(entry, status=Status.CONTACTED, status_on=at.date(), status_by=author)
                dossier = dossier.with_entry(self.lot, sent)
        return dossier

    def says(self, dossier: Dossier) -> str:
        names = ", ".join(map(dossier.name_of, self.suppliers))
        return f"envoie le même message à {count(len(self.suppliers), 'structure')} : {names}"


def keep_in(lot: SavedLot, supplier_id: str, reason: str) -> SavedLot:
    """Return a lot with one more supplier of its frozen list, at its rank. Raises ChangeRefused."""
    _check_absent(lot, supplier_id)
    back = next((one for one in reversed(lot.removed) if one.entry.match.id == supplier_id), None)
    if back is not None:
        removed = tuple(one for one in lot.removed if one.entry.match.id != supplier_id)
        lot, entry = replace(lot, removed=removed), replace(back.entry, reason=reason)
    else:
        seen = next((match for match in lot.frozen.matches if match.id == supplier_id), None)
        if seen is None:
            raise ChangeRefused(f"« {supplier_id} » n’est pas dans la liste figée du lot {lot.number} : ajoutez-le.")
        entry = Entry(seen, reason=reason)
    rank = {match.id: place for place, match in enumerate(lot.frozen.matches)}
    own, end = rank.get(supplier_id, len(rank)), len(lot.entries)
    later = (i for i, its in enumerate(lot.entries) if its.added or rank.get(its.match.id, len(rank)) > own)
    place = next(later, end)
    return replace(lot, entries=(*lot.entries[:place], entry, *lot.entries[place:]))


def _check_absent(lot: SavedLot, supplier_id: str) -> None:
    if any(entry.match.id == supplier_id for entry in lot.entries):
        raise ChangeRefused(f"« {supplier_id} » est déjà dans la liste du lot {lot.number}.")


def require_reason(reason: str, what: str) -> None:
    """Raise ChangeRefused where no reason is given."""
    if not reason:
        raise ChangeRefused(f"Dites pourquoi : un motif est gardé pour {what}.")
