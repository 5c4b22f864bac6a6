"""Commands `entremise plan-clause` (how to do the hours of insertion of a social clause, and whom to call) and `calibrage` (how many a contract can ask)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import dated_sources
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cleaning.readers import hours_reader
from matcher.cli.frame.options import (
    F,
    RequestRefused,
    catalogue,
    command,
    contact_lookup,
    contacts_since,
    database_option,
)
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.frame.question_options import TypedValue, each_options, question_from, question_options
from matcher.cli.need.match import filled_shelf
from matcher.clock import today
from matcher.decisions.calibrated import ToldOfLot
from matcher.decisions.clause.calibration import compute_calibration
from matcher.decisions.clause.calibration_document import calibration_document, calibration_object
from matcher.decisions.clause.facilitators import load_facilitators
from matcher.decisions.clause.plan_answer import SHARED, answer_plan, contract_of
from matcher.decisions.clause.plan_document import plan_document, plan_object, plan_structures
from matcher.decisions.clause.questions import MOST_HOURS, ClauseTerms, LotFigures, ToldContract
from matcher.decisions.clause.sharing import equally
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.domain.need import Need
from matcher.need.fields import need_from
from matcher.reference.clauses import modalities, works_types

WORKS_TYPES = tuple(code for code, _ in works_types())


class SplitHours(click.ParamType[dict[str, int]]):
    """Parameter type: whole hours by code of modality (way of doing them): « etti=300;ai=100 »."""

    name = "partage"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, int]:
        if isinstance(value, dict):
            return value
        lines = [line.split("=") for line in str(value).split(";") if line.strip()]
        if not lines or any(len(line) != 2 for line in lines) or len({line[0].strip() for line in lines}) < len(lines):
            self.fail(f"« {value} » : écrivez par exemple etti=300;ai=100.", param, ctx)
        hours = TypedValue(hours_reader(MOST_HOURS))
        return {code.strip(): round(hours.convert(text.strip(), param, ctx)) for code, text in lines}


def one_each(option: str, metavar: str, help_text: str, **more: Any) -> Callable[[F], F]:
    """Return a click option that is given once for all lots or contracts, or once for each, in order."""
    return click.option(option, multiple=True, metavar=metavar, help=help_text, **more)


def by_each(values_by_option: Mapping[str, Sequence[Any]], count: int, of: str) -> list[dict[str, Any]]:
    """Return the options of each lot or contract (`of` is the French plural for messages). Raises click.UsageError for an option given neither once nor once
    for each."""
    for name, values in values_by_option.items():
        if len(values) not in (0, 1, count):
            raise click.UsageError(
                f"« --{name} » : donnez-le une fois pour tous les {of}, ou {count} fois, un pour chacun."
            )
    return [
        {name: values[at % len(values)] for name, values in values_by_option.items() if values} for at in range(count)
    ]


@command("plan-clause", epilog='entremise plan-clause --objet "Voirie" --lieu Amiens --heures 12000 --mois 24')
@click.option(
    "--objet",
    "needs",
    multiple=True,
    metavar="TEXTE",
    help="L’objet d’un contrat ; répétable, un contrat à chaque fois.",
)
@click.option(
    "--lieu",
    "places",
    multiple=True,
    metavar="LIEU",
    help="Lieu d’exécution ; répétable : tous sont ceux de chaque contrat.",
)
@click.option(
    "--heures",
    "hours",
    multiple=True,
    type=TypedValue(hours_reader(MOST_HOURS)),
    metavar="NOMBRE",
    help="Heures d’insertion sur toute la durée : un total, ou un nombre par --objet, dans le même ordre ; sinon, celles que dit l’objet, ou comptées du montant.",
)
@one_each("--lieux", "LIEUX", "Lieux d’un contrat, séparés par « ; », quand ils diffèrent d’un contrat à l’autre.")
@each_options(ToldContract)
@one_each(
    "--partage",
    "HEURES",
    f"Heures d’un contrat par voie, sinon l’usage : etti=300;ai=100 ({', '.join(way.code for way in modalities())}).",
    type=SplitHours(),
)
@click.option("--acheteur", "buyer", metavar="SIRET", default="", help="SIRET de l’acheteur, qui ne sera pas proposé.")
@click.option(
    "--travaux",
    "works_type",
    type=click.Choice(WORKS_TYPES),
    metavar="TYPE",
    help=f"Type de travaux dont on cherche les besoins connexes ({', '.join(WORKS_TYPES)}) ; sinon, celui de chaque contrat.",
)
@outlet_options("table", "json", "xlsx", file="plan")
@database_option
def plan_command(
    needs: tuple[str, ...],
    places: tuple[str, ...],
    hours: tuple[float, ...],
    buyer: str,
    works_type: str | None,
    outlet: Outlet,
    database: str | None,
    **contracts: tuple[Any, ...],
) -> None:
    """Dit comment faire les heures d’une clause sociale.

    Dit aussi qui appeler, par quelle voie, pour un ou plusieurs contrats, et quels besoins connexes confier.
    """
    needs = tuple(need.strip() for need in needs if need.strip())
    if not needs:
        raise click.UsageError(
            "Dites au moins un contrat (--objet), et son lieu s’il ne le dit pas (--lieu, ou --lieux)."
        )
    if len(hours) not in (0, 1, len(needs)):
        raise click.UsageError("Donnez un total d’heures (--heures), ou un nombre d’heures par --objet.")
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    told_contracts = []
    for need, values in zip(needs, by_each(contracts, len(needs), "contrats"), strict=True):
        own = filter(None, map(str.strip, values.get("lieux", "").split(";")))
        more = {"objet": need, "places": (*places, *own), "buyer": buyer, "split": values.get("partage")}
        told_contracts.append(question_from(ToldContract, values, **more))
    plan_contracts = [contract_of(one, shelf, today()) for one in _with_hours(told_contracts, hours)]
    dated = dated_sources(engine)
    known = load_facilitators(engine, since=contacts_since())
    plan = answer_plan(plan_contracts, lambda ids: field_sources(engine, ids, dated), works_type or "", known)
    contacts = contact_lookup(engine)(plan_structures(plan.plan).keys())
    outlet.send_document(
        plan_document(plan, contacts=contacts),
        lambda: contacts_table(plan_structures(plan.plan), lambda _: contacts),
        json=lambda: plan_object(plan),
    )


def _with_hours(contracts: Sequence[ToldContract], hours: Sequence[float]) -> Sequence[ToldContract]:
    """Return the contracts with their hours; a single total is shared equally."""
    if len(hours) == len(contracts):
        return [replace(one, hours=its) for one, its in zip(contracts, hours, strict=True)]
    if not hours:
        return contracts
    shares = equally(round(hours[0]), [str(at) for at in range(len(contracts))])
    return [replace(one, hours=shares[str(at)], hours_source=SHARED) for at, one in enumerate(contracts)]


@command("calibrage", epilog='entremise calibrage --objet "Voirie" --montant 800000 --mois 12')
@one_each("--objet", "TEXTE", "L’objet d’un lot ; répétable, un lot à chaque fois.")
@one_each("--cpv", "CODE", "Le code CPV d’un lot, sinon lu dans son objet.")
@one_each("--montant", "EUROS", "Montant HT d’un lot sur toute sa durée.")
@one_each("--mois", "NOMBRE", "Durée d’un lot, en mois.")
@each_options(LotFigures)
@click.option(
    "--lieu", "places", multiple=True, metavar="LIEU", help="Lieu d’exécution, pour son facilitateur ; répétable."
)
@question_options(ClauseTerms, into="terms")
@question_options(ToldByBuyer, into="buyer_facts")
@outlet_options("table", "json", "xlsx", file="calibrage")
@database_option
def calibration_sheet_command(
    places: tuple[str, ...],
    terms: ClauseTerms,
    buyer_facts: ToldByBuyer,
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
    engine = catalogue(database, create=True)
    shelf = load_shelf(engine)
    calibrated = compute_calibration(
        shelf,
        [_lot(one, places) for one in by_each(lots, named, "lots")],
        today(),
        buyer_facts=buyer_facts,
        floors=terms.floors,
        charter=terms.charter,
        known=load_facilitators(engine, since=contacts_since()),
    )
    outlet.send_document(calibration_document(calibrated, people=True), json=lambda: calibration_object(calibrated))


def _lot(values: Mapping[str, Any], places: Sequence[str]) -> tuple[Need, ToldOfLot]:
    """Return the need of a lot and the facts given by options. Raises RequestRefused."""
    fields = {
        name: values.get(option, "")
        for name, option in (("objet", "objet"), ("cpv", "cpv"), ("montant", "montant"), ("duree", "mois"))
    }
    need = need_from({**fields, "lieu": list(places)})
    if need.faults:
        raise RequestRefused(" ".join(fault.says for fault in need.faults))
    return need, question_from(LotFigures, values).facts
