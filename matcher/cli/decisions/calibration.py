"""`reference calibration`: what work costs by family of trades, and the lines that a team fills with its own figures."""

from pathlib import Path

import click
from rich.table import Column
from rich.text import Text

from matcher.catalogue.store.calibration import fill_lines, follow_team
from matcher.cli.frame.options import catalogue, command, database_option, existing
from matcher.cli.frame.outlet import console, headed
from matcher.db import reading
from matcher.domain.french import count, number
from matcher.reference.calibration import SPANS, Span, WorkFamily, families, lines_of
from matcher.settings import calibration_file

TO_FILL = "à caler"
# The options that give a range, by the beginning of the names of its two columns.
RANGES = {low.rpartition("_")[0]: (low, high) for low, high, *_ in SPANS.values()}


@command("calibration")
@click.argument("family", metavar="[FAMILLE]", required=False)
@click.option("--part", metavar="POURCENT", help="Part de main-d’œuvre dans le prix : « 45 », ou « 40-50 ».")
@click.option("--cout", metavar="EUROS", help="Coût d’une heure de travail : « 28 », ou « 25-30 ».")
@click.option("--prix", metavar="EUROS", help="Prix facturé d’une heure, à défaut de part et de coût : « 38-45 ».")
@click.option(
    "--euros-par-etp", metavar="EUROS", help="Montant HT que fait un ETP en un an, à défaut de part et de coût."
)
@click.option(
    "--pourcentage", metavar="POURCENT", help="Part usuelle des heures qu’une clause demande : « 5 », ou « 5-10 »."
)
@click.option("--cpv", metavar="CODES", help="Débuts de codes CPV de la famille, séparés par des espaces.")
@click.option("--source", metavar="TEXTE", help="D’où viennent ces chiffres.")
@click.option("--annee", metavar="ANNÉE", help="De quand ils datent.")
@click.option(
    "--fichier",
    "file",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Un fichier de lignes, aux colonnes de data/reference/calibration.csv.",
)
@database_option
def calibration_command(family: str | None, file: Path | None, database: str | None, **given: str | None) -> None:
    """Montre ce que coûte le travail par famille de métiers.

    Dit aussi ce qui reste à caler ; avec FAMILLE, y note vos chiffres, leur source et leur date, pour toute l’équipe.
    """
    cells = _cells(given)
    engine = catalogue(database)
    if file is not None:
        if family is not None or cells:
            raise click.UsageError("Un fichier, ou une famille et ses chiffres : pas les deux.")
        filled = fill_lines(engine, lines_of(existing(file)))
        _show(filled)
        click.echo(f"Repris : {count(len(filled), 'famille')}.")
        return
    if family is None:
        if cells:
            raise click.UsageError("Nommez d’abord la famille, telle que « entremise reference calibration » l’écrit.")
        with reading(engine) as connection:
            follow_team(connection)
        _show(families())
        if calibration_file().is_file():
            click.echo(
                f"« {calibration_file()} » n’est plus lu : « entremise reference calibration --fichier » le reprend une fois pour toutes."
            )
        return
    if not (given["source"] and given["annee"]):
        raise click.UsageError(
            "Dites d’où viennent ces chiffres et de quand ils datent : ajoutez « --source » et « --annee »."
        )
    _show(fill_lines(engine, [{"famille": family, **cells}]))
    click.echo("Noté.")


def _cells(given: dict[str, str | None]) -> dict[str, str]:
    """The cells of a line that the options give; a range is cut at its dash."""
    cells = {name: text for name in ("cpv", "source", "annee") if (text := given[name])}
    for name, columns in RANGES.items():
        if text := given[name]:
            low, _, high = text.partition("-")
            cells |= dict(zip(columns, (low.strip(), high.strip()), strict=True))
    return cells


def _show(shown: tuple[WorkFamily, ...]) -> None:
    others = ("Part (%)", "€ l’heure", "€ facturés", "€ par ETP et par an", "Clause (%)", "Année", "Source")
    family = Column("Famille", overflow="fold", min_width=19)
    table = headed(family, *(Column(header, overflow="fold") for header in others))
    for its in shown:
        hourly = _span(its.hourly) if its.hourly or its.price is None else f"{_span(its.price)} (prix)"
        spans = map(_span, (its.euros_per_etp, its.clause))
        table.add_row(Text(its.name), _span(its.share), hourly, *spans, Text(its.year), Text(its.source))
    with console(None) as out:
        out.print(table)


def _span(its: Span | None) -> str:
    if its is None:
        return TO_FILL
    low, high = number(its.low, 2), number(its.high, 2)
    return low if low == high else f"{low} à {high}"
