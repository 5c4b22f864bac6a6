"""API endpoints `/match`, `/read`, `/explain` for a buyer's need: rank suppliers, show what was understood, explain why a supplier is listed or not."""

from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from matcher.accounts.roles import Action
from matcher.catalogue.store.read import find_supplier
from matcher.catalogue.store.why_missing import why_missing
from matcher.domain.need import Need
from matcher.need.answer import WHAT_AND_WHERE, answer_to, lay_on_shelf, understand
from matcher.need.as_json import shortlist_object, sorted_reading_line, why_not_object
from matcher.need.json_shapes import AnswerShape, SortedReadingShape, WhyNotShape
from matcher.need.sourced import sourced_answers, sourced_why_not
from matcher.need.why_not import explain_absence
from matcher.ranking.bands import BandedRanking
from matcher.ranking.profiles import weights_of
from matcher.reading.reader import lots_of_notice
from matcher.web.api.frame.endpoint import endpoint
from matcher.web.api.frame.lot import LotBody, LotParameters, need_of_lot, shelf_to_rank
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import ProblemDetails

_SUPPLIER = Meta(
    description="Le fournisseur : son identifiant, ou son SIRET.", min_length=1, examples=["siret:00010001600013"]
)

_endpoint = partial(endpoint, tag="Besoin")
_EXAMPLE = {"objet": "Entretien des espaces verts", "lieu": "Maubeuge", "supplier": "siret:00010001600013"}


class MatchParameters(msgspec.Struct, forbid_unknown_fields=True):
    """Ce que la liste contient."""

    top: Annotated[int, Meta(description="Nombre de candidats.", ge=1, le=1000)] = 20
    titulaires: Annotated[bool, Meta(description="Place plus haut qui a déjà travaillé pour l’acheteur.")] = False
    sans_distance: Annotated[
        bool, Meta(description="Met à zéro le poids de la distance, pour une liste à publier.")
    ] = False


class ReadParameters(msgspec.Struct, forbid_unknown_fields=True):
    """Ce que la lecture contient."""

    pourquoi: Annotated[bool, Meta(description="Ajoute `because` : les mots qui ont fait lire l’activité.")] = False


class Explained(LotBody, kw_only=True):
    """Un besoin, et le fournisseur dont on demande où il se place."""

    supplier: Annotated[str, _SUPPLIER]


class ExplainParameters(LotParameters, kw_only=True):
    """Un besoin écrit dans une adresse, et le fournisseur dont on demande où il se place."""

    supplier: Annotated[str, _SUPPLIER]


@_endpoint(
    "/match",
    method="POST",
    action=Action.READ,
    returns=AnswerShape,
    errors=(409, 422),
    example={"objet": "Entretien des espaces verts", "lieu": "Maubeuge"},
)
def match(query: MatchParameters, json: LotBody) -> Any:
    """Classe les fournisseurs pour un lot, avec les raisons.

    La réponse est celle de `entremise match --format json`. Un lot dont ni le métier ni le lieu ne sont compris n’a pas de liste : `question` dit quoi demander.
    """
    need = need_of_lot(json)
    weights = weights_of(incumbents_first=query.titulaires, without_distance=query.sans_distance)
    answer = answer_to(need, shelf_to_rank(), query.top, BandedRanking.first_by_rank, weights)
    (sourced,) = sourced_answers([answer], desk().sources_of)
    return shortlist_object(sourced, query.top, desk().sources())


@_endpoint(
    "/read",
    method="POST",
    action=Action.READ,
    returns=SortedReadingShape,
    errors=(422,),
    example={"objet": "Nettoyage des locaux, 2 ans", "lieu": ["Lille", "Roubaix"]},
)
def read(query: ReadParameters, json: LotBody) -> Any:
    """Dit ce qui est compris d’un lot, et ce qui reste douteux.

    La réponse est celle de `entremise read --format json`, ou de `entremise read --pourquoi --format json`.
    """
    need = need_of_lot(json)
    return sorted_reading_line(understand(need), lots_of_notice(need.lot), why=query.pourquoi)


@_endpoint("/explain", method="POST", action=Action.READ, returns=WhyNotShape, errors=(404, 409, 422), example=_EXAMPLE)
def explain(json: Explained) -> Any:
    """Dit pourquoi un fournisseur est, ou non, dans une liste.

    La réponse est celle de `entremise explain --format json`.
    """
    return _explain(need_of_lot(json, "supplier"), json.supplier)


@_endpoint("/explain", action=Action.READ, returns=WhyNotShape, errors=(404, 409, 422), example=_EXAMPLE)
def explain_address(query: ExplainParameters) -> Any:
    """Dit pourquoi un fournisseur est, ou non, dans une liste : le lot est dans l’adresse."""
    return _explain(need_of_lot(query, "supplier"), query.supplier)


def _explain(need: Need, key: str) -> Any:
    reading, engine = understand(need), desk().engine
    if not reading.clear:
        raise ProblemDetails("besoin-pas-clair", WHAT_AND_WHERE)
    key = "".join(key.split())
    known = find_supplier(engine, key)
    ask = lay_on_shelf(reading, shelf_to_rank())
    answer = explain_absence(ask, known.id if known else key)
    if answer is None:
        raise ProblemDetails("introuvable", why_missing(engine, key))
    return why_not_object(ask.reading, sourced_why_not(answer, desk().sources_of))
