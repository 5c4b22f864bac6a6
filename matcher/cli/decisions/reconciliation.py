"""`rapprocher`: a sheet of suppliers, and who each is in the catalogue: surely, perhaps, or nobody known."""

from pathlib import Path

import click

from matcher.catalogue.store.recognition import load_recogniser, settle
from matcher.cli.frame.columns import mapping_option, purchase_sheet
from matcher.cli.frame.options import catalogue, command, database_option, now, today
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.need.match import filled_shelf
from matcher.decisions.purchases.columns import SPENDING
from matcher.decisions.purchases.reconciliation import MOST_LINES, answers_in, reconciled
from matcher.decisions.purchases.reconciliation_document import (
    Reconciled,
    reconciled_lines,
    reconciliation_document,
    reconciliation_workbook,
)
from matcher.render.described_file import jsonl_file
from matcher.render.terminal import print_document


@command("rapprocher", epilog="entremise rapprocher tiers_2025.csv -o tiers_2025.xlsx")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--par", "who", metavar="NOM", default="", help="Qui a répondu, si le tableau porte des réponses.")
@mapping_option
@outlet_options("table", "xlsx", "jsonl", file="rapprochement")
@database_option
def reconcile_command(path: Path, who: str, mapping: Path | None, outlet: Outlet, database: str | None) -> None:
    """Rapproche du catalogue un tableau de fournisseurs.

    FICHIER est un CSV ou un classeur : nom, commune ou code postal, SIRET.

    Le classeur rendu a une colonne « Votre réponse » : un SIRET ou « aucun ». Redonnez-le avec --par NOM : chaque réponse est gardée et
    sert aux tableaux suivants.
    """
    engine = catalogue(database)
    sheet = purchase_sheet(engine, SPENDING, path, MOST_LINES, mapping)
    shelf = filled_shelf(engine)
    answers, faults = answers_in(sheet.entries, load_recogniser(engine))
    if answers:
        if not who.strip():
            raise click.UsageError("Le tableau porte des réponses : dites qui les a données, avec --par NOM.")
        settle(engine, answers, who=who.strip(), now=now())
    its = Reconciled(sheet, reconciled(sheet.entries, load_recogniser(engine)), faults)
    outlet.send(
        table=lambda out: print_document(reconciliation_document(its, shelf, today()), out),
        xlsx=lambda: reconciliation_workbook(its, today()),
        jsonl=lambda: jsonl_file(reconciled_lines(its)),
    )
