"""`rapprocher`: a sheet of suppliers, and who each is in the catalogue: surely, perhaps, or nobody known."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from matcher.catalogue.store.recognition import load_recogniser, settle
from matcher.cli.frame.columns import mapping_option, told_columns
from matcher.cli.frame.console import UNKNOWN, console
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option, existing, format_option, output_option, write
from matcher.cli.frame.signed import now, today
from matcher.cli.need.match import filled_shelf
from matcher.decisions.purchases.columns import SPENDING
from matcher.decisions.purchases.reconciliation import MOST_LINES, answers_in, headline, reconciled
from matcher.decisions.purchases.reconciliation_document import (
    LIMITS,
    Reconciled,
    reconciled_lines,
    reconciliation_workbook,
)
from matcher.decisions.purchases.sheet import PurchaseSheet, read_sheet
from matcher.domain.french import NO_BREAK, number

SHOWN = 20
_BY_SUFFIX = {".xlsx": "xlsx", ".jsonl": "jsonl"}


@click.command("rapprocher", cls=FrenchCommand)
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--par", "who", metavar="NOM", default="", help="Qui a répondu, si le tableau porte des réponses.")
@mapping_option
@format_option("table", "xlsx", "jsonl")
@output_option
@database_option
def reconcile_command(
    path: Path, who: str, mapping: Path | None, fmt: str, output: Path | None, database: str | None
) -> None:
    """Rapproche du catalogue un tableau de fournisseurs.

    FICHIER est un CSV ou un classeur : nom, commune ou code postal, SIRET.

    Le classeur rendu a une colonne « Votre réponse » : un SIRET ou « aucun ». Redonnez-le avec --par NOM : chaque réponse est gardée et
    sert aux tableaux suivants.
    """
    fmt = _BY_SUFFIX.get(output.suffix.lower(), fmt) if fmt == "table" and output is not None else fmt
    if fmt == "xlsx" and output is None:
        raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o rapprochement.xlsx ».")
    engine = catalogue(database)
    sheet = read_sheet(existing(path), SPENDING, MOST_LINES, told_columns(engine, SPENDING, [path], mapping))
    filled_shelf(engine)
    answers, faults = answers_in(sheet.entries, load_recogniser(engine))
    if answers:
        if not who.strip():
            raise click.UsageError("Le tableau porte des réponses : dites qui les a données, avec --par NOM.")
        settle(engine, answers, who=who.strip(), now=now())
    its = Reconciled(sheet, reconciled(sheet.entries, load_recogniser(engine)), faults)
    if fmt == "jsonl":
        write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in reconciled_lines(its)), output)
    elif fmt == "xlsx":
        write(reconciliation_workbook(its, today()), output)
    else:
        _show(its, output)


def _show(its: Reconciled, output: Path | None) -> None:
    with console(output) as out:
        out.print(Text(headline(its.lines), style="bold"))
        _show_sheet(its.sheet, out, (*its.sheet.said, *its.faults))
        unsure = [line for line in its.lines if line.recognition.options and not line.recognition.sure]
        for line in unsure[:SHOWN]:
            first, *others = line.recognition.options
            more = f" (et {number(len(others))} de plus)" if others else ""
            written = line.entry.text("fournisseur") or line.entry.text("siret")
            out.print(
                Text(
                    f"{line.entry.where}, {written} : {first.supplier.name}, {first.supplier.city} ?{more} {first.evidence}"
                )
            )
        if len(unsure) > SHOWN:
            out.print(f"[dim]et {number(len(unsure) - SHOWN)} de plus : -o rapprochement.xlsx les donne.[/dim]")
        out.print(f"[dim]{LIMITS}[/dim]")


def _show_sheet(sheet: PurchaseSheet, out: Console, said: Sequence[str]) -> None:
    """Print how the columns were read, what of them was not, and what else was left aside."""
    out.print(Text(f"Colonnes lues{NO_BREAK}: {' ; '.join(sheet.understood)}", style="dim"))
    for remark in sheet.unused:
        out.print(Text(remark, style="dim"))
    for remark in said:
        out.print(Text(f"{UNKNOWN} {remark}", style="yellow"))
