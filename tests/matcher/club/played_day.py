"""A made-up day played on a catalogue: its sheets read and taken in, its questions answered, its timetable made."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from matcher.catalogue.store.read import load_suppliers
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.changes import CreateDay, Freeze
from matcher.club.meeting_day.header import DayHeader, Rules
from matcher.club.meeting_day.meeting_day import MeetingDay, ParticipantRole
from matcher.club.meeting_day.schedule import Break, Schedule
from matcher.club.meeting_day.store import Person
from matcher.club.registration.import_plan import plan_registrations
from matcher.club.registration.who_is_it import Catalogue
from matcher.club.registration.workbook import read_spreadsheets
from matcher.club.timetable.planning import plan_timetable, setting_of
from matcher.domain.supplier import Supplier
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.club.day import after
from tests.matcher.club.made_day import Listed, MadeDay, answers
from tests.waiting import LONGEST_S

DAY = date(2026, 12, 3)
SCHEDULE = Schedule(9 * 60, 9, 20, (Break(10 * 60 + 20, 20), Break(12 * 60, 90)))


def listed(engine: Engine, *, everywhere: bool = False) -> list[Listed]:
    """Return the suppliers of the north of a catalogue, or of all, that have a SIRET, each name once, in order."""
    held = (one for one in load_suppliers(engine) if one.siret and one.sites)
    found = {one.name: one for one in held if everywhere or _near(one)}
    return [Listed(one.id, one.name, one.siret, one.sites[0].city) for one in found.values()]


def _near(one: Supplier) -> bool:
    return one.sites[0].post_code.startswith(("59", "62", "80", "02"))


def enrolled(
    engine: Engine, made: MadeDay, folder: Path, *, slots: int = SCHEDULE.slots
) -> tuple[MeetingDay, dict[int, tuple[Person, ...]]]:
    """Return the event with its sheets taken in and its questions answered, and who comes for each participant."""
    buyers, suppliers = made.write(folder)
    sheets = [
        read_spreadsheets(buyers, ParticipantRole.BUYER)[0],
        read_spreadsheets(suppliers, ParticipantRole.SUPPLIER)[0],
    ]
    schedule = replace(SCHEDULE, slots=slots)
    event = after(
        MeetingDay(1),
        CreateDay(DayHeader("Club d’essai", day=DAY), schedule, Rules(tables=80 if len(made.guests) < 800 else 200)),
    )
    intake = plan_registrations(event, sheets, Catalogue(engine, load_shelf(engine)))
    event = after(event, *intake.changes)
    return after(event, *answers(event, intake.people, made)), intake.people


def played(engine: Engine, made: MadeDay, folder: Path) -> tuple[MeetingDay, dict[int, tuple[Person, ...]]]:
    """Return the event with its timetable, and who comes for each participant."""
    event, people = enrolled(engine, made, folder)
    setting = setting_of(engine, FIRST_ORGANISATION, event, today=DAY)
    return after(event, Freeze(plan_timetable(setting, seconds=LONGEST_S))), people
