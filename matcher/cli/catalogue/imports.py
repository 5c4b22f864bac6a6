"""`import`, `sources`, `stats`, `catalogue imports`, `undo-import`: what comes into the catalogue, from where, what it holds, how it is taken back."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy import Engine

from importers import REGISTRY
from importers.formats.columns import UNTOLD
from importers.importer import Scope, Source
from importers.notices import NOTICES
from importers.notices.importer import NoticeImporter
from importers.tableur import KIND
from matcher.catalogue.identity.trust import PUBLISHERS, source_title
from matcher.catalogue.intake.deposits import OFFERED
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.read_apart import importer_apart, recognised
from matcher.catalogue.intake.undo import PastImport, past_imports
from matcher.catalogue.steward.letter import letter
from matcher.catalogue.store.read import last_imports, stats
from matcher.cli.catalogue import view as tables
from matcher.cli.catalogue.view import OUTCOMES, notices_report
from matcher.cli.frame.columns import mapping_option, told_columns
from matcher.cli.frame.options import (
    DAY,
    WholeNumber,
    catalogue,
    command,
    database_option,
    existing,
    own_catalogue,
    receiving_catalogue,
)
from matcher.cli.frame.outlet import Outlet, counting, outlet_options, write
from matcher.clock import now, today
from matcher.db import reading
from matcher.domain.french import count, day, unit
from matcher.jobs.reader_process import COMMAND
from matcher.jobs.stop import Stop
from matcher.notices.dropped_files import OFFERED as OFFERED_NOTICES
from matcher.notices.intake import notices_apart, take_notices
from matcher.notices.store import taken_notices
from matcher.notices.undoing import undo_any_import
from matcher.render.shaped import shaped


@command("import", epilog="entremise import finess finess.csv --dry-run")
@click.argument("given", metavar="[ANNUAIRE] FICHIER…", nargs=-1, required=True)
@click.option(
    "--complet", is_flag=True, help="Ces fichiers sont toute la source : ce qu’ils ne listent plus perd sa fraîcheur."
)
@click.option("--dry-run", is_flag=True, help="Dit ce qui changerait, sans rien écrire.")
@click.option(
    "--creer",
    is_flag=True,
    help="Pour « ess » : fait un fournisseur de chaque organisation qui n’en a pas au catalogue.",
)
@mapping_option
@click.option(
    "--nom",
    metavar="NOM",
    help="Pour « tableur » : le nom de la liste, s’il ne doit pas être tiré de celui du fichier. Gardez-le d’un import à l’autre.",
)
@click.option(
    "--date-donnees",
    "data_date",
    type=DAY,
    metavar="AAAA-MM-JJ",
    help="Date des données, quand l’éditeur la dit et que le fichier ne la porte pas. Sinon, la plus récente de ses lignes.",
)
@click.option(
    "--lots",
    "as_lots",
    is_flag=True,
    help="Pour « decp » : garde aussi chaque marché comme un lot publié, et dit qui aurait pu y répondre.",
)
@outlet_options("table", "json")
@database_option
def import_command(
    given: tuple[str, ...],
    complet: bool,
    dry_run: bool,
    creer: bool,
    mapping: Path | None,
    nom: str | None,
    data_date: date | None,
    as_lots: bool,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Importe les fichiers d’un annuaire : tout, ou rien. Ou des avis publiés.

    Sans ANNUAIRE, un fichier est reconnu à son contenu. Les annuaires et la façon d’obtenir leurs fichiers : « entremise sources ». Les lots
    des avis : « entremise annonces list » ; un mauvais avis n’arrête pas les autres, et un import interrompu se reprend en le relançant.
    """
    key, files = _source(given)
    if key not in REGISTRY or as_lots:
        _notices(
            key,
            files,
            outlet,
            database,
            dry_run=dry_run,
            others=any((complet, creer, mapping, nom, data_date)),
        )
        return
    if mapping and key != "tableur":
        raise click.UsageError("--mapping ne sert qu’à « tableur » : les autres annuaires ont leurs propres colonnes.")
    if nom and not REGISTRY[key].many_lists:
        raise click.UsageError("--nom ne sert qu’à « tableur » : un annuaire est une seule liste.")
    if creer and REGISTRY[key].scope is not Scope.ORGANISATION:
        raise click.UsageError(
            "--creer ne sert qu’à « ess » : les autres annuaires décrivent eux-mêmes leurs fournisseurs."
        )
    at = now()
    if data_date and data_date > at.date():
        raise click.UsageError("--date-donnees est dans l’avenir : des données ne peuvent pas l’être.")
    engine = receiving_catalogue(database, dry_run=dry_run)
    columns = told_columns(engine, KIND, files, mapping, dry_run=dry_run) if key == "tableur" else UNTOLD
    sources = [Source(path, columns.given, columns.remembered, listing=nom or "") for path in files]
    with counting(f"Import de {REGISTRY[key].title}") as progress:
        report = run_import(
            engine,
            importer_apart(key, limits=COMMAND),
            sources,
            now=at,
            complete=complet,
            dry_run=dry_run,
            create=creer,
            data_date=data_date,
            progress=progress,
        )
    outlet.send(table=lambda out: tables.report(report, REGISTRY[key].title, out), json=report.as_dict)


def _source(values: tuple[str, ...]) -> tuple[str, list[Path]]:
    """The source that is named first, else that of which each file is, found by reading its beginning; and the files."""
    if values[0] in PUBLISHERS:
        if len(values) == 1:
            raise click.UsageError("Il manque le fichier à importer.")
        folder = values[0] in NOTICES and NOTICES[values[0]].folders
        return values[0], [existing(Path(file), folder=folder) for file in values[1:]]
    if not Path(values[0]).exists():
        raise click.UsageError(
            f"« {values[0]} » n’est ni un fichier, ni le nom d’un annuaire ou d’avis ({', '.join(PUBLISHERS)})."
        )
    files = [existing(Path(file)) for file in values]
    if not all(file.is_file() for file in files):
        raise click.UsageError("Un flux ne se lit qu’une fois : nommez l’annuaire avant lui.")
    keys = [*OFFERED_NOTICES, *(importer.key for importer in OFFERED)]
    names_by_source = {recognised(Source(file), keys, Stop()): file.name for file in files}
    if len(names_by_source) > 1:
        sources_said = ", ".join(f"« {name} » de {source_title(key)}" for key, name in names_by_source.items())
        raise click.UsageError(f"Ces fichiers ne sont pas d’une même source ({sources_said}) : importez-les à part.")
    return next(iter(names_by_source)), files


def _notices(
    key: str,
    files: list[Path],
    outlet: Outlet,
    database: str | None,
    *,
    dry_run: bool,
    others: bool,
) -> None:
    """The files of notices; `others` tells that options of directories were given."""
    if key not in NOTICES:
        raise click.UsageError("--lots ne sert qu’à « decp » : les autres annuaires ne disent pas de marchés.")
    if others:
        raise click.UsageError("Les avis s’importent sans autre option que --dry-run, --format, -o et --db.")
    import_notices(receiving_catalogue(database, dry_run=dry_run), NOTICES[key], files, outlet, dry_run=dry_run)


def import_notices(
    engine: Engine, importer: NoticeImporter, paths: Sequence[Path], outlet: Outlet, *, dry_run: bool
) -> None:
    """Import files of notices, and say what came of it."""
    with counting(f"Import de {importer.title}") as progress:
        report = take_notices(
            engine, notices_apart(importer, limits=COMMAND), paths, now=now(), dry_run=dry_run, progress=progress
        )
    outlet.send(table=lambda out: notices_report(report, importer.title, out), json=report.as_dict)


@command("sources", epilog="entremise sources")
@click.option(
    "--lettre",
    "letter_to",
    metavar="ANNUAIRE",
    type=click.Choice(list(REGISTRY)),
    help="Écrit la lettre qui demande son fichier à l’éditeur de cet annuaire.",
)
@outlet_options("table", "json")
@database_option
def sources_command(letter_to: str | None, outlet: Outlet, database: str | None) -> None:
    """Liste les annuaires et les avis, et comment les obtenir.

    Dit aussi ce qu’ils contiennent, leur licence et leurs usages, la date des données.
    """
    engine = own_catalogue(database)
    if letter_to:
        write(letter(letter_to, stats(engine), today()), outlet.path)
        return
    imported = last_imports(engine)
    with reading(engine) as connection:
        taken = taken_notices(connection)
    outlet.send(
        table=lambda out: tables.sources(PUBLISHERS.values(), imported, taken, out),
        json=lambda: [tables.source_object(its, imported.get(key), taken.get(key)) for key, its in PUBLISHERS.items()],
    )


@command("stats", epilog="entremise stats")
@outlet_options("table", "json")
@database_option
def stats_command(outlet: Outlet, database: str | None) -> None:
    """Compte ce que contient le catalogue.

    Ses fournisseurs, par type et par source, et ce qui est connu d’eux.
    """
    figures = stats(catalogue(database))
    outlet.send(table=lambda out: tables.statistics(figures, out), json=lambda: figures)


@command("imports", epilog="entremise catalogue imports")
@outlet_options("table", "json")
@database_option
def imports_command(outlet: Outlet, database: str | None) -> None:
    """Liste les imports, du dernier au premier : fichier, date, durée, comptes, empreinte."""
    past = past_imports(catalogue(database))
    outlet.send(table=lambda out: _show(past, out), json=lambda: [_object(run) for run in past])


def _show(past: Sequence[PastImport], out: Console) -> None:
    if not past:
        out.print("Aucun import. Les annuaires et leurs fichiers : entremise sources")
        return
    titles = ("Annuaire", "Fichier", "Date", "Durée", "Comptes", "SHA-256")
    folded = (Column(title, overflow="fold") for title in titles)
    table = Table(Column("N°", justify="right"), *folded, box=box.SIMPLE, pad_edge=False)
    for run in past:
        state = f" [bold](défait le {day(run.undone)})[/bold]" if run.undone else ""
        named = escape(run.file_name) + (" (complet)" if run.complete else "") + state
        seconds = unit(run.seconds, "s", 1)
        table.add_row(str(run.id), run.source, named, _when(run.started), seconds, _counted(run), run.sha256[:12])
    out.print(table)


@command("undo-import", epilog="entremise catalogue undo-import 4")
@click.argument("run_id", metavar="NUMÉRO", type=WholeNumber())
@database_option
def undo_import_command(run_id: int, database: str | None) -> None:
    """Défait un import : ses fiches redeviennent ce qu’elles étaient juste avant lui.

    Ses avis aussi, et leurs lots. Refusé si un import plus récent a relu l’une de ses fiches, ou d’autres avis de la même source : défaites
    d’abord celui-là. Les numéros : « entremise catalogue imports ».
    """
    done = undo_any_import(catalogue(database), run_id, now=now())
    click.echo(f"Import {run_id} ({done.run.source}, {done.run.file_name}) défait : {done.said}.")
    click.echo(f"Catalogue version {done.version}.")


def _object(run: PastImport) -> dict[str, Any]:
    fields = "id source file_name sha256 started finished counts complete catalogue_version undone data_date seconds"
    return shaped(fields, run)


def _when(moment: datetime) -> str:
    local = moment.replace(tzinfo=UTC).astimezone()
    return f"{day(local)}, {local:%H:%M}"


def _counted(run: PastImport) -> str:
    return ", ".join(
        count(run.counts[key], *words) for key, words in (tables.NOTICES | OUTCOMES).items() if run.counts.get(key)
    )
