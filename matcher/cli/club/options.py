"""Options and parameter types shared by the commands of `club`, and the writing of one change."""

from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy import Engine

from matcher.cleaning.hours import clean_hour
from matcher.cli.frame.french import WholeNumber
from matcher.cli.frame.options import RequestRefused, database_option, together, version_option
from matcher.cli.frame.organisation import owner
from matcher.cli.frame.signed import by_option, now
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, Participant
from matcher.club.meeting_day.people import People
from matcher.club.meeting_day.schedule import Break
from matcher.club.meeting_day.store import change
from matcher.club.registration.who_is_it import among


class Hour(click.ParamType[int]):
    """An hour of the day, as minutes since midnight."""

    name = "heure"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = value if isinstance(value, int) else clean_hour(str(value)).value
        return self.fail(f"« {value} » n’est pas une heure, par exemple 9h30.", param, ctx) if found is None else found


class Rest(click.ParamType[Break]):
    """A break, from one hour to another: « 10h20-10h40 », with its name after a comma."""

    name = "pause"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Break:
        if isinstance(value, Break):
            return value
        hours, _, label = str(value).partition(",")
        start, _, end = (clean_hour(part).value if part != "-" else None for part in hours.partition("-"))
        if start is None or end is None or end <= start:
            self.fail(f"« {value} » n’est pas une pause, par exemple 10h20-10h40.", param, ctx)
        return Break(start, end - start, label.strip() or "pause")


event_argument = click.argument("number", metavar="ÉVÉNEMENT", type=WholeNumber())
who_argument = click.argument("name", metavar="PARTICIPANT")
from_option = click.option(
    "--des", "since", type=Hour(), metavar="HEURE", help="Ne touche pas aux rendez-vous commencés avant."
)
# What every change takes: who, the version read, the database.
writing_options = together(by_option, version_option("l’événement"), database_option)


def participant(event: MeetingDay, name: str) -> Participant:
    """Return who a number, a SIRET or a name is, at its seat. Raises RequestRefused with whom it may be."""
    digits = name.strip().removeprefix("n°").strip()
    if digits.isdigit() and int(digits) in event.by_key:
        return event.participant(event.seat_of(int(digits)))
    seated = [*event.seated(suppliers=False), *event.seated(suppliers=True)]
    who = among(name, seated)
    if who.sure:
        return event.participant(int(who.sure))
    near = " ; ".join(option.label for option in who.options)
    hint = f"Est-ce : {near} ? Donnez son numéro." if near else f"« entremise club show {event.id} » les donne."
    raise RequestRefused(f"« {name} » ne désigne pas un participant à coup sûr. {hint}")


def pair(event: MeetingDay, one: str, other: str) -> tuple[Participant, Participant]:
    """Return a buyer and a supplier that are named in any order. Raises RequestRefused where they are of one side."""
    found = sorted((participant(event, one), participant(event, other)), key=lambda each: each.supplies)
    if found[0].supplies == found[1].supplies:
        raise RequestRefused(f"{found[0].name} et {found[1].name} sont du même côté : ils ne se rencontrent pas.")
    return found[0], found[1]


def write_changes(
    engine: Engine,
    event: MeetingDay,
    changes: Sequence[DayChange],
    who: str,
    version: int | None,
    people: People | None = None,
) -> MeetingDay:
    """Write changes to an event as it was read, or as it was at `version`; say what the journal says. Raises JournalConflict."""
    done = change(
        engine,
        owner(engine),
        event.id,
        changes,
        version=version or event.version,
        who=who,
        now=now(),
        people=people or {},
    )
    for line in done.journal[event.version :]:
        click.echo(f"Événement {done.id}, version {line.number} : {line.who} {line.change.says(done)}.")
    return done
