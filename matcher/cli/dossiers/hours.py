"""Commands of `dossier` about its hours of insertion: shown, promised, noted one by one or from a file, taken out."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from matcher.cleaning.numbers import clean_measure
from matcher.cli.dossiers.options import OpenDossier, number_argument, reading_options, writing_options
from matcher.cli.frame.options import (
    DAY,
    MONTH,
    RequestRefused,
    WholeNumber,
    Written,
    command,
    existing,
    motive_option,
    together,
)
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.clock import today
from matcher.decisions.clause.followup import PMSMP, HoursKind, HoursPromise, MonthHours, MonthImmersions
from matcher.decisions.clause.followup_document import hours_said, hours_tables
from matcher.decisions.clause.followup_sheet import HoursReading, modality_named, read_file
from matcher.dossiers.clause_contract import proposed_promise
from matcher.dossiers.dossier import Dossier
from matcher.dossiers.insertion_changes import PromiseHours, RecordHours, RemoveHours
from matcher.journal.change import plain
from matcher.reference.clauses import modalities
from matcher.render.terminal import print_table

_HOURS = Written(
    "heures",
    lambda text: clean_measure(text, "h", "heure", "heures").value,
    "n’est pas un nombre d’heures, par exemple 151,67.",
)
_MODALITY = Written(
    "modalite",
    lambda text: modality_named(text) or None,
    f"n’est pas une modalité : {', '.join((*(its.code for its in modalities()), PMSMP))}, ou un type de structure.",
)


def _number(name: str, says: str) -> Any:
    return click.option(f"--{name}", name, type=_HOURS, metavar="NOMBRE", help=says)


_month = click.option("--mois", "month", type=MONTH, metavar="MOIS", help="Le mois, par exemple 03/2026.")
_modality = click.option(
    "--modalite",
    "modality",
    type=_MODALITY,
    metavar="MODALITÉ",
    help=f"La modalité : {', '.join(its.code for its in modalities())}, ou un type de structure. Avec FICHIER, celle des lignes qui n’en disent pas.",
)
_hours_options = together(
    _month,
    _modality,
    _number("prevues", "Heures prévues."),
    _number("placees", "Heures pour lesquelles quelqu’un est placé."),
    _number("faites", "Heures faites."),
    click.option(
        "--personnes", "people", type=WholeNumber(0), metavar="NOMBRE", help="Combien de personnes ; aucun nom."
    ),
    click.option("--pmsmp", type=WholeNumber(0), metavar="NOMBRE", help="PMSMP du mois, comptées à part."),
)
_KINDS = [kind.value for kind in (HoursKind.DONE, HoursKind.PLACED, HoursKind.PLANNED)]


@command("hours", epilog="entremise dossier hours 1")
@number_argument
@outlet_options("table", "json")
@reading_options
def hours_command(opened: OpenDossier, outlet: Outlet) -> None:
    """Montre les heures d’insertion du marché : promises, prévues, placées, faites, ce qui est en retard."""
    found = opened.read()
    outlet.send(table=lambda out: _show(found, out), json=lambda: plain(found.insertion))


@command(
    "promise-hours",
    epilog="entremise dossier promise-hours 1 --heures 900 --par Léa \\\n--debut 2026-10-01 --fin 2027-09-30",
)
@number_argument
@click.option(
    "--heures", "hours", type=_HOURS, metavar="NOMBRE", help="Heures promises ; sinon, leur nombre n’est pas dit."
)
@click.option("--debut", "start", type=DAY, metavar="DATE", required=True, help="Début du marché.")
@click.option("--fin", "end", type=DAY, metavar="DATE", help="Fin du marché ; sinon, elle n’est pas dite.")
@writing_options
def promise_command(opened: OpenDossier, hours: float | None, start: date, end: date | None) -> None:
    """Dit combien d’heures d’insertion le marché promet, et ses dates : les mois se suivent à partir de là."""
    promise = HoursPromise(hours, start, end)

    def promised(found: Dossier) -> PromiseHours:
        return PromiseHours(promise, proposed_promise(found).source_of(promise))

    opened.write(promised)


@command(
    "record-hours",
    epilog="entremise dossier record-hours 1 --mois 10/2026 --par Léa \\\n--modalite embauche --faites 70",
)
@number_argument
@click.argument("path", metavar="[FICHIER]", required=False, type=click.Path(path_type=Path))
@_hours_options
@click.option(
    "--sorte",
    "kind",
    type=click.Choice(_KINDS),
    metavar="SORTE",
    default=HoursKind.DONE.value,
    show_default=True,
    help=f"Avec FICHIER, les heures d’une colonne par modalité ou par mois : {', '.join(_KINDS)}.",
)
@click.option("--justes", "sure", is_flag=True, help="Ces heures sont justes, même bien au-delà de la promesse.")
@writing_options
def record_command(opened: OpenDossier, path: Path | None, kind: str, sure: bool, **given: Any) -> None:
    """Note les heures d’un mois, ou celles de FICHIER : CSV, XLSX, XLS ou ODS, sans aucun nom de personne."""
    said = {name: value for name, value in given.items() if value is not None}
    if path is None:
        change = replace(_month_of(said), sure=sure)
    elif said.keys() - {"modality"}:
        raise click.UsageError("Donnez FICHIER, ou les heures d’un mois, pas les deux.")
    else:
        read = read_file(existing(path), HoursReading(said.get("modality", ""), HoursKind(kind)))
        change = RecordHours(read.months, read.immersions, sure=sure)
        for told in read.said:
            click.echo(told, err=True)
    opened.write(lambda _: change)


@command(
    "remove-hours",
    epilog='entremise dossier remove-hours 1 --mois 10/2026 --modalite embauche \\\n--motif "Erreur" --par Léa',
)
@number_argument
@_month
@_modality
@motive_option
@writing_options
def remove_command(opened: OpenDossier, month: date | None, modality: str | None, motive: str) -> None:
    """Retire les heures d’un mois par une modalité, ou ses PMSMP (--modalite pmsmp) ; le journal le garde."""
    if month is None or not modality:
        raise click.UsageError("Donnez --mois et --modalite.")
    opened.write(lambda _: RemoveHours(month, modality, motive))


def _month_of(said: dict[str, Any]) -> RecordHours:
    """The change that the options of one month ask for. Raises click.UsageError where they lack the month, or the modality of hours."""
    month, modality, pmsmp = said.get("month"), said.get("modality", ""), said.get("pmsmp")
    hours = {key: said[name] for key, name in _OPTIONS.items() if name in said}
    if month is None or (hours and modality in ("", PMSMP)):
        raise click.UsageError("Donnez --mois, et --modalite avec des heures ; ou FICHIER.")
    lines = (MonthHours(month, modality, **hours),) if hours else ()
    return RecordHours(lines, () if pmsmp is None else (MonthImmersions(month, pmsmp),))


# The option of each fact of a month.
_OPTIONS = {"planned": "prevues", "placed": "placees", "done": "faites", "people": "people"}


def _show(dossier: Dossier, out: Console) -> None:
    its, on = dossier.insertion, today()
    if its.promise is None:
        raise RequestRefused(
            "Les heures de ce dossier ne sont pas suivies : commencez par « entremise dossier promise-hours »."
        )
    for line in hours_said(its, on):
        out.print(Text(line))
    for table in hours_tables(its, on):
        print_table(table, out, most=len(table.rows))


HOURS_COMMANDS = (hours_command, promise_command, record_command, remove_command)
