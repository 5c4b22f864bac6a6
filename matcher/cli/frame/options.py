"""Options that several commands share, and the two ways an answer leaves: the terminal or a file."""

import os
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from sqlalchemy import Engine

from matcher.cli.frame.french import WholeNumber
from matcher.db import open_database
from matcher.render.described_file import DescribedFile
from matcher.render.json_text import json_text
from matcher.settings import database_url

# Added to the name of a file for that of its schema.
SCHEMA_SUFFIX = ".schema.json"

F = TypeVar("F", bound=Callable[..., Any])


class RequestRefused(Exception):
    """A request that is well written and cannot be served (exit 1); the message is French."""


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Several options as one, in the order in which the help tells them."""
    return lambda function: reduce(lambda decorated, option: option(decorated), reversed(options), function)


def database_option(function: F) -> F:
    """`--db URL`: where the catalogue is."""
    return click.option(
        "--db",
        "database",
        metavar="URL",
        help="Base du catalogue (adresse SQLAlchemy). Sinon ENTREMISE_DATABASE_URL, sinon un fichier de votre dossier de données.",
    )(function)


def output_option(function: F) -> F:
    """`-o FILE`: write there instead of the terminal. A place where no file can be is refused before any work."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FICHIER",
        callback=_writable,
        help="Écrit dans ce fichier, et à côté le schéma d’un JSON ou d’un CSV.",
    )(function)


def _writable(_ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    if path is None:
        return None
    if path.is_dir():
        raise click.BadParameter(f"« {path} » est un dossier : donnez un nom de fichier.", param=param)
    if not path.parent.is_dir():
        raise click.BadParameter(f"le dossier « {path.parent} » n’existe pas.", param=param)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise RequestRefused(f"« {path} » ne peut pas être écrit : accès refusé.")
    return path


def top_option(default: int) -> Callable[[F], F]:
    """`--top N`: how many candidates of each lot are given."""
    return click.option(
        "--top",
        type=WholeNumber(),
        metavar="NOMBRE",
        default=default,
        show_default=True,
        help="Nombre de candidats par lot, 1 ou plus.",
    )


def version_option(what: str) -> Callable[[F], F]:
    """`--version N`: the version that was read of what is changed, with its article."""
    return click.option(
        "--version",
        type=WholeNumber(),
        metavar="NUMÉRO",
        help=f"Version lue : refuse si quelqu’un a changé {what} depuis. Sinon, la dernière.",
    )


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
    """Open, and where need be create or upgrade, the catalogue chosen by `--db`, the environment or the default.

    It is closed with the command.
    """
    engine = open_database(database or database_url())
    if (context := click.get_current_context(silent=True)) is not None:
        context.call_on_close(engine.dispose)
    return engine


def existing(path: Path, *, piped: bool = False) -> Path:
    """Return `path` if it is a file, or a pipe where what reads it reads it once (`piped`): another would wait for ever at the second time.

    Raises click.UsageError (exit 2) where it is missing, a folder or a device.
    """
    if path.is_dir():
        raise click.UsageError(f"« {path} » est un dossier : donnez un fichier.")
    if not path.exists():
        raise click.UsageError(f"Le fichier « {path} » n’existe pas.")
    if path.is_char_device() or path.is_block_device():
        raise click.UsageError(f"« {path} » n’est pas un fichier ordinaire.")
    if path.is_fifo() and not piped:
        raise click.UsageError(f"« {path} » est un tube : enregistrez d’abord ce qui en sort dans un fichier.")
    return path


def write(content: bytes | str | DescribedFile, output: Path | None) -> None:
    """Send an answer to a file, its schema beside where it has one, or to standard output as it is. Raises OSError where it cannot be written."""
    described = content if isinstance(content, DescribedFile) else None
    text = content.content if isinstance(content, DescribedFile) else content
    data = text.encode("utf-8") if isinstance(text, str) else text
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    output.write_bytes(data)
    Console(stderr=True).print(f"Écrit : {output}", highlight=False)
    if described and output.is_file():  # a pipe or a device has nothing beside it
        write(json_text(described.schema()), output.with_name(f"{output.name}{SCHEMA_SUFFIX}"))
