"""`familles`: the lines of a programme or of a ledger in families of like needs, and what the law says of each sum."""

from pathlib import Path

import click

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.decisions.spending import tax_option, tax_told
from matcher.cli.frame.columns import mapping_option, purchase_sheet
from matcher.cli.frame.options import catalogue, command, database_option, owner
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.decisions.purchases.answer import families_grouped
from matcher.decisions.purchases.columns import PROGRAMME
from matcher.decisions.purchases.families.document import families_document, families_object
from matcher.decisions.purchases.reconciliation import MOST_LINES
from matcher.need.answer import this_day
from matcher.reference.law import BUYER_NATURES, BuyerNature


@command("familles")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--acheteur",
    "nature",
    type=click.Choice([its.value for its in BUYER_NATURES]),
    help="La nature de l’acheteur, dont les seuils européens dépendent.",
)
@tax_option
@mapping_option
@outlet_options("table", "json", "xlsx", file="familles")
@database_option
def families_command(
    path: Path,
    nature: str | None,
    tax: str | None,
    mapping: Path | None,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Réunit les lignes d’achats en familles de besoins semblables.

    Leurs montants comptent ensemble pour les seuils ; ce que plusieurs services achètent est dit. FICHIER est un programme ou un historique : objet ou
    CPV, montant, service, année. Les familles corrigées sur les pages sont reprises.
    """
    engine = catalogue(database)
    sheet = purchase_sheet(engine, PROGRAMME, path, MOST_LINES, mapping)
    shelf, today = load_shelf(engine), this_day()
    its = families_grouped(
        engine, owner(engine), shelf, sheet, tax_told(tax), BuyerNature(nature) if nature else None, today
    )
    outlet.send_document(families_document(its), json=lambda: families_object(its))
