"""`export`: the whole catalogue as a file."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from matcher.catalogue.steward.export import to_csv, to_geojson, to_jsonl
from matcher.catalogue.store.read import load_suppliers
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option, format_option, output_option, write
from matcher.domain.supplier import Supplier

FORMS: dict[str, Callable[[Sequence[Supplier]], str | bytes]] = {
    "jsonl": to_jsonl,
    "csv": to_csv,
    "geojson": to_geojson,
}


@click.command("export", cls=FrenchCommand)
@format_option(*FORMS)
@output_option
@database_option
def export_command(fmt: str, output: Path | None, database: str | None) -> None:
    """Sort tout le catalogue dans un fichier : un fournisseur par ligne, ou une carte."""
    suppliers = load_suppliers(catalogue(database))
    write(FORMS[fmt](suppliers), output)
