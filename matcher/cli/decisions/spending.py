"""`historique`: a sheet of what was spent, the inclusive share of it, and where a similar inclusive supplier is near."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich import box
from rich.table import Table
from rich.text import Text

from matcher.catalogue.store.recognition import load_recogniser
from matcher.cli.decisions.programme import digest_of, name_of_catalogue, shown_sheet, taken_up
from matcher.cli.frame.columns import mapping_option, told_columns
from matcher.cli.frame.console import console
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option, existing, format_option, output_option, write
from matcher.cli.frame.progress import counting
from matcher.cli.need.match import filled_shelf
from matcher.decisions.purchases.columns import SPENDING
from matcher.decisions.purchases.programme import FIRST
from matcher.decisions.purchases.reconciliation import MOST_LINES
from matcher.decisions.purchases.sheet import read_sheet
from matcher.decisions.purchases.spending import FORM, Spending, SpendingPart, Tax, headline, photograph, spent
from matcher.decisions.purchases.spending_document import (
    LIMITS,
    Photographed,
    names_of,
    remarks,
    spending_object,
    spending_workbook,
)
from matcher.domain.french import enumeration, number, unit
from matcher.jobs.resume import name_of
from matcher.need.answer import this_day
from matcher.render.json_text import json_text

SHOWN = 20


@click.command("historique", cls=FrenchCommand)
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--lieu", metavar="LIEU", default="", help="Où chercher des semblables, pour les lignes sans lieu.")
@mapping_option
@format_option("table", "json", "xlsx")
@output_option
@database_option
def spending_command(
    path: Path, lieu: str, mapping: Path | None, fmt: str, output: Path | None, database: str | None
) -> None:
    """Photographie des dépenses (CSV ou classeur : SIRET ou nom, montant, objet ou NAF) : part inclusive par type, et où un fournisseur inclusif semblable existe."""
    fmt = "xlsx" if fmt == "table" and output is not None and output.suffix.lower() == ".xlsx" else fmt
    if fmt == "xlsx" and output is None:
        raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o historique.xlsx ».")
    engine = catalogue(database)
    sheet = read_sheet(existing(path), SPENDING, MOST_LINES, told_columns(engine, SPENDING, [path], mapping))
    shelf, today = filled_shelf(engine), this_day()
    lines = spent(sheet.entries, shelf, load_recogniser(engine))
    work = name_of(
        "historique", FORM, digest_of(path), name_of_catalogue(engine), shelf.version, lieu, today, sheet.understood
    )
    with taken_up(work) as kept, counting("Historique") as tell:
        found = photograph(shelf, lines, lieu, today, kept, lambda done, of: tell("semblables", done, of))
    its = Photographed(sheet, found, shelf, today)
    if fmt == "json":
        write(json_text(spending_object(its)), output)
    elif fmt == "xlsx":
        write(spending_workbook(its), output)
    else:
        _show(its, output)
    if kept.path is not None:
        kept.path.unlink(missing_ok=True)


def _show(its: Photographed, output: Path | None) -> None:
    found = its.spending
    with console(output) as out:
        for sentence in headline(found):
            out.print(Text(sentence, style="bold"))
        out.print(_table("Ce que l’on sait", found.by_standing, found.whole, found.taxes))
        for title, parts in (("Inclusif, par famille", found.by_family), ("Inclusif, par type", found.by_kind)):
            if parts:
                out.print(_table(title, parts, found.by_standing[0], found.taxes))
        for title, slices in (("Par année", found.by_year), ("Par service", found.by_service)):
            if slices:
                out.print(_shares_table(title, slices))
        shown_sheet(its.sheet, out, remarks(its))
        if found.alternatives:
            out.print(Text("Où un fournisseur inclusif semblable existe", style="bold"))
            for line, similar in found.alternatives[:SHOWN]:
                who = line.entry.text("fournisseur") or line.entry.text("siret")
                amount = "montant non connu" if line.amount is None else unit(line.amount, "€")
                more = f"{number(similar.credible)}, dont " if similar.credible > FIRST else ""
                names = enumeration(names_of(its, similar))
                out.print(Text(f"{line.entry.where}, {who} ({amount}) : {more}{names}"))
            if len(found.alternatives) > SHOWN:
                out.print(f"[dim]et {number(len(found.alternatives) - SHOWN)} de plus : --format xlsx les donne.[/dim]")
        out.print(f"[dim]{LIMITS}[/dim]")


def _table(title: str, parts: Sequence[SpendingPart], whole: SpendingPart, taxes: Sequence[Tax]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    table.add_column(title, "Ensemble")
    headers = ("Fournisseurs", "Lignes", *(f"Montants {tax}" for tax in taxes), "Non connus")
    for header, total in zip(headers, _figures(whole, taxes), strict=True):
        table.add_column(header, total, justify="right")
    for part in parts:
        table.add_row(part.label, *_figures(part, taxes))
    return table


def _figures(part: SpendingPart, taxes: Sequence[Tax]) -> tuple[str, ...]:
    amounts = (unit(part.amounts[tax], "€") for tax in taxes)
    return number(part.suppliers), number(part.lines), *amounts, number(part.unknown)


def _shares_table(title: str, slices: Sequence[tuple[str, Spending]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(title)
    for header in ("Montants", "Inclusif", "Avec à confirmer", "Au plus"):
        table.add_column(header, justify="right")
    for label, its in slices:
        for shares in its.shares:
            percents = (unit(100 * share, "%", 1) for share in (shares.sure, shares.to_settle, shares.at_most))
            table.add_row(label, f"{unit(its.whole.amounts[shares.tax], '€')} {shares.tax}", *percents)
        if not its.shares:
            table.add_row(label, *["non connu"] * 4)
    return table
