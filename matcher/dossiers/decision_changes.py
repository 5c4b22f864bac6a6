"""Changes of the decisions of a dossier: kept as they were shown, taken out."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from matcher.dossiers.dossier import Dossier, DossierChange, SavedDecision
from matcher.dossiers.entry_changes import need
from matcher.journal.change import ChangeRefused, because
from matcher.render.document import Document, DocumentTable

# Beyond, a dossier no longer opens at once; the workbook of the decision holds it all.
MOST_LINES = 3_000


@dataclass(frozen=True, slots=True)
class KeepDecision(DossierChange):
    """Freeze a decision in the dossier, as it was shown."""

    action: ClassVar[str] = "garder-décision"
    decision: Document

    @classmethod
    def from_older(cls, data: Any) -> Any:
        match data:
            case {"decision": {"tables": list(tables), **decision}, **others}:
                return {**others, "decision": {**decision, "tables": list(map(DocumentTable.from_older, tables))}}
        return data

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        if self.decision.lines > MOST_LINES:
            raise ChangeRefused(f"Une décision figée tient {MOST_LINES} lignes au plus : gardez son classeur XLSX.")
        number = 1 + sum(isinstance(event.change, KeepDecision) for event in dossier.journal)
        saved = SavedDecision(number, self.decision, at, who)
        names = {**self.decision.names, **dossier.names}
        return replace(dossier, decisions=(*dossier.decisions, saved), names=names)

    def says(self, dossier: Dossier) -> str:
        return f"garde une décision : {self.decision.kind}, « {self.decision.title} »"


@dataclass(frozen=True, slots=True)
class RemoveDecision(DossierChange):
    """Take a decision out."""

    action: ClassVar[str] = "retirer-décision"
    decision: int
    reason: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        need(self.reason, "retirer une décision")
        left = tuple(one for one in dossier.decisions if one.number != self.decision)
        if len(left) == len(dossier.decisions):
            raise ChangeRefused(f"Le dossier n’a pas de décision {self.decision}.")
        return replace(dossier, decisions=left)

    def says(self, dossier: Dossier) -> str:
        return f"retire la décision {self.decision}{because(self.reason)}"
