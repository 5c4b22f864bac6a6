"""Commands `entremise club …` once the timetable is planned: show it, adapt it to absences and late arrivals, export sheets, record outcomes, report."""

from pathlib import Path

import click

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.club import view as club_view
from matcher.cli.club.options import (
    HOUR,
    OpenDay,
    event_argument,
    from_option,
    pair,
    participant,
    reading_options,
    who_argument,
    writing_options,
)
from matcher.cli.dossiers.options import DossierNumber
from matcher.cli.frame.options import (
    RequestRefused,
    WholeNumber,
    by_option,
    command,
    contacts_since,
    database_option,
    open_options,
)
from matcher.cli.frame.outlet import Outlet, outlet_options, output_option, write_answer
from matcher.clock import now, today
from matcher.club.meeting_day.changes import Arrive, Bind, Freeze, Miss, Record, Unbind
from matcher.club.meeting_day.meeting_day import Bond, DayChange, MeetingDay, MeetingOutcome, Result, Tie
from matcher.club.meeting_day.schedule import clock
from matcher.club.results.document import badges_csv, letters_csv, timetable_csv, timetable_object, workbook
from matcher.club.results.figures import figures_before
from matcher.club.results.follow_up import dossier_calls
from matcher.club.results.learned import list_offered_words
from matcher.club.results.next_edition import may_come, prepare_next
from matcher.club.results.report import report_day
from matcher.club.results.report_document import day_report_document, day_report_object
from matcher.club.results.view import make_sheet, sheets, to_ics
from matcher.club.timetable.planning import after_change, place_pair
from matcher.domain.french import count
from matcher.dossiers import store as dossiers
from matcher.dossiers.answers import record_answers
from matcher.journal.change import try_changes
from matcher.private_files import write_whole
from matcher.render.table import figures_csv

RESULTS = {"suivre": Result.FOLLOW_UP, "devis": Result.QUOTE, "rien": Result.NOTHING, "pas-eu-lieu": Result.NOT_HELD}
TIES = {"vœu": Tie.MUST, "refus": Tie.NEVER, "déjà-vus": Tie.MET}


@command("timetable", epilog="entremise club timetable 1 --par-fournisseur")
@event_argument
@click.option("--par-fournisseur", "suppliers", is_flag=True, help="Une ligne par fournisseur, et non par acheteur.")
@outlet_options("table", "json", "csv", "xlsx", file="horaire")
@reading_options
def timetable_command(opened: OpenDay, suppliers: bool, outlet: Outlet) -> None:
    """Montre l’horaire figé."""
    event = _check_planned(opened.event)
    outlet.send(
        table=lambda out: club_view.print_timetable(event, out, suppliers=suppliers),
        json=lambda: timetable_object(event),
        csv=lambda: timetable_csv(event),
        xlsx=lambda: workbook(event, opened.people(contacts_since())),
    )


@command("sheet", epilog="entremise club sheet 1 1")
@event_argument
@who_argument
@outlet_options("table", "ics")
@reading_options
def sheet_command(opened: OpenDay, name: str, outlet: Outlet) -> None:
    """Montre la fiche d’un participant : quand, à quelle table, avec qui, pourquoi se voir. « --format ics » : son agenda."""
    event = opened.event
    participant_sheet = make_sheet(event, participant(event, name).key, opened.people(contacts_since()))
    outlet.send(
        table=lambda out: club_view.print_sheet(event, participant_sheet, out),
        ics=lambda: to_ics(_check_dated(event), participant_sheet),
    )


@command("absent", epilog="entremise club absent 1 4 --par Léa")
@event_argument
@who_argument
@click.option(
    "--a-partir-de",
    "leaving",
    type=HOUR,
    metavar="HEURE",
    help="Il part à cette heure ; sinon, il n’est pas là du tout.",
)
@from_option
@writing_options
def absent_command(opened: OpenDay, name: str, leaving: int | None, since: int | None) -> None:
    """Note une absence ou un départ, refait l’horaire en changeant le moins possible, et dit chaque changement."""
    _write_with_timetable(opened, Miss(participant(opened.event, name).key, leaving), since)


@command("late", epilog="entremise club late 1 4 --arrivee 9:40 --par Léa")
@event_argument
@who_argument
@click.option("--arrivee", "arrival", type=HOUR, required=True, metavar="HEURE", help="Quand il arrive.")
@from_option
@writing_options
def late_command(opened: OpenDay, name: str, arrival: int, since: int | None) -> None:
    """Note une arrivée, même d’un absent, refait l’horaire en changeant le moins possible, et dit chaque changement."""
    _write_with_timetable(opened, Arrive(participant(opened.event, name).key, arrival), since)


@command("move", epilog="entremise club move 1 1 27 --heure 9:20 --par Léa")
@event_argument
@who_argument
@click.argument("other", metavar="AVEC")
@click.option("--heure", "hour", type=HOUR, required=True, metavar="HEURE", help="Le début du créneau.")
@click.option("--table", type=WholeNumber(), metavar="NUMÉRO", help="La table ; sinon, celle qui convient.")
@writing_options
def move_meeting_command(opened: OpenDay, name: str, other: str, hour: int, table: int | None) -> None:
    """Place un rendez-vous à la main, l’y tient, et refait le reste autour en changeant le moins possible."""
    event = _check_planned(opened.event)
    buyer, supplier = pair(event, name, other)
    if hour not in event.schedule.starts:
        hours = ", ".join(map(clock, event.schedule.starts))
        raise RequestRefused(f"Aucun créneau ne commence à {clock(hour)}. Créneaux : {hours}.")
    setting = opened.setting()
    made, changed = place_pair(setting, buyer.key, supplier.key, event.schedule.starts.index(hour), table)
    why = f"{buyer.name} et {supplier.name} placés à {clock(hour)}"
    club_view.print_moves(opened.write(Freeze(made, why)), changed)


@command("tie", epilog="entremise club tie 1 1 27 --par Léa")
@event_argument
@who_argument
@click.argument("other", metavar="AVEC")
@click.option(
    "--sorte", "sort", type=click.Choice(list(TIES)), default="vœu", show_default=True, help="Ce qui est dit d’eux."
)
@click.option("--retirer", "undo", is_flag=True, help="Retire ce qui en était dit.")
@writing_options
def tie_command(opened: OpenDay, name: str, other: str, sort: str, undo: bool) -> None:
    """Note un vœu (à placer), un refus, ou qu’ils se sont déjà vus ; l’horaire en tient compte à la planification suivante."""
    event = opened.event
    by = participant(event, name)
    pair(event, name, other)
    bond = Bond(TIES[sort], by.key, participant(event, other).key)
    change: DayChange = Bind((bond,))
    if undo:
        bonds = tuple(noted for noted in event.bonds if noted.tie is bond.tie and noted.pair == bond.pair)
        if not bonds:
            raise RequestRefused(f"Rien de tel n’est noté entre {by.name} et {event.name_of(bond.other)}.")
        change = Unbind(bonds)
    opened.write(change)


@command("outcome", epilog="entremise club outcome 1 1 27 suivre --par Léa")
@event_argument
@who_argument
@click.argument("other", metavar="AVEC")
@click.argument("result", metavar="ISSUE", type=click.Choice(list(RESULTS)))
@click.option("--note", default="", metavar="TEXTE", help="Ce qui a été convenu.")
@click.option(
    "--dossier", "dossier", type=DossierNumber(), metavar="NUMÉRO", help="Le dit aussi dans ce dossier de sourcing."
)
@writing_options
def outcome_command(opened: OpenDay, name: str, other: str, result: str, note: str, dossier: int | None) -> None:
    """Note ce qu’a donné un rendez-vous : suivre, devis, rien, ou pas-eu-lieu ; et le dit dans un dossier qui tient ce fournisseur."""
    event = opened.event
    buyer, supplier = pair(event, name, other)
    outcome = MeetingOutcome(buyer.key, supplier.key, RESULTS[result], note)
    dossier_read = None if dossier is None else dossiers.load_dossier(opened.engine, opened.owner, dossier)
    words = list_offered_words(opened.engine, event)
    record_calls = [] if dossier_read is None else dossier_calls(dossier_read, event, [outcome], words)
    if dossier_read is not None and not record_calls:
        raise RequestRefused(
            f"Le dossier {dossier_read.number} ne retient pas {supplier.name}, le dit déjà, ou le rendez-vous n’a pas eu lieu : rien n’est noté."
        )
    try_changes(event, Record(outcome))  # an outcome that the event refuses must not reach the dossier
    if dossier_read is not None:
        target, author = (opened.engine, opened.owner, dossier_read.id), opened.who
        record_answers(*target, lambda _: record_calls, author=author, now=now(), corrects=author)
    opened.write(Record(outcome))
    if dossier_read is not None:
        click.echo(f"Dossier {dossier_read.number} : {record_calls[0].says(dossier_read)}.")


@command("report", epilog="entremise club report 1")
@event_argument
@outlet_options("table", "json", "csv", "xlsx", file="bilan")
@reading_options
def report_day_command(opened: OpenDay, outlet: Outlet) -> None:
    """Fait le bilan : rendez-vous, issues, suites, par métier, territoire et type, et métiers qui ont manqué."""
    event, shelf = opened.event, load_shelf(opened.engine)
    day_report = report_day(opened.setting(), shelf)
    former = figures_before(opened.engine, opened.owner, event, today=today())
    document = day_report_document(event, day_report, shelf, today(), former=former)
    outlet.send_document(
        document, json=lambda: day_report_object(event, day_report, former), csv=lambda: figures_csv(document)
    )


@command("export", epilog="entremise club export 1 --quoi classeur -o club.xlsx")
@event_argument
@click.option(
    "--quoi",
    "what",
    type=click.Choice(["classeur", "badges", "courriers", "agendas"]),
    default="classeur",
    show_default=True,
    help="Le classeur (XLSX), les badges ou le publipostage (CSV), ou un agenda (ICS) par participant, dans un dossier.",
)
@output_option
@click.option(
    "--repertoire", "folder", type=click.Path(path_type=Path), metavar="DOSSIER", help="Où écrire les agendas."
)
@reading_options
def export_day_command(opened: OpenDay, what: str, output: Path | None, folder: Path | None) -> None:
    """Écrit le classeur de l’organisateur, les badges, un publipostage ou les agendas."""
    event, people = opened.event, opened.people(contacts_since())
    if what == "classeur":
        if output is None:
            raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o club.xlsx ».")
        write_answer(workbook(event, people), output)
    elif what == "badges":
        write_answer(badges_csv(sheets(event, people)), output)
    elif what == "courriers":
        write_answer(letters_csv(event, sheets(event, people)), output)
    else:
        if folder is None or not folder.is_dir():
            raise click.UsageError("Donnez le dossier où écrire les agendas : --repertoire DOSSIER (il doit exister).")
        participant_sheets = [sheet for sheet in sheets(_check_dated(event), people) if sheet.meetings]
        for participant_sheet in participant_sheets:
            write_whole(
                folder / f"agenda-{participant_sheet.participant.key:04d}.ics", to_ics(event, participant_sheet)
            )
        click.echo(f"{len(participant_sheets)} agendas écrits dans « {folder} ».")


@command("next", epilog="entremise club next 1 --par Léa")
@event_argument
@click.option(
    "--sans",
    "without",
    multiple=True,
    metavar="PARTICIPANT",
    help="Qui n’accepte pas d’être invité de nouveau ; répétable.",
)
@open_options(OpenDay, by_option, database_option)
def next_command(opened: OpenDay, without: tuple[str, ...]) -> None:
    """Ouvre la prochaine édition, avec qui est venu, leurs refus, les vœux non tenus et les besoins sans suite.

    Deux fois n’en ouvre qu’une. Son jour se donne par « entremise club edit ».
    """
    event = opened.event
    left_out = {participant(event, name).key for name in without}
    chosen = {invited.key for invited in may_come(event) if not invited.absent} - left_out
    made, new = prepare_next(opened.engine, opened.owner, opened.number, chosen, author=opened.who, now=now())
    state = "ouvert" if new else f"déjà ouvert par {made.journal[0].who}, rien n’y est changé"
    click.echo(f"Événement {made.id} {state} : {count(len(made.participants), 'participant')}.")


DAY_COMMANDS = (
    *(timetable_command, sheet_command, absent_command, late_command, move_meeting_command, tie_command),
    *(outcome_command, report_day_command, export_day_command, next_command),
)


def _write_with_timetable(opened: OpenDay, change: Miss | Arrive, since: int | None) -> None:
    event = opened.event
    from_slot = 0 if since is None else event.schedule.slot_from(since)
    changes, changed = after_change(opened.engine, opened.owner, event, change, from_slot=from_slot, today=today())
    done = opened.write(*changes)
    if event.plan is not None:
        club_view.print_moves(done, changed)


def _check_planned(event: MeetingDay) -> MeetingDay:
    if event.plan is None:
        raise RequestRefused(f"L’événement {event.id} n’a pas d’horaire : « entremise club plan {event.id} » le fait.")
    return event


def _check_dated(event: MeetingDay) -> MeetingDay:
    if event.header.day is None:
        raise RequestRefused(f"L’événement n’a pas de jour : « entremise club edit {event.id} --date 2026-12-03 ».")
    return event
