"""A meeting day of the sample, with its timetable, and its pages: what their tests share; its fixtures are in `conftest.py`."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.changes import Freeze
from matcher.club.meeting_day.header import DayHeader, Rules
from matcher.club.meeting_day.meeting_day import ParticipantRole
from matcher.club.meeting_day.schedule import Break, Schedule
from matcher.club.meeting_day.store import change_day, create_day
from matcher.club.registration.import_plan import plan_registrations
from matcher.club.registration.who_is_it import Catalogue
from matcher.club.registration.workbook import read_spreadsheets
from matcher.club.timetable.planning import plan_timetable, setting_of
from matcher.ownership import FIRST_ORGANISATION
from matcher.paths import shipped_path
from tests.waiting import LONGEST_S

DAY = date(2026, 12, 3)
OPENED = datetime(2026, 11, 2, 9, tzinfo=UTC)
CLOCK = datetime(2026, 12, 3, 9, 25, tzinfo=ZoneInfo("Europe/Paris"))
ME = "C. Exemple"
BUYERS, SUPPLIERS = "data/samples/club_acheteurs.csv", "data/samples/club_fournisseurs.csv"
HEADER = DayHeader("Sambre-Avesnois", "CRESS (événement fictif)", DAY, "Maubeuge")
SCHEDULE = Schedule(9 * 60, 8, 20, (Break(10 * 60 + 20, 20),))
RULES = Rules(tables=25, accessible=2, interpreters=1, least=2)


def written(engine: Engine) -> int:
    """Write the sample event and freeze its timetable; return its number."""
    event = create_day(engine, FIRST_ORGANISATION, HEADER, SCHEDULE, RULES, author=ME, now=OPENED)
    sheets = [
        read_spreadsheets(shipped_path(BUYERS), ParticipantRole.BUYER)[0],
        read_spreadsheets(shipped_path(SUPPLIERS), ParticipantRole.SUPPLIER)[0],
    ]
    intake = plan_registrations(event, sheets, Catalogue(engine, load_shelf(engine)))
    event = change_day(
        engine,
        FIRST_ORGANISATION,
        event.id,
        intake.changes,
        version=event.version,
        author=ME,
        now=OPENED,
        people=intake.people,
    )
    plan = plan_timetable(setting_of(engine, FIRST_ORGANISATION, event, today=DAY), seconds=LONGEST_S)
    return change_day(
        engine, FIRST_ORGANISATION, event.id, [Freeze(plan)], version=event.version, author=ME, now=OPENED
    ).id
