"""Options, parameter types and helpers shared by the `entremise club` commands: the event being read or changed, participants named on the command line."""

from dataclasses import fields, replace
from datetime import date
from functools import cached_property
from typing import Any

import click

from matcher.cleaning.hours import clean_hour
from matcher.cleaning.web import clean_email
from matcher.cli.frame.options import (
    DAY,
    Opened,
    RequestRefused,
    WholeNumber,
    Written,
    by_option,
    combine_options,
    database_option,
    open_options,
    version_option,
)
from matcher.clock import now, today
from matcher.club.meeting_day.header import ZONES, DayHeader, Rules
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, Participant
from matcher.club.meeting_day.schedule import Break, Schedule
from matcher.club.meeting_day.store import People, change_day, load_day, load_people
from matcher.club.registration.who_is_it import among
from matcher.club.timetable.planning import setting_of
from matcher.club.timetable.setting import Setting


def _read_break(text: str) -> Break | None:
    hours, _, label = text.partition(",")
    start, _, end = (clean_hour(part).value if part != "-" else None for part in hours.partition("-"))
    return None if start is None or end is None or end <= start else Break(start, end - start, label.strip() or "pause")


# An hour of the day, as minutes since midnight.
HOUR = Written("heure", lambda text: clean_hour(text).value, "n’est pas une heure, par exemple 9h30.")
EMAIL = Written("courriel", lambda text: clean_email(text).value, "n’est pas un courriel, par exemple nom@exemple.fr.")
REST = Written("pause", _read_break, "n’est pas une pause, par exemple 10h20-10h40.")

# The options that describe an event.
describing_options = combine_options(
    click.option("--titre", "title", metavar="TEXTE", help="Le titre de l’événement."),
    click.option("--organisateur", "organiser", metavar="NOM", help="Qui l’organise."),
    click.option("--courriel", "email", type=EMAIL, metavar="ADRESSE", help="Où les participants lui écrivent."),
    click.option("--date", "day", type=DAY, metavar="DATE", help="Le jour, par exemple 2026-12-03."),
    click.option("--lieu", "place", metavar="TEXTE", help="Où il se tient."),
    click.option(
        "--fuseau",
        "zone",
        type=click.Choice([*ZONES]),
        metavar="FUSEAU",
        help="Son heure légale (celle du lieu sinon).",
    ),
    click.option("--debut", "start", type=HOUR, metavar="HEURE", help="Début du premier rendez-vous (9h sinon)."),
    click.option("--creneaux", "slots", type=WholeNumber(least=0), metavar="NOMBRE", help="Nombre de créneaux."),
    click.option(
        "--duree", "minutes", type=WholeNumber(), metavar="MINUTES", help="Durée d’un rendez-vous (20 sinon)."
    ),
    click.option(
        "--battement", "between", type=WholeNumber(least=0), metavar="MINUTES", help="Entre deux rendez-vous."
    ),
    click.option("--pause", "breaks", type=REST, multiple=True, metavar="DEBUT-FIN", help="10h20-10h40 ; répétable."),
    click.option("--tables", type=WholeNumber(least=0), metavar="NOMBRE", help="Nombre de tables (25 sinon)."),
    click.option("--accessibles", "accessible", type=WholeNumber(least=0), metavar="NOMBRE", help="Dont accessibles."),
    click.option("--interpretes", "interpreters", type=WholeNumber(least=0), metavar="NOMBRE", help="Interprètes."),
    click.option(
        "--au-plus", "most", type=WholeNumber(), metavar="NOMBRE", help="Rendez-vous au plus, par participant."
    ),
    click.option(
        "--au-moins", "least", type=WholeNumber(least=0), metavar="NOMBRE", help="Au moins, où c’est possible."
    ),
    click.option(
        "--fournisseur-au-plus",
        "supplier_most",
        type=WholeNumber(),
        metavar="NOMBRE",
        help="Par fournisseur, s’il en va autrement.",
    ),
    click.option(
        "--fournisseur-au-moins",
        "supplier_least",
        type=WholeNumber(least=0),
        metavar="NOMBRE",
        help="Au moins, par fournisseur.",
    ),
    click.option(
        "--eviter-deja-vus/--revoir",
        "avoid_met",
        default=None,
        help="Écarte, ou non, ceux qui se sont vus à un événement précédent (écartés sinon).",
    ),
    click.option(
        "--sans-table",
        "closed",
        type=WholeNumber(least=0),
        multiple=True,
        metavar="NUMERO",
        help="Table retirée ; répétable ; 0 les remet toutes.",
    ),
    click.option(
        "--a-portee/--selon-la-distance",
        "in_reach",
        default=None,
        help="Qui est là est à portée de tous, ou non (oui sinon dès plusieurs départements).",
    ),
)
event_argument = click.argument("number", metavar="ÉVÉNEMENT", type=WholeNumber())
who_argument = click.argument("name", metavar="PARTICIPANT")
from_option = click.option(
    "--des", "since", type=HOUR, metavar="HEURE", help="Ne touche pas aux rendez-vous commencés avant."
)


class OpenDay(Opened):
    """An event that a command reads or changes."""

    @cached_property
    def event(self) -> MeetingDay:
        """Return the event in its current state."""
        return load_day(self.engine, self.owner, self.number)

    def setting(self, *, anew: bool = False) -> Setting:
        """Return the input of the planner; `anew`: for a new timetable, which keeps only meetings placed by hand from the current one."""
        return setting_of(self.engine, self.owner, self.event, today=today(), anew=anew)

    def people(self, since: date | None = None) -> People:
        """Return the persons who come, by participant; contacts older than `since` are left out."""
        return load_people(self.engine, self.owner, self.number, since=since)

    def write(self, *changes: DayChange, people: People | None = None) -> MeetingDay:
        """Write changes to the event and print the new journal lines. Raises JournalConflict where it changed since it was read (or since `version`)."""
        event, version = self.event, self.version or self.event.version
        target, registered = (self.engine, self.owner, event.id), people or {}
        done = change_day(*target, changes, version=version, author=self.who, now=now(), people=registered)
        for line in done.journal[event.version :]:
            click.echo(f"Événement {done.id}, version {line.number} : {line.who} {line.change.says(done)}.")
        return done


reading_options = open_options(OpenDay, database_option)
# Options of every command that writes: author, version read, database.
writing_options = open_options(OpenDay, by_option, version_option("l’événement"), database_option)


def participant(event: MeetingDay, name: str) -> Participant:
    """Return the participant that a number, a SIRET or a name designates. Raises RequestRefused with the likely ones where it is not certain."""
    digits = name.strip().removeprefix("n°").strip()
    if digits.isdigit() and int(digits) in event.by_key:
        return event.participant(event.seat_of(int(digits)))
    seated = [*event.list_seats(suppliers=False), *event.list_seats(suppliers=True)]
    meant = among(name, seated)
    if meant.sure:
        return event.participant(int(meant.sure))
    likely = " ; ".join(option.label for option in meant.options)
    hint = f"Est-ce : {likely} ? Donnez son numéro." if likely else f"« entremise club show {event.id} » les donne."
    raise RequestRefused(f"« {name} » ne désigne pas un participant à coup sûr. {hint}")


def pair(event: MeetingDay, first: str, other: str) -> tuple[Participant, Participant]:
    """Return the buyer and the supplier named in any order. Raises RequestRefused where both are on the same side."""
    participants = sorted((participant(event, first), participant(event, other)), key=lambda each: each.supplies)
    if participants[0].supplies == participants[1].supplies:
        raise RequestRefused(
            f"{participants[0].name} et {participants[1].name} sont du même côté : ils ne se rencontrent pas."
        )
    return participants[0], participants[1]


def with_rules(rules: Rules, values: dict[str, Any]) -> Rules:
    """Return the rules of the room updated with the options. Raises UsageError where a minimum is above its maximum."""
    if "closed" in values:
        values = {**values, "closed": tuple(sorted({number for number in values["closed"] if number}))}
    changed = replace(rules, **pick_options(values, Rules))
    if changed.faults and changed != rules:
        raise click.UsageError(" ".join(changed.faults.values()))
    return changed


def pick_options(values: dict[str, Any], kind: type[DayHeader | Rules | Schedule]) -> dict[str, Any]:
    """Return the options named as fields of a dataclass."""
    return {field.name: values[field.name] for field in fields(kind) if field.name in values}
