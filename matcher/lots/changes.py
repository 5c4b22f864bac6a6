"""What can be done to a dossier: one class a change, which is its data, its effect and its sentence in the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

from matcher.domain.french import count, day
from matcher.domain.match import Match
from matcher.lots.dossier import (
    DELETED,
    NEW,
    Change,
    ChangeRefused,
    Dossier,
    Entry,
    Header,
    Removed,
    SavedLot,
    State,
    Status,
)
from matcher.lots.frozen import FrozenError, built, plain, thaw
from matcher.lots.withdrawn import withdraw

_OPEN: frozenset[str] = frozenset({State.OPEN})
_LIVING: frozenset[str] = frozenset({State.OPEN, State.CLOSED})
_ANY: frozenset[str] = frozenset({State.OPEN, State.CLOSED, DELETED})
# Beyond it a list is no longer read, and a dossier no longer opens at once.
MOST_FROZEN = 500


@dataclass(frozen=True, slots=True)
class Create(Change):
    """Open a dossier."""

    action: ClassVar[str] = "créer"
    when: ClassVar[frozenset[str]] = frozenset({NEW})
    header: Header

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, header=_titled(self.header))

    def says(self, dossier: Dossier) -> str:
        return f"ouvre le dossier « {self.header.title} »"


@dataclass(frozen=True, slots=True)
class Describe(Change):
    """Change what the tender is called and whose it is."""

    action: ClassVar[str] = "décrire"
    when: ClassVar[frozenset[str]] = _OPEN
    header: Header

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, header=_titled(self.header))

    def says(self, dossier: Dossier) -> str:
        return f"décrit le dossier : « {self.header.title} »"


@dataclass(frozen=True, slots=True)
class AddLot(Change):
    """Freeze a list (`frozen`, as `freeze` gives it) for one more lot, and keep some of it: `kept` are ids, best first."""

    action: ClassVar[str] = "ajouter-lot"
    when: ClassVar[frozenset[str]] = _OPEN
    title: str
    frozen: dict[str, Any]
    kept: tuple[str, ...] = ()
    catalogue_date: date | None = None

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        try:
            shortlist = thaw(self.frozen)
        except FrozenError as error:
            raise ChangeRefused(str(error)) from error
        if len(shortlist.matches) > MOST_FROZEN:
            raise ChangeRefused(f"Une liste figée tient {MOST_FROZEN} candidats au plus.")
        number = 1 + sum(isinstance(event.change, AddLot) for event in dossier.journal)
        answer = self.frozen.get("answer")
        lot = SavedLot(
            number=number,
            title=self.title or shortlist.reading.lot.objet or f"Lot {number}",
            frozen=shortlist,
            answer=answer if isinstance(answer, str) else shortlist.answer,
            at=at,
            catalogue_date=self.catalogue_date,
        )
        for supplier_id in self.kept:
            lot = _keep(lot, supplier_id, "")
        names = {match.id: match.name for match in shortlist.matches}
        return replace(dossier, lots=(*dossier.lots, lot), names={**names, **dossier.names})

    def says(self, dossier: Dossier) -> str:
        kept = count(len(self.kept), "structure retenue", "structures retenues")
        return f"fige la liste d’un lot{f' (« {self.title} »)' if self.title else ''}, {kept}"


@dataclass(frozen=True, slots=True)
class RemoveLot(Change):
    """Take a lot out, with its list."""

    action: ClassVar[str] = "retirer-lot"
    when: ClassVar[frozenset[str]] = _OPEN
    lot: int
    reason: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        _need(self.reason, "retirer un lot")
        gone = dossier.lot(self.lot)
        return replace(dossier, lots=tuple(lot for lot in dossier.lots if lot is not gone))

    def says(self, dossier: Dossier) -> str:
        return f"retire le lot {self.lot}{_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Keep(Change):
    """Keep a supplier of the frozen list, at its rank; or put back one that was taken off, with its note and status."""

    action: ClassVar[str] = "retenir"
    when: ClassVar[frozenset[str]] = _OPEN
    lot: int
    supplier_id: str
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return dossier.with_lot(_keep(dossier.lot(self.lot), self.supplier_id, self.reason))

    def says(self, dossier: Dossier) -> str:
        return f"retient {dossier.name_of(self.supplier_id)} (lot {self.lot}){_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Add(Change):
    """Add a supplier that the frozen list does not hold, as the catalogue ranks it now; at the end of the list."""

    action: ClassVar[str] = "ajouter"
    when: ClassVar[frozenset[str]] = _OPEN
    lot: int
    match: Match
    reason: str
    refused: tuple[str, ...] = ()

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        _need(self.reason, "ajouter une structure qui n’était pas dans la liste figée")
        lot = dossier.lot(self.lot)
        _absent(lot, self.match.id)
        if any(match.id == self.match.id for match in lot.frozen.matches):
            raise ChangeRefused(f"{self.match.name} est dans la liste figée : retenez-la.")
        entry = Entry(self.match, added=True, refused=self.refused, reason=self.reason)
        names = {self.match.id: self.match.name, **dossier.names}
        return replace(dossier.with_lot(replace(lot, entries=(*lot.entries, entry))), names=names)

    def says(self, dossier: Dossier) -> str:
        return f"ajoute {dossier.name_of(self.match.id)} (lot {self.lot}){_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Remove(Change):
    """Take a supplier off the list; it stays in the frozen one, and in `removed`."""

    action: ClassVar[str] = "retirer"
    when: ClassVar[frozenset[str]] = _OPEN
    lot: int
    supplier_id: str
    reason: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        _need(self.reason, "retirer une structure")
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        entries = (*lot.entries[:place], *lot.entries[place + 1 :])
        removed = (*lot.removed, Removed(lot.entries[place], at, who, self.reason))
        return dossier.with_lot(replace(lot, entries=entries, removed=removed))

    def says(self, dossier: Dossier) -> str:
        return f"retire {dossier.name_of(self.supplier_id)} (lot {self.lot}){_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Move(Change):
    """Put a supplier at another place of the list, counted from 1."""

    action: ClassVar[str] = "déplacer"
    when: ClassVar[frozenset[str]] = _OPEN
    lot: int
    supplier_id: str
    place: int
    reason: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        _need(self.reason, "changer l’ordre")
        lot = dossier.lot(self.lot)
        if not 1 <= self.place <= len(lot.entries):
            raise ChangeRefused(f"La place {self.place} n’existe pas : de 1 à {len(lot.entries)}.")
        former = lot.place_of(self.supplier_id)
        others = [*lot.entries[:former], *lot.entries[former + 1 :]]
        others.insert(self.place - 1, replace(lot.entries[former], reason=self.reason))
        return dossier.with_lot(replace(lot, entries=tuple(others)))

    def says(self, dossier: Dossier) -> str:
        where = f"à la place {self.place} (lot {self.lot})"
        return f"met {dossier.name_of(self.supplier_id)} {where}{_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class NoteDossier(Change):
    """Write the note of the dossier, in the place of the former one; empty takes it out."""

    action: ClassVar[str] = "noter-dossier"
    when: ClassVar[frozenset[str]] = _OPEN
    text: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, note=self.text)

    def says(self, dossier: Dossier) -> str:
        return f"note sur le dossier : « {self.text} »" if self.text else "efface la note du dossier"


@dataclass(frozen=True, slots=True)
class NoteEntry(Change):
    """Write the note of a supplier, in the place of the former one; empty takes it out."""

    action: ClassVar[str] = "noter"
    when: ClassVar[frozenset[str]] = _OPEN
    lot: int
    supplier_id: str
    text: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        return dossier.with_lot(_with_entry(lot, place, replace(lot.entries[place], note=self.text)))

    def says(self, dossier: Dossier) -> str:
        name = dossier.name_of(self.supplier_id)
        return f"note sur {name} : « {self.text} »" if self.text else f"efface la note de {name}"


@dataclass(frozen=True, slots=True)
class SetStatus(Change):
    """Say where a supplier stands, since the day `on` (the day it is written, by default)."""

    action: ClassVar[str] = "suivre"
    when: ClassVar[frozenset[str]] = _OPEN
    lot: int
    supplier_id: str
    status: Status
    on: date | None = None

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        entry = replace(lot.entries[place], status=self.status, status_on=self.on or at.date(), status_by=who)
        return dossier.with_lot(_with_entry(lot, place, entry))

    def says(self, dossier: Dossier) -> str:
        since = f", le {day(self.on)}" if self.on else ""
        return f"note « {self.status} » pour {dossier.name_of(self.supplier_id)}{since}"


@dataclass(frozen=True, slots=True)
class Consult(Change):
    """Keep the message that was sent, the same to all: those that were still to contact, or silent, are contacted."""

    action: ClassVar[str] = "consulter"
    when: ClassVar[frozenset[str]] = _OPEN
    lot: int
    suppliers: tuple[str, ...]
    subject: str
    text: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        if not self.suppliers:
            raise ChangeRefused("Dites à qui le message est envoyé.")
        lot = dossier.lot(self.lot)
        for supplier_id in self.suppliers:
            place = lot.place_of(supplier_id)
            entry = lot.entries[place]
            if entry.status in (Status.TO_CONTACT, Status.NO_ANSWER):
                sent = replace(entry, status=Status.CONTACTED, status_on=at.date(), status_by=who)
                lot = _with_entry(lot, place, sent)
        return dossier.with_lot(lot)

    def says(self, dossier: Dossier) -> str:
        names = ", ".join(map(dossier.name_of, self.suppliers))
        return f"envoie le même message à {count(len(self.suppliers), 'structure')} : {names}"


@dataclass(frozen=True, slots=True)
class Close(Change):
    """Close the dossier: it is read, and no longer changed."""

    action: ClassVar[str] = "clore"
    when: ClassVar[frozenset[str]] = _OPEN
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, state=State.CLOSED)

    def says(self, dossier: Dossier) -> str:
        return f"clôt le dossier{_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Reopen(Change):
    """Open a closed dossier again."""

    action: ClassVar[str] = "rouvrir"
    when: ClassVar[frozenset[str]] = frozenset({State.CLOSED})
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, state=State.OPEN)

    def says(self, dossier: Dossier) -> str:
        return f"rouvre le dossier{_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Delete(Change):
    """Put the dossier away; nothing is erased, and it can be restored."""

    action: ClassVar[str] = "supprimer"
    when: ClassVar[frozenset[str]] = _LIVING
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, deleted=at)

    def says(self, dossier: Dossier) -> str:
        return f"supprime le dossier{_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Restore(Change):
    """Bring a deleted dossier back as it was."""

    action: ClassVar[str] = "restaurer"
    when: ClassVar[frozenset[str]] = frozenset({DELETED})
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, deleted=None)

    def says(self, dossier: Dossier) -> str:
        return f"restaure le dossier{_because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Bring(Change):
    """Remember that the dossier was read from a file, and under which number it was known there."""

    action: ClassVar[str] = "importer"
    when: ClassVar[frozenset[str]] = _ANY
    former: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return dossier

    def says(self, dossier: Dossier) -> str:
        return f"importe le dossier d’un fichier (il y portait le numéro {self.former})"


@dataclass(frozen=True, slots=True)
class Withdraw(Change):
    """Forget a supplier that asked to leave the catalogue: its number, rank and points stay, its name and words go."""

    action: ClassVar[str] = "retrait"
    when: ClassVar[frozenset[str]] = _ANY
    supplier_id: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return withdraw(dossier, {self.supplier_id})

    def says(self, dossier: Dossier) -> str:
        return "enregistre le retrait d’une structure, à sa demande"


ACTIONS: Mapping[str, type[Change]] = {
    change.action: change
    for change in (
        Create,
        Describe,
        AddLot,
        RemoveLot,
        Keep,
        Add,
        Remove,
        Move,
        NoteDossier,
        NoteEntry,
        SetStatus,
        Consult,
        Close,
        Reopen,
        Delete,
        Restore,
        Bring,
        Withdraw,
    )
}


def data_of(change: Change) -> dict[str, Any]:
    """Return a change's data as JSON holds it; its `action` says the rest."""
    data: dict[str, Any] = plain(change)
    return data


def change_of(action: str, data: Mapping[str, Any]) -> Change:
    """Return the change that was kept under this action. Raises ChangeRefused where it is unknown or its data is not right."""
    wanted = ACTIONS.get(action)
    if wanted is None:
        raise ChangeRefused(f"Action « {action} » inconnue de cette version d’Entremise.")
    try:
        return built(wanted, data, action)
    except FrozenError as error:
        raise ChangeRefused(str(error)) from error


def _keep(lot: SavedLot, supplier_id: str, reason: str) -> SavedLot:
    _absent(lot, supplier_id)
    back = next((one for one in reversed(lot.removed) if one.entry.match.id == supplier_id), None)
    if back is not None:
        removed = tuple(one for one in lot.removed if one.entry.match.id != supplier_id)
        lot, entry = replace(lot, removed=removed), replace(back.entry, reason=reason)
    else:
        seen = next((match for match in lot.frozen.matches if match.id == supplier_id), None)
        if seen is None:
            raise ChangeRefused(f"« {supplier_id} » n’est pas dans la liste figée du lot {lot.number} : ajoutez-le.")
        entry = Entry(seen, reason=reason)
    place = next(
        (at for at, other in enumerate(lot.entries) if _rank(other) > _rank(entry)),
        len(lot.entries),
    )
    return replace(lot, entries=(*lot.entries[:place], entry, *lot.entries[place:]))


def _rank(entry: Entry) -> float:
    """The rank in the frozen list; after all of it where the supplier was added."""
    return float("inf") if entry.added or entry.match.rank is None else entry.match.rank


def _absent(lot: SavedLot, supplier_id: str) -> None:
    if any(entry.match.id == supplier_id for entry in lot.entries):
        raise ChangeRefused(f"« {supplier_id} » est déjà dans la liste du lot {lot.number}.")


def _with_entry(lot: SavedLot, place: int, entry: Entry) -> SavedLot:
    return replace(lot, entries=(*lot.entries[:place], entry, *lot.entries[place + 1 :]))


def _titled(header: Header) -> Header:
    if not header.title:
        raise ChangeRefused("Donnez un titre au dossier.")
    return header


def _need(reason: str, what: str) -> None:
    if not reason:
        raise ChangeRefused(f"Dites pourquoi : un motif est gardé pour {what}.")


def _because(reason: str) -> str:
    return f" : « {reason} »" if reason else ""
