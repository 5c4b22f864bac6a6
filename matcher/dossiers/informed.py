"""Register of what suppliers were told before a tender: to whom, when, by whom and how, as their equal treatment asks. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from matcher.domain.french import day, typeset
from matcher.dossiers.dossier import Dossier, Status
from matcher.dossiers.entry_changes import Consult, SetStatus
from matcher.render.document import DocumentColumn, DocumentRow, DocumentTable

_COLUMNS = (
    *map(DocumentColumn, ("Date", "Par", "Structure", "Comment", "Ce qui a été dit")),
    DocumentColumn("Texte", aside=True),
)
_UNWRITTEN = "non noté"


@dataclass(frozen=True, slots=True)
class Told:
    """Line of the register of what suppliers were told: when (UTC without zone), by whom, how, in one line; the whole text where it was written."""

    at: datetime
    who: str
    supplier: str
    how: str
    says: str
    text: str = ""


def told_by_hand(dossier: Dossier, lot: int) -> Iterator[Told]:
    """Yield what the journal keeps: messages that were sent, and contacts noted without what was said."""
    for event in dossier.journal:
        match event.change:
            case Consult(lot=of, suppliers=suppliers, subject=subject, text=text) if of == lot:
                for one in suppliers:
                    yield Told(event.at, event.who, dossier.name_of(one), "message", f"« {subject} »", text)
            case SetStatus(lot=of, supplier_id=one, status=Status.CONTACTED, on=on) if of == lot:
                at = datetime.combine(on, time.min) if on else event.at
                yield Told(at, event.who, dossier.name_of(one), "contact noté", _UNWRITTEN)


def register(told: Iterable[Told]) -> DocumentTable:
    """Return the table of what was told, in order of time. It names suppliers: it is the team's alone."""
    rows = (
        DocumentRow((day(one.at.date()), one.who, one.supplier, one.how, typeset(one.says), one.text))
        for one in sorted(told, key=lambda one: one.at)
    )
    return DocumentTable("À qui, et quand", _COLUMNS, tuple(rows))
