"""Command `entremise refresh`: download and import again, one after the other, every open source older than its update interval, with one report."""

from dataclasses import asdict, dataclass

import click
from rich.console import Console
from rich.text import Text
from sqlalchemy import Engine

from importers.importer import SourceError
from importers.online.faults import FetchError
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.online_sources import ONLINE, OnlineSource, SourceRequest, import_received
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.late import Freshness, freshness
from matcher.cli.catalogue.imports import record_import
from matcher.cli.frame.french import system_trouble
from matcher.cli.frame.options import WholeNumber, command, database_option, receiving_catalogue
from matcher.cli.frame.outlet import KNOWN, REFUSED, UNKNOWN, Outlet, counting, outlet_options
from matcher.clock import today
from matcher.db import DatabaseError
from matcher.domain.french import count, number
from matcher.jobs.reader_process import ReadRefused
from matcher.settings import SettingsError

# Errors of one source that do not stop the others.
FAULTS = (FetchError, SettingsError, SourceError, ReadRefused, IntakeRefused, DatabaseError)
FRESH, LEFT, DUE, DONE, FAILED = "à jour", "laissée", "à reprendre", "reprise", "échec"
_MARKS = {FRESH: KNOWN, DONE: KNOWN, LEFT: UNKNOWN, DUE: UNKNOWN, FAILED: REFUSED}


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Result of `refresh` for one source: state, reason in French, report of its import (None where there was none)."""

    name: str
    title: str
    state: str
    says: str
    report: ImportReport | None = None


@command("refresh", epilog="entremise refresh --dry-run")
@click.argument("names", metavar="[SOURCE]…", nargs=-1, type=click.Choice(tuple(ONLINE)))
@click.option(
    "--nombre",
    "limit",
    type=WholeNumber(),
    metavar="NOMBRE",
    help="Pour ce qui se demande SIRET par SIRET : au plus ce nombre de requêtes ; la suite au passage suivant.",
)
@click.option("--dry-run", is_flag=True, help="Dit ce qui est à reprendre, sans rien demander ni écrire.")
@outlet_options("table", "json")
@database_option
@click.pass_context
def refresh_command(
    context: click.Context,
    names: tuple[str, ...],
    limit: int | None,
    dry_run: bool,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Reprend chaque source ouverte plus vieille que son rythme.

    L’une après l’autre : une qui échoue n’arrête pas les autres.
    Le rythme de chacune : « entremise sources ». Chaque import se défait : « entremise catalogue undo-import ». Code 1 si l’une échoue.
    """
    engine = receiving_catalogue(database, dry_run=dry_run)
    ages = {age.key: age for age in freshness(engine)}
    wanted = [source for source in ONLINE.values() if not names or source.name in names]
    done = [_refresh(engine, source, ages[source.key], limit, dry_run=dry_run) for source in wanted]
    failed = sum(each.state == FAILED for each in done)

    def show(out: Console) -> None:
        for each in done:
            out.print(Text.assemble(f"{_MARKS[each.state]} ", (each.title, "bold"), f" : {each.state}"))
            if each.says:
                out.print(Text(f"    {each.says}"))
            if each.report is not None:
                undo = f"Pour défaire : entremise catalogue undo-import {each.report.run}"
                out.print(Text(f"    {each.report.sentence}. {undo}"))
        if failed:
            failures = count(failed, "source a échoué", "sources ont échoué")
            out.print(f"{REFUSED} {failures} : le catalogue garde ce qu’il en avait.")

    outlet.send(
        table=show,
        json=lambda: [asdict(each) | {"report": each.report.as_dict() if each.report else None} for each in done],
    )
    context.exit(int(failed > 0))


def _refresh(engine: Engine, source: OnlineSource, age: Freshness, limit: int | None, *, dry_run: bool) -> Refreshed:
    when = f"dernière reprise {age.when}" if age.taken else "jamais prise"
    rhythm = f"{when}, à reprendre tous les {number(age.days)} jours"
    late = age.late(today())
    if not late and (dry_run or not source.by_siret):
        return Refreshed(source.name, age.title, FRESH, rhythm)
    try:
        if source.needs_token and not source.token:
            return Refreshed(source.name, age.title, LEFT, f"{rhythm} ; aucun jeton n’est donné ({source.token_name})")
        if dry_run:
            return Refreshed(source.name, age.title, DUE, rhythm)
        with counting(age.title) as progress:
            received = source.receive(engine, SourceRequest(limit=limit), progress)
            if not received.sources or not (received.new or late):
                return Refreshed(source.name, age.title, FRESH, received.says or "rien de nouveau")
            report = import_received(engine, source.key, received, progress=progress)
            record_import(engine, report, report.sentence, [each.path for each in received.sources])
    except FAULTS as fault:
        return Refreshed(source.name, age.title, FAILED, str(fault))
    except OSError as fault:
        return Refreshed(source.name, age.title, FAILED, system_trouble(fault))
    return Refreshed(source.name, age.title, DONE, received.says, report)
