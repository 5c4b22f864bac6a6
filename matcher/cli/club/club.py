"""Commands `entremise club …` before the day: create a day of meetings between buyers and suppliers, register participants, check, plan its timetable."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cleaning.siret import SIRET_BAD_KEY, clean_siret
from matcher.cli.club import view as club_view
from matcher.cli.club.day import DAY_COMMANDS
from matcher.cli.club.options import (
    HOUR,
    OpenDay,
    describing_options,
    event_argument,
    participant,
    pick_options,
    reading_options,
    with_rules,
    writing_options,
)
from matcher.cli.frame.columns import mapping_of_files, mapping_option, with_proposed
from matcher.cli.frame.options import (
    RequestRefused,
    WholeNumber,
    by_option,
    catalogue,
    command_group,
    database_option,
    existing,
    given_options,
    motive_option,
    owner,
)
from matcher.cli.frame.outlet import Outlet, console, outlet_options
from matcher.clock import now
from matcher.club.meeting_day.changes import DescribeDay, Freeze, RestoreDay, WithdrawParticipant
from matcher.club.meeting_day.header import DayHeader, Rules
from matcher.club.meeting_day.meeting_day import DayChange, Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.schedule import Schedule
from matcher.club.meeting_day.store import Person, create_day, list_days
from matcher.club.registration.answering import answer_changes, read_answers
from matcher.club.registration.import_plan import plan_entry, plan_registrations
from matcher.club.registration.spreadsheet import Entrant
from matcher.club.registration.who_is_it import Catalogue
from matcher.club.registration.workbook import PARTICIPANTS, read_spreadsheets
from matcher.club.results.document import event_object, listed_object, questions_csv, shortages_object, trouble_object
from matcher.club.timetable.planning import plan_timetable
from matcher.club.timetable.remedies import find_shortages
from matcher.club.timetable.troubles import list_troubles
from matcher.domain.french import count
from matcher.journal.change import Delete


@command_group("club")
def club_command() -> None:
    """Tient un Club Busin’ESS, des inscriptions au bilan.

    Qui vient, qui devrait voir qui et quand, les fiches, le jour même et ce qui en sort.
    """


@club_command.command("create", epilog='entremise club create --titre "Club" --date 2026-12-03 --lieu Lille --par Léa')
@describing_options
@by_option
@database_option
def create_day_command(author: str, database: str | None, **options: Any) -> None:
    """Ouvre un événement. Importez ensuite ses participants : « entremise club import »."""
    if not options["title"]:
        raise click.UsageError("Donnez un titre à l’événement : --titre « Club Busin’ESS Sambre-Avesnois ».")
    values = given_options(options)
    header = DayHeader(**pick_options(values, DayHeader))
    schedule = Schedule(**{"start": 9 * 60, "slots": 8, "minutes": 20, **pick_options(values, Schedule)})
    engine = catalogue(database, create=True)
    made = create_day(engine, owner(engine), header, schedule, with_rules(Rules(), values), author=author, now=now())
    click.echo(f"Événement {made.id} ouvert : « {made.header.title} ».")


@club_command.command("edit", epilog="entremise club edit 1 --tables 30 --par Léa")
@event_argument
@describing_options
@writing_options
def edit_day_command(opened: OpenDay, **options: Any) -> None:
    """Change le titre, le jour, les heures ou la salle. D’autres heures effacent l’horaire."""
    event, values = opened.event, given_options(options)
    changed = DescribeDay(
        replace(event.header, **pick_options(values, DayHeader)),
        replace(event.schedule, **pick_options(values, Schedule)),
        with_rules(event.rules, values),
    )
    opened.write(changed)


@club_command.command("list", epilog="entremise club list")
@click.option("--supprimes", "deleted", is_flag=True, help="Les événements supprimés, que « restore » ramène.")
@outlet_options("table", "json")
@database_option
def list_days_command(deleted: bool, outlet: Outlet, database: str | None) -> None:
    """Liste les événements, le dernier jour en premier."""
    engine = catalogue(database)
    listings = list_days(engine, owner(engine), deleted=deleted)
    outlet.send(
        table=lambda out: club_view.print_days(listings, out), json=lambda: [listed_object(event) for event in listings]
    )


@club_command.command("show", epilog="entremise club show 1")
@event_argument
@outlet_options("table", "json")
@reading_options
def show_day_command(opened: OpenDay, outlet: Outlet) -> None:
    """Montre un événement : ses heures, sa salle, ses participants, son journal."""
    meeting_day = opened.event
    outlet.send(table=lambda out: club_view.print_day(meeting_day, out), json=lambda: event_object(meeting_day))


@club_command.command("import", epilog="entremise club import 2 --acheteurs club_acheteurs.csv --par Léa")
@event_argument
@click.option(
    "--acheteurs",
    "buyers",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Leurs besoins ; répétable.",
)
@click.option(
    "--fournisseurs", "suppliers", multiple=True, type=click.Path(path_type=Path), metavar="FICHIER", help="Répétable."
)
@click.option(
    "--attributaires",
    "winners",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Leurs heures à faire ; répétable.",
)
@click.option(
    "--participants",
    "mixed",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Un tableau qui a une colonne « Sorte » ou « Type » ; répétable.",
)
@mapping_option
@click.option("--demander", "ask", is_flag=True, help="S’arrête là où une colonne serait prise comme proposé.")
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait inscrit et demandé, sans rien écrire.")
@writing_options
def import_participants_command(
    opened: OpenDay,
    buyers: tuple[Path, ...],
    suppliers: tuple[Path, ...],
    winners: tuple[Path, ...],
    mixed: tuple[Path, ...],
    mapping: Path | None,
    ask: bool,
    dry_run: bool,
) -> None:
    """Inscrit les participants de vos tableaux (CSV, XLSX, XLS, ODS). Le même tableau, corrigé, se relit."""
    files_by_sort = (
        (buyers, ParticipantRole.BUYER),
        (suppliers, ParticipantRole.SUPPLIER),
        (winners, ParticipantRole.ATTRIBUTAIRE),
        (mixed, None),
    )
    files = [(existing(path), sort) for paths, sort in files_by_sort for path in paths]
    if not files:
        raise click.UsageError("Donnez un tableau : --acheteurs FICHIER, --fournisseurs FICHIER, ou les deux.")
    engine, event = opened.engine, opened.event
    columns = mapping_of_files(engine, PARTICIPANTS, [path for path, _ in files], mapping, dry_run=dry_run)
    columns = with_proposed(columns, PARTICIPANTS, [path for path, _ in files], ask=ask)
    sheets = [sheet for path, sort in files for sheet in read_spreadsheets(path, sort, columns)]
    intake = plan_registrations(event, sheets, Catalogue(engine, load_shelf(engine)))
    if not dry_run:  # written before anything is printed, as a closed pipe (`| head`) ends the command
        opened.write(*intake.changes, people=intake.people)
    club_view.print_intake(intake, dry_run=dry_run)
    if not dry_run and intake.questions:
        click.echo(f"Répondez : entremise club answer {opened.number} QUESTION RÉPONSE --par NOM")


@club_command.command("add", epilog='entremise club add 1 --sorte fournisseur --nom "Les Lilas" --par Léa')
@event_argument
@click.option(
    "--sorte",
    "sort",
    type=click.Choice([str(role) for role in ParticipantRole]),
    required=True,
    help="Comme quoi il vient.",
)
@click.option("--nom", "name", required=True, metavar="NOM", help="La structure.")
@click.option("--siret", default="", metavar="SIRET", help="Son SIRET, qui le retrouve au catalogue.")
@click.option("--besoin", "needs", multiple=True, metavar="TEXTE", help="Ce qu’il cherche ; répétable.")
@click.option("--activite", "activity", default="", metavar="TEXTE", help="Ce que fait un fournisseur.")
@click.option("--lieu", "place", default="", metavar="LIEU", help="Où.")
@click.option("--heures", "hours", type=WholeNumber(), metavar="NOMBRE", help="Heures d’insertion d’un attributaire.")
@click.option("--arrivee", "arrival", type=HOUR, metavar="HEURE", help="S’il arrive plus tard.")
@click.option("--depart", "departure", type=HOUR, metavar="HEURE", help="S’il part plus tôt.")
@click.option("--personne", "people", multiple=True, metavar="NOM", help="Qui vient ; répétable.")
@writing_options
def add_participant_command(
    opened: OpenDay,
    sort: str,
    needs: tuple[str, ...],
    people: tuple[str, ...],
    hours: int | None,
    siret: str,
    **options: Any,
) -> None:
    """Inscrit un participant de plus."""
    cleaned = clean_siret(siret)
    if siret and (cleaned.value is None or cleaned.flag == SIRET_BAD_KEY):
        raise click.UsageError(f"« {siret} » : {cleaned.flag}.")
    event = opened.event
    wanted = tuple(ParticipantNeed(text, options["place"], hours=hours) for text in needs)
    entrant = Participant(0, ParticipantRole(sort), siret=cleaned.value or "", needs=wanted, **options)
    known = Catalogue(opened.engine, load_shelf(opened.engine))
    intake = plan_entry(event, Entrant(0, entrant, tuple(map(Person, people))), known, by_oneself=False)
    opened.write(*intake.changes, people=intake.people)
    if intake.questions:
        with console(None) as out:
            club_view.print_questions(intake.questions, out)


@club_command.command("questions", epilog="entremise club questions 1")
@event_argument
@outlet_options("table", "csv", "json")
@reading_options
def questions_command(opened: OpenDay, outlet: Outlet) -> None:
    """Donne ce que l’import n’a pas su décider, et les réponses possibles. Le CSV rempli se relit par « answer »."""
    event = opened.event
    outlet.send(
        table=lambda out: club_view.print_questions(event.open_questions, out),
        csv=lambda: questions_csv(event),
        json=lambda: event_object(event)["questions"],
    )


@club_command.command("answer", epilog="entremise club answer 1 1 nouveau --par Léa")
@event_argument
@click.argument("question", required=False, type=WholeNumber())
@click.argument("code", metavar="[RÉPONSE]", required=False)
@click.option(
    "--fichier",
    "path",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Un tableau « Question », « Réponse ».",
)
@writing_options
def answer_command(opened: OpenDay, question: int | None, code: str | None, path: Path | None) -> None:
    """Répond à une question de l’import, ou à toutes celles d’un tableau. Une réponse se change en répondant encore."""
    if (path is None) == (question is None or code is None):
        raise click.UsageError("Donnez le numéro de la question et sa réponse, ou --fichier FICHIER.")
    answers = read_answers(existing(path)) if path else {question or 0: code or ""}
    known = Catalogue(opened.engine, load_shelf(opened.engine))
    done = opened.write(*answer_changes(opened.event, answers.items(), known))
    click.echo(f"{count(len(done.open_questions), 'question')} sans réponse.")


@club_command.command("withdraw", epilog="entremise club withdraw 1 4 --par Léa")
@event_argument
@click.argument("name", metavar="PARTICIPANT")
@motive_option
@writing_options
def withdraw_participant_command(opened: OpenDay, name: str, motive: str) -> None:
    """Désinscrit un participant, avec ses vœux et ses rendez-vous. Pour un absent du jour : « absent »."""
    event = opened.event
    opened.write(WithdrawParticipant(participant(event, name).key, motive))


@club_command.command("check", epilog="entremise club check 1")
@event_argument
@outlet_options("table", "json")
@reading_options
def check_command(opened: OpenDay, outlet: Outlet) -> None:
    """Dit avant de planifier ce qui ne peut pas être, ce qui est douteux, et qui est concerné."""
    statements = list_troubles(opened.setting(), opened.people())
    outlet.send(
        table=lambda out: club_view.print_troubles(statements, out),
        json=lambda: [trouble_object(statement) for statement in statements],
    )


@club_command.command("remedies", epilog="entremise club remedies 1 --secondes 2")
@event_argument
@click.option(
    "--secondes",
    "seconds",
    type=WholeNumber(),
    default=20,
    show_default=True,
    metavar="NOMBRE",
    help="Temps donné aux essais.",
)
@outlet_options("table", "json")
@reading_options
def remedies_command(opened: OpenDay, seconds: int, outlet: Outlet) -> None:
    """Dit avant de planifier ce qui va manquer, et ce que donne chaque remède : l’horaire est calculé avec lui."""
    engine, event = opened.engine, opened.event
    lacking = find_shortages(engine, opened.owner, opened.setting(), load_shelf(engine), seconds=seconds)
    outlet.send(
        table=lambda out: club_view.print_shortages(event, lacking, out), json=lambda: shortages_object(event, lacking)
    )


@club_command.command("plan", epilog="entremise club plan 1 --secondes 2 --par Léa")
@event_argument
@click.option(
    "--secondes",
    "seconds",
    type=WholeNumber(),
    default=30,
    show_default=True,
    metavar="NOMBRE",
    help="Temps donné à la recherche.",
)
@writing_options
def plan_day_command(opened: OpenDay, seconds: int) -> None:
    """Cherche le meilleur horaire et le fige ; dit s’il est prouvé, et le compare à deux façons plus simples."""
    setting = opened.setting(anew=True)
    noticed, frozen_timetable = list_troubles(setting, opened.people()), plan_timetable(setting, seconds=seconds)
    done = opened.write(Freeze(frozen_timetable)) if frozen_timetable.bookings else None
    with console(None) as out:
        club_view.print_troubles(noticed, out)
    if done is None:
        raise RequestRefused("Aucun rendez-vous n’est possible : rien n’est figé. Voyez ce qui est dit ci-dessus.")
    club_view.print_plan(done)


for _command in DAY_COMMANDS:
    club_command.add_command(_command)


def _add_plain_command(name: str, change: Callable[[], DayChange], help_text: str) -> None:
    @club_command.command(name, help=help_text, epilog=f"entremise club {name} 1 --par Léa")
    @event_argument
    @writing_options
    def command(opened: OpenDay) -> None:
        opened.write(change())


_add_plain_command("delete", Delete, "Supprime un événement ; rien n’est effacé, « restore » le ramène.")
_add_plain_command("restore", RestoreDay, "Ramène un événement supprimé, tel qu’il était.")
