"""Turns the organiser's answers to questions raised by an import (who is this name? registered twice?) into changes of a meeting day; reads
such answers from a file too."""

from collections.abc import Iterable
from pathlib import Path

from importers.formats import HeaderRule, load, read_sheet_table
from importers.importer import RefusedRow, SourceError
from matcher.cleaning.numbers import clean_number
from matcher.club.meeting_day.changes import Amend, AnswerQuestion
from matcher.club.meeting_day.meeting_day import DayChange, Doubt, MeetingDay
from matcher.club.registration.import_plan import spelt
from matcher.club.registration.who_is_it import Catalogue
from matcher.jobs.reader_process import apart
from matcher.journal.change import try_changes


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
