"""`export`: the whole catalogue as a file."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from matcher.catalogue.steward.export import to_csv, to_geojson, to_jsonl
from matcher.catalogue.steward.shareable import shareable
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option, format_option, output_option, write
from matcher.domain.supplier import Supplier
from matcher.reference.source_rules import Use

FORMS: dict[str, Callable[[Sequence[Supplier], Mapping[str, str]], str | bytes]] = {
    "jsonl": to_jsonl,
    "csv": to_csv,
    "geojson": to_geojson,
}


@click.command("export", cls=FrenchCommand)
@click.option(
    "--publier",
    is_flag=True,
    help="Pour rendre le fichier public : ne garde que les sources qui le permettent. Sinon, celles que vous pouvez remettre à d’autres.",
)
@format_option(*FORMS)
@output_option
@database_option
def export_command(publier: bool, fmt: str, output: Path | None, database: str | None) -> None:
    """Sort tout le catalogue dans un fichier.

    Un fournisseur par ligne, ou une carte.
    Ce que ses sources ne laissent pas sortir n’y est pas : c’est compté et dit. Les usages de chacune : « entremise sources ».
    """
    leaving = shareable(catalogue(database), Use.PUBLISH if publier else Use.EXPORT)
    write(FORMS[fmt](leaving.suppliers, leaving.mentions), output)
    if said := leaving.says():
        click.echo(said, err=True)
    if leaving.mentions:
        click.echo("À citer : " + " ; ".join(leaving.mentions.values()), err=True)
