"""`calibrage`: how many hours of insertion a contract can ask for, by which figures, and the words to paste."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.decisions.clause import Measure, by_each, one_each
from matcher.cli.decisions.opinion import Euros, law_options, told_by_buyer
from matcher.cli.frame.options import (
    RequestRefused,
    catalogue,
    command,
    contacts_since,
    database_option,
    today,
    together,
)
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.decisions.calibrated import LEAST_HOURS, ToldOfLot
from matcher.decisions.clause.answer import MOST_HOURS
from matcher.decisions.clause.facilitators import facilitators
from matcher.decisions.clause_hours.answer import calibration
from matcher.decisions.clause_hours.compute import ClauseFloors
from matcher.decisions.clause_hours.document import calibration_document, calibration_object
from matcher.decisions.workload import MOST_ETP
from matcher.domain.french import number
from matcher.domain.need import Need
from matcher.need.fields import need_from
from matcher.reference.calibration import SPANS, Span

_HOURS = ("h", "heure", "heures")


def _measure(name: str) -> Measure:
    return Measure(SPANS[name][3], "%", "€")


_lot_options = together(
    one_each("--objet", "TEXTE", "L’objet d’un lot ; répétable, un lot à chaque fois."),
    one_each("--cpv", "CODE", "Le code CPV d’un lot, sinon lu dans son objet."),
    one_each("--montant", "EUROS", "Montant HT d’un lot sur toute sa durée."),
    one_each("--mois", "NOMBRE", "Durée d’un lot, en mois."),
    one_each("--pourcentage", "POURCENT", "Pourcentage des heures, sinon l’usage du métier.", type=_measure("share")),
    one_each("--part", "POURCENT", "Part de main-d’œuvre dans le prix, si vous la connaissez.", type=_measure("share")),
    one_each("--cout", "EUROS", "Coût d’une heure de travail, charges comprises.", type=_measure("hourly")),
    one_each("--prix", "EUROS", "Prix facturé d’une heure, à défaut de part et de coût.", type=_measure("price")),
    one_each("--reprise", "CHOIX", "Le personnel est-il repris ?", type=click.Choice(("oui", "non"))),
    one_each("--postes", "NOMBRE", "Postes à pourvoir, en ETP, si le personnel est repris.", type=Measure(MOST_ETP)),
    one_each("--heures", "NOMBRE", "Heures que la clause demande déjà.", type=Measure(MOST_HOURS, *_HOURS)),
)


@command("calibrage", epilog='entremise calibrage --objet "Voirie" --montant 800000 --mois 12')
@_lot_options
@click.option(
    "--lieu", "places", multiple=True, metavar="LIEU", help="Lieu d’exécution, pour son facilitateur ; répétable."
)
@click.option("--npnru", "charter", is_flag=True, help="Applique les minimums de la charte d’insertion du NPNRU.")
@click.option(
    "--plancher-heures",
    "least",
    type=Measure(MOST_HOURS, *_HOURS),
    metavar="NOMBRE",
    default=LEAST_HOURS,
    show_default=number(LEAST_HOURS),
    help="Heures sous lesquelles aucune clause n’est proposée.",
)
@click.option(
    "--plancher-montant",
    "floor",
    type=Euros(),
    metavar="EUROS",
    help="Montant HT sous lequel votre territoire n’en demande pas.",
)
@law_options
@outlet_options("table", "json", "xlsx", file="calibrage")
@database_option
def calibration_sheet_command(
    places: tuple[str, ...],
    charter: bool,
    least: float,
    floor: float | None,
    whole: float | None,
    nature: str | None,
    exempted: str | None,
    motif: str | None,
    outlet: Outlet,
    database: str | None,
    **lots: tuple[Any, ...],
) -> None:
    """Calcule les heures d’insertion qu’un marché peut demander.

    Dit aussi d’où vient chaque chiffre, ce qui manque, ce que dit la loi, et le texte à coller.
    """
    named = max(len(lots["objet"]), len(lots["cpv"]))
    if not named:
        raise click.UsageError("Dites l’objet d’un lot au moins (--objet), ou son code CPV (--cpv).")
    told = told_by_buyer(whole, nature, exempted, motif)
    engine = catalogue(database)
    shelf = load_shelf(engine)
    its = calibration(
        shelf,
        [_lot(one, places) for one in by_each(lots, named, "lots")],
        today(),
        told=told,
        floors=ClauseFloors(least, floor),
        charter=charter,
        known=facilitators(engine, since=contacts_since()),
    )
    outlet.send_document(calibration_document(its, people=True), json=lambda: calibration_object(its))


def _lot(given: Mapping[str, Any], places: Sequence[str]) -> tuple[Need, ToldOfLot]:
    """A need and what is told of its lot. Raises RequestRefused."""
    fields = {
        name: given.get(of, "")
        for name, of in (("objet", "objet"), ("cpv", "cpv"), ("montant", "montant"), ("duree", "mois"))
    }
    need = need_from({**fields, "lieu": list(places)})
    if need.faults:
        raise RequestRefused(" ".join(fault.says for fault in need.faults))
    share = given.get("pourcentage")
    return need, ToldOfLot(
        percentage=None if share is None else Span(share, share),
        share=given.get("part"),
        hourly=given.get("cout"),
        price=given.get("prix"),
        transferred={"oui": True, "non": False}.get(given.get("reprise", "")),
        posts=given.get("postes"),
        hours=given.get("heures"),
    )
