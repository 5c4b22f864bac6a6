"""Command `entremise demo`: import the invented sample (directories, notice, Club event) in its own database, rank suppliers for a lot, open the pages."""

import os
import sys
from dataclasses import replace
from datetime import date, datetime

import click
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from importers.notices import NOTICES
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.steward.own_reader import follow_reader
from matcher.catalogue.store.sample import chosen_url, holds_anything, is_invented, is_sample, mark_sample
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.admin.serve import LOOPBACK, PORT, serve
from matcher.cli.catalogue.imports import OUTCOMES
from matcher.cli.frame.options import RequestRefused, command, database_option, owner, top_option
from matcher.cli.frame.outlet import console
from matcher.cli.need import view as render
from matcher.clock import now
from matcher.club.meeting_day.changes import Freeze
from matcher.club.meeting_day.header import DayHeader, Rules
from matcher.club.meeting_day.meeting_day import MeetingDay, ParticipantRole
from matcher.club.meeting_day.schedule import Break, Schedule
from matcher.club.meeting_day.store import change_day, create_day, list_days, load_day
from matcher.club.registration.import_plan import plan_registrations
from matcher.club.registration.who_is_it import Catalogue
from matcher.club.registration.workbook import read_spreadsheets
from matcher.club.timetable.planning import plan_timetable, setting_of
from matcher.db import database_label, open_database, parsed_url, writing
from matcher.domain.french import count
from matcher.need.answer import answer_to
from matcher.need.fields import read_lot_needs
from matcher.notices.intake import take_notice_files
from matcher.paths import shipped_path
from matcher.ranking.shelf.shelf import Shelf
from matcher.settings import LOOPBACK_NAMES, sample_url, web_settings
from matcher.web import create_app
from matcher.web.frame.serve import Server

SAMPLE_EVENT = DayHeader(
    "Club Busin’ESS Sambre-Avesnois (exemple fictif)", "CRESS de démonstration", date(2026, 12, 3), "Maubeuge"
)
DEMO, SECONDS = "exemple", 30
SAMPLES = (("emplois", "emplois.json"), ("finess", "finess.csv"), ("hosmoz", "hosmoz.csv"))


@command("demo", epilog="entremise demo --sans-pages")
@top_option(5)
@click.option("--sans-pages", "no_serve", is_flag=True, help="S’arrête après la liste, sans ouvrir les pages.")
@database_option
def demo_command(top: int, no_serve: bool, database: str | None) -> None:
    """Charge un exemple fictif, classe un lot, ouvre les pages.

    L’exemple : trois annuaires, un avis de marché et un Club Busin’ESS.
    L’exemple a son propre catalogue, qui s’ouvre tant que vous n’en avez pas d’autre ; il ne se mêle jamais au vôtre. Sans terminal, la commande s’arrête après la liste.
    """
    url = database or sample_url()
    engine = open_database(url)
    follow_reader(engine.url)
    with writing(engine) as connection:
        if not is_sample(connection):
            if database and holds_anything(connection):
                raise RequestRefused(
                    f"{database_label(engine.url)} contient déjà autre chose que l’exemple : les fournisseurs inventés s’y mêleraient aux vôtres. "
                    "Rien n’a été écrit. Donnez une base nouvelle, ou aucune : l’exemple a la sienne."
                )
            mark_sample(connection)
    with console(None) as out:
        for key, name in SAMPLES:
            path = shipped_path(f"data/samples/{name}")
            report = run_import(engine, REGISTRY[key], [Source(path)], now=now(), invented=True)
            out.print(_import_line(report, REGISTRY[key].title))
        notices = NOTICES["avis"]
        taken = take_notice_files(engine, notices, [shipped_path("data/samples/avis.txt")], now=now(), invented=True)
        read, lots = count(taken.as_dict()["read"], "lu"), count(taken.as_dict()["lots"], "lot écrit", "lots écrits")
        out.print(f"{notices.title} (exemple fictif) : {read}, {lots}.\n")
        shelf = load_shelf(engine)
        event = sample_event(engine, shelf, now())
        need = next(iter(read_lot_needs(shipped_path("data/samples/lots.jsonl"))))
        render.shortlists([answer_to(need, shelf, top)], out)
    _print_next_steps(url, shelf, event)
    if not no_serve and _somebody_is_there():
        # The sample is served on this computer only, even if the settings open the real catalogue to others.
        app = create_app(engine, replace(web_settings(), hosts=LOOPBACK_NAMES, proxy=""))
        try:
            server = Server(app, LOOPBACK, PORT)  # an address that can be bookmarked
        except OSError:
            server = Server(app, LOOPBACK, 0)
        serve(server, open_browser=_has_screen())
    engine.dispose()


def _import_line(report: ImportReport, title: str) -> str:
    figures = report.as_dict()
    counts = [count(figures[key], *words) for key, words in OUTCOMES.items() if figures[key]]
    version = f"catalogue version {report.version}{'' if report.changed else ', inchangé'}"
    return f"{title} (exemple fictif) : {count(figures['read'], 'lu')}, {', '.join(counts)} ; {version}."


def sample_event(engine: Engine, shelf: Shelf, now: datetime) -> MeetingDay:
    """Return the invented Club event; the first time, create it, register its participants from two spreadsheets and plan its timetable."""
    organisation = owner(engine)
    existing = next((event.id for event in list_days(engine, organisation) if event.header == SAMPLE_EVENT), None)
    if existing is not None:
        return load_day(engine, organisation, existing)
    schedule = Schedule(9 * 60, 8, 20, (Break(10 * 60 + 20, 20, "pause, salle du fond"),))
    rules = Rules(tables=25, accessible=2, interpreters=1, least=2)
    event = create_day(engine, organisation, SAMPLE_EVENT, schedule, rules, author=DEMO, now=now)
    sheets = [
        *read_spreadsheets(shipped_path("data/samples/club_acheteurs.csv"), None),
        *read_spreadsheets(shipped_path("data/samples/club_fournisseurs.csv"), ParticipantRole.SUPPLIER),
    ]
    intake = plan_registrations(event, sheets, Catalogue(engine, shelf))
    event = change_day(
        engine,
        organisation,
        event.id,
        intake.changes,
        version=event.version,
        author=DEMO,
        now=now,
        people=intake.people,
    )
    made = plan_timetable(setting_of(engine, organisation, event, today=now.date()), seconds=SECONDS)
    return change_day(engine, organisation, event.id, [Freeze(made)], version=event.version, author=DEMO, now=now)


def _somebody_is_there() -> bool:
    """Return whether a person is at the terminal to stop a server: neither a pipe nor continuous integration."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def _has_screen() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _print_next_steps(url: str, shelf: Shelf, event: MeetingDay) -> None:
    meetings = len(event.bookings)
    invented = sum(is_invented(card.id) for card in shelf.suppliers)
    others = len(shelf) - invented
    # Earlier versions let real directories into the sample.
    mixed = (
        f"{count(others, 'autre fournisseur y est entré et n’en est pas', 'autres fournisseurs y sont entrés et n’en sont pas')} : "
        f"supprimez {database_label(parsed_url(url)).removeprefix('La base ')} et relancez « entremise demo ».\n"
    )
    named_database = "" if chosen_url() == url else f' --db "{url}"'
    click.echo(
        f"« {event.header.title} » : {count(len(event.participants), 'inscrit')}, {count(meetings, 'rendez-vous', 'rendez-vous')} planifiés.\n"
        f"  entremise club timetable {event.id}{named_database}\n"
        f"Ces {count(invented, 'fournisseur')} sont inventés. {mixed if others else ''}Essayez votre propre besoin :\n"
        f'  entremise match{named_database} --objet "Prestations de traiteur" --lieu Lille\n'
        "Puis prenez de vrais annuaires, dans votre catalogue, à part de l’exemple : entremise sources"
    )
