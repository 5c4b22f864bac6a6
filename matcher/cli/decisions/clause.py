"""`plan-clause`: for a company that won a contract with hours of insertion, who could carry them and how, and what else to entrust."""

from pathlib import Path
from typing import Any

import click

from matcher.cli.frame.contacts import contacts_of, contacts_since
from matcher.cli.frame.document import needs_a_file, send_document
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option, format_option, output_option
from matcher.cli.frame.signed import today
from matcher.cli.need.match import filled_shelf
from matcher.decisions.asked import DecisionRefused, positive
from matcher.decisions.clause.answer import MOST_HOURS, MOST_MONTHS, hours_said, planned
from matcher.decisions.clause.document import named, plan_document, plan_object
from matcher.decisions.clause.facilitators import facilitators
from matcher.decisions.contacts_table import contacts_table
from matcher.reference.clauses import works_types

WORKS_TYPES = tuple(code for code, _ in works_types())


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
    type=click.Choice(WORKS_TYPES),
    metavar="TYPE",
    help=f"Type de travaux dont on cherche les besoins connexes ({', '.join(WORKS_TYPES)}) ; sinon, celui de chaque activité.",
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
    """Dit comment faire les heures d’une clause sociale.

    Dit aussi avec qui, par quelle voie, et quels besoins connexes confier.
    """
    needs = tuple(need.strip() for need in needs if need.strip())
    if not needs or not places:
        raise click.UsageError("Dites au moins une activité (--objet) et un lieu (--lieu).")
    hours = hours or hours_said(needs, months)
    if len(hours) not in (1, len(needs)):
        raise click.UsageError("Donnez un total d’heures (--heures), ou un nombre d’heures par --objet.")
    needs_a_file(fmt, output, "plan.xlsx")
    engine = catalogue(database)
    known = facilitators(engine, since=contacts_since())
    its = planned(filled_shelf(engine), needs, places, hours, months, today(), works_type or "", known)
    send_document(
        plan_document(its, people=True),
        fmt,
        output,
        lambda: plan_object(its),
        lambda: contacts_table(named(its.plan), contacts_of(engine)),
    )
