"""Commands `entremise fetch` (download an open source and import it) and `catalogue enrich` (complete known suppliers from the Sirene business register)."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from importers.notices import NOTICES
from importers.online.boamp import SERVICE as BOAMP
from importers.online.boamp import fetch_boamp
from matcher.catalogue.intake.online_sources import (
    ONLINE,
    REGISTER,
    FetchResult,
    SourceRequest,
    fetcher_of,
    import_received,
)
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.read import catalogue_version
from matcher.cli.catalogue.imports import CREATES_NONE, create_option, print_report, record_import
from matcher.cli.catalogue.notice_files import import_notices
from matcher.cli.frame.departement import DEPARTEMENT
from matcher.cli.frame.options import DAY, WholeNumber, command, database_option, existing, receiving_catalogue
from matcher.cli.frame.outlet import Outlet, counting, outlet_options
from matcher.clock import today
from matcher.domain.french import count
from matcher.reference.geography.territories import Departement

# Sources for `fetch`: all but the register, which lists no supplier and belongs to `enrich`.
FETCHED = tuple(name for name in ONLINE if name != REGISTER.name)
REGISTER_OF = {"api": REGISTER.key, "sirene": "sirene"}


@command("fetch", epilog="entremise fetch boamp --depuis 2026-11-20 --jusqu-au 2026-11-22 --dry-run")
@click.argument("key", metavar="ANNUAIRE", type=click.Choice((*FETCHED, BOAMP)))
@click.option(
    "--departement",
    "places",
    type=DEPARTEMENT,
    multiple=True,
    metavar="CODE",
    help="Pour « emplois » : ce département seulement ; répétable. Sinon, tous.",
)
@create_option
@click.option(
    "--nombre",
    "limit",
    type=WholeNumber(),
    metavar="NOMBRE",
    help="Pour « awards » : au plus ce nombre de requêtes ; relancez pour la suite.",
)
@click.option(
    "--depuis",
    "since",
    type=DAY,
    metavar="AAAA-MM-JJ",
    help="Pour « boamp » : les avis parus depuis ce jour, qui est demandé.",
)
@click.option(
    "--jusqu-au", "until", type=DAY, metavar="AAAA-MM-JJ", help="Pour « boamp » : jusqu’à ce jour ; sinon, aujourd’hui."
)
@click.option("--dry-run", is_flag=True, help="Télécharge et dit ce qui changerait, sans rien écrire au catalogue.")
@outlet_options("table", "json")
@database_option
def fetch_command(
    key: str,
    places: tuple[Departement, ...],
    creer: bool,
    limit: int | None,
    since: date | None,
    until: date | None,
    dry_run: bool,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Télécharge une source là où elle est publiée, et l’importe.

    Les sources : emplois, finess, marche (avec un jeton), ess, awards, et boamp, les avis publiés.
    « awards » demande, SIRET par SIRET, les marchés publics que chaque fournisseur du catalogue a remportés. Ce qui est reçu est gardé : relancée, la commande reprend où elle s’était arrêtée et ne redemande que ce qui a changé.
    """
    if places and key != "emplois":
        raise click.UsageError("--departement ne sert qu’à « emplois » : les autres sources se téléchargent en entier.")
    if creer and key != "ess":
        raise click.UsageError(CREATES_NONE)
    if limit and key != "awards":
        raise click.UsageError("--nombre ne sert qu’à « awards » : les autres sources se téléchargent en entier.")
    if (since or until) and key != BOAMP:
        raise click.UsageError(
            "--depuis et --jusqu-au ne servent qu’à « boamp » : les autres sources n’ont pas de jours."
        )
    if key == BOAMP:
        _fetch_notices(_days(since, until), outlet, database, dry_run=dry_run)
        return
    source = ONLINE[key]
    request_sent = SourceRequest(departements=[place.code for place in places], limit=limit)
    engine = receiving_catalogue(database, dry_run=dry_run)
    with counting(f"Téléchargement de {REGISTRY[source.key].title}") as progress:
        received = source.receive(engine, request_sent, progress)
    _import_received(engine, source.key, received, outlet, dry_run=dry_run, create=creer)


@command("enrich", epilog="entremise catalogue enrich --nombre 20")
@click.argument("files", metavar="[FICHIER]…", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--source",
    "origin",
    type=click.Choice(list(REGISTER_OF)),
    default="api",
    show_default=True,
    help="L’API Recherche d’entreprises, ou des fichiers de Sirene (stock des établissements, liens de succession), en CSV, ZIP ou Parquet.",
)
@click.option(
    "--nombre", "limit", type=WholeNumber(), metavar="NOMBRE", help="Avec l’API : au plus ce nombre de requêtes."
)
@click.option(
    "--jours",
    "older_than",
    type=WholeNumber(),
    metavar="JOURS",
    help="Avec l’API : ne redemande que ce qui a plus de ce nombre de jours ; sinon, le rythme de la source (90).",
)
@click.option("--dry-run", is_flag=True, help="Demande et dit ce qui changerait, sans rien écrire au catalogue.")
@outlet_options("table", "json")
@database_option
def enrich_command(
    files: tuple[Path, ...],
    origin: str,
    limit: int | None,
    older_than: int | None,
    dry_run: bool,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Complète les fournisseurs connus d’après Sirene : ouvert ou fermé, successeur, NAF, effectif, coordonnées.

    Avec l’API, seuls sont demandés les SIRET jamais vérifiés, ou vérifiés il y a longtemps ; une interruption ne perd rien.
    """
    if origin == "api" and files:
        raise click.UsageError("L’API n’attend pas de fichier : ajoutez « --source sirene » pour lire ceux de Sirene.")
    if origin == "sirene" and not files:
        raise click.UsageError(
            "Donnez le fichier de Sirene : entremise catalogue enrich --source sirene StockEtablissement_utf8.zip"
        )
    if origin == "sirene" and limit:
        raise click.UsageError("--nombre ne sert qu’avec l’API : un fichier de Sirene se lit en entier.")
    sources = [Source(existing(path)) for path in files]
    engine = receiving_catalogue(database, dry_run=dry_run)
    key = REGISTER_OF[origin]
    if origin == "api":
        with counting("Recherche d’entreprises") as progress:
            received = REGISTER.receive(engine, SourceRequest(limit=limit, days=older_than), progress)
    else:
        received = FetchResult(tuple(sources))
    _import_received(engine, key, received, outlet, dry_run=dry_run)


def _days(since: date | None, until: date | None) -> tuple[date, date]:
    """Return the first and last days of publication to fetch. Raises click.UsageError where the period is missing, reversed or in the future."""
    last = until or today()
    if since is None:
        raise click.UsageError("Dites depuis quel jour de parution : entremise fetch boamp --depuis AAAA-MM-JJ")
    if last > today() or since > last:
        raise click.UsageError("--depuis vient avant --jusqu-au, et --jusqu-au n’est pas dans l’avenir.")
    return since, last


def _fetch_notices(days: tuple[date, date], outlet: Outlet, database: str | None, *, dry_run: bool) -> None:
    engine = receiving_catalogue(database, dry_run=dry_run)
    importer = NOTICES[BOAMP]
    with counting(f"Téléchargement de {importer.title}") as progress:
        published = fetch_boamp(fetcher_of(BOAMP), *days, today(), progress)
    notices = count(published.notices, "avis paru", "avis parus")
    click.echo(f"{notices} du {days[0]:%d/%m/%Y} au {days[1]:%d/%m/%Y}.", err=True)
    import_notices(engine, importer, published.paths, outlet, dry_run=dry_run)


def _import_received(
    engine: Engine, key: str, received: FetchResult, outlet: Outlet, *, dry_run: bool, create: bool = False
) -> None:
    """Print the summary of the download, import the files received, and send the report (an empty one in JSON where nothing was received)."""
    if received.says:
        click.echo(received.says, err=True)
    if received.sources:
        with counting(f"Import de {REGISTRY[key].title}") as progress:
            done = import_received(engine, key, received, dry_run=dry_run, create=create, progress=progress)
        record_import(engine, done, done.sentence, [source.path for source in received.sources])
    elif outlet.form == "json":
        done = ImportReport(key, dry_run, version=catalogue_version(engine))
    else:
        return
    outlet.send(table=lambda out: print_report(done, REGISTRY[key].title, out), json=done.as_dict)
