"""Options that several commands share, and the two ways an answer leaves: the terminal or a file."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from sqlalchemy import Engine

from matcher.db import open_database
from matcher.settings import database_url

F = TypeVar("F", bound=Callable[..., Any])


class RequestRefused(Exception):
    """A request that is well written and cannot be served (exit 1); the message is French."""


def database_option(function: F) -> F:
    """`--db URL`: where the catalogue is."""
    return click.option(
        "--db",
        "database",
        metavar="URL",
        help="Base du catalogue (adresse SQLAlchemy). Sinon ENTREMISE_DATABASE_URL, sinon un fichier de votre dossier de données.",
    )(function)


def output_option(function: F) -> F:
    """`-o FILE`: write there instead of the terminal."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), metavar="FICHIER", help="Écrit dans ce fichier."
    )(function)


def format_option(*choices: str) -> Callable[[F], F]:
    """`--format`, the first choice by default."""
    return click.option(
        "--format",
        "fmt",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="Forme de la réponse.",
    )


def catalogue(database: str | None) -> Engine:
    """Open, and where need be create or upgrade, the catalogue chosen by `--db`, the environment or the default."""
    return open_database(database or database_url())


def existing(path: Path) -> Path:
    """Return `path` if it is a file. Raises click.UsageError (exit 2) where it is missing or a folder."""
    if path.is_dir():
        raise click.UsageError(f"« {path} » est un dossier : donnez un fichier.")
    if not path.exists():
        raise click.UsageError(f"Le fichier « {path} » n’existe pas.")
    return path


def write(content: bytes | str, output: Path | None) -> None:
    """Send an answer to a file, or to standard output as it is."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise RequestRefused(f"Impossible d’écrire « {output} » : {error.strerror}.") from error
    Console(stderr=True).print(f"Écrit : {output}", highlight=False)
