"""`verifier`: SIRETs given one by one, or a column of a sheet, and what the catalogue knows of each."""

from pathlib import Path

import click

from matcher.catalogue.store.read import stats
from matcher.cli.frame.columns import mapping_option, purchase_sheet
from matcher.cli.frame.options import catalogue, command, database_option, today
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.decisions.purchases.columns import SPENDING
from matcher.decisions.verification.answer import MOST_NUMBERS, verify
from matcher.decisions.verification.document import verification_document, verification_object


@command("verifier", epilog="entremise verifier 12345678900011")
@click.argument("numbers", metavar="[SIRET]…", nargs=-1)
@click.option(
    "--fichier",
    "path",
    metavar="FICHIER",
    type=click.Path(path_type=Path),
    help="Un tableau (CSV ou classeur) qui a une colonne SIRET.",
)
@mapping_option
@outlet_options("table", "json", "xlsx", file="verification")
@database_option
def verify_command(
    numbers: tuple[str, ...],
    path: Path | None,
    mapping: Path | None,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Vérifie des SIRET : inclusif ou non, quels articles ouverts.

    Dit aussi quels types, depuis quand et selon quelle source.
    """
    engine = catalogue(database)
    asked = list(numbers)
    if path is not None:
        sheet = purchase_sheet(engine, SPENDING, path, MOST_NUMBERS, mapping)
        asked += [entry.text("siret") for entry in sheet.entries]
    if not any(map(str.strip, asked)):
        raise click.UsageError("Donnez au moins un SIRET, ou un tableau qui en a une colonne (--fichier).")
    found = verify(engine, asked, today())
    its = verification_document(found, stats(engine)["suppliers"])
    outlet.send_document(its, json=lambda: verification_object(found))
