"""Command `entremise bilan`: the annual report of an organisation's social purchases, from its dossiers, ledgers and public data on contracts."""

from pathlib import Path

import click

from matcher.accounts.organisations import load_organisation
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.frame.columns import mapping_of_files, mapping_option
from matcher.cli.frame.options import WholeNumber, catalogue, command, database_option, existing, owner
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.frame.question_options import question_options
from matcher.clock import today
from matcher.decisions.purchases.answer import spending_lines
from matcher.decisions.purchases.batch import Studies
from matcher.decisions.purchases.questions import TaxQuestion
from matcher.decisions.purchases.reconciliation import MOST_LINES
from matcher.decisions.purchases.sheet import SPENDING, read_sheet
from matcher.dossiers.report.answer import MOST_YEARS, annual_report, period_of
from matcher.dossiers.report.compute import LedgerRead
from matcher.dossiers.report.document import annual_document
from matcher.dossiers.report.files import annual_object
from matcher.jobs.works import WorkStore
from matcher.render.table import figures_csv


@command("bilan", epilog="entremise bilan --annee 2026")
@click.option("--annee", "year", type=WholeNumber(), metavar="ANNÉE", help="L’année civile ; sinon celle en cours.")
@click.option("--deux-ans", "two", is_flag=True, help="Cette année et la précédente.")
@click.option(
    "--historique",
    "ledgers",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FICHIER",
    help="Dépenses à compter, en plus des historiques déposés sur les pages ; répétable.",
)
@question_options(TaxQuestion)
@mapping_option
@outlet_options("table", "json", "csv", "xlsx", file="bilan")
@database_option
def report_command(
    year: int | None,
    two: bool,
    ledgers: tuple[Path, ...],
    question: TaxQuestion,
    mapping: Path | None,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Fait le bilan d’une année d’achats sociaux.

    Il compte les marchés notés dans les dossiers, ceux des données essentielles importées et les dépenses des historiques : clauses, articles,
    heures, part inclusive, dispenses. Ce qui n’est pas connu est dit.
    """
    day = today()
    period = period_of(day.year if year is None else year, MOST_YEARS if two else 1, day)
    engine = catalogue(database, create=True)
    whose, shelf = owner(engine), load_shelf(engine)
    sheets = [existing(path) for path in ledgers]
    columns = mapping_of_files(engine, SPENDING, sheets, mapping)
    ledgers_read = [(path.name, read_sheet(path, SPENDING, MOST_LINES, columns)) for path in sheets]
    read = [LedgerRead(name, day, spending_lines(engine, shelf, sheet, question.tax)) for name, sheet in ledgers_read]
    studies = Studies(WorkStore(engine), whose, today)
    report = annual_report(engine, whose, load_organisation(engine, whose).its, shelf, studies, period, day, read)
    document = annual_document(report)
    outlet.send_document(document, json=lambda: annual_object(report), csv=lambda: figures_csv(document))
