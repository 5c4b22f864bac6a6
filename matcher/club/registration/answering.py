"""Answers to the questions of an import, with what they tell of a participant's spelling."""

from collections.abc import Iterable

from matcher.club.meeting_day.changes import Amend, AnswerQuestion
from matcher.club.meeting_day.meeting_day import DayChange, Doubt, MeetingDay
from matcher.club.registration.import_plan import spelt
from matcher.club.registration.who_is_it import Catalogue
from matcher.journal.change import tried


def answering(event: MeetingDay, given: Iterable[tuple[int, str]], catalogue: Catalogue) -> list[DayChange]:
    """Return the changes that answer questions (number, code): a supplier that is said to be one of the catalogue is spelt as there where its
    line misspells it, on badges too. Raises ChangeRefused."""
    answers = [AnswerQuestion(number, code) for number, code in given]
    after = tried(event, *answers)
    about = {one.number: one.about for one in after.questions if one.doubt is Doubt.WHO}
    known = {about[one.number]: card for one in answers if one.number in about and (card := catalogue.card(one.code))}
    held = {key: after.participant(key) for key in known}
    mended = tuple(new for key, one in held.items() if (new := spelt(one, known[key].name)) != one)
    return [*answers, *([Amend(mended, told=False)] if mended else [])]
