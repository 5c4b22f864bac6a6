"""`programme`: a sheet of future purchases, answered line by line, and what the whole could do; goes on where it was stopped."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from sqlalchemy import Engine

from matcher.cli.decisions.opinion import thresholds
from matcher.cli.frame.columns import mapping_option, told_columns
from matcher.cli.frame.document import needs_a_file, send_document
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option, existing, format_option, output_option, write
from matcher.cli.frame.progress import counting
from matcher.cli.need.match import filled_shelf
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.purchases.columns import PROGRAMME
from matcher.decisions.purchases.line import MOST_LINES, purchase
from matcher.decisions.purchases.programme import FORM, answer_programme
from matcher.decisions.purchases.programme_document import (
    Answered,
    programme_document,
    programme_lines,
    programme_object,
)
from matcher.decisions.purchases.sheet import read_sheet
from matcher.domain.french import count
from matcher.erasure import FOLDERS
from matcher.jobs.resume import KeptAnswers, forget_old, name_of
from matcher.need.answer import this_day


@click.command("programme", cls=FrenchCommand)
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@thresholds
@mapping_option
@format_option("table", "json", "jsonl", "xlsx")
@output_option
@database_option
def programme_command(
    path: Path, mapping: Path | None, fmt: str, output: Path | None, database: str | None, assumed: Assumptions
) -> None:
    """Donne l’avis sur chaque ligne d’un programme d’achats.

    FICHIER est un CSV ou un classeur de 2 000 lignes au plus ; il revient avec levier, candidats, doutes et totaux. Interrompu, il reprend où il
    en était.
    """
    fmt = "xlsx" if fmt == "table" and output is not None and output.suffix.lower() == ".xlsx" else fmt
    needs_a_file(fmt, output, "programme.xlsx")
    engine = catalogue(database)
    sheet = read_sheet(existing(path), PROGRAMME, MOST_LINES, told_columns(engine, PROGRAMME, [path], mapping))
    shelf, today = filled_shelf(engine), this_day()
    purchases = [purchase(entry) for entry in sheet.entries]
    work = name_of(FORM, digest_of(path), name_of_catalogue(engine), shelf.version, assumed, today, sheet.understood)
    with taken_up(work) as kept, counting("Programme") as tell:
        answered = answer_programme(
            engine, shelf, purchases, today, assumed, kept, lambda done, of: tell("avis", done, of)
        )
    _send(Answered(sheet, answered, shelf, assumed, today), fmt, output)
    if kept.path is not None:
        kept.path.unlink(missing_ok=True)


@contextmanager
def taken_up(work: str) -> Iterator[KeptAnswers]:
    """The answers of a run that was stopped, in the cache folder; kept until the answer is written."""
    folder = FOLDERS["programmes"].path
    forget_old(folder)
    with KeptAnswers(folder / f"{work}.jsonl", work) as kept:
        if kept.held:
            done = count(len(kept.held), "ligne déjà faite", "lignes déjà faites")
            Console(stderr=True).print(f"Reprise : {done}.", highlight=False)
        try:
            yield kept
        except KeyboardInterrupt:
            Console(stderr=True).print("Ce qui est fait est gardé : la même commande reprendra là.", highlight=False)
            raise


def digest_of(path: Path) -> str:
    """Return what tells this file from any other."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def name_of_catalogue(engine: Engine) -> str:
    """Return what tells this catalogue from another, its password left out."""
    return engine.url.render_as_string()


def _send(its: Answered, fmt: str, output: Path | None) -> None:
    if fmt == "jsonl":
        write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in programme_lines(its)), output)
    else:
        send_document(programme_document(its), fmt, output, lambda: programme_object(its))
