"""`fetch` and `enrich`: open sources taken from where they are published, and what registers say of the suppliers we have."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from importers.online.services import DOWNLOADS, SERVICES
from importers.recherche_entreprises import KEY as API
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.read_apart import importer_apart
from matcher.catalogue.intake.registers import due
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.read import catalogue_version
from matcher.cli.catalogue import view as tables
from matcher.cli.frame.french import FrenchCommand, WholeNumber
from matcher.cli.frame.options import catalogue, database_option, existing, format_option, output_option, write
from matcher.cli.frame.progress import counting
from matcher.domain.french import count
from matcher.erasure import FOLDERS
from matcher.jobs.reader_process import COMMAND
from matcher.private_files import private_folder
from matcher.reference.geography.territories import departement, departements
from matcher.render.json_text import json_text
from matcher.settings import service_url

if TYPE_CHECKING:
    from importers.online.fetch import Fetcher

__all__ = ["enrich_command", "fetch_command"]

OPEN_SOURCES = ("finess", "emplois", "ess")
REGISTER_OF = {"api": API, "sirene": "sirene"}
DEFAULT_AGE_DAYS = 90

Progress = Callable[[str, int, int], None]


@click.command("fetch", cls=FrenchCommand)
@click.argument("key", metavar="ANNUAIRE", type=click.Choice(OPEN_SOURCES))
@click.option(
    "--departement",
    "codes",
    multiple=True,
    metavar="CODE",
    help="Pour « emplois » : ce département seulement ; répétable. Sinon, tous.",
)
@click.option(
    "--creer",
    is_flag=True,
    help="Pour « ess » : fait un fournisseur de chaque organisation qui n’en a pas au catalogue.",
)
@click.option("--dry-run", is_flag=True, help="Télécharge et dit ce qui changerait, sans rien écrire au catalogue.")
@format_option("table", "json")
@output_option
@database_option
def fetch_command(
    key: str,
    codes: tuple[str, ...],
    creer: bool,
    dry_run: bool,
    fmt: str,
    output: Path | None,
    database: str | None,
) -> None:
    """Télécharge un annuaire ouvert là où il est publié, puis l’importe : finess, emplois ou ess.

    Ce qui est reçu est gardé : relancée, la commande reprend où elle s’était arrêtée et ne redemande que ce qui a changé.
    """
    if codes and key != "emplois":
        raise click.UsageError("--departement ne sert qu’à « emplois » : les autres sources se téléchargent en entier.")
    if creer and key != "ess":
        raise click.UsageError(
            "--creer ne sert qu’à « ess » : les autres annuaires décrivent eux-mêmes leurs fournisseurs."
        )
    places = [_departement(code) for code in codes] or list(departements())
    engine = catalogue(database)
    with counting(f"Téléchargement de {REGISTRY[key].title}") as progress:
        path = _siaes(places, progress) if key == "emplois" else _download(key, progress)
    report = _import(engine, key, [path], complete=not codes, dry_run=dry_run, create=creer)
    _say(report, key, fmt, output)


@click.command("enrich", cls=FrenchCommand)
@click.argument("files", metavar="[FICHIER]…", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "origin",
    type=click.Choice(list(REGISTER_OF)),
    default="api",
    show_default=True,
    help="L’API Recherche d’entreprises, ou des fichiers de Sirene (stock des établissements, liens de succession).",
)
@click.option("--limit", type=WholeNumber(), metavar="NOMBRE", help="Avec l’API : au plus ce nombre de requêtes.")
@click.option(
    "--older-than",
    type=WholeNumber(),
    metavar="JOURS",
    default=DEFAULT_AGE_DAYS,
    show_default=True,
    help="Avec l’API : ne redemande que ce qui a plus de ce nombre de jours.",
)
@click.option("--dry-run", is_flag=True, help="Demande et dit ce qui changerait, sans rien écrire au catalogue.")
@format_option("table", "json")
@output_option
@database_option
def enrich_command(
    files: tuple[Path, ...],
    origin: str,
    limit: int | None,
    older_than: int,
    dry_run: bool,
    fmt: str,
    output: Path | None,
    database: str | None,
) -> None:
    """Complète les fournisseurs connus d’après Sirene : ouvert ou fermé, successeur, NAF, effectif, coordonnées.

    Avec l’API, seuls sont demandés les SIRET jamais vérifiés, ou vérifiés il y a longtemps ; une interruption ne perd rien.
    """
    if origin == "api" and files:
        raise click.UsageError("L’API n’attend pas de fichier : ajoutez « --from sirene » pour lire ceux de Sirene.")
    if origin == "sirene" and not files:
        raise click.UsageError(
            "Donnez le fichier de Sirene : entremise enrich --from sirene StockEtablissement_utf8.zip"
        )
    if origin == "sirene" and limit:
        raise click.UsageError("--limit ne sert qu’avec l’API : un fichier de Sirene se lit en entier.")
    paths = [existing(path) for path in files]
    engine = catalogue(database)
    key = REGISTER_OF[origin]
    if origin == "api":
        answered = _ask(engine, older_than, limit)
        if answered is None:
            if fmt == "json":
                _say(ImportReport(key, dry_run, version=catalogue_version(engine)), key, fmt, output)
            return
        paths = [answered]
    _say(_import(engine, key, paths, dry_run=dry_run), key, fmt, output)


def _departement(code: str) -> str:
    found = departement(code.strip().upper())
    if found is None:
        raise click.UsageError(f"« {code} » n’est pas le code d’un département (62, 2A, 974…).")
    return found.code


def _siaes(places: list[str], progress: Progress) -> Path:
    from importers.online.siaes import fetch_siaes

    collectivities = {code for code, place in departements().items() if place.region == code}
    return fetch_siaes(_fetcher("emplois"), places, progress, may_be_unknown=collectivities)


def _download(key: str, progress: Progress) -> Path:
    from importers.online.fetch import Expected

    wanted = DOWNLOADS[key]
    expected = Expected(types=wanted.types, max_bytes=wanted.max_bytes, max_seconds=3600.0)
    return _fetcher(wanted.service).get(wanted.path, expected=expected, progress=progress, name=f"{key}.csv")


def _ask(engine: Engine, older_than: int, limit: int | None) -> Path | None:
    """The file of the answers; None, and a sentence, where there is nothing to ask or nothing was answered."""
    from importers.online.recherche_search import ask_about

    age = timedelta(days=older_than)
    sirets = due(engine, (datetime.now(UTC) - age).date())
    if not sirets:
        click.echo("Rien à demander : tous les SIRET du catalogue ont été vérifiés récemment.", err=True)
        return None
    with counting("Recherche d’entreprises") as progress:
        fetcher = _fetcher(API)
        answers = ask_about(fetcher, sirets, max_age_s=age.total_seconds(), limit=limit, progress=progress)
    left = len(sirets) - answers.known - answers.unknown
    click.echo(
        f"{count(answers.known, 'SIRET trouvé', 'SIRET trouvés')}, {answers.unknown} non trouvés, {left} restent à demander.",
        err=True,
    )
    return answers.path if answers.known else None


def _fetcher(service: str) -> "Fetcher":
    from importers.online.fetch import Fetcher

    return Fetcher(SERVICES[service].at(service_url(service)), private_folder(FOLDERS[service].path))


def _import(
    engine: Engine, key: str, paths: list[Path], *, complete: bool = False, dry_run: bool, create: bool = False
) -> ImportReport:
    with counting(f"Import de {REGISTRY[key].title}") as progress:
        return run_import(
            engine,
            importer_apart(key, limits=COMMAND),
            [Source(path) for path in paths],
            now=datetime.now(UTC).replace(tzinfo=None),
            complete=complete,
            dry_run=dry_run,
            create=create,
            progress=progress,
        )


def _say(report: ImportReport, key: str, fmt: str, output: Path | None) -> None:
    if fmt == "json":
        write(json_text(report.as_dict()), output)
    else:
        tables.report(report, REGISTRY[key].title, output)
