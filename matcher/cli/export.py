"""`export`: the whole catalogue as a file."""

from pathlib import Path

import click

from matcher.catalogue.store import load_suppliers
from matcher.cli.french import FrenchCommand
from matcher.cli.options import catalogue, database_option, format_option, output_option, write
from matcher.exports.catalogue import to_csv, to_geojson, to_jsonl


@click.command("export", cls=FrenchCommand)
@format_option("jsonl", "csv", "geojson")
@output_option
@database_option
def export_command(fmt: str, output: Path | None, database: str | None) -> None:
    """Sort tout le catalogue dans un fichier : un fournisseur par ligne, ou une carte."""
    suppliers = load_suppliers(catalogue(database))
    form = {"jsonl": to_jsonl, "csv": to_csv, "geojson": to_geojson}[fmt]
    write(form(suppliers), output)
