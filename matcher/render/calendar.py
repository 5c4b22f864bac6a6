"""Writes events as an iCalendar file (.ics, RFC 5545). Times are in UTC: the reader's device converts them, so no time zone definition is needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_LONGEST_LINE = 75  # octets, the end of the line not counted


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One event of a calendar. By an unchanged `uid`, a calendar recognises the event in a later file, and replaces it where `sequence` is not less; `stamp`
    (UTC) is the last change. `start` and `end` are aware datetimes; `end` is None for an event without duration."""

    uid: str
    stamp: datetime
    start: datetime
    summary: str
    sequence: int = 0
    end: datetime | None = None
    location: str = ""
    description: str = ""
    url: str = ""


def calendar_of(room: str, entries: Iterable[CalendarEntry]) -> bytes:
    """Return the .ics file of these entries; `room` is the part of the product that sends it (« Club »)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Entremise//{room}//FR"]
    for entry in entries:
        lines += _lines(entry)
    letters: list[str] = []
    for line in [*lines, "END:VCALENDAR"]:
        size = 0
        # Folded at 75 octets, never inside a character; a continuation line starts with a space (RFC 5545, 3.1).
        for letter in line:
            octets = len(letter.encode())
            if size + octets > _LONGEST_LINE:
                letters.append("\r\n ")
                size = 1
            letters.append(letter)
            size += octets
        letters.append("\r\n")
    return "".join(letters).encode()


def _lines(entry: CalendarEntry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{entry.stamp:%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{entry.sequence}"
    for name, at in (("DTSTART", entry.start), ("DTEND", entry.end)):
        if at is not None:
            yield f"{name}:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for name, text in (("SUMMARY", entry.summary), ("LOCATION", entry.location), ("DESCRIPTION", entry.description)):
        if text:
            escaped = text
            for sign in ("\\", ";", ","):
                escaped = escaped.replace(sign, f"\\{sign}")
            yield f"{name}:" + "\\n".join(escaped.splitlines())
    if entry.url:
        yield f"URL:{entry.url}"
    yield "END:VEVENT"
