"""`reference calibration`: what work costs by family of trades, and the lines that a team fills with its own figures."""

import click
from rich import box
from rich.table import Table
from rich.text import Text

from matcher.cli.frame.console import console
from matcher.cli.frame.french import FrenchCommand
from matcher.domain.french import number
from matcher.reference.calibration import SPANS, Span, WorkFamily, families, fill
from matcher.settings import calibration_file

TO_FILL = "à caler"
# The options that give a range, by the beginning of the names of its two columns.
RANGES = {low.rpartition("_")[0]: (low, high) for low, high, *_ in SPANS.values()}


@click.command("calibration", cls=FrenchCommand)
@click.argument("family", metavar="[FAMILLE]", required=False)
@click.option("--part", metavar="POURCENT", help="Part de main-d’œuvre dans le prix : « 45 », ou « 40-50 ».")
@click.option("--cout", metavar="EUROS", help="Coût d’une heure de travail : « 28 », ou « 25-30 ».")
@click.option(
    "--euros-par-etp", metavar="EUROS", help="Montant HT que fait un ETP en un an, à défaut de part et de coût."
)
@click.option(
    "--pourcentage", metavar="POURCENT", help="Part usuelle des heures qu’une clause demande : « 5 », ou « 5-10 »."
)
@click.option("--cpv", metavar="CODES", help="Débuts de codes CPV de la famille, séparés par des espaces.")
@click.option("--source", metavar="TEXTE", help="D’où viennent ces chiffres.")
@click.option("--annee", metavar="ANNÉE", help="De quand ils datent.")
def calibration_command(family: str | None, **given: str | None) -> None:
    """Montre ce que coûte le travail par famille de métiers.

    Dit aussi ce qui reste à caler ; avec FAMILLE, y note vos chiffres, leur source et leur date.
    """
    cells = _cells(given)
    if family is None:
        if cells:
            raise click.UsageError("Nommez d’abord la famille, telle que « entremise reference calibration » l’écrit.")
        _show(families())
        return
    if not (given["source"] and given["annee"]):
        raise click.UsageError(
            "Dites d’où viennent ces chiffres et de quand ils datent : ajoutez « --source » et « --annee »."
        )
    _show((fill({"famille": family, **cells}),))
    click.echo(f"Écrit : {calibration_file()}")


def _cells(given: dict[str, str | None]) -> dict[str, str]:
    """The cells of a line that the options give; a range is cut at its dash."""
    cells = {name: text for name in ("cpv", "source", "annee") if (text := given[name])}
    for name, columns in RANGES.items():
        if text := given[name]:
            low, _, high = text.partition("-")
            cells |= dict(zip(columns, (low.strip(), high.strip()), strict=True))
    return cells


def _show(shown: tuple[WorkFamily, ...]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in ("Famille", "Part (%)", "€ l’heure", "€ par ETP et par an", "Clause (%)", "Année", "Source"):
        table.add_column(header, overflow="fold")
    for its in shown:
        figures = (its.share, its.hourly, its.euros_per_etp, its.clause)
        table.add_row(Text(its.name), *map(_span, figures), Text(its.year), Text(its.source))
    with console(None) as out:
        out.print(table)


def _span(its: Span | None) -> str:
    if its is None:
        return TO_FILL
    low, high = number(its.low, 2), number(its.high, 2)
    return low if low == high else f"{low} à {high}"
