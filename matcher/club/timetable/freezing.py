"""Work that makes an event's timetable and freezes it, once: in the transaction of the work's end."""

from collections.abc import Mapping
from datetime import UTC, date

from sqlalchemy import Connection

from matcher.club.meeting_day.changes import Freeze
from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.meeting_day.store import change, load
from matcher.club.timetable.planning import planned, setting_of
from matcher.club.timetable.troubles import refuse_nothing
from matcher.db import DatabaseError
from matcher.jobs.worker import Hold, WorkKind
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalConflict

# What a planner has.
PLAN_SECONDS = 60.0


def _frozen(hold: Hold) -> Mapping[str, str]:
    asked = hold.work.asked
    event = load(hold.engine, hold.owner, asked["number"])
    held = setting_of(hold.engine, hold.owner, event, today=date.fromisoformat(asked["today"]))
    refuse_nothing(held)
    result = {"says": "L’horaire est figé. Relisez-le avant d’imprimer."}

    def end(connection: Connection, _: MeetingDay) -> None:
        hold.end(connection, result)

    made, at = Freeze(planned(held, seconds=PLAN_SECONDS)), hold.work.since.replace(tzinfo=UTC)
    signed = {"version": asked["version"], "who": asked["who"], "now": at}
    change(hold.engine, hold.owner, asked["number"], [made], **signed, ending=end)
    return result


PLAN = WorkKind("horaire", _frozen, (ChangeRefused, JournalConflict, DatabaseError))
