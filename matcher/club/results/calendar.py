"""A participant’s meetings as a calendar, their hours taken from the clock on the wall by the time zone of the event's place."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.results.view import Filling, ParticipantSheet
from matcher.club.timetable.affinity import places
from matcher.reading.place.areas import departements_of
from matcher.render.calendar import CalendarEntry, calendar_of

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


def to_ics(event: MeetingDay, sheet: ParticipantSheet) -> bytes:
    """Return the calendar of a sheet, one entry a meeting. Raises ValueError where the event has no day."""
    if event.header.day is None:
        raise ValueError("no day")
    midnight = datetime.combine(event.header.day, time(), time_zone(event.header.place))  # the wall's own
    meetings = [line for line in sheet.lines if line.filling is Filling.MEETING]
    entries = [
        CalendarEntry(
            uid=f"club-{event.id}-{sheet.participant.key}-{line.other}@entremise",
            stamp=event.journal[-1].at,
            sequence=event.version,
            start=midnight + timedelta(minutes=line.start),
            end=midnight + timedelta(minutes=line.end),
            summary=f"{line.name}, table {line.table}",
            location=", ".join(filter(None, (event.header.place, f"table {line.table}"))),
            description="\n".join(filter(None, (line.why, *line.facts))),
        )
        for line in meetings
    ]
    return calendar_of("Club", entries)


def time_zone(place: str) -> ZoneInfo:
    """Return the time zone of a place as it is written; that of Paris where it names no département."""
    departements = {code for one in places(place) for code in departements_of(one)}
    return ZoneInfo(_OVERSEAS.get(departements.pop(), PARIS) if len(departements) == 1 else PARIS)
