"""Commands `entremise db …`: upgrade, back up, restore or copy the database."""

from collections.abc import Mapping
from pathlib import Path

import click
from sqlalchemy import Engine, func, select

from matcher.accounts.tables import ACCOUNTS, API_TOKENS
from matcher.catalogue.steward.backup import back_up, copy_catalogue, restore
from matcher.cli.frame.options import command_group, database_option, existing, in_a_folder, own_catalogue, record_act
from matcher.cli.frame.outlet import counting
from matcher.db import HEAD, database_label, reading, revision
from matcher.domain.french import count, number
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
    engine = own_catalogue(database, create=False)
    with counting("Sauvegarde") as progress:
        counts = back_up(engine, path, progress=progress)
    click.echo(f"Sauvegardé dans « {path} » : {_summary(counts)}.")


@db_command.command("restore", epilog="entremise db restore sauvegarde.sqlite --remplacer")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@replace_option
@database_option
def restore_command(path: Path, remplacer: bool, database: str | None) -> None:
    """Remet dans la base ce que contient une sauvegarde : tout, ou rien.

    Les comptes et les jetons aussi deviennent ceux de la sauvegarde. Le journal de sécurité garde en plus ses propres lignes.
    """
    engine = own_catalogue(database)
    before = _count_access(engine)
    with counting("Restauration") as progress:
        counts = restore(engine, existing(path), replace=remplacer, progress=progress)
    click.echo(f"{database_label(engine.url)} est restaurée : {_summary(counts)}.")
    _report_access(engine, before, "restaure une sauvegarde", str(path))


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
    source, written = own_catalogue(database, create=False), own_catalogue(target)
    before = _count_access(written)
    with counting("Copie") as progress:
        counts = copy_catalogue(source, written, replace=remplacer, progress=progress)
    click.echo(f"{database_label(written.url)} contient maintenant : {_summary(counts)}.")
    _report_access(written, before, "reçoit la copie d’une autre base", database_label(source.url))


def _count_access(engine: Engine) -> tuple[int, ...]:
    """Return the number of accounts and of API tokens of a database."""
    with reading(engine) as connection:
        queries = (select(func.count()).select_from(table) for table in (ACCOUNTS, API_TOKENS))
        return tuple(int(connection.execute(query).scalar_one()) for query in queries)


def _report_access(engine: Engine, before: tuple[int, ...], action: str, target: str) -> None:
    """Print the accounts and tokens of a database before and after its content was replaced, and add the line of the security journal."""
    after = _count_access(engine)
    pairs = zip(("comptes", "jetons"), before, after, strict=True)
    detail = " ; ".join(f"{name} : {number(old)} avant, {number(new)} après" for name, old, new in pairs)
    record_act(engine, action, target, detail)
    if any((*before, *after)):
        click.echo(f"{detail.capitalize()}.")
    if before[0] and not after[0]:
        click.echo(
            "Attention : plus aucun compte, personne ne peut se connecter. Pour en ouvrir un : entremise account add NOM --role administrateur",
            err=True,
        )


def _summary(counts: Mapping[str, int]) -> str:
    suppliers, records = counts["supplier"], counts["source_record"]
    rows = count(sum(counts.values()), "ligne en tout", "lignes en tout")
    return (
        f"{count(suppliers, 'fournisseur')}, {count(records, 'fiche')}, {count(counts['import_run'], 'import')}, {rows}"
    )
