"""Erases a supplier that opts out of the catalogue from everything outside it (meeting days, dossiers, answers, notices): the `LEAVING`
functions that the command and the pages of `opt_out` call."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from matcher.answers.erasing import leave_answers
from matcher.catalogue.steward.privacy import Leaving
from matcher.club.meeting_day.answers import NEW, NotePoints
from matcher.club.meeting_day.changes import Amend, AnswerQuestion, AskQuestion, Freeze, Register
from matcher.club.meeting_day.meeting_day import DayChange, Doubt, ImportQuestion, MeetingDay, Option
from matcher.club.meeting_day.own_words import NoteMeeting, TakeWords
from matcher.club.meeting_day.store import DAYS, drop_people
from matcher.decisions.purchases.past_suppliers import forget_past_supplier
from matcher.dossiers.privacy import leave_dossiers
from matcher.dossiers.withdrawn import WITHDRAWN
from matcher.notices.store import leave_lots
from matcher.notices.watching.watches import leave_watches


def leave_events(connection: Connection, keys: frozenset[str], _who: str, _now: datetime) -> None:
    """Anonymise a supplier that leaves the catalogue (all its keys) in every event: its meetings stay counted, its name, texts and persons are erased."""
    for owner, number in DAYS.everyones(connection):
        event = DAYS.read(connection, owner, number)
        written = [
            participant
            for line in event.journal
            if isinstance(line.change, Register | Amend)
            for participant in line.change.participants
        ]
        leavers = frozenset(
            participant.key
            for participant in (*event.participants, *written)
            if participant.number in keys or f"siret:{participant.siret}" in keys
        )
        DAYS.rewrite(connection, owner, number, partial(_anonymise_change, event=event, keys=keys, leavers=leavers))
        drop_people(connection, number, sorted(leavers))


def _anonymise_change(change: DayChange, event: MeetingDay, keys: frozenset[str], leavers: frozenset[int]) -> DayChange:
    """Return a journal change without the names, texts and notes of the participants `leavers` (keys) and of the supplier of `keys`."""
    if isinstance(change, Register | Amend):
        participants = tuple(
            replace(
                one, name=WITHDRAWN, siret="", supplier_id="", activity="", place="", workers=None, area="", written=""
            )
            if one.key in leavers
            else one
            for one in change.participants
        )
        return replace(change, participants=participants)
    if isinstance(change, Freeze):
        bookings = tuple(
            replace(booking, to_buyer="", to_supplier="", on_supplier=()) if booking.supplier in leavers else booking
            for booking in change.plan.bookings
        )
        return replace(change, plan=replace(change.plan, bookings=bookings))
    if isinstance(change, TakeWords):
        return replace(change, words=tuple(one for one in change.words if one.by not in leavers))
    if isinstance(change, AskQuestion):
        return replace(change, questions=tuple(_anonymise_question(one, keys, leavers) for one in change.questions))
    if isinstance(change, NoteMeeting | NotePoints | AnswerQuestion):
        return _anonymise_note(change, event, keys, leavers)
    return change


def _anonymise_note(
    change: NoteMeeting | NotePoints | AnswerQuestion, event: MeetingDay, keys: frozenset[str], leavers: frozenset[int]
) -> DayChange:
    if isinstance(change, NoteMeeting):
        return replace(change, note=replace(change.note, text="")) if leavers & change.note.pair else change
    if isinstance(change, NotePoints):
        return replace(change, points=tuple(one for one in change.points if one.about not in leavers))
    about = next((question.about for question in event.questions if question.number == change.number), None)
    return replace(change, code=NEW) if change.code in keys or (about in leavers and ":" in change.code) else change


def _anonymise_question(question: ImportQuestion, keys: frozenset[str], leavers: frozenset[int]) -> ImportQuestion:
    about = question.about in leavers
    named = {str(key) for key in leavers} if question.doubt is Doubt.WISH else keys
    options = tuple(Option(one.code, WITHDRAWN) if one.code in named else one for one in question.options)
    if question.doubt is Doubt.WHO:  # its options are suppliers: without this one
        options = tuple(one for one in options if one.code not in keys)
    return replace(question, text=WITHDRAWN if about else question.text, options=options)


LEAVING: Sequence[Leaving] = (
    leave_answers,
    forget_past_supplier,
    leave_dossiers,
    leave_lots,
    leave_watches,
    leave_events,
)
