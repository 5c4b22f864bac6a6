"""A participant’s meetings as a calendar (RFC 5545) that any telephone opens.

Hours are « floating »: those of the clock on the wall, wherever the event is; so no table of time zones is needed, nor a library for it.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.results.view import Filling, ParticipantSheet, SheetLine

_LONGEST_LINE = 75  # octets, the end of the line not counted


def to_ics(event: MeetingDay, sheet: ParticipantSheet) -> bytes:
    """Return the calendar of a sheet, one entry a meeting. Raises ValueError where the event has no day."""
    if event.header.day is None:
        raise ValueError("no day")
    midnight = datetime.combine(event.header.day, time())  # the wall's own
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Entremise//Club//FR"]
    for line in sheet.lines:
        if line.filling is Filling.MEETING:
            lines += _entry(event, sheet, line, midnight)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line)).encode()


def _entry(event: MeetingDay, sheet: ParticipantSheet, line: SheetLine, midnight: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:club-{event.id}-{sheet.participant.key}-{line.other}@entremise"
    yield f"DTSTAMP:{event.journal[-1].at:%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{event.version}"
    yield f"DTSTART:{midnight + timedelta(minutes=line.start):%Y%m%dT%H%M%S}"
    yield f"DTEND:{midnight + timedelta(minutes=line.end):%Y%m%dT%H%M%S}"
    yield f"SUMMARY:{_escaped(f'{line.name}, table {line.table}')}"
    yield f"LOCATION:{_escaped(', '.join(filter(None, (event.header.place, f'table {line.table}'))))}"
    yield f"DESCRIPTION:{_escaped(chr(10).join(filter(None, (line.why, *line.facts))))}"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Cut a line after 75 octets, never inside a letter; what follows starts with a space."""
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + octets
    yield part
