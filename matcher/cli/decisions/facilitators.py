"""`reference facilitators`: the list of the facilitators of social clauses, which plans of a clause name by territory."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Column
from rich.text import Text

from matcher.cleaning.phone import shown_phone
from matcher.cli.frame.columns import mapping_option, told_columns
from matcher.cli.frame.options import catalogue, command, contacts_since, database_option, existing, now
from matcher.cli.frame.outlet import console, headed
from matcher.decisions.clause.facilitator_file import FACILITATORS, read_facilitators
from matcher.decisions.clause.facilitators import Facilitator, facilitators, import_facilitators
from matcher.domain.french import count, day


@command("facilitators")
@click.argument("path", metavar="[FICHIER]", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait compris, sans rien écrire.")
@mapping_option
@database_option
def facilitators_command(path: Path | None, dry_run: bool, mapping: Path | None, database: str | None) -> None:
    """Importe ou montre les facilitateurs des clauses sociales.

    FICHIER est leur liste : nom, structure, territoire (communes, EPCI, départements, ou une ligne par commune), téléphones, courriel, date.
    Sans lui, la liste tenue est montrée.
    """
    engine = catalogue(database)
    if path is None:
        _show(facilitators(engine, since=contacts_since()))
        return
    read = read_facilitators(existing(path), told_columns(engine, FACILITATORS, [path], mapping, dry_run=dry_run))
    for remark in read.remarks:
        click.echo(remark)
    import_facilitators(engine, read.found, now=now(), dry_run=dry_run)
    said = count(len(read.found), "facilitateur")
    click.echo(
        f"Essai à blanc, rien n’est écrit : {said}." if dry_run else f"{said}, à la place de la liste précédente."
    )


def _show(found: Sequence[Facilitator]) -> None:
    headers = ("Territoire", "Structure", "Nom", "Téléphone", "Courriel", "Au")
    table = headed(*(Column(header, overflow="fold") for header in headers))
    for one in found:
        cells = (one.territory, one.structure, one.name, "\n".join(map(shown_phone, one.phones)), one.email)
        table.add_row(*map(Text, cells), day(one.as_of) if one.as_of else "")
    with console(None) as out:
        if found:
            out.print(table)
        out.print(f"{count(len(found), 'facilitateur')}.")
