"""`plan-clause`: for a company that won a contract with hours of insertion, who could carry them and how, and what else to entrust."""

import json
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.table import Table
from rich.text import Text

from matcher.advice.assumptions import DEFAULT
from matcher.advice.insertion_plan import Plan, Work, plan
from matcher.advice.words import NOTICE, percent
from matcher.cleaning.numbers import clean_number
from matcher.cli.french import FrenchCommand
from matcher.cli.lots import filled_shelf
from matcher.cli.options import RequestRefused, catalogue, database_option, format_option, output_option, write
from matcher.cli.render import console
from matcher.domain.french import number, unit
from matcher.exports.insertion_plan import answer, hypotheses, plan_object, plan_workbook, remarks, side_words, who
from matcher.lots.shortlist import day_asked
from matcher.ranking.ask import Ask
from matcher.ranking.shelf import Shelf
from matcher.reading.lots import lot_from
from matcher.reading.reader import read

MOST_HOURS = 30_000_000.0
MOST_MONTHS = 600.0


class Positive(click.ParamType[float]):
    """A number above zero, as French people write it, no more than `most`."""

    name = "nombre"

    def __init__(self, most: float) -> None:
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = value if isinstance(value, float) else clean_number(str(value)).value
        if found is None or not 0 < found <= self.most:
            self.fail(f"« {value} » n’est pas un nombre positif, {number(self.most)} au plus.", param, ctx)
        return found


@click.command("plan-clause", cls=FrenchCommand)
@click.option("--objet", "needs", multiple=True, metavar="TEXTE", help="Une activité du marché ; répétable.")
@click.option(
    "--lieu", "places", multiple=True, metavar="LIEU", help="Lieu d’exécution ; répétable : tous sont ceux du marché."
)
@click.option(
    "--heures",
    "hours",
    multiple=True,
    type=Positive(MOST_HOURS),
    metavar="NOMBRE",
    help="Heures d’insertion sur toute la durée : un total, ou un nombre par --objet, dans le même ordre.",
)
@click.option(
    "--mois",
    "months",
    type=Positive(MOST_MONTHS),
    metavar="NOMBRE",
    default=12.0,
    show_default="12",
    help="Durée du marché, en mois.",
)
@format_option("table", "json", "xlsx")
@output_option
@database_option
def plan_command(
    needs: tuple[str, ...],
    places: tuple[str, ...],
    hours: tuple[float, ...],
    months: float,
    fmt: str,
    output: Path | None,
    database: str | None,
) -> None:
    """Dit comment faire les heures d’une clause sociale : avec qui, par quelle voie, et quels besoins connexes confier."""
    if not any(need.strip() for need in needs) or not places:
        raise click.UsageError("Dites au moins une activité (--objet) et un lieu (--lieu).")
    if len(hours) not in (1, len(needs)):
        raise click.UsageError("Donnez un total d’heures (--heures), ou un nombre d’heures par --objet.")
    if fmt == "xlsx" and output is None:
        raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o plan.xlsx ».")
    each = hours if len(hours) == len(needs) else [hours[0] / len(needs)] * len(needs)
    shelf = filled_shelf(catalogue(database))
    its = plan([_work(need, places, its, shelf) for need, its in zip(needs, each, strict=True)], months, DEFAULT)
    if fmt == "json":
        write(json.dumps(plan_object(its), ensure_ascii=False, indent=2) + "\n", output)
    elif fmt == "xlsx":
        write(plan_workbook(its), output)
    else:
        _show(its, output, shared=len(hours) < len(needs))


def _work(need: str, places: tuple[str, ...], hours: float, shelf: Shelf) -> Work:
    given = lot_from({"objet": need, "lieu": list(places)})
    reading = read(given.lot, given.doubts)
    ask = Ask(reading, shelf, day_asked(reading))
    if not ask.understood or not reading.places:
        raise RequestRefused(f"« {need} » : {' '.join(reading.doubts) or 'le besoin n’est pas compris.'}")
    return Work(need, ask, hours)


def _show(its: Plan, output: Path | None, *, shared: bool) -> None:
    with console(output) as out:
        out.print(Text(answer(its), style="bold"))
        if shared:
            out.print(
                "[dim]Heures réparties également entre les activités, faute de mieux : donnez --heures pour chacune.[/dim]"
            )
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for header in ("Modalité", "Heures", "Part", "Usuelle", "ETP", "À consulter"):
            table.add_column(header, justify="right" if header in ("Heures", "Part", "Usuelle", "ETP") else "left")
        for one in its.carried:
            table.add_row(
                one.modality.label,
                number(one.hours),
                percent(one.hours / its.hours),
                percent(one.usual),
                number(one.etp, 1),
                Text(who(one)),
            )
        table.add_section()
        table.add_row("Total", number(its.hours), unit(100, "%"), "", number(its.etp, 1), "", style="bold")
        out.print(table)
        for remark in remarks(its):
            out.print(Text(remark))
        if its.side:
            side = Table(
                box=box.SIMPLE,
                show_header=False,
                pad_edge=False,
                title="Besoins connexes",
                title_justify="left",
                title_style="bold",
            )
            for answered in its.side:
                side.add_row(answered.need.label, Text(side_words(answered)))
            out.print(side)
        for hypothesis in hypotheses(its):
            out.print(Text(f"  · {hypothesis}", style="dim"))
        out.print(f"[dim]{NOTICE}[/dim]")
