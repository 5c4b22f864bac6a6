"""Command `entremise import`: import files of a directory of suppliers, or of published tender notices, in the catalogue, and print the report.

REGISTRY holds the supplier directories, NOTICES the sources of notices; a key such as `decp` may be in both.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from sqlalchemy import Engine

from importers import REGISTRY
from importers.formats.columns import NO_MAPPING
from importers.importer import Scope, Source
from importers.notices import NOTICES
from importers.tableur import KIND
from matcher.catalogue.identity.trust import OF_NOTICES, PUBLISHERS, source_title
from matcher.catalogue.intake.attempt import OLDER
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.read_apart import OFFERED, importer_in_subprocess, recognise_in_subprocess
from matcher.catalogue.intake.report import ImportReport, ReadReport
from matcher.catalogue.intake.runs import file_names
from matcher.cli.frame.columns import mapping_of_files, mapping_option
from matcher.cli.frame.later import import_object
from matcher.cli.frame.options import DAY, command, database_option, existing, receiving_catalogue, record_act
from matcher.cli.frame.outlet import REFUSED, UNKNOWN, Outlet, counting, outlet_options, tally_table
from matcher.clock import now
from matcher.domain.french import count
from matcher.jobs.reader_process import COMMAND
from matcher.jobs.stop import Stop

create_option = click.option(
    "--creer",
    is_flag=True,
    help="Pour « ess » : fait un fournisseur de chaque organisation qui n’en a pas au catalogue.",
)
CREATES_NONE = "--creer ne sert qu’à « ess » : les autres annuaires décrivent eux-mêmes leurs fournisseurs."


@command("import", epilog="entremise import finess finess.csv --dry-run")
@click.argument("given", metavar="[ANNUAIRE] FICHIER…", nargs=-1, required=True)
@click.option(
    "--complet", is_flag=True, help="Ces fichiers sont toute la source : ce qu’ils ne listent plus perd sa fraîcheur."
)
@click.option("--dry-run", is_flag=True, help="Dit ce qui changerait, sans rien écrire.")
@create_option
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
    "--plus-ancien",
    "older",
    is_flag=True,
    help="Reprend des données plus anciennes que celles du catalogue, ce qui est refusé sinon.",
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
    older: bool,
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
        others = any((complet, creer, mapping, nom, data_date, older))
        _notices(key, files, outlet, database, dry_run=dry_run, others=others)
        return
    if mapping and key != "tableur":
        raise click.UsageError("--mapping ne sert qu’à « tableur » : les autres annuaires ont leurs propres colonnes.")
    if nom and not REGISTRY[key].many_lists:
        raise click.UsageError("--nom ne sert qu’à « tableur » : un annuaire est une seule liste.")
    if creer and REGISTRY[key].scope is not Scope.ORGANISATION:
        raise click.UsageError(CREATES_NONE)
    at = now()
    if data_date and data_date > at.date():
        raise click.UsageError("--date-donnees est dans l’avenir : des données ne peuvent pas l’être.")
    engine = receiving_catalogue(database, dry_run=dry_run)
    column_mapping = mapping_of_files(engine, KIND, files, mapping, dry_run=dry_run) if key == "tableur" else NO_MAPPING
    sources = [Source(path, column_mapping.of_file, column_mapping.remembered, listing=nom or "") for path in files]
    with counting(f"Import de {REGISTRY[key].title}") as progress:
        report = run_import(
            engine,
            importer_in_subprocess(key, limits=COMMAND),
            sources,
            now=at,
            complete=complet,
            dry_run=dry_run,
            create=creer,
            data_date=data_date,
            older=older,
            progress=progress,
        )
    record_import(engine, report, report.sentence, files)
    outlet.send(table=lambda out: print_report(report, REGISTRY[key].title, out), json=report.as_dict)


def _source(values: tuple[str, ...]) -> tuple[str, list[Path]]:
    """Return the key of the source (the first argument, else recognised from the content of the files), and the files."""
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
    keys = [*OF_NOTICES, *(importer.key for importer in OFFERED)]
    names_by_source = {recognise_in_subprocess(Source(file), keys, Stop()): file.name for file in files}
    if len(names_by_source) > 1:
        sources = ", ".join(f"« {name} » de {source_title(key)}" for key, name in names_by_source.items())
        raise click.UsageError(f"Ces fichiers ne sont pas d’une même source ({sources}) : importez-les à part.")
    return next(iter(names_by_source)), files


def _notices(key: str, files: list[Path], outlet: Outlet, database: str | None, *, dry_run: bool, others: bool) -> None:
    """Import files of notices; `others` is True where options for directories were given, which is refused."""
    if key not in NOTICES:
        raise click.UsageError("--lots ne sert qu’à « decp » : les autres annuaires ne disent pas de marchés.")
    if others:
        raise click.UsageError("Les avis s’importent sans autre option que --dry-run, --format, -o et --db.")
    # Imported here: an import of a directory does not need the reader of needs.
    import_notices = import_object("matcher.cli.catalogue.notice_files:import_notices")
    import_notices(receiving_catalogue(database, dry_run=dry_run), NOTICES[key], files, outlet, dry_run=dry_run)


OUTCOMES = {
    "created": ("nouveau fournisseur", "nouveaux fournisseurs"),
    "merged": ("rattaché à un fournisseur déjà connu", "rattachés à un fournisseur déjà connu"),
    "updated": ("mis à jour", "mis à jour"),
    "unchanged": ("inchangé", "inchangés"),
    "review": ("à revoir", "à revoir"),
    "refused": ("refusé", "refusés"),
}
NOTICE_OUTCOMES = {"new": ("nouvel avis", "nouveaux avis"), "changed": ("avis modifié", "avis modifiés")}


def record_import(engine: Engine, report: ReadReport, counts: str, paths: Sequence[Path]) -> None:
    """Add an import to the security journal: its number, source, files and counts; none where nothing was written."""
    if report.run:
        detail = ", ".join(filter(None, (report.source, file_names(paths))))
        record_act(engine, "importe des fichiers", f"import {report.run}", f"{detail} : {counts}")


def print_report(done: ImportReport, title: str, out: Console) -> None:
    """Print what an import did, or would do: counts that add up, reasons, flags and remarks."""
    figures = done.as_dict()
    verb = "Essai à blanc, rien n’est écrit" if done.dry_run else "Import"
    out.print(f"[bold]{verb} : {escape(title)}[/bold]")
    out.print(tally_table(((figures[key], *words) for key, words in OUTCOMES.items()), (figures["read"], "lu", "lus")))
    for reason in figures["reasons"]:
        out.print(
            f"{REFUSED} {count(reason['count'], 'ligne refusée', 'lignes refusées')} : {escape(reason['reason'])} {_lines(reason)}"
        )
    for flag in figures["flags"]:
        out.print(
            f"{UNKNOWN} {count(flag['count'], 'fiche gardée et signalée', 'fiches gardées et signalées')} : {escape(flag['flag'])} {_lines(flag)}"
        )
    for remark in figures["remarks"]:
        out.print(f"[dim]ligne {remark['line']} : {escape(remark['message'])}[/dim]")
    if done.newer:
        out.print(f"{UNKNOWN} {done.older_words}{f'. {OLDER}' if done.dry_run else ''}")
    if done.gone:
        out.print(
            f"{UNKNOWN} {count(done.gone, 'fiche absente', 'fiches absentes')} de cette liste complète : rien n’est effacé, la fraîcheur baisse."
        )
    if done.pairs:
        out.print(f"{UNKNOWN} {count(done.pairs, 'paire')} à juger au catalogue : entremise catalogue review")
    elif figures["review"] and not done.dry_run:
        out.print(f"{UNKNOWN} Pour ce qui est à revoir : entremise catalogue review")
    if not done.dry_run:
        out.print(f"[dim]Catalogue version {done.version}{'' if done.changed else ', inchangé'}.[/dim]")


def _lines(reason: Mapping[str, Any]) -> str:
    lines = ", ".join(map(str, reason["lines"]))
    more = " …" if reason["count"] > len(reason["lines"]) else ""
    return f"[dim](ligne{'s' if len(reason['lines']) > 1 else ''} {lines}{more})[/dim]"
