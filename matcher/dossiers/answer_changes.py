"""Journal changes of a dossier about suppliers' answers (by telephone, e-mail, link or meeting): note, undo, take back, choose between two that contradict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never

from matcher.answers.sharing import BOX_NAMES
from matcher.domain.french import day, enumeration
from matcher.dossiers.calling import (
    AGAIN_AFTER,
    KEEN,
    OUTCOME_OF,
    SETTLED,
    answer_sentences,
    contradictions,
    other_answers,
    question_key,
    status_after,
)
from matcher.dossiers.dossier import AnswerWay, Call, CallOutcome, Dossier, DossierChange, Entry, SettledBy, Status
from matcher.dossiers.entry_changes import EntryChange, SetStatus
from matcher.journal.change import CLOSED, DELETED, OPEN, ChangeRefused, because

# First words of the journal line of an answer that did not come by telephone.
_JOURNAL_OPENINGS: Mapping[AnswerWay, str] = {
    AnswerWay.EMAIL: "note la réponse de {} par courriel",
    AnswerWay.LINK: "garde la réponse de {} par son lien",
    AnswerWay.CLUB: "note la rencontre avec {} au Club",
    AnswerWay.FOLLOWED: "note pour {}",
}


@dataclass(frozen=True, slots=True)
class RecordCall(EntryChange, action="appeler"):
    """Note an answer of the day `on`, by telephone or another `way`: its outcome, the answers to the questions `asked`, a note (`text`), the day to call
    `again`.

    `key` is unique, so that an answer is noted once. `stands` is False where the writer had not seen a newer answer or status; `against` lists what the
    answer contradicts in an earlier one (see `weigh_answer`). In both cases both answers are kept, the former one counts, and a person chooses. `shared` are
    the boxes that the supplier agreed, by telephone, to share with other installations."""

    outcome: CallOutcome
    on: date
    key: str
    asked: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    again: date | None = None
    stands: bool = True
    way: AnswerWay = AnswerWay.PHONE
    against: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    def call(self, author: str) -> Call:
        """Return the answer as the `Call` that is stored in an entry."""
        return Call(self.outcome, self.on, author, self.answers, self.text, self.again, self.way, self.key, self.shared)

    def without_answers(self) -> "RecordCall":
        """Return the answer emptied of its content, once its supplier has taken it back; only its place among the answers is left."""
        against = self.against and ("réponse",)
        outcome = CallOutcome.TAKEN_BACK
        return replace(self, outcome=outcome, answers={}, text="", again=None, against=against, shared=())

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        if self.again is not None and self.again < self.on:
            raise ChangeRefused("La date pour rappeler est passée : choisissez un jour à venir.")
        lot, entry = dossier.lot(self.lot), dossier.entry(self.lot, self.supplier_id)
        waits = self.against or not self.stands
        call, waiting = self.call(author), entry.rival
        # An earlier contradiction that nobody has settled goes on waiting.
        unsettled = waiting is not None and not call.amends(waiting)
        answered = replace(entry, rival=call) if waits else _with_answer(entry, call)
        answered = replace(answered, rival=waiting) if unsettled else answered
        return dossier.with_lot(replace(lot, questions=lot.questions or self.asked)).with_entry(self.lot, answered)

    def says(self, dossier: Dossier) -> str:
        parts = [f"« {self.outcome} »", *answer_sentences(self.answers)]
        parts += [f"rappeler le {day(self.again)}"] if self.again else []
        if agreed := [BOX_NAMES[box] for box in self.shared if box in BOX_NAMES]:
            parts.append(f"accepte de partager : {enumeration(agreed)}")
        opening = _JOURNAL_OPENINGS.get(self.way, "appelle {}").format(dossier.name_of(self.supplier_id))
        if self.outcome is CallOutcome.TAKEN_BACK:
            return f"{opening} le {day(self.on)}, que la structure a reprise depuis"
        conflict = "" if self.stands else ", sans avoir vu ce qu’une autre personne avait noté"
        conflict += ", ce qui contredit une réponse d’avant" if self.against else ""
        return f"{opening} le {day(self.on)} : {' ; '.join(parts)}{because(self.text)}{conflict}"


@dataclass(frozen=True, slots=True)
class SettleAnswers(EntryChange, action="trancher"):
    """Choose which of two contradictory answers of a supplier counts; the journal keeps both."""

    by: SettledBy

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        entry = dossier.entry(self.lot, self.supplier_id)
        if entry.rival is None:
            raise ChangeRefused("Aucune réponse n’en contredit une autre.")
        match self.by:
            case SettledBy.CHANGED:
                settled = _with_answer(entry, entry.rival)
            case SettledBy.ANOTHER:
                settled = replace(entry, rival=None, again=at.date() + AGAIN_AFTER[CallOutcome.NO_ANSWER])
            case SettledBy.MISTAKE:
                settled = replace(entry, rival=None)
            case _:
                assert_never(self.by)
        return dossier.with_entry(self.lot, settled)

    def says(self, dossier: Dossier) -> str:
        return f"tranche entre deux réponses de {dossier.name_of(self.supplier_id)} : {self.by}"


@dataclass(frozen=True, slots=True)
class UndoAnswer(EntryChange, action="annuler"):
    """Undo the last answer noted for a supplier (only if its key is `key`, where given): the entry returns to its former state; the journal keeps both."""

    key: str = ""

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        entry = dossier.entry(self.lot, self.supplier_id)
        last, former = next(entry.calls, None), entry.former
        if self.key and last is not None and last.key != self.key:
            raise ChangeRefused(
                f"Une autre réponse de {entry.match.name} a été notée depuis : relisez-la avant d’annuler."
            )
        if entry.rival is not None:
            return dossier.with_entry(self.lot, replace(entry, rival=None))
        if former is None or entry.call is None:
            raise ChangeRefused(f"Aucune réponse de {entry.match.name} n’est à annuler.")
        # The place in the list, and a note or a status written since the answer, stay.
        note = former.note if entry.note == _note_with(former.note, entry.call) else entry.note
        undone = replace(former, match=entry.match, reason=entry.reason, note=note)
        ended = (status_after(former, entry.call.outcome), entry.call.on, entry.call.who)
        if (entry.status, entry.status_on, entry.status_by) != ended:
            undone = replace(
                undone, status=entry.status, status_on=entry.status_on, status_by=entry.status_by, again=entry.again
            )
        return dossier.with_entry(self.lot, undone)

    def says(self, dossier: Dossier) -> str:
        return f"annule la dernière réponse notée de {dossier.name_of(self.supplier_id)}"


@dataclass(frozen=True, slots=True)
class TakeBack(EntryChange, action="reprendre", when=frozenset({OPEN, CLOSED, DELETED})):
    """Remove from every lot the answers whose key begins with `key`, at their supplier's request; the journal's lines were emptied before."""

    key: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        lots = (
            replace(
                lot,
                entries=tuple(_remove_answers(one, self.key) for one in lot.entries),
                removed=tuple(replace(one, entry=_remove_answers(one.entry, self.key)) for one in lot.removed),
            )
            for lot in dossier.lots
        )
        return replace(dossier, lots=tuple(lots))

    def says(self, dossier: Dossier) -> str:
        return f"reprend ce que {dossier.name_of(self.supplier_id)} avait répondu par son lien : rien n’en est gardé"


@dataclass(frozen=True, slots=True)
class TakeAnswers(EntryChange, action="verser"):
    """Record that a supplier's answers were put in the catalogue, as the correction numbered `correction` (None where they state nothing more).
    With `by_link` the answers are marked as taken already: only the number is added."""

    correction: int | None = None
    by_link: bool = False

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        entry = dossier.entry(self.lot, self.supplier_id)
        if self.by_link and entry.call and entry.call.outcome is CallOutcome.TAKEN_BACK:
            return dossier
        taken = entry.taken if self.by_link else entry.call.answers if entry.call else {}
        corrections = (*_link_corrections(entry), *([] if self.correction is None else [self.correction]))
        return dossier.with_entry(self.lot, replace(entry, taken=taken, corrections=corrections))

    def says(self, dossier: Dossier) -> str:
        return f"met au catalogue ce que {dossier.name_of(self.supplier_id)} a répondu"


def replaced_corrections(entry: Entry) -> tuple[int, ...]:
    """Return the numbers of the catalogue corrections that a new correction for the last answer replaces."""
    return tuple(number for number in entry.corrections if number not in _link_corrections(entry))


def weigh_answer(dossier: Dossier, answer: RecordCall, author: str) -> RecordCall:
    """Return an answer with `against` filled in: what it contradicts in the supplier's earlier answers, those about its trades in any lot of the dossier.
    Raises ChangeRefused where an earlier contradiction is not settled yet."""
    entry, call = dossier.entry(answer.lot, answer.supplier_id), answer.call(author)
    noted_here = answer.way not in (AnswerWay.LINK, AnswerWay.CLUB)
    if noted_here and entry.rival is not None and not call.amends(entry.rival):
        raise ChangeRefused(f"Deux réponses de {entry.match.name} se contredisent : dites d’abord laquelle compte.")
    others = other_answers(dossier, answer.lot, answer.supplier_id)
    return replace(answer, against=contradictions(entry, call, others))


def change_status(
    dossier: Dossier, lot: int, supplier_id: str, status: Status, *, on: date, author: str, text: str | None = None
) -> DossierChange:
    """Return the change that gives a supplier a status from a day on, with a note: an answer (`RecordCall`) where the status is one, else `SetStatus`. Raises
    ChangeRefused where the status would hide an answer that counts."""
    entry = dossier.entry(lot, supplier_id)
    if entry.rival is None and {status, entry.status} <= KEEN and Status.CHOSEN in {status, entry.status}:
        return SetStatus(lot, supplier_id, status, on)  # a winner's choice among those that said yes
    if status in OUTCOME_OF:
        key, note = f"suivi {dossier.version}, {supplier_id}", entry.note if text is None else text
        answer = RecordCall(lot, supplier_id, OUTCOME_OF[status], on, key, text=note, way=AnswerWay.FOLLOWED)
        return weigh_answer(dossier, answer, author)
    if entry.rival or (entry.former and entry.status in SETTLED):
        raise ChangeRefused(
            f"{entry.match.name} a répondu : annulez d’abord sa dernière réponse, puis notez « {status} »."
        )
    return SetStatus(lot, supplier_id, status, on)


def settlements(dossier: Dossier, supplier_id: str) -> Iterator[SettleAnswers]:
    """Yield, for each waiting answer of a supplier that contradicts nothing any longer, the change that makes it count."""
    lines = ((line.change, line.who) for line in dossier.journal)
    noted = {(one.lot, one.key): (one, who) for one, who in lines if isinstance(one, RecordCall) and one.against}
    for lot, entry in dossier.entries_of(supplier_id):
        answer, author = noted.get((lot.number, entry.rival.key), (None, "")) if entry.rival else (None, "")
        if answer and answer.stands and not weigh_answer(dossier, answer, author).against:
            yield SettleAnswers(lot.number, supplier_id, SettledBy.CHANGED)


def _with_answer(entry: Entry, call: Call) -> Entry:
    """Return an entry with a new last answer. It replaces the answer that it amends, else follows it; questions left out keep their earlier answers."""
    amends = call.amends(entry.call)
    before = (entry.former if amends else None) or replace(entry, rival=None)
    own, earlier, shared = call.answers, before.call.answers if before.call else {}, call.shared
    if before.call and (call.way is not AnswerWay.PHONE or call.is_silent):
        shared = before.call.shared
    # A number, or its words, is replaced with the answer to its question.
    repeated_keys = set(map(question_key, own))
    earlier_answers = {key: text for key, text in earlier.items() if question_key(key) not in repeated_keys}
    call = replace(call, answers={**earlier_answers, **own}, shared=shared)
    if call.outcome is CallOutcome.TAKEN_BACK:
        return replace(entry, call=call, rival=None, former=before, corrections=())
    rewritten = not (amends and entry.call and entry.note == _note_with(before.note, entry.call))
    return replace(
        entry,
        call=call,
        rival=None,
        note=_note_with(entry.note if rewritten else before.note, call),
        status=status_after(before, call.outcome),
        status_on=call.on,
        status_by=call.who,
        again=call.again,
        former=before,
        # The campaign itself puts answers by link in the catalogue; earlier answers that wait for a person go on waiting.
        taken={**before.taken, **(own if call.way is AnswerWay.LINK else {})},
        corrections=entry.corrections if amends else (),
    )


def _note_with(note: str, call: Call) -> str:
    """Return the note of an entry after an answer: a link leaves it as it is, a meeting adds to it, any other way replaces it."""
    if call.way is AnswerWay.LINK:
        return note
    return f"{note}\n{call.text}" if call.way is AnswerWay.CLUB and not call.text.startswith(note) else call.text


def _remove_answers(entry: Entry, key: str) -> Entry:
    """Return an entry without its answers (last or former) whose key begins with `key`."""
    rival = None if entry.rival and entry.rival.key.startswith(key) else entry.rival
    former = entry.former and _remove_answers(entry.former, key)
    if former and entry.call and entry.call.key.startswith(key):
        corrections = (*former.corrections, *entry.corrections)
        return replace(entry, rival=rival, call=former.call, former=former.former, corrections=corrections)
    return replace(entry, rival=rival, former=former)


def _link_corrections(entry: Entry) -> tuple[int, ...]:
    """Return the numbers of the corrections made by a campaign, which no later correction replaces."""
    return entry.corrections if entry.call and entry.call.way is AnswerWay.LINK else ()
