"""Journal changes of a dossier as a whole (open, describe, close), of its lots and of its kept decisions, and the table of all its changes (`ACTIONS`)."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from matcher.decisions.clause.plan_answer import PlanAnswer, list_hosts
from matcher.domain.age import DatedSource, SourcesOf
from matcher.domain.french import count, day
from matcher.dossiers.answer_changes import RecordCall, SettleAnswers, TakeAnswers, TakeBack, UndoAnswer
from matcher.dossiers.contract_changes import RecordContract, RemoveContract
from matcher.dossiers.dossier import Course, Dossier, DossierChange, DossierHeader, SavedDecision, SavedLot, State
from matcher.dossiers.entry_changes import (
    Add,
    Consult,
    Keep,
    Move,
    NoteEntry,
    Remove,
    SetStatus,
    keep_in,
    require_reason,
)
from matcher.dossiers.frozen_list import freeze, thaw
from matcher.dossiers.insertion_changes import CorrectHours, MoveHours, PromiseHours, RecordHours, RemoveHours
from matcher.dossiers.withdrawn import withdraw_suppliers
from matcher.journal.change import (
    CLOSED,
    DELETED,
    LONGEST_LINE,
    NEW,
    OPEN,
    Actions,
    ChangeRefused,
    Delete,
    FrozenError,
    Restore,
    because,
    by_action,
    one_line,
)
from matcher.need.title import cut_title, title_of
from matcher.reference.wordings import persona_wording
from matcher.render.document import Document, DocumentTable

# A decision with more lines would make the dossier slow to open; its workbook holds them all.
MOST_LINES = 3_000


@dataclass(frozen=True, slots=True)
class KeepDecision(DossierChange, action="garder-décision"):
    """Store a decision (a computed document: opinion, plan…) in the dossier as it was shown."""

    decision: Document

    @classmethod
    def from_older(cls, data: Any) -> Any:
        match data:
            case {"decision": {"tables": list(tables), **decision}, **others}:
                return {**others, "decision": {**decision, "tables": list(map(DocumentTable.from_older, tables))}}
        return data

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        if self.decision.lines > MOST_LINES:
            raise ChangeRefused(f"Une décision figée tient {MOST_LINES} lignes au plus : gardez son classeur XLSX.")
        number = 1 + sum(isinstance(event.change, KeepDecision) for event in dossier.journal)
        saved = SavedDecision(number, self.decision, at, author)
        names = {**self.decision.names, **dossier.names}
        return replace(dossier, decisions=(*dossier.decisions, saved), names=names)

    def says(self, dossier: Dossier) -> str:
        return f"garde une décision : {self.decision.kind}, « {self.decision.title} »"


@dataclass(frozen=True, slots=True)
class RemoveDecision(DossierChange, action="retirer-décision"):
    """Take a stored decision out of the dossier."""

    decision: int
    reason: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        require_reason(self.reason, "retirer une décision")
        left = tuple(one for one in dossier.decisions if one.number != self.decision)
        if len(left) == len(dossier.decisions):
            raise ChangeRefused(f"Le dossier n’a pas de décision {self.decision}.")
        return replace(dossier, decisions=left)

    def says(self, dossier: Dossier) -> str:
        return f"retire la décision {self.decision}{because(self.reason)}"


_ANY: frozenset[str] = frozenset({OPEN, CLOSED, DELETED})
# A longer frozen list is not read by anyone, and makes the dossier slow to open.
MOST_FROZEN = 500


@dataclass(frozen=True, slots=True)
class _SetHeader(DossierChange):
    """Base of the changes that set the header of a dossier."""

    header: DossierHeader

    def tidy(self) -> Self:
        header = one_line(self.header)
        _check_lengths(header, "Titre, acheteur, territoire et référence")
        return replace(self, header=header)

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        if not self.header.title:
            raise ChangeRefused("Donnez un titre au dossier.")
        return replace(dossier, header=self.header)


def past_deadline(deadline: date | None, today: date, earlier: date | None = None) -> str:
    """Return the French refusal of a new deadline that is before today; empty for the `earlier` one, which a reopened dossier still has."""
    if deadline is None or deadline == earlier or deadline >= today:
        return ""
    return f"Le {day(deadline)} est passé : les réponses s’attendent aujourd’hui, le {day(today)}, ou après."


@dataclass(frozen=True, slots=True)
class CreateDossier(_SetHeader, action="créer", when=frozenset({NEW})):
    """Open a dossier."""

    def says(self, dossier: Dossier) -> str:
        return f"ouvre le dossier « {self.header.title} »"


@dataclass(frozen=True, slots=True)
class DescribeDossier(_SetHeader, action="décrire"):
    """Change the header of a dossier: title, buyer, territory, reference."""

    def says(self, dossier: Dossier) -> str:
        return f"décrit le dossier : « {self.header.title} »"


@dataclass(frozen=True, slots=True)
class SetCourse(DossierChange, action="avancer"):
    """Set the progress of a purchase: stage, day offers are due, person who follows it, next step."""

    course: Course

    def tidy(self) -> Self:
        course = one_line(self.course)
        _check_lengths(course, "Suivi par et prochaine étape")
        return replace(self, course=course)

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        if self.course.next_on and not self.course.next_step:
            raise ChangeRefused(f"Dites ce qui est à faire le {day(self.course.next_on)}, ou retirez cette date.")
        return replace(dossier, course=self.course)

    def says(self, dossier: Dossier) -> str:
        course_words = " ; ".join(f"{label.lower()} : {text}" for label, text in course_said(self.course))
        return (
            f"fait avancer le dossier ({course_words})"
            if course_words
            else "efface l’étape, le suivi et la prochaine étape"
        )


def course_said(course: Course) -> Iterator[tuple[str, str]]:
    """Yield the progress of a purchase as pairs (label, text), without empty ones."""
    on = f", le {day(course.next_on)}" if course.next_on else ""
    labelled = (
        ("Étape", str(course.stage or "")),
        (persona_wording("remise_le"), day(course.offers_by) if course.offers_by else ""),
        ("Suivi par", course.follower),
        ("Prochaine étape", f"{course.next_step}{on}"),
    )
    yield from ((label, text) for label, text in labelled if text)


def _check_lengths(record: DossierHeader | Course, named: str) -> None:
    if any(isinstance(text, str) and len(text) > LONGEST_LINE for text in astuple(record)):
        raise ChangeRefused(f"{named} : {LONGEST_LINE} caractères au plus.")


@dataclass(frozen=True, slots=True)
class AddLot(DossierChange, action="ajouter-lot"):
    """Add a lot with its frozen list of suppliers (`frozen`, made by `freeze`), and keep those whose ids are in `kept`, best first. `sources` are the
    catalogue's sources on that day; `opinion` is the one given then, never computed again."""

    title: str
    frozen: dict[str, Any]
    kept: tuple[str, ...] = ()
    catalogue_date: date | None = None
    sources: tuple[DatedSource, ...] = ()
    opinion: Document | None = None

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
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
            opinion=self.opinion,
        )
        for supplier_id in self.kept:
            lot = keep_in(lot, supplier_id, "")
        counted = self.opinion.names if self.opinion else {}
        names = {**counted, **{match.id: match.name for match in shortlist.matches}}
        return replace(dossier, lots=(*dossier.lots, lot), names={**names, **dossier.names})

    def says(self, dossier: Dossier) -> str:
        counted = count(len(self.kept), "structure retenue", "structures retenues")
        return f"fige la liste d’un lot{f' (« {self.title} »)' if self.title else ''}, {counted}"


@dataclass(frozen=True, slots=True)
class RemoveLot(DossierChange, action="retirer-lot"):
    """Take a lot out of the dossier, with its list."""

    lot: int
    reason: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        require_reason(self.reason, "retirer un lot")
        gone = dossier.lot(self.lot)
        if dossier.contract(self.lot):
            raise ChangeRefused(f"Un marché est noté pour le lot {self.lot} : retirez d’abord ce marché.")
        if self.lot in dossier.followed:
            raise ChangeRefused(f"Des heures sont suivies pour le lot {self.lot} : rattachez-les d’abord à un autre.")
        return replace(dossier, lots=tuple(lot for lot in dossier.lots if lot is not gone))

    def says(self, dossier: Dossier) -> str:
        return f"retire le lot {self.lot}{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class NoteDossier(DossierChange, action="noter-dossier"):
    """Replace the note of the dossier; an empty text removes it."""

    text: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        return replace(dossier, note=self.text)

    def says(self, dossier: Dossier) -> str:
        return f"note sur le dossier : « {self.text} »" if self.text else "efface la note du dossier"


@dataclass(frozen=True, slots=True)
class Close(DossierChange, action="clore"):
    """Close the dossier: it can be read, not changed."""

    reason: str = ""

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        return replace(dossier, state=State.CLOSED)

    def says(self, dossier: Dossier) -> str:
        return f"clôt le dossier{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Reopen(DossierChange, action="rouvrir", when=frozenset({CLOSED})):
    """Open a closed dossier again."""

    reason: str = ""

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        return replace(dossier, state=State.OPEN)

    def says(self, dossier: Dossier) -> str:
        return f"rouvre le dossier{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Bring(DossierChange, action="importer", when=_ANY):
    """Record that the dossier was imported from a file, and the number that it had there."""

    former: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        return dossier

    def says(self, dossier: Dossier) -> str:
        return f"importe le dossier d’un fichier (il y portait le numéro {self.former})"


@dataclass(frozen=True, slots=True)
class WithdrawSupplier(DossierChange, action="retrait", when=_ANY):
    """Anonymise a supplier that asked to leave the catalogue: its number, rank and points stay, its name and words go."""

    supplier_id: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        return withdraw_suppliers(dossier, {self.supplier_id})

    def says(self, dossier: Dossier) -> str:
        return "enregistre le retrait d’une structure, à sa demande"


ACTIONS: Actions[Dossier] = by_action(
    (
        *(CreateDossier, DescribeDossier, SetCourse, NoteDossier, Close, Reopen, Delete, Restore, Bring),
        WithdrawSupplier,
        *(AddLot, RemoveLot, KeepDecision, RemoveDecision, RecordContract, RemoveContract),
        *(PromiseHours, RecordHours, CorrectHours, RemoveHours, MoveHours),
        *(Keep, Add, Remove, Move, NoteEntry, SetStatus, RecordCall, Consult),
        *(TakeAnswers, SettleAnswers, UndoAnswer, TakeBack),
    )
)


def plan_lists(
    plan: PlanAnswer, sources_of: SourcesOf, catalogue_date: date | None, sources: Sequence[DatedSource]
) -> list[AddLot]:
    """Return, for each contract of a plan of social clauses, the change that adds a lot with the suppliers named in the plan; the list is empty where
    nobody can be called, as the contract's hours are followed on the lot too."""
    lists = []
    for at, split in enumerate(plan.plan.splits):
        frozen = list_hosts(plan, at, sources_of)
        named = dict.fromkeys(host.candidate.id for way in split.carrying for host in way.first_hosts)
        lists.append(
            AddLot(cut_title(split.contract.label), freeze(frozen), tuple(named), catalogue_date, tuple(sources))
        )
    return lists
