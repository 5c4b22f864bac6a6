"""API endpoints of `/decisions`, the computed studies of a need: may a lot be reserved, who could bid jointly, how to split sites into lots, insertion
hours of a social clause, coverage of lots by a network. Each calls the room that computes it and returns the JSON of its command."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from matcher.accounts.roles import Action
from matcher.decisions.allotment.answer import AllotmentQuestion, cut_sites
from matcher.decisions.allotment.document import allotments_object
from matcher.decisions.allotment.site_list import SitesRefused, read_pasted_sites
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.clause.calibration import compute_calibration
from matcher.decisions.clause.calibration_document import calibration_object
from matcher.decisions.clause.facilitators import load_facilitators
from matcher.decisions.clause.plan_answer import MOST_CONTRACTS, answer_plan, contract_of
from matcher.decisions.clause.plan_document import plan_object
from matcher.decisions.clause.questions import MOST_HOURS, ClauseTerms, LotFigures, ToldContract
from matcher.decisions.coverage.answer import cover_lots
from matcher.decisions.coverage.document import coverage_object
from matcher.decisions.coverage.network import AskedLot, AskedLots, NetworkQuestion, in_territory
from matcher.decisions.groupement.answer import GroupementQuestion, join_needs
from matcher.decisions.groupement.document import groupements_object
from matcher.decisions.opinion.answer import advise
from matcher.decisions.opinion.document import advice_object
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.decisions.preferences import PreferencesShape
from matcher.decisions.question import inputs_of
from matcher.decisions.workload import LotSize, NeedRefused, workload_of
from matcher.need.answer import WHAT_AND_WHERE, lay_on_shelf, understand
from matcher.need.title import title_of
from matcher.reference.calibration import CalibrationRefused
from matcher.web.api.frame.endpoint import F, api, endpoint
from matcher.web.api.frame.lot import LotBody, need_of_lot, shelf_to_rank
from matcher.web.api.frame.question_body import listed, question_body, question_in
from matcher.web.frame.app_state import desk, kept_nature
from matcher.web.frame.problem import ProblemDetails, refusal_problem

# Beyond these a computation is too long for a request: the pages and the commands run it in the background.
MOST_SITES, MOST_LOTS = 50, 50

_Text = Annotated[str, Meta(max_length=20_000)]
_SplitHours = Annotated[int, Meta(ge=0, le=int(MOST_HOURS))]
_SPLIT = Meta(description="Heures par voie, par son code ; sans elles, l’usage.", examples=[{"etti": 300, "ai": 100}])


class DecisionShape(TypedDict):
    """Une décision : `data` est ce que la commande écrit en JSON."""

    data: dict[str, Any]


class CountedDataShape(TypedDict):
    """Ce que la commande écrit en JSON ; `preferred` compte le marché qui irait aux structures."""

    preferred: PreferencesShape | None


class CountedDecisionShape(TypedDict):
    """Une décision sur un lot avant de le publier."""

    data: CountedDataShape


ASSUMPTIONS = question_body(
    "Assumptions", "Les hypothèses d’un avis, que qui décide peut déplacer ; les parts sont de 0 à 1.", Assumptions
)
ASSUMED = ("assumed", ASSUMPTIONS | None, None)


def assumptions_in(body: Any) -> Assumptions:
    """Return the assumptions of a body with a member `assumed`."""
    return DEFAULT if body.assumed is None else question_in(body.assumed, Assumptions)


class SiteBody(msgspec.Struct, forbid_unknown_fields=True):
    """Un site : son nom, sa commune ou son code postal, sa quantité."""

    name: Annotated[str, Meta(pattern=r"^[^;\t\r\n]+$", max_length=200)]
    place: Annotated[str, Meta(pattern=r"^[^;\t\r\n]+$", max_length=200)]
    quantity: Annotated[float, Meta(gt=0, le=1e9)] | None = None


_ALLOTMENT = question_body(
    "Allotment",
    "Une activité à faire sur des sites, à découper en lots qui gardent assez de candidats.",
    AllotmentQuestion,
    more=[("need", _Text), ("sites", listed(SiteBody, MOST_SITES))],
)
_CONTRACT = question_body(
    "Contract",
    "Un contrat gagné, avec des heures d’insertion à faire.",
    ToldContract,
    more=[("split", Annotated[dict[str, _SplitHours] | None, _SPLIT], None)],
)
_CLAUSE = question_body(
    "Clause",
    "Les contrats dont on prépare les heures d’insertion.",
    more=[
        ("contracts", listed(_CONTRACT, MOST_CONTRACTS)),
        ("works_type", Annotated[str, Meta(max_length=50)], ""),
    ],
)
_CLAUSE_LOT = question_body(
    "ClauseLot", "Un lot dont on calibre les heures d’insertion, avec ses chiffres.", LotFigures, base=LotBody
)
_CLAUSE_HOURS = question_body(
    "ClauseHours",
    "Les lots d’un marché, et sous quelles heures ou quel montant aucune clause n’est proposée.",
    ClauseTerms,
    ToldByBuyer,
    more=[("lots", listed(_CLAUSE_LOT, MOST_LOTS))],
)


_COVERAGE = question_body(
    "Coverage",
    "Des lots, et le réseau qui pourrait y répondre : les structures d’un territoire.",
    NetworkQuestion,
    more=[("lots", listed(LotBody, MOST_LOTS)), ("territory", Annotated[str, Meta(min_length=1, max_length=2_000)])],
)


def decision_endpoint(
    rule: str,
    example: Mapping[str, Any],
    *,
    under: str = "decisions",
    tag: str = "Décisions",
    returns: Any = DecisionShape,
    body: type[msgspec.Struct] | None = None,
) -> Callable[[F], F]:
    """Declare the POST endpoint of a decision on a need, or (`under`) of a study of purchases: same permission, errors and answer. `body`: made
    from a question, where the function's annotation is none."""
    register = endpoint(
        f"/{under}/{rule}",
        method="POST",
        action=Action.READ,
        returns=returns,
        tag=tag,
        errors=(409, 422),
        example=example,
    )

    def declare(function: F) -> F:
        if body:
            function.__annotations__["json"] = body
        return register(function)

    return declare


_LOT = {"objet": "Entretien des espaces verts", "lieu": "Maubeuge", "montant": 120000, "duree": 24}


OPINION = question_body(
    "Opinion",
    "Un lot, sa taille, les hypothèses et ce que l’acheteur dit pour la loi.",
    LotSize,
    ToldByBuyer,
    base=LotBody,
    more=[ASSUMED],
)


@decision_endpoint("opinion", _LOT, returns=CountedDecisionShape, body=OPINION)
def opinion(json: Any) -> Any:
    """Dit si un lot peut être réservé, et sous quel article : `data` est celui de `entremise avis`."""
    reading = understand(need_of_lot(json, "assumed", *inputs_of(LotSize), *inputs_of(ToldByBuyer)))
    if not reading.clear:
        raise ProblemDetails("besoin-pas-clair", WHAT_AND_WHERE)
    assumed = assumptions_in(json)
    size = workload_of(reading, assumed, **asdict(question_in(json, LotSize)))
    advice = advise(desk().engine, lay_on_shelf(reading, shelf_to_rank()), size, assumed, _buyer_facts(json))
    return {"data": advice_object(advice)}


@decision_endpoint(
    "groupement",
    {"needs": ["Entretien des espaces verts"], "places": ["Maubeuge", "Lille"]},
    body=question_body(
        "Groupement",
        "Les activités et les sites d’un lot : chaque activité est à faire sur chaque site.",
        GroupementQuestion,
    ),
)
def groupement(json: Any) -> Any:
    """Propose qui pourrait répondre ensemble à un lot : `data` est celui de `entremise groupement`."""
    question = question_in(json, GroupementQuestion)
    return {"data": groupements_object(join_needs(desk().engine, shelf_to_rank(), question, desk().today()))}


@decision_endpoint(
    "allotment",
    {
        "need": "Nettoyage des locaux",
        "sites": [{"name": "Mairie", "place": "Maubeuge"}, {"name": "École", "place": "Lille"}],
    },
    returns=CountedDecisionShape,
    body=_ALLOTMENT,
)
def allotment(json: Any) -> Any:
    """Découpe des sites en lots qui gardent assez de candidats, cinquante sites au plus : `data` est celui de `entremise allotissement`."""
    lines = (f"{its.name};{its.place};{its.quantity or ''}" for its in json.sites)
    site_list = read_pasted_sites("\n".join(("nom;commune;quantité", *lines)))
    question = question_in(json, AllotmentQuestion, needs=(json.need,))
    cuts = cut_sites(desk().engine, shelf_to_rank(), site_list, question, desk().today())
    return {"data": allotments_object(cuts)}


@decision_endpoint(
    "clause",
    {"contracts": [{"objet": "Entretien des espaces verts", "places": ["Maubeuge"], "hours": 1200, "months": 12}]},
    body=_CLAUSE,
)
def clause(json: Any) -> Any:
    """Dit comment faire les heures d’insertion de contrats gagnés : `data` est celui de `entremise plan-clause`."""
    shelf, on = shelf_to_rank(), desk().today()
    contracts = [contract_of(question_in(one, ToldContract, split=one.split), shelf, on) for one in json.contracts]
    known = load_facilitators(desk().engine, since=desk().contacts_since())
    return {"data": plan_object(answer_plan(contracts, desk().sources_of, json.works_type, known))}


@decision_endpoint("clause-hours", {"lots": [_LOT]}, body=_CLAUSE_HOURS)
def clause_hours(json: Any) -> Any:
    """Calcule les heures d’insertion qu’un marché peut demander : `data` est celui de `entremise calibrage`."""
    lots = [(need_of_lot(one, *inputs_of(LotFigures)), question_in(one, LotFigures).facts) for one in json.lots]
    terms = question_in(json, ClauseTerms)
    calibrated = compute_calibration(
        desk().shelf(),
        lots,
        desk().today(),
        buyer_facts=_buyer_facts(json),
        floors=terms.floors,
        charter=terms.charter,
        known=load_facilitators(desk().engine, since=desk().contacts_since()),
    )
    return {"data": calibration_object(calibrated)}


@decision_endpoint("coverage", {"lots": [_LOT], "territory": "Nord"}, body=_COVERAGE)
def coverage(json: Any) -> Any:
    """Dit qui, d’un territoire, peut répondre à quel lot, cinquante lots au plus : `data` est celui de `entremise coverage`."""
    shelf, needs = shelf_to_rank(), [need_of_lot(one) for one in json.lots]
    lots = tuple(
        AskedLot(its.lot.lot_id or f"Lot {at}", title_of(its.lot.objet), "", its)
        for at, its in enumerate(needs, start=1)
    )
    coverage = cover_lots(
        desk().engine,
        shelf,
        AskedLots(lots),
        in_territory(shelf, question_in(json, NetworkQuestion, territory=json.territory)),
        desk().today(),
    )
    return {"data": coverage_object(coverage)}


def _buyer_facts(json: Any) -> ToldByBuyer:
    """Return what the buyer states for the legal rules. Raises ProblemDetails."""
    facts = question_in(json, ToldByBuyer)
    for _, fault in facts.faults():
        raise ProblemDetails("decision-refusee", fault)
    return replace(facts, nature=facts.nature or kept_nature())


for refusal in (CalibrationRefused, DecisionRefused, NeedRefused, SitesRefused):
    api.register_error_handler(refusal, partial(refusal_problem, "decision-refusee"))
