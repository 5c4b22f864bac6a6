"""Commands `entremise db …`: upgrade, back up, restore or copy the database."""

from collections.abc import Mapping
from pathlib import Path

import click

from matcher.catalogue.steward.backup import back_up, copy_catalogue, restore
from matcher.cli.frame.options import command_group, database_option, existing, in_a_folder, own_catalogue
from matcher.cli.frame.outlet import counting
from matcher.db import HEAD, database_label, revision
from matcher.domain.french import count
from matcher.settings import database_url

replace_option = click.option(
    "--remplacer", is_flag=True, help="Efface d’abord ce que contient la base de destination, si elle n’est pas vide."
)


@command_group("db")
def db_command() -> None:
    """Met à niveau, sauvegarde, restaure ou déplace la base.

    C’est la base du catalogue, SQLite ou PostgreSQL.
    """


@db_command.command("upgrade", epilog="entremise db upgrade")
@database_option
def upgrade_command(database: str | None) -> None:
    """Crée la base, ou la met au format de cette version d’Entremise."""
    url = database or database_url()
    current = revision(url)
    engine = own_catalogue(url)
    if current == HEAD:
        click.echo(f"{database_label(engine.url)} est à jour (format {HEAD}).")
    else:
        click.echo(
            f"{database_label(engine.url)} est passée du format {current} au format {HEAD}."
            if current
            else f"{database_label(engine.url)} est créée (format {HEAD})."
        )


@db_command.command("backup", epilog="entremise db backup sauvegarde.sqlite")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@database_option
def backup_command(path: Path, database: str | None) -> None:
    """Sauvegarde tout le catalogue dans un nouveau fichier SQLite, sans arrêter ceux qui s’en servent."""
    if not path.absolute().parent.is_dir():
        raise click.UsageError(f"Le dossier « {path.parent} » n’existe pas.")
    engine = own_catalogue(database)
    with counting("Sauvegarde") as progress:
        counts = back_up(engine, path, progress=progress)
    click.echo(f"Sauvegardé dans « {path} » : {_summary(counts)}.")


@db_command.command("restore", epilog="entremise db restore sauvegarde.sqlite --remplacer")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@replace_option
@database_option
def restore_command(path: Path, remplacer: bool, database: str | None) -> None:
    """Remet dans la base ce que contient une sauvegarde : tout, ou rien."""
    engine = own_catalogue(database)
    with counting("Restauration") as progress:
        counts = restore(engine, existing(path), replace=remplacer, progress=progress)
    click.echo(f"{database_label(engine.url)} est restaurée : {_summary(counts)}.")


@db_command.command("copy", epilog="entremise db copy --vers sqlite:///copie.sqlite")
@click.option(
    "--vers",
    "target",
    metavar="URL",
    required=True,
    callback=in_a_folder,
    help="Base de destination (adresse SQLAlchemy).",
)
@replace_option
@database_option
def copy_command(target: str, remplacer: bool, database: str | None) -> None:
    """Copie tout le catalogue dans une autre base, de SQLite à PostgreSQL ou l’inverse, et vérifie les comptes."""
    source, written = own_catalogue(database), own_catalogue(target)
    with counting("Copie") as progress:
        counts = copy_catalogue(source, written, replace=remplacer, progress=progress)
    click.echo(f"{database_label(written.url)} contient maintenant : {_summary(counts)}.")


def _summary(counts: Mapping[str, int]) -> str:
    suppliers, records = counts["supplier"], counts["source_record"]
    rows = count(sum(counts.values()), "ligne en tout", "lignes en tout")
    return (
        f"{count(suppliers, 'fournisseur')}, {count(records, 'fiche')}, {count(counts['import_run'], 'import')}, {rows}"
    )
