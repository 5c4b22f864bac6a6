"""Command `entremise avis`: advise whether to reserve a lot to inclusive suppliers, under which article, at what size; and options for its thresholds."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from matcher.cleaning.amounts import clean_amount
from matcher.cleaning.numbers import clean_number
from matcher.cli.frame.options import F, WholeNumber, Written, catalogue, combine_options, command, database_option
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.need.match import clear_reading, filled_shelf, given_need, lot_options
from matcher.decisions.assumptions import THRESHOLDS, Assumptions, Threshold
from matcher.decisions.opinion.answer import advise
from matcher.decisions.opinion.document import advice_document, advice_object
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.decisions.workload import workload_of
from matcher.domain.french import NO_BREAK, number
from matcher.need.answer import lay_on_shelf
from matcher.need.title import title_of
from matcher.reference.law import BuyerNature, exemptions


def _share(text: str) -> float | None:
    share = clean_number(text).value
    return share / 100 if share is not None and 0 < share <= 100 else None


# A percentage, converted to a share in ]0, 1].
PERCENT = Written("pourcentage", _share, "n’est pas un pourcentage, de 1 à 100.")


class Euros(click.ParamType[float]):
    """Parameter type: an amount above zero, written « 40 000 » or « 40 k€ »."""

    name = "euros"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        amount, flag = clean_amount(str(value))
        if not amount or flag:
            reason = f" ({flag})" if flag else ""
            self.fail(f"« {value} » n’est pas un montant{reason}, par exemple 40 000.", param, ctx)
        return amount


# Options that give the size of a lot by workload or quantity (a cadence is the quantity that one person does in a given time).
size_options = combine_options(
    click.option("--etp", metavar="NOMBRE", help="Taille du lot, en équivalents temps plein par an."),
    click.option("--heures", metavar="NOMBRE", help="Heures de travail sur toute la durée du lot."),
    click.option(
        "--quantite",
        metavar="TEXTE",
        help="Quantité et son unité : « 12 000 m² », « 600 kg par jour », « 104 passages »… convertie en ETP par une table de cadences.",
    ),
)


def _threshold(threshold: Threshold) -> Callable[[F], F]:
    """Return the click option that changes one threshold of the opinion."""
    kind, metavar = {"%": (PERCENT, "POURCENT"), "€": (Euros(), "EUROS")}.get(
        threshold.unit, (WholeNumber(threshold.least), "NOMBRE")
    )
    shown: bool | str = (
        f"{number(100 * threshold.usual)}{NO_BREAK}%" if threshold.unit == "%" else threshold.usual is not None
    )
    return click.option(
        f"--{threshold.option or threshold.name}",
        threshold.moves,
        type=kind,
        metavar=metavar,
        default=threshold.usual,
        show_default=shown,
        help=f"{threshold.label}.",
    )


def threshold_options(command: Callable[..., None]) -> Callable[..., None]:
    """Decorator: add the options of all thresholds, passed to the command as one argument, `assumed`."""

    @wraps(command)
    def with_assumed(**options: Any) -> None:
        try:
            assumed = Assumptions(**{its.moves: options.pop(its.moves) for its in THRESHOLDS})
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        command(assumed=assumed, **options)

    return combine_options(*map(_threshold, THRESHOLDS))(with_assumed)


# Options for the facts about the buyer on which legal thresholds depend.
law_options = combine_options(
    click.option(
        "--ensemble",
        "whole",
        type=Euros(),
        metavar="EUROS",
        help="Estimation HT de tout le besoin : tous lots, besoins semblables, reconductions ; sinon, le montant du lot.",
    ),
    click.option(
        "--nature",
        type=click.Choice([its.value for its in BuyerNature]),
        help="Nature de l’acheteur, dont dépendent les seuils européens ; sinon, d’après son SIRET.",
    ),
    click.option(
        "--dispense",
        "exempted",
        type=click.Choice([its.code for its in exemptions()]),
        help="Cas de L2112-2-1 retenu pour ne pas prévoir de condition sociale.",
    ),
    click.option("--motif", metavar="TEXTE", help="Pourquoi cette dispense : gardé avec l’avis."),
)


def buyer_facts_of(whole: float | None, nature: str | None, exempted: str | None, motif: str | None) -> ToldByBuyer:
    """Return the facts about the buyer given by `law_options`. Raises click.UsageError for a reason (`motif`) without an exception (`exempted`)."""
    if motif and not exempted:
        raise click.UsageError("« --motif » dit pourquoi une dispense est retenue : ajoutez « --dispense ».")
    return ToldByBuyer(whole, BuyerNature(nature) if nature else None, exempted or "", motif or "")


@command("avis", epilog='entremise avis --objet "Entretien des espaces verts" --lieu Maubeuge --etp 3')
@lot_options
@size_options
@threshold_options
@law_options
@outlet_options("table", "json", "xlsx", file="avis")
@database_option
def advice_command(
    etp: str | None,
    heures: str | None,
    quantite: str | None,
    assumed: Assumptions,
    whole: float | None,
    nature: str | None,
    exempted: str | None,
    motif: str | None,
    outlet: Outlet,
    database: str | None,
    **lot: Any,
) -> None:
    """Dit si un lot peut être réservé, et sous quel article.

    Dit aussi qui appeler avant de réserver, la taille qui convient, ou que faire d’autre.
    """
    buyer_facts = buyer_facts_of(whole, nature, exempted, motif)
    reading = clear_reading(given_need(lot))
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    need = workload_of(reading, assumed, etp=etp, hours=heures, quantity=quantite)
    advice = advise(engine, lay_on_shelf(reading, shelf), need, assumed, buyer_facts)
    title = title_of(reading.lot.objet)
    outlet.send_document(advice_document(advice, title), json=lambda: advice_object(advice))
