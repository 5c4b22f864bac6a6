"""`calibrage`: how many hours of insertion a contract can ask for, by which figures, and the words to paste."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.decisions.clause import Measure
from matcher.cli.decisions.opinion import Euros, law_options, told_by_buyer
from matcher.cli.frame.contacts import contacts_since
from matcher.cli.frame.document import needs_a_file, send_document
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import RequestRefused, catalogue, database_option, format_option, output_option, together
from matcher.cli.frame.signed import today
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


def _one_a_lot(option: str, metavar: str, told: str, **more: Any) -> Any:
    """An option given once for all lots, or once a lot, in the order of the lots."""
    return click.option(option, multiple=True, metavar=metavar, help=told, **more)


def _measure(name: str) -> Measure:
    return Measure(SPANS[name][3], "%", "€")


_lot_options = together(
    _one_a_lot("--objet", "TEXTE", "L’objet d’un lot ; répétable, un lot à chaque fois."),
    _one_a_lot("--cpv", "CODE", "Le code CPV d’un lot, sinon lu dans son objet."),
    _one_a_lot("--montant", "EUROS", "Montant HT d’un lot sur toute sa durée."),
    _one_a_lot("--mois", "NOMBRE", "Durée d’un lot, en mois."),
    _one_a_lot("--pourcentage", "POURCENT", "Pourcentage des heures, sinon l’usage du métier.", type=_measure("share")),
    _one_a_lot(
        "--part", "POURCENT", "Part de main-d’œuvre dans le prix, si vous la connaissez.", type=_measure("share")
    ),
    _one_a_lot("--cout", "EUROS", "Coût d’une heure de travail, charges comprises.", type=_measure("hourly")),
    _one_a_lot("--prix", "EUROS", "Prix facturé d’une heure, à défaut de part et de coût.", type=_measure("price")),
    _one_a_lot("--reprise", "CHOIX", "Le personnel est-il repris ?", type=click.Choice(("oui", "non"))),
    _one_a_lot("--postes", "NOMBRE", "Postes à pourvoir, en ETP, si le personnel est repris.", type=Measure(MOST_ETP)),
    _one_a_lot("--heures", "NOMBRE", "Heures que la clause demande déjà.", type=Measure(MOST_HOURS, *_HOURS)),
)


@click.command("calibrage", cls=FrenchCommand)
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
@format_option("table", "json", "xlsx")
@output_option
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
    fmt: str,
    output: Path | None,
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
    needs_a_file(fmt, output, "calibrage.xlsx")
    engine = catalogue(database)
    shelf = load_shelf(engine)
    its = calibration(
        shelf,
        [_lot(one, places) for one in _by_lot(lots, named)],
        today(),
        told=told,
        floors=ClauseFloors(least, floor),
        charter=charter,
        known=facilitators(engine, since=contacts_since()),
    )
    send_document(calibration_document(its, people=True), fmt, output, lambda: calibration_object(its))


def _by_lot(given: Mapping[str, Sequence[Any]], lots: int) -> list[dict[str, Any]]:
    """What is given of each lot. Raises click.UsageError for an option that is given neither once nor once a lot."""
    for name, values in given.items():
        if len(values) not in (0, 1, lots):
            raise click.UsageError(f"« --{name} » : donnez-le une fois pour tous les lots, ou {lots} fois, un par lot.")
    return [{name: values[at % len(values)] for name, values in given.items() if values} for at in range(lots)]


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
