"""Changes of a dossier: one class each, with its data, its effect and its sentence in the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

from matcher.domain.age import DatedSource
from matcher.domain.french import count
from matcher.dossiers.decision_changes import KeepDecision, RemoveDecision
from matcher.dossiers.dossier import DELETED, NEW, OPEN, Dossier, DossierChange, DossierHeader, SavedLot, State
from matcher.dossiers.entry_changes import (
    Add,
    Consult,
    Keep,
    Move,
    NoteEntry,
    Remove,
    SetStatus,
    because,
    keep_in,
    need,
)
from matcher.dossiers.frozen_list import thaw
from matcher.dossiers.withdrawn import withdraw
from matcher.journal.kept_change import kept_change
from matcher.journal.plain_json import FrozenError
from matcher.journal.texts import ChangeRefused
from matcher.need.title import title_of

_LIVING: frozenset[str] = frozenset({State.OPEN, State.CLOSED})
_ANY: frozenset[str] = frozenset({State.OPEN, State.CLOSED, DELETED})
# Beyond it a list is no longer read, and a dossier no longer opens at once.
MOST_FROZEN = 500


@dataclass(frozen=True, slots=True)
class CreateDossier(DossierChange):
    """Open a dossier."""

    action: ClassVar[str] = "créer"
    when: ClassVar[frozenset[str]] = frozenset({NEW})
    header: DossierHeader

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, header=_titled(self.header))

    def says(self, dossier: Dossier) -> str:
        return f"ouvre le dossier « {self.header.title} »"


@dataclass(frozen=True, slots=True)
class DescribeDossier(DossierChange):
    """Change what the tender is called and whose it is."""

    action: ClassVar[str] = "décrire"
    when: ClassVar[frozenset[str]] = OPEN
    header: DossierHeader

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, header=_titled(self.header))

    def says(self, dossier: Dossier) -> str:
        return f"décrit le dossier : « {self.header.title} »"


@dataclass(frozen=True, slots=True)
class AddLot(DossierChange):
    """Freeze a list (`frozen`, as `freeze` gives it) for one more lot, and keep some of it: `kept` are ids, best first. `sources` are those
    of the catalogue on that day."""

    action: ClassVar[str] = "ajouter-lot"
    when: ClassVar[frozenset[str]] = OPEN
    title: str
    frozen: dict[str, Any]
    kept: tuple[str, ...] = ()
    catalogue_date: date | None = None
    sources: tuple[DatedSource, ...] = ()

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
            title=self.title or title_of(shortlist.reading.lot.objet) or f"Lot {number}",
            frozen=shortlist,
            answer=answer if isinstance(answer, str) else shortlist.text,
            at=at,
            catalogue_date=self.catalogue_date,
            sources=self.sources,
        )
        for supplier_id in self.kept:
            lot = keep_in(lot, supplier_id, "")
        names = {match.id: match.name for match in shortlist.matches}
        return replace(dossier, lots=(*dossier.lots, lot), names={**names, **dossier.names})

    def says(self, dossier: Dossier) -> str:
        kept = count(len(self.kept), "structure retenue", "structures retenues")
        return f"fige la liste d’un lot{f' (« {self.title} »)' if self.title else ''}, {kept}"


@dataclass(frozen=True, slots=True)
class RemoveLot(DossierChange):
    """Take a lot out, with its list."""

    action: ClassVar[str] = "retirer-lot"
    when: ClassVar[frozenset[str]] = OPEN
    lot: int
    reason: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        need(self.reason, "retirer un lot")
        gone = dossier.lot(self.lot)
        return replace(dossier, lots=tuple(lot for lot in dossier.lots if lot is not gone))

    def says(self, dossier: Dossier) -> str:
        return f"retire le lot {self.lot}{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class NoteDossier(DossierChange):
    """Write the note of the dossier, in the place of the former one; empty takes it out."""

    action: ClassVar[str] = "noter-dossier"
    when: ClassVar[frozenset[str]] = OPEN
    text: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, note=self.text)

    def says(self, dossier: Dossier) -> str:
        return f"note sur le dossier : « {self.text} »" if self.text else "efface la note du dossier"


@dataclass(frozen=True, slots=True)
class Close(DossierChange):
    """Close the dossier: it is read, and no longer changed."""

    action: ClassVar[str] = "clore"
    when: ClassVar[frozenset[str]] = OPEN
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, state=State.CLOSED)

    def says(self, dossier: Dossier) -> str:
        return f"clôt le dossier{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Reopen(DossierChange):
    """Open a closed dossier again."""

    action: ClassVar[str] = "rouvrir"
    when: ClassVar[frozenset[str]] = frozenset({State.CLOSED})
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, state=State.OPEN)

    def says(self, dossier: Dossier) -> str:
        return f"rouvre le dossier{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class DeleteDossier(DossierChange):
    """Put the dossier away; nothing is erased, and it can be restored."""

    action: ClassVar[str] = "supprimer"
    when: ClassVar[frozenset[str]] = _LIVING
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, deleted=at)

    def says(self, dossier: Dossier) -> str:
        return f"supprime le dossier{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class RestoreDossier(DossierChange):
    """Bring a deleted dossier back as it was."""

    action: ClassVar[str] = "restaurer"
    when: ClassVar[frozenset[str]] = frozenset({DELETED})
    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return replace(dossier, deleted=None)

    def says(self, dossier: Dossier) -> str:
        return f"restaure le dossier{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Bring(DossierChange):
    """Remember that the dossier was read from a file, and under which number it was known there."""

    action: ClassVar[str] = "importer"
    when: ClassVar[frozenset[str]] = _ANY
    former: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return dossier

    def says(self, dossier: Dossier) -> str:
        return f"importe le dossier d’un fichier (il y portait le numéro {self.former})"


@dataclass(frozen=True, slots=True)
class WithdrawSupplier(DossierChange):
    """Forget a supplier that asked to leave the catalogue: its number, rank and points stay, its name and words go."""

    action: ClassVar[str] = "retrait"
    when: ClassVar[frozenset[str]] = _ANY
    supplier_id: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return withdraw(dossier, {self.supplier_id})

    def says(self, dossier: Dossier) -> str:
        return "enregistre le retrait d’une structure, à sa demande"


ACTIONS: Mapping[str, type[DossierChange]] = {
    change.action: change
    for change in (
        CreateDossier,
        DescribeDossier,
        AddLot,
        RemoveLot,
        KeepDecision,
        RemoveDecision,
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
        DeleteDossier,
        RestoreDossier,
        Bring,
        WithdrawSupplier,
    )
}


def change_of(action: str, data: Mapping[str, Any]) -> DossierChange:
    """Return the change that was kept under this action. Raises ChangeRefused where it is unknown or its data is not right."""
    return kept_change(ACTIONS, action, data)


def _titled(header: DossierHeader) -> DossierHeader:
    if not header.title:
        raise ChangeRefused("Donnez un titre au dossier.")
    return header
