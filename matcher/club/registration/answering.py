"""Turns the organiser's answers to questions raised by an import (who is this name? registered twice?) into changes of a meeting day; reads
such answers from a file; makes a lot of a published notice a need of a registered buyer."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from importers.formats import HeaderRule, load, read_sheet_table
from importers.importer import RefusedRow, SourceError
from matcher.cleaning.numbers import clean_number
from matcher.club.meeting_day.changes import Amend, AnswerQuestion
from matcher.club.meeting_day.meeting_day import DayChange, Doubt, MeetingDay, Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.registration.import_plan import spelt
from matcher.club.registration.who_is_it import Catalogue
from matcher.jobs.reader_process import apart
from matcher.journal.change import try_changes
from matcher.notices.lot_dossier import notice_said
from matcher.notices.store import KeptLot
from matcher.reading.place.areas import name_apart
from matcher.reading.reader import read


def answer_changes(
    event: MeetingDay, answers_given: Iterable[tuple[int, str]], catalogue: Catalogue
) -> list[DayChange]:
    """Return the changes that answer questions (number, code). A participant matched to a supplier of the catalogue takes the catalogue's
    spelling where its own is a misspelling. Raises ChangeRefused."""
    answers = [AnswerQuestion(number, code) for number, code in answers_given]
    after = try_changes(event, *answers)
    about = {one.number: one.about for one in after.questions if one.doubt is Doubt.WHO}
    known = {about[one.number]: card for one in answers if one.number in about and (card := catalogue.card(one.code))}
    participants = {key: after.participant(key) for key in known}
    mended = tuple(new for key, one in participants.items() if (new := spelt(one, known[key].name)) != one)
    return [*answers, *([Amend(mended, told=False)] if mended else [])]


def read_answers(path: Path) -> dict[int, str]:
    """Read answers by question number from a table (« Question », « Réponse »), as `club questions` writes it, in a reader process; lines
    without an answer are skipped. Raises ReadRefused where the file is no such table, or a question is no number."""
    return apart(_answers, SourceError)(path)


def _answers(path: Path) -> dict[int, str]:
    header = HeaderRule(
        needs=(("Question", "N°"), ("Réponse", "Reponse")), hint="« entremise club questions » en écrit un."
    )
    answers: dict[int, str] = {}
    for row in read_sheet_table(load(path), header).rows:
        if isinstance(row, RefusedRow):
            raise SourceError(path, row.reason, line=row.line)
        question, answer = row.take("Question", "N°"), row.take("Réponse", "Reponse")
        if not answer:
            continue
        number = clean_number(question).value
        if number is None:
            raise SourceError(path, f"« {question} » n’est pas un numéro de question.", row.line, "Question")
        answers[int(number)] = answer
    return answers


_SIREN, _SIRET = 9, 14


def buyer_of(lot: KeptLot, event: MeetingDay) -> Participant:
    """Return the buyer of a lot with the lot among its needs: the registered one with the same SIREN, else a new one with key 0."""
    siret, name = lot.notice.buyer, lot.notice.buyer_name
    here = (one for one in event.participants if not one.supplies and siret and one.siret[:_SIREN] == siret[:_SIREN])
    known = next(here, Participant(0, ParticipantRole.BUYER, name, siret if len(siret) == _SIRET else ""))
    title = lot.published.title or lot.notice.title
    places = " ; ".join(map(name_apart, read(lot.published.lot).places))
    need = ParticipantNeed(f"{title} ({notice_said(lot.notice)})", places, lot.amount)
    return known if need in known.needs else replace(known, needs=(*known.needs, need))
