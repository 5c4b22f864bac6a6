"""Changes of the suppliers of one lot: kept, added, taken off, moved, noted, followed, consulted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never

from matcher.domain.french import count, day
from matcher.domain.match import Match
from matcher.dossiers.calling import AGAIN_AFTER, TRADE, asked_in, contradictions, said_of, status_after
from matcher.dossiers.dossier import (
    AnswerWay,
    Call,
    CallOutcome,
    Dossier,
    DossierChange,
    Entry,
    Removed,
    SavedLot,
    SettledBy,
    Status,
)
from matcher.dossiers.frozen_list import restated
from matcher.journal.change import ChangeRefused, because

# How the journal opens the line of an answer that came by another way than the telephone.
_HEARD: Mapping[AnswerWay, str] = {
    AnswerWay.EMAIL: "note la réponse de {} par courriel",
    AnswerWay.LINK: "garde la réponse de {} par son lien",
    AnswerWay.CLUB: "note la rencontre avec {} au Club",
}


@dataclass(frozen=True, slots=True)
class _OfEntry(DossierChange):
    """A change of one supplier of a lot."""

    lot: int
    supplier_id: str


@dataclass(frozen=True, slots=True)
class Keep(_OfEntry, action="retenir"):
    """Keep a supplier of the frozen list, at its rank; or put back one that was taken off, with its note and status."""

    reason: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        return dossier.with_lot(keep_in(dossier.lot(self.lot), self.supplier_id, self.reason))

    def says(self, dossier: Dossier) -> str:
        return f"retient {dossier.name_of(self.supplier_id)} (lot {self.lot}){because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Add(DossierChange, action="ajouter"):
    """Add a supplier that the frozen list does not hold, as the catalogue ranks it now; at the end of the list."""

    lot: int
    match: Match
    reason: str
    refused: tuple[str, ...] = ()

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        need(self.reason, "ajouter une structure qui n’était pas dans la liste figée")
        lot = dossier.lot(self.lot)
        _absent(lot, self.match.id)
        if any(match.id == self.match.id for match in lot.frozen.matches):
            raise ChangeRefused(f"{self.match.name} est dans la liste figée : retenez-la.")
        entry = Entry(restated(self.match), added=True, refused=self.refused, reason=self.reason)
        names = {self.match.id: self.match.name, **dossier.names}
        removed = tuple(
            one for one in lot.removed if one.entry.match.id != self.match.id
        )  # the journal keeps that it was
        return replace(dossier.with_lot(replace(lot, entries=(*lot.entries, entry), removed=removed)), names=names)

    def says(self, dossier: Dossier) -> str:
        return f"ajoute {dossier.name_of(self.match.id)} (lot {self.lot}){because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Remove(_OfEntry, action="retirer"):
    """Take a supplier off the list; it stays in the frozen one, and in `removed`."""

    reason: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        need(self.reason, "retirer une structure")
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        entries = (*lot.entries[:place], *lot.entries[place + 1 :])
        removed = (*lot.removed, Removed(lot.entries[place], at, who, self.reason))
        return dossier.with_lot(replace(lot, entries=entries, removed=removed))

    def says(self, dossier: Dossier) -> str:
        return f"retire {dossier.name_of(self.supplier_id)} (lot {self.lot}){because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Move(_OfEntry, action="déplacer"):
    """Put a supplier at another place of the list, counted from 1."""

    place: int
    reason: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        need(self.reason, "changer l’ordre")
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
class NoteEntry(_OfEntry, action="noter"):
    """Write the note of a supplier, in the place of the former one; empty takes it out."""

    text: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        return dossier.with_lot(_with_entry(lot, place, replace(lot.entries[place], note=self.text)))

    def says(self, dossier: Dossier) -> str:
        name = dossier.name_of(self.supplier_id)
        return f"note sur {name} : « {self.text} »" if self.text else f"efface la note de {name}"


@dataclass(frozen=True, slots=True)
class SetStatus(_OfEntry, action="suivre"):
    """Say where a supplier stands, since the day `on` (the day it is written, by default)."""

    status: Status
    on: date | None = None

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        seen = lot.entries[place]
        call = replace(seen.call, again=None) if seen.call else None
        on = self.on or at.date()
        entry = replace(seen, status=self.status, status_on=on, status_by=who, call=call, rival=None)
        return dossier.with_lot(_with_entry(lot, place, entry))

    def says(self, dossier: Dossier) -> str:
        since = f", le {day(self.on)}" if self.on else ""
        return f"note « {self.status} » pour {dossier.name_of(self.supplier_id)}{since}"


@dataclass(frozen=True, slots=True)
class RecordCall(_OfEntry, action="appeler"):
    """Note an answer of the day `on`, by telephone or another `way`: how it ends, the answers to the questions `asked` (`text` is the note),
    the day to call `again`.

    `key` tells it from any other, so that it is written once. Where it does not `stand`, another person had noted an answer or a status that
    its writer had not seen; `against` is what of an earlier answer it contradicts (see `weighed`). Then both are kept, the former counts,
    and a person says which does.
    """

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

    def call(self, who: str) -> Call:
        """Return the answer as an entry holds it."""
        return Call(self.outcome, self.on, who, self.answers, self.text, self.again, self.way, self.key)

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        if self.again is not None and self.again < self.on:
            raise ChangeRefused("La date pour rappeler est passée : choisissez un jour à venir.")
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        entry = lot.entries[place]
        waits = self.against or not self.stands
        answered = replace(entry, rival=self.call(who)) if waits else _answered(entry, self.call(who))
        return dossier.with_lot(replace(_with_entry(lot, place, answered), questions=lot.questions or self.asked))

    def says(self, dossier: Dossier) -> str:
        parts = [f"« {self.outcome} »", *said_of(self.answers)]
        parts += [f"rappeler le {day(self.again)}"] if self.again else []
        heard = _HEARD.get(self.way, "appelle {}").format(dossier.name_of(self.supplier_id))
        beside = "" if self.stands else ", sans avoir vu ce qu’une autre personne avait noté"
        beside += ", ce qui contredit une réponse d’avant" if self.against else ""
        return f"{heard} le {day(self.on)} : {' ; '.join(parts)}{because(self.text)}{beside}"


@dataclass(frozen=True, slots=True)
class SettleAnswers(_OfEntry, action="trancher"):
    """Say which of two answers that contradict each other counts; the journal keeps both."""

    by: SettledBy

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        entry = lot.entries[place]
        if entry.rival is None:
            raise ChangeRefused("Aucune réponse n’en contredit une autre.")
        match self.by:
            case SettledBy.CHANGED:
                settled = _answered(entry, entry.rival)
            case SettledBy.ANOTHER:
                again = at.date() + AGAIN_AFTER[CallOutcome.NO_ANSWER]
                call = replace(entry.call, again=again) if entry.call else None
                settled = replace(entry, rival=None, call=call)
            case SettledBy.MISTAKE:
                settled = replace(entry, rival=None)
            case _:
                assert_never(self.by)
        return dossier.with_lot(_with_entry(lot, place, settled))

    def says(self, dossier: Dossier) -> str:
        return f"tranche entre deux réponses de {dossier.name_of(self.supplier_id)} : {self.by}"


@dataclass(frozen=True, slots=True)
class UndoAnswer(_OfEntry, action="annuler"):
    """Take back the last answer noted of a supplier, that of `key` where one is given: what stood before stands again, the journal keeps both."""

    key: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        entry, former = lot.entries[place], lot.entries[place].former
        last = entry.rival or entry.call
        if self.key and last is not None and last.key != self.key:
            raise ChangeRefused(
                f"Une autre réponse de {entry.match.name} a été notée depuis : relisez-la avant d’annuler."
            )
        if entry.rival is not None:
            undone = replace(entry, rival=None)
        elif former is None:
            raise ChangeRefused(f"Aucune réponse de {entry.match.name} n’est à annuler.")
        else:  # its place, and a note written since, stay
            note = former.note if entry.call and entry.note == entry.call.text else entry.note
            undone = replace(former, match=entry.match, reason=entry.reason, note=note)
            if entry.call and (entry.status_on, entry.status_by) != (
                entry.call.on,
                entry.call.who,
            ):  # set by hand since
                undone = replace(undone, status=entry.status, status_on=entry.status_on, status_by=entry.status_by)
        return dossier.with_lot(_with_entry(lot, place, undone))

    def says(self, dossier: Dossier) -> str:
        return f"annule la dernière réponse notée de {dossier.name_of(self.supplier_id)}"


@dataclass(frozen=True, slots=True)
class TakeAnswers(_OfEntry, action="verser"):
    """Remember that the catalogue was given what a supplier answered, under the number of a `correction`; None where nothing of it is left.
    What came `by_link` is taken as it comes: the number alone is new."""

    correction: int | None = None
    by_link: bool = False

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        lot = dossier.lot(self.lot)
        place = lot.place_of(self.supplier_id)
        entry = lot.entries[place]
        given = entry.taken if self.by_link else entry.call.answers if entry.call else {}
        return dossier.with_lot(_with_entry(lot, place, replace(entry, taken=given, correction=self.correction)))

    def says(self, dossier: Dossier) -> str:
        return f"met au catalogue ce que {dossier.name_of(self.supplier_id)} a répondu"


@dataclass(frozen=True, slots=True)
class Consult(DossierChange, action="consulter"):
    """Keep the message that was sent, the same to all: those that were still to contact, or silent, are contacted."""

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


def keep_in(lot: SavedLot, supplier_id: str, reason: str) -> SavedLot:
    """Return a lot with one more supplier of its frozen list, at its rank. Raises ChangeRefused."""
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
    at = {match.id: place for place, match in enumerate(lot.frozen.matches)}
    own, after = at.get(supplier_id, len(at)), len(lot.entries)
    place = next((i for i, its in enumerate(lot.entries) if its.added or at.get(its.match.id, len(at)) > own), after)
    return replace(lot, entries=(*lot.entries[:place], entry, *lot.entries[place:]))


def _absent(lot: SavedLot, supplier_id: str) -> None:
    if any(entry.match.id == supplier_id for entry in lot.entries):
        raise ChangeRefused(f"« {supplier_id} » est déjà dans la liste du lot {lot.number}.")


def weighed(dossier: Dossier, answer: RecordCall, who: str) -> RecordCall:
    """Return an answer with what it contradicts of what the same structure answered before in the dossier, about its trades in any lot.

    Raises ChangeRefused where two others contradict each other, and no person has said which counts.
    """
    lot = dossier.lot(answer.lot)
    entry = lot.entries[lot.place_of(answer.supplier_id)]
    noted_here = answer.way in (AnswerWay.PHONE, AnswerWay.EMAIL)
    if noted_here and entry.rival is not None and not answer.call(who).amends(entry.rival):
        raise ChangeRefused(f"Deux réponses de {entry.match.name} se contredisent : dites d’abord laquelle compte.")
    elsewhere: dict[str, str] = {}
    for other in dossier.lots:
        for held in other.entries if other.number != lot.number else ():
            if held.match.id == answer.supplier_id and held.call:
                elsewhere |= {key: said for key, said in held.call.answers.items() if key.startswith(TRADE)}
    return replace(answer, against=contradictions(entry, answer.call(who), elsewhere))


def _answered(entry: Entry, call: Call) -> Entry:
    """Return an entry with an answer in the place of the one that it amends, else after the one before, whose answers hold where it is silent."""
    amends = call.amends(entry.call)
    before = entry.former if amends else replace(entry, rival=None)
    own = call.answers
    if before and before.call:
        call = replace(call, answers=_merged(before.call.answers, own))
    return replace(
        entry,
        call=call,
        rival=None,
        note=entry.note if call.way is AnswerWay.LINK else call.text,
        status=status_after(entry, call.outcome),
        status_on=call.on,
        status_by=call.who,
        former=before,
        # What comes by a link goes to the catalogue by its campaign; what was noted before and waits still does.
        taken={**(before.taken if before else {}), **(own if call.way is AnswerWay.LINK else {})},
        correction=entry.correction if amends else None,
    )


def _merged(former: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    """Return former answers where the new ones are silent: a number, or its words, goes with the answer that it was given with."""
    again = set(map(asked_in, answers))
    return {**{key: said for key, said in former.items() if asked_in(key) not in again}, **answers}


def _with_entry(lot: SavedLot, place: int, entry: Entry) -> SavedLot:
    return replace(lot, entries=(*lot.entries[:place], entry, *lot.entries[place + 1 :]))


def need(reason: str, what: str) -> None:
    """Raise ChangeRefused where no reason is given."""
    if not reason:
        raise ChangeRefused(f"Dites pourquoi : un motif est gardé pour {what}.")
