"""Marks of what open pages show: the same as long as nothing of it changes, whatever else is written of the event."""

from datetime import date
from hashlib import sha256

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.results.own_page import OwnPages


def mark_of_day(event: MeetingDay) -> str:
    """Return the mark of the timetable and its outcomes, as the day and the board show them."""
    names = {key: event.name_of(key) for key in event.bookings_of}
    return _mark((event.header, event.schedule, names, event.bookings, tuple(event.outcomes.values()), event.deleted))


def mark_of_page(pages: OwnPages, key: int, today: date) -> str:
    """Return the mark of a participant's own page on a day; who comes for the others is left out."""
    return _mark((pages.event.header, today, pages.of(key, {})))


def marks_of_pages(event: MeetingDay, today: date) -> dict[int, str]:
    """Return the mark of each participant's own page."""
    pages = OwnPages(event)
    return {one.key: mark_of_page(pages, one.key, today) for one in event.participants}


def _mark(shown: object) -> str:
    return sha256(repr(shown).encode()).hexdigest()[:16]
