"""`plan-clause`: for a company that won a contract with hours of insertion, who could carry them and how, and what else to entrust."""

from pathlib import Path
from typing import Any

import click
from rich import box
from rich.table import Table
from rich.text import Text

from matcher.catalogue.steward.privacy import kept_since
from matcher.cli.frame.console import console
from matcher.cli.frame.contacts import contacts_of
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option, format_option, output_option, write
from matcher.cli.frame.signed import today
from matcher.cli.need.match import filled_shelf
from matcher.decisions.asked import DecisionRefused, positive
from matcher.decisions.clause.answer import MOST_HOURS, MOST_MONTHS, Planned, hours_said, planned
from matcher.decisions.clause.document import (
    answer,
    facilitators_told,
    hypotheses,
    plan_object,
    plan_workbook,
    remarks,
    side_words,
    who,
)
from matcher.decisions.clause.facilitators import facilitators
from matcher.decisions.opinion.words import NOTICE, percent
from matcher.domain.french import number, unit
from matcher.reference.clauses import works_types
from matcher.render.json_text import json_text
from matcher.settings import retention_months


class Measure(click.ParamType[float]):
    """A number above zero, as French people write it, no more than `most`, with one of `units` or none."""

    name = "nombre"

    def __init__(self, most: float, *units: str) -> None:
        self.most, self.units = most, units

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            return positive(str(value), self.most, *self.units)
        except DecisionRefused as refusal:
            self.fail(str(refusal), param, ctx)


@click.command("plan-clause", cls=FrenchCommand)
@click.option("--objet", "needs", multiple=True, metavar="TEXTE", help="Une activité du marché ; répétable.")
@click.option(
    "--lieu", "places", multiple=True, metavar="LIEU", help="Lieu d’exécution ; répétable : tous sont ceux du marché."
)
@click.option(
    "--heures",
    "hours",
    multiple=True,
    type=Measure(MOST_HOURS, "h", "heure", "heures"),
    metavar="NOMBRE",
    help="Heures d’insertion sur toute la durée : un total, ou un nombre par --objet, dans le même ordre ; sinon, celles que dit chaque --objet.",
)
@click.option(
    "--mois",
    "months",
    type=Measure(MOST_MONTHS, "mois"),
    metavar="NOMBRE",
    default=12.0,
    show_default="12",
    help="Durée du marché, en mois.",
)
@click.option(
    "--travaux",
    "works_type",
    type=click.Choice([code for code, _ in works_types()]),
    help="Type de travaux dont on cherche les besoins connexes ; sinon, celui de chaque activité.",
)
@format_option("table", "json", "xlsx")
@output_option
@database_option
def plan_command(
    needs: tuple[str, ...],
    places: tuple[str, ...],
    hours: tuple[float, ...],
    months: float,
    works_type: str | None,
    fmt: str,
    output: Path | None,
    database: str | None,
) -> None:
    """Dit comment faire les heures d’une clause sociale : avec qui, par quelle voie, et quels besoins connexes confier."""
    needs = tuple(need.strip() for need in needs if need.strip())
    if not needs or not places:
        raise click.UsageError("Dites au moins une activité (--objet) et un lieu (--lieu).")
    hours = hours or hours_said(needs, months)
    if len(hours) not in (1, len(needs)):
        raise click.UsageError("Donnez un total d’heures (--heures), ou un nombre d’heures par --objet.")
    if fmt == "xlsx" and output is None:
        raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o plan.xlsx ».")
    engine = catalogue(database)
    known = facilitators(engine, since=kept_since(today(), retention_months()))
    its = planned(filled_shelf(engine), needs, places, hours, months, today(), works_type or "", known)
    if fmt == "json":
        write(json_text(plan_object(its)), output)
    elif fmt == "xlsx":
        write(plan_workbook(its, contacts_of(engine)), output)
    else:
        _show(its, output)


def _show(told: Planned, output: Path | None) -> None:
    its = told.plan
    with console(output) as out:
        out.print(Text(answer(its), style="bold"))
        if told.shared:
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
        for said in facilitators_told(told):
            out.print(Text(said))
        for hypothesis in hypotheses(its):
            out.print(Text(f"  · {hypothesis}", style="dim"))
        out.print(f"[dim]{NOTICE}[/dim]")
