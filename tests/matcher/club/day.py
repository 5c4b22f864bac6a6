"""An invented day for the tests: three who buy, four who supply, eight slots around a break."""

from collections.abc import Sequence
from datetime import date, datetime

from matcher.club.meeting_day.changes import CreateDay, Freeze, Register
from matcher.club.meeting_day.header import DayHeader, Rules
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.schedule import Break, Schedule
from matcher.club.timetable.affinity import affinities, present_shelf
from matcher.club.timetable.planning import plan_timetable
from matcher.club.timetable.setting import Setting, met_before
from matcher.journal.change import append
from tests.waiting import LONGEST_S

AT = datetime(2026, 11, 20, 13, 32)  # noqa: DTZ001
WHO = "C. Exemple"
DAY = date(2026, 12, 3)
HEADER = DayHeader("Club d’essai", "CRESS fictive", DAY, "Maubeuge")
SCHEDULE = Schedule(9 * 60, 8, 20, (Break(10 * 60 + 20, 20),))
RULES = Rules(tables=4, accessible=1)

BUYERS = (
    Participant(
        1,
        ParticipantRole.BUYER,
        "Ville de Valbrune",
        needs=(ParticipantNeed("Entretien des espaces verts", "Maubeuge", 80_000.0),),
    ),
    Participant(
        2,
        ParticipantRole.BUYER,
        "Hôpital Modèle",
        needs=(ParticipantNeed("Traiteur", "Lille"), ParticipantNeed("Blanchisserie", "Lille")),
    ),
    Participant(
        3,
        ParticipantRole.ATTRIBUTAIRE,
        "Métallerie Fictive",
        needs=(ParticipantNeed("Mise à disposition de personnel", "Maubeuge", hours=2400.0),),
    ),
)
SUPPLIERS = (
    Participant(
        4, ParticipantRole.SUPPLIER, "ESAT du Marais", activity="Entretien des espaces verts", place="Maubeuge"
    ),
    Participant(5, ParticipantRole.SUPPLIER, "Table Modèle", activity="Traiteur", place="Lille"),
    Participant(6, ParticipantRole.SUPPLIER, "Linge Exemple", activity="Blanchisserie", place="Arras"),
    Participant(
        7, ParticipantRole.SUPPLIER, "Intérim Essai", activity="Mise à disposition de personnel", place="Denain"
    ),
)


def opened() -> MeetingDay:
    """An event just opened, of the number 1."""
    return append(MeetingDay(1), CreateDay(HEADER, SCHEDULE, RULES), at=AT, author=WHO)


def after(event: MeetingDay, *changes: DayChange) -> MeetingDay:
    """The event with these changes."""
    for change in changes:
        event = append(event, change, at=AT, author=WHO)
    return event


def full(participants: Sequence[Participant] = (*BUYERS, *SUPPLIERS)) -> MeetingDay:
    """The event with everybody in."""
    return after(opened(), Register(tuple(participants)))


def laid_out(event: MeetingDay, earlier: Sequence[MeetingDay] = ()) -> Setting:
    """The event as the planner takes it, none of its suppliers being in a catalogue."""
    buyers, suppliers = event.list_seats(suppliers=False), event.list_seats(suppliers=True)
    shelf, rows = present_shelf(suppliers, {})
    return Setting(event, affinities(buyers, suppliers, shelf, rows, DAY), met_before(event, earlier))


def frozen(event: MeetingDay) -> MeetingDay:
    """The event with its best timetable."""
    return after(event, Freeze(plan_timetable(laid_out(event), seconds=LONGEST_S)))
