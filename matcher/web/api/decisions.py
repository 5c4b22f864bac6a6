"""API endpoints of `/decisions`, the computed studies of a need: may a lot be reserved, who could bid jointly, how to split sites into lots, insertion
hours of a social clause, coverage of lots by a network. Each calls the room that computes it and returns the JSON of its command."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

from matcher.accounts.roles import Action
from matcher.decisions.allotment.answer import ETP, cut_sites
from matcher.decisions.allotment.compute import LOT_KM
from matcher.decisions.allotment.document import allotments_object
from matcher.decisions.allotment.site_list import SitesRefused, read_pasted_sites
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.calibrated import LEAST_HOURS, ToldOfLot
from matcher.decisions.clause.calibration import ClauseFloors, compute_calibration
from matcher.decisions.clause.calibration_document import calibration_object
from matcher.decisions.clause.facilitators import load_facilitators
from matcher.decisions.clause.plan_answer import (
    MOST_CONTRACTS,
    MOST_HOURS,
    MOST_MONTHS,
    ToldContract,
    answer_plan,
    contract_of,
)
from matcher.decisions.clause.plan_document import plan_object
from matcher.decisions.coverage.answer import cover_lots
from matcher.decisions.coverage.document import coverage_object
from matcher.decisions.coverage.network import AskedLot, AskedLots, in_territory
from matcher.decisions.groupement.answer import MEMBERS, MOST_MEMBERS, PROPOSED, join_needs
from matcher.decisions.groupement.document import groupements_object
from matcher.decisions.opinion.answer import advise
from matcher.decisions.opinion.document import advice_object
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.decisions.preferences import PreferencesShape
from matcher.decisions.workload import MOST_ETP, NeedRefused, workload_of
from matcher.domain.kinds import SupplierKind
from matcher.need.answer import WHAT_AND_WHERE, lay_on_shelf, understand
from matcher.need.title import title_of
from matcher.reference.calibration import SPANS, CalibrationRefused, Span, family_named
from matcher.reference.law import BuyerNature
from matcher.web.api.frame.endpoint import F, api, endpoint
from matcher.web.api.frame.lot import LotBody, need_of_lot, shelf_to_rank
from matcher.web.frame.app_state import desk, kept_nature
from matcher.web.frame.problem import ProblemDetails, refusal_problem

# Beyond these a computation is too long for a request: the pages and the commands run it in the background.
MOST_SITES, MOST_LOTS = 50, 50

_Text = Annotated[str, Meta(max_length=20_000)]
_Texts = Annotated[list[_Text], Meta(min_length=1, max_length=20)]
_Share = Annotated[float, Meta(gt=0, le=1)]
_Euros = Annotated[float, Meta(gt=0, le=1e10)]
_Hours = Annotated[float, Meta(gt=0, le=MOST_HOURS)]
_SplitHours = Annotated[int, Meta(ge=0, le=int(MOST_HOURS))]
_SPLIT = Meta(description="Heures par voie, par son code ; sans elles, l’usage.", examples=[{"etti": 300, "ai": 100}])
_Months = Annotated[float, Meta(gt=0, le=MOST_MONTHS)]
_LEVER = Meta(description="Article ou clause : écarte les fournisseurs non éligibles.")
_Lever = Annotated[Literal["", "12", "13", "13-1", "14", "15", "clause"], _LEVER]
_EXEMPTED = Meta(description="Cas de L2112-2-1 retenu pour ne pas prévoir de condition sociale.")
_Exemption = Annotated[Literal["", "concurrence", "lien", "solution-disponible", "travaux-courts"], _EXEMPTED]
_Reason = Annotated[str, Meta(description="Pourquoi cette dispense : gardé avec la décision.", max_length=2_000)]
_SIZE = Meta(description="Taille en équivalents temps plein par an.", max_length=50, examples=["6,5"])


class DecisionShape(TypedDict):
    """Une décision : `data` est ce que la commande écrit en JSON."""

    data: dict[str, Any]


class CountedDataShape(TypedDict):
    """Ce que la commande écrit en JSON ; `preferred` compte le marché qui irait aux structures."""

    preferred: PreferencesShape | None


class CountedDecisionShape(TypedDict):
    """Une décision sur un lot avant de le publier."""

    data: CountedDataShape


class AssumptionsBody(msgspec.Struct, forbid_unknown_fields=True):
    """Les hypothèses d’un avis, que qui décide peut déplacer ; les parts sont de 0 à 1."""

    wanted: Annotated[int, Meta(ge=1, le=50)] = DEFAULT.wanted
    calls: Annotated[int, Meta(ge=0, le=200)] = DEFAULT.calls
    share: _Share = DEFAULT.share
    floor: Annotated[int, Meta(ge=1, le=50)] = DEFAULT.floor
    euros_per_etp: Annotated[float, Meta(ge=1_000, le=1_000_000)] | None = None


class OpinionBody(LotBody):
    """Un lot, sa taille, les hypothèses et ce que l’acheteur dit pour la loi."""

    etp: Annotated[str, _SIZE] = ""
    hours: Annotated[str, Meta(description="Heures de travail sur toute la durée.", max_length=50)] = ""
    quantity: Annotated[str, Meta(description="Quantité et son unité.", max_length=200, examples=["12 000 m²"])] = ""
    assumed: AssumptionsBody | None = None
    whole: Annotated[_Euros | None, Meta(description="Estimation HT de tout le besoin, en euros.")] = None
    nature: BuyerNature | None = None
    exemption: _Exemption = ""
    reason: _Reason = ""


class GroupementBody(msgspec.Struct, forbid_unknown_fields=True):
    """Les activités et les sites d’un lot : chaque activité est à faire sur chaque site."""

    needs: _Texts
    places: _Texts
    lever: _Lever = ""
    etp: Annotated[str, _SIZE] = ""
    members: Annotated[int, Meta(ge=2, le=MOST_MEMBERS)] = MEMBERS
    top: Annotated[int, Meta(ge=1, le=50)] = PROPOSED


class SiteBody(msgspec.Struct, forbid_unknown_fields=True):
    """Un site : son nom, sa commune ou son code postal, sa quantité."""

    name: Annotated[str, Meta(pattern=r"^[^;\t\r\n]+$", max_length=200)]
    place: Annotated[str, Meta(pattern=r"^[^;\t\r\n]+$", max_length=200)]
    quantity: Annotated[float, Meta(gt=0, le=1e9)] | None = None


class AllotmentBody(msgspec.Struct, forbid_unknown_fields=True):
    """Une activité à faire sur des sites, à découper en lots qui gardent assez de candidats."""

    need: _Text
    sites: Annotated[list[SiteBody], Meta(min_length=1, max_length=MOST_SITES)]
    lever: _Lever = ""
    wanted: Annotated[int, Meta(ge=1, le=50)] = DEFAULT.wanted
    lot_km: Annotated[float, Meta(gt=0, le=10_000)] = LOT_KM
    unit: Annotated[str, Meta(max_length=50)] = ETP


class ContractBody(msgspec.Struct, forbid_unknown_fields=True):
    """Un contrat gagné, avec des heures d’insertion à faire."""

    objet: _Text
    places: _Texts
    months: _Months | None = None
    hours: _Hours | None = None
    euros: _Euros | None = None
    percentage: Annotated[float, Meta(gt=0, le=100)] | None = None
    start: date | None = None
    buyer: Annotated[str, Meta(max_length=20)] = ""
    split: Annotated[dict[str, _SplitHours] | None, _SPLIT] = None


class ClauseBody(msgspec.Struct, forbid_unknown_fields=True):
    """Les contrats dont on prépare les heures d’insertion."""

    contracts: Annotated[list[ContractBody], Meta(min_length=1, max_length=MOST_CONTRACTS)]
    works_type: Annotated[str, Meta(max_length=50)] = ""


class ClauseLotBody(LotBody):
    """Un lot dont on calibre les heures d’insertion ; `family` est une famille de la table de calage, sinon lue dans l’objet, `percentage` et `share` en %,
    `hourly` et `price` en euros, `posts` les postes à pourvoir, en ETP, si le personnel est repris (`transferred`)."""

    family: Annotated[str, Meta(max_length=200)] = ""
    percentage: Annotated[float, Meta(gt=0, le=SPANS["share"][3])] | None = None
    share: Annotated[float, Meta(gt=0, le=SPANS["share"][3])] | None = None
    hourly: Annotated[float, Meta(gt=0, le=SPANS["hourly"][3])] | None = None
    price: Annotated[float, Meta(gt=0, le=SPANS["price"][3])] | None = None
    transferred: bool | None = None
    posts: Annotated[float, Meta(ge=0, le=MOST_ETP)] | None = None
    hours: _Hours | None = None


class ClauseHoursBody(msgspec.Struct, forbid_unknown_fields=True):
    """Les lots d’un marché, et sous quelles heures ou quel montant aucune clause n’est proposée."""

    lots: Annotated[list[ClauseLotBody], Meta(min_length=1, max_length=MOST_LOTS)]
    least: _Hours = LEAST_HOURS
    floor: _Euros | None = None
    charter: bool = False
    whole: _Euros | None = None
    nature: BuyerNature | None = None
    exemption: _Exemption = ""
    reason: _Reason = ""


class CoverageBody(msgspec.Struct, forbid_unknown_fields=True):
    """Des lots, et le réseau qui pourrait y répondre : les structures d’un territoire."""

    lots: Annotated[list[LotBody], Meta(min_length=1, max_length=MOST_LOTS)]
    territory: Annotated[str, Meta(min_length=1, max_length=2_000)]
    kinds: list[SupplierKind] = []


def decision_endpoint(
    rule: str,
    example: Mapping[str, Any],
    *,
    under: str = "decisions",
    tag: str = "Décisions",
    returns: Any = DecisionShape,
) -> Callable[[F], F]:
    """Declare the POST endpoint of a decision on a need, or (`under`) of a study of purchases: same permission, errors and answer."""
    return endpoint(
        f"/{under}/{rule}",
        method="POST",
        action=Action.READ,
        returns=returns,
        tag=tag,
        errors=(409, 422),
        example=example,
    )


_LOT = {"objet": "Entretien des espaces verts", "lieu": "Maubeuge", "montant": 120000, "duree": 24}


@decision_endpoint("opinion", _LOT, returns=CountedDecisionShape)
def opinion(json: OpinionBody) -> Any:
    """Dit si un lot peut être réservé, et sous quel article : `data` est celui de `entremise avis`."""
    reading = understand(need_of_lot(json, "etp", "hours", "quantity", "assumed", *_LAW))
    if not reading.clear:
        raise ProblemDetails("besoin-pas-clair", WHAT_AND_WHERE)
    assumed = DEFAULT if json.assumed is None else Assumptions(**msgspec.structs.asdict(json.assumed))
    size = workload_of(reading, assumed, etp=json.etp or None, hours=json.hours or None, quantity=json.quantity or None)
    buyer_facts = _law(json)
    advice = advise(desk().engine, lay_on_shelf(reading, shelf_to_rank()), size, assumed, buyer_facts)
    return {"data": advice_object(advice)}


@decision_endpoint("groupement", {"needs": ["Entretien des espaces verts"], "places": ["Maubeuge", "Lille"]})
def groupement(json: GroupementBody) -> Any:
    """Propose qui pourrait répondre ensemble à un lot : `data` est celui de `entremise groupement`."""
    more: dict[str, Any] = {"lever": json.lever, "etp": json.etp, "members": json.members, "most": json.top}
    joint_need = join_needs(desk().engine, shelf_to_rank(), json.needs, json.places, desk().today(), **more)
    return {"data": groupements_object(joint_need)}


@decision_endpoint(
    "allotment",
    {
        "need": "Nettoyage des locaux",
        "sites": [{"name": "Mairie", "place": "Maubeuge"}, {"name": "École", "place": "Lille"}],
    },
    returns=CountedDecisionShape,
)
def allotment(json: AllotmentBody) -> Any:
    """Découpe des sites en lots qui gardent assez de candidats, cinquante sites au plus : `data` est celui de `entremise allotissement`."""
    lines = (f"{its.name};{its.place};{its.quantity or ''}" for its in json.sites)
    site_list = read_pasted_sites("\n".join(("nom;commune;quantité", *lines)))
    more: dict[str, Any] = {"lever": json.lever, "wanted": json.wanted, "lot_km": json.lot_km, "unit": json.unit}
    cuts = [cut_sites(desk().engine, shelf_to_rank(), site_list, json.need, desk().today(), **more)]
    return {"data": allotments_object(cuts)}


@decision_endpoint(
    "clause",
    {"contracts": [{"objet": "Entretien des espaces verts", "places": ["Maubeuge"], "hours": 1200, "months": 12}]},
)
def clause(json: ClauseBody) -> Any:
    """Dit comment faire les heures d’insertion de contrats gagnés : `data` est celui de `entremise plan-clause`."""
    shelf, on = shelf_to_rank(), desk().today()
    contracts = (ToldContract(**{**msgspec.structs.asdict(one), "places": tuple(one.places)}) for one in json.contracts)
    known = load_facilitators(desk().engine, since=desk().contacts_since())
    plan = answer_plan([contract_of(one, shelf, on) for one in contracts], desk().sources_of, json.works_type, known)
    return {"data": plan_object(plan)}


@decision_endpoint("clause-hours", {"lots": [_LOT]})
def clause_hours(json: ClauseHoursBody) -> Any:
    """Calcule les heures d’insertion qu’un marché peut demander : `data` est celui de `entremise calibrage`."""
    lots = []
    for body in json.lots:
        need = need_of_lot(body, *_FIGURES)
        figures = {name: getattr(body, name) for name in _FIGURES if name not in ("percentage", "family")}
        share, family = body.percentage, family_named(body.family) if body.family else None
        percentage = None if share is None else Span(share, share)
        lots.append((need, ToldOfLot(family=family, percentage=percentage, **figures)))
    calibrated = compute_calibration(
        desk().shelf(),
        lots,
        desk().today(),
        buyer_facts=_law(json),
        floors=ClauseFloors(json.least, json.floor),
        charter=json.charter,
        known=load_facilitators(desk().engine, since=desk().contacts_since()),
    )
    return {"data": calibration_object(calibrated)}


@decision_endpoint("coverage", {"lots": [_LOT], "territory": "Nord"})
def coverage(json: CoverageBody) -> Any:
    """Dit qui, d’un territoire, peut répondre à quel lot, cinquante lots au plus : `data` est celui de `entremise coverage`."""
    shelf, needs = shelf_to_rank(), [need_of_lot(one) for one in json.lots]
    lots = tuple(
        AskedLot(its.lot.lot_id or f"Lot {at}", title_of(its.lot.objet), "", its)
        for at, its in enumerate(needs, start=1)
    )
    coverage = cover_lots(
        desk().engine, shelf, AskedLots(lots), in_territory(shelf, json.kinds, json.territory), desk().today()
    )
    return {"data": coverage_object(coverage)}


_FIGURES = tuple(set(ClauseLotBody.__struct_fields__) - set(LotBody.__struct_fields__))
_LAW = ("whole", "nature", "exemption", "reason")


def _law(json: OpinionBody | ClauseHoursBody) -> ToldByBuyer:
    """Return what the buyer states for the legal rules: estimate, nature, exemption and its reason. Raises ProblemDetails."""
    if json.reason and not json.exemption:
        raise ProblemDetails(
            "decision-refusee", "« reason » dit pourquoi une dispense est retenue : donnez aussi « exemption »."
        )
    return ToldByBuyer(json.whole, json.nature or kept_nature(), json.exemption, json.reason)


for refusal in (CalibrationRefused, DecisionRefused, NeedRefused, SitesRefused):
    api.register_error_handler(refusal, partial(refusal_problem, "decision-refusee"))
