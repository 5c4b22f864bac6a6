"""`historique`: a sheet of what was spent, the inclusive share of it, and where a similar inclusive supplier is near."""

from pathlib import Path

import click

from matcher.cli.decisions.programme import digest_of, name_of_catalogue, taken_up
from matcher.cli.frame.columns import mapping_option, purchase_sheet
from matcher.cli.frame.options import catalogue, command, database_option
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.frame.progress import counting
from matcher.cli.need.match import filled_shelf
from matcher.decisions.purchases.answer import spending_photographed
from matcher.decisions.purchases.columns import SPENDING
from matcher.decisions.purchases.reconciliation import MOST_LINES
from matcher.decisions.purchases.spending import FORM, Tax
from matcher.decisions.purchases.spending_document import spending_document, spending_object
from matcher.jobs.resume import name_of
from matcher.need.answer import this_day

tax_option = click.option(
    "--montants",
    "tax",
    type=click.Choice(("ht", "ttc")),
    help="Ce que sont les montants dont ni la colonne ni la cellule ne disent HT ou TTC ; comptés à part sinon.",
)


def tax_told(tax: str | None) -> Tax | None:
    """Return what `tax_option` tells of amounts."""
    return Tax(tax.upper()) if tax else None


@command("historique")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--lieu", metavar="LIEU", default="", help="Où chercher des semblables, pour les lignes sans lieu.")
@tax_option
@mapping_option
@outlet_options("table", "json", "xlsx", file="historique")
@database_option
def spending_command(
    path: Path, lieu: str, tax: str | None, mapping: Path | None, outlet: Outlet, database: str | None
) -> None:
    """Photographie des dépenses passées : leur part inclusive.

    Elle est dite par type, avec les lieux où un fournisseur inclusif semblable existe. FICHIER est un CSV ou un classeur : SIRET ou nom, montant, objet ou NAF.
    """
    engine = catalogue(database)
    sheet = purchase_sheet(engine, SPENDING, path, MOST_LINES, mapping)
    shelf, today = filled_shelf(engine), this_day()
    work = name_of(
        "historique", FORM, digest_of(path), name_of_catalogue(engine), shelf.version, lieu, today, sheet.understood
    )
    with taken_up(work) as kept:
        with counting("Historique") as tell:
            its = spending_photographed(
                engine, shelf, sheet, lieu, tax_told(tax), today, kept, lambda *far: tell("semblables", *far)
            )
        outlet.send_document(spending_document(its), json=lambda: spending_object(its))
