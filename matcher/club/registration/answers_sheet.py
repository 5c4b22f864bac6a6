"""Answers to the questions of an import, read from the table that « club questions » writes."""

from pathlib import Path

from importers.formats import HeaderRule, load, read_table
from importers.importer import RefusedRow, SourceError
from matcher.cleaning.numbers import clean_number
from matcher.jobs.reader_process import apart


def read_answers(path: Path) -> dict[int, str]:
    """Read answers to questions from a table (« Question », « Réponse »), as `club questions` writes it, in a reader process; lines
    without an answer are left. Raises ReadRefused where the file is no such table, or a question is no number."""
    return apart(_answers, SourceError)(path)


def _answers(path: Path) -> dict[int, str]:
    header = HeaderRule(
        needs=(("Question", "N°"), ("Réponse", "Reponse")), hint="« entremise club questions » en écrit un."
    )
    answers: dict[int, str] = {}
    for row in read_table(load(path), header).rows:
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
