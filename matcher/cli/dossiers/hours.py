"""Commands `entremise dossier hours`, `promise-hours`, `record-hours`…: show, promise, note and correct the hours of insertion of a social clause."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from matcher.cleaning.numbers import clean_work_hours
from matcher.cli.dossiers.options import OpenDossier, number_argument, reading_options, writing_options
from matcher.cli.frame.options import (
    DAY,
    MONTH,
    RequestRefused,
    WholeNumber,
    Written,
    combine_options,
    command,
    existing,
    motive_option,
)
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.clock import today
from matcher.decisions.clause.followup import PMSMP, HoursKind, HoursPromise, HoursReading, MonthHours, MonthImmersions
from matcher.decisions.clause.followup_columns import modality_named, public_named
from matcher.decisions.clause.followup_document import followed_said, hours_tables
from matcher.decisions.clause.followup_sheet import read_file
from matcher.dossiers.clause_contract import (
    followed_contracts,
    hours_reading,
    promised_lots,
    proposed_promise,
    sheet_changes,
)
from matcher.dossiers.dossier import WHOLE, Dossier, DossierChange
from matcher.dossiers.files.as_json import insertion_object
from matcher.dossiers.insertion_changes import CorrectHours, MoveHours, Over, PromiseHours, RecordHours, RemoveHours
from matcher.journal.change import plain
from matcher.reference.clauses import modalities, publics
from matcher.render.terminal import print_table

_HOURS = Written(
    "heures",
    lambda text: value if (value := clean_work_hours(text).value) is not None and value >= 0 else None,
    "n’est pas un nombre d’heures, par exemple 151,67 ou 48h30.",
)
_CORRECTION = Written(
    "heures", lambda text: clean_work_hours(text).value, "n’est pas un nombre d’heures, par exemple -20."
)
_PUBLIC = Written(
    "public",
    lambda text: public_named(text) or None,
    f"n’est pas un public : {', '.join(public.code for public in publics())}.",
)
_MODALITY = Written(
    "modalite",
    lambda text: modality_named(text) or None,
    f"n’est pas une modalité : {', '.join((*(modality.code for modality in modalities()), PMSMP))}, ou un type de structure.",
)


def _number(name: str, says: str) -> Any:
    return click.option(f"--{name}", name, type=_HOURS, metavar="NOMBRE", help=says)


_lot = click.option(
    "--lot",
    "lot",
    type=WholeNumber(0),
    metavar="NUMÉRO",
    help="Le contrat, par son lot ; 0 pour tout le dossier. Sinon, le seul qui est suivi.",
)
_public = click.option(
    "--public",
    "public",
    type=_PUBLIC,
    metavar="PUBLIC",
    help=f"Le public : {', '.join(public.code for public in publics())}.",
)
_month = click.option("--mois", "month", type=MONTH, metavar="MOIS", help="Le mois, par exemple 03/2026.")
_modality = click.option(
    "--modalite",
    "modality",
    type=_MODALITY,
    metavar="MODALITÉ",
    help=f"La modalité : {', '.join(modality.code for modality in modalities())}, ou un type de structure. Avec FICHIER, celle des lignes qui n’en disent pas.",
)
_hours_options = combine_options(
    _month,
    _modality,
    _public,
    _number("prevues", "Heures prévues."),
    _number("placees", "Heures pour lesquelles quelqu’un est placé."),
    _number("faites", "Heures faites."),
    click.option(
        "--personnes", "people", type=WholeNumber(0), metavar="NOMBRE", help="Combien de personnes ; aucun nom."
    ),
    click.option("--pmsmp", type=WholeNumber(0), metavar="NOMBRE", help="PMSMP du mois, comptées à part."),
)
_sure = click.option("--justes", "sure", is_flag=True, help="Ces heures sont justes, même bien au-delà de la promesse.")
_KINDS = [kind.value for kind in (HoursKind.DONE, HoursKind.PLACED, HoursKind.PLANNED)]


@command("hours", epilog="entremise dossier hours 1")
@number_argument
@outlet_options("table", "json")
@reading_options
def hours_command(opened: OpenDossier, outlet: Outlet) -> None:
    """Montre les heures d’insertion de chaque contrat : promises, prévues, placées, faites, ce qui est en retard."""
    dossier = opened.read()
    outlet.send(
        table=lambda out: _show(dossier, out),
        json=lambda: plain(dossier.insertion) | {"contracts": insertion_object(dossier)},
    )


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
@click.option(
    "--acheteur", "client", metavar="NOM", default="", help="Acheteur de ce marché, si ce n’est celui du dossier."
)
@click.option("--reference", metavar="TEXTE", default="", help="Numéro du marché, ou nom que lui donnent vos tableurs.")
@_lot
@writing_options
def promise_command(opened: OpenDossier, lot: int | None, **options: Any) -> None:
    """Dit combien d’heures d’insertion un contrat promet, et ses dates : les mois se suivent à partir de là."""
    promise = HoursPromise(**options)

    def promise_for(dossier: Dossier) -> PromiseHours:
        lots = promised_lots(dossier) if dossier.followed else promised_lots(dossier)[-1:]
        number = _contract(dossier, lot, (*dossier.followed, *lots))
        return PromiseHours(promise, proposed_promise(dossier, number).source_of(promise), number)

    opened.write(promise_for)


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
@click.option(
    "--deja",
    "over",
    type=click.Choice([choice.value for choice in Over if choice]),
    metavar="QUOI",
    help="Si un mois est déjà noté autrement : le remplacer, ou ajouter ces heures. Sinon, rien n’est noté et c’est dit.",
)
@click.option(
    "--motif",
    "motive",
    metavar="TEXTE",
    default="",
    help="Avec FICHIER, le motif des corrections (-20) qui n’en disent pas.",
)
@_sure
@_lot
@writing_options
def record_hours_command(
    opened: OpenDossier,
    path: Path | None,
    kind: str,
    over: str | None,
    motive: str,
    sure: bool,
    lot: int | None,
    **options: Any,
) -> None:
    """Note les heures d’un mois, ou celles de FICHIER : CSV, XLSX, XLS ou ODS, sans aucun nom de personne. Une colonne « Contrat » y dit le
    contrat de chaque ligne."""
    values = {name: value for name, value in options.items() if value is not None}
    choice = Over(over or "")
    if path is None:
        change = replace(_month_of(values), sure=sure, over=choice)
        opened.write(lambda dossier: replace(change, lot=_contract(dossier, lot, dossier.followed)))
        return
    if values.keys() - {"modality"}:
        raise click.UsageError("Donnez FICHIER, ou les heures d’un mois, pas les deux.")
    how = HoursReading(values.get("modality", ""), HoursKind(kind), motive, lot=lot)
    read = read_file(existing(path), hours_reading(opened.read(), how))
    for remark in read.said:
        click.echo(remark, err=True)

    def changes_to(dossier: Dossier) -> Sequence[DossierChange]:
        changes, remarks = sheet_changes(dossier, read, choice, sure=sure)
        for remark in remarks:
            click.echo(remark, err=True)
        return changes

    opened.write_all(changes_to)


@command(
    "correct-hours",
    epilog='entremise dossier correct-hours 1 --mois 10/2026 --modalite embauche \\\n--faites -20 --motif "Feuille rectifiée" --par Léa',
)
@number_argument
@_month
@_modality
@_public
@click.option("--prevues", type=_CORRECTION, metavar="NOMBRE", help="Heures prévues à ajouter, ou à retirer.")
@click.option("--placees", type=_CORRECTION, metavar="NOMBRE", help="Heures placées à ajouter, ou à retirer.")
@click.option("--faites", type=_CORRECTION, metavar="NOMBRE", help="Heures faites à ajouter, ou à retirer (-20).")
@_sure
@_lot
@motive_option
@writing_options
def correct_hours_command(
    opened: OpenDossier,
    month: date | None,
    modality: str | None,
    public: str | None,
    lot: int | None,
    motive: str,
    sure: bool,
    **options: Any,
) -> None:
    """Ajoute des heures à celles qui sont notées d’un mois, ou en retire ; le journal garde le motif."""
    if month is None or not modality:
        raise click.UsageError("Donnez --mois et --modalite.")
    hours = {key: options.get(name) for key, name in _OPTIONS.items() if name in options}
    line = MonthHours(month, modality, **hours, public=public or "")
    opened.write(lambda dossier: CorrectHours(line, motive, _contract(dossier, lot, dossier.followed), sure))


@command(
    "remove-hours",
    epilog='entremise dossier remove-hours 1 --mois 10/2026 --modalite embauche \\\n--motif "Erreur" --par Léa',
)
@number_argument
@_month
@_modality
@_public
@_lot
@motive_option
@writing_options
def remove_hours_command(
    opened: OpenDossier, month: date | None, modality: str | None, public: str | None, lot: int | None, motive: str
) -> None:
    """Retire les heures d’un mois par une modalité, ou ses PMSMP (--modalite pmsmp) ; le journal le garde."""
    if month is None or not modality:
        raise click.UsageError("Donnez --mois et --modalite.")
    opened.write(
        lambda dossier: RemoveHours(month, modality, motive, _contract(dossier, lot, dossier.followed), public or "")
    )


@command("move-hours", epilog="entremise dossier move-hours 1 --vers 0 --par Léa")
@number_argument
@_lot
@click.option(
    "--vers",
    "to",
    type=WholeNumber(0),
    metavar="NUMÉRO",
    required=True,
    help="Le lot dont ces heures sont ; 0 pour tout le dossier.",
)
@writing_options
def move_hours_command(opened: OpenDossier, lot: int | None, to: int) -> None:
    """Dit de quel lot sont les heures suivies, promesse comprise."""
    opened.write(lambda dossier: MoveHours(_contract(dossier, lot, dossier.followed), to))


def _contract(dossier: Dossier, lot: int | None, lots: Collection[int]) -> int:
    """Return the lot number that a command is about: `lot` where given, else the only one of `lots`. Raises RequestRefused where there are several."""
    if lot is not None:
        return lot
    numbers = sorted(set(lots))
    if len(numbers) > 1:
        known = ", ".join(f"--lot {number}" for number in numbers)
        raise RequestRefused(f"Le dossier {dossier.number} a plusieurs contrats : dites lequel ({known}).")
    return next(iter(numbers), WHOLE)


def _month_of(values: dict[str, Any]) -> RecordHours:
    """Return the change that notes the hours of one month given by options. Raises click.UsageError where the month or the modality is missing."""
    month, modality, pmsmp = values.get("month"), values.get("modality", ""), values.get("pmsmp")
    hours = {key: values[name] for key, name in _OPTIONS.items() if name in values}
    public = values.get("public", "")
    if month is None or (hours and modality in ("", PMSMP)):
        raise click.UsageError("Donnez --mois, et --modalite avec des heures ; ou FICHIER.")
    lines = (MonthHours(month, modality, **hours, public=public),) if hours else ()
    return RecordHours(lines, () if pmsmp is None else (MonthImmersions(month, pmsmp),))


# Field of `MonthHours` → name of its option.
_OPTIONS = {"planned": "prevues", "placed": "placees", "done": "faites", "people": "people"}


def _show(dossier: Dossier, out: Console) -> None:
    contracts, on = followed_contracts(dossier), today()
    if not contracts:
        raise RequestRefused(
            "Les heures de ce dossier ne sont pas suivies : commencez par « entremise dossier promise-hours »."
        )
    for line in followed_said(contracts, on):
        out.print(Text(line))
    for table in hours_tables(contracts, on):
        print_table(table, out, most=len(table.rows))


HOURS_COMMANDS = (
    hours_command,
    promise_command,
    record_hours_command,
    correct_hours_command,
    remove_hours_command,
    move_hours_command,
)
