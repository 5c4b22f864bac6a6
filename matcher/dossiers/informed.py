"""Register of what suppliers were told before a tender: to whom, when, by whom and how, as their equal treatment asks. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from matcher.domain.french import day, typeset
from matcher.dossiers.calling import question_of
from matcher.dossiers.dossier import CallOutcome, Dossier, Status
from matcher.dossiers.entry_changes import Consult, RecordCall, SetStatus
from matcher.render.document import DocumentColumn, DocumentRow, DocumentTable

_COLUMNS = (
    *map(DocumentColumn, ("Date", "Par", "Structure", "Comment", "Ce qui a été dit")),
    DocumentColumn("Texte", aside=True),
)
_UNWRITTEN, _NOBODY = "non noté", "rien n’a pu être dit"
_UNHEARD = (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER)


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
    """Yield what the journal keeps: messages that were sent, calls with the questions put, and contacts noted without what was said."""
    for event in dossier.journal:
        match event.change:
            case Consult(lot=of, suppliers=suppliers, subject=subject, text=text) if of == lot:
                for one in suppliers:
                    yield Told(event.at, event.who, dossier.name_of(one), "message", f"« {subject} »", text)
            case RecordCall(lot=of, supplier_id=one, on=on, asked=asked, outcome=outcome) if of == lot:
                at = datetime.combine(on, time.min)
                asks = " ".join(found.asks for key in asked if (found := question_of(key)))
                told = _NOBODY if outcome in _UNHEARD else asks or _UNWRITTEN
                yield Told(at, event.who, dossier.name_of(one), f"appel : {outcome}", told)
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
