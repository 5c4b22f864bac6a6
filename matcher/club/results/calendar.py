"""A participant’s meetings as a calendar (RFC 5545) that any telephone opens.

Hours are instants in UTC, taken from the clock on the wall by the time zone of the event's place: a telephone shows them in its own zone,
and the calendar needs no table of time zones.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.results.view import Filling, ParticipantSheet, SheetLine
from matcher.club.timetable.participants_shelf import places
from matcher.reading.place.areas import departements_of

PARIS = "Europe/Paris"
# Time zones of the départements and territories that do not keep the hour of Paris.
_OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
_LONGEST_LINE = 75  # octets, the end of the line not counted


def to_ics(event: MeetingDay, sheet: ParticipantSheet) -> bytes:
    """Return the calendar of a sheet, one entry a meeting. Raises ValueError where the event has no day."""
    if event.header.day is None:
        raise ValueError("no day")
    midnight = datetime.combine(event.header.day, time(), time_zone(event.header.place))  # the wall's own
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Entremise//Club//FR"]
    for line in sheet.lines:
        if line.filling is Filling.MEETING:
            lines += _entry(event, sheet, line, midnight)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line)).encode()


def time_zone(place: str) -> ZoneInfo:
    """Return the time zone of a place as it is written; that of Paris where it names no département."""
    departements = {code for one in places(place) for code in departements_of(one)}
    return ZoneInfo(_OVERSEAS.get(departements.pop(), PARIS) if len(departements) == 1 else PARIS)


def _entry(event: MeetingDay, sheet: ParticipantSheet, line: SheetLine, midnight: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:club-{event.id}-{sheet.participant.key}-{line.other}@entremise"
    yield f"DTSTAMP:{event.journal[-1].at:%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{event.version}"
    for name, minute in (("DTSTART", line.start), ("DTEND", line.end)):
        yield f"{name}:{(midnight + timedelta(minutes=minute)).astimezone(UTC):%Y%m%dT%H%M%SZ}"
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
