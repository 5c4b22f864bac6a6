"""`demo`: the whole road on the invented sample, in a catalogue of its own."""

import shutil
import sys
from datetime import UTC, datetime

import click

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake import run_import
from matcher.catalogue.shelves import load_shelf
from matcher.cli import render, tables
from matcher.cli.french import FrenchCommand
from matcher.cli.options import database_option, top_option
from matcher.db import open_database
from matcher.domain.french import count
from matcher.lots.shortlist import shortlist_of
from matcher.paths import shipped
from matcher.reading.lots import read_lots
from matcher.settings import data_folder

SAMPLES = (("emplois", "emplois.json"), ("finess", "finess.csv"), ("hosmoz", "hosmoz.csv"))


@click.command("demo", cls=FrenchCommand)
@top_option(5)
@database_option
def demo_command(top: int, database: str | None) -> None:
    """Charge trois annuaires d’exemple (fictifs), puis classe un lot.

    L’exemple a son propre catalogue : il ne se mêle jamais au vôtre.
    """
    url = database or f"sqlite:///{(data_folder() / 'exemple.sqlite').as_posix()}"
    engine = open_database(url)
    for key, name in SAMPLES:
        path = shipped(f"data/samples/{name}")
        report = run_import(engine, REGISTRY[key], [Source(path)], now=datetime.now(UTC).replace(tzinfo=None))
        tables.report(report, f"{REGISTRY[key].title} (exemple fictif)", None)
    shelf = load_shelf(engine)
    given = next(iter(read_lots(shipped("data/samples/lots.jsonl"))))
    render.shortlists([shortlist_of(shelf, given, top)], None)
    _say_next(url, len(shelf))


def _command() -> str:
    """How this command was called, where it is not on the path: the person can call it so again."""
    return "entremise" if shutil.which("entremise") else sys.argv[0]


def _say_next(url: str, suppliers: int) -> None:
    click.echo(
        f"Ces {count(suppliers, 'fournisseur')} sont inventés. Essayez votre propre besoin :\n"
        f'  {_command()} match --db {url} --objet "Prestations de traiteur" --lieu Lille\n'
        f"Puis importez de vrais annuaires : {_command()} sources"
    )
