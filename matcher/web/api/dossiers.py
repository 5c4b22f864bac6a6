"""API endpoints of `/dossiers` (a dossier: a contract, its lots, their frozen lists of suppliers, the follow-up): list, read, open; and the yearly report."""

from datetime import date
from functools import partial
from typing import Annotated, Any, TypedDict, get_type_hints

import msgspec
from msgspec import Meta

from matcher.accounts.roles import Action
from matcher.cleaning.siret import clean_siret_or_siren
from matcher.decisions.purchases.batch import Studies
from matcher.dossiers.dossier import DossierHeader, State
from matcher.dossiers.files.as_json import dossier_object, line_object
from matcher.dossiers.report.answer import MOST_YEARS, annual_report, period_of
from matcher.dossiers.report.files import annual_object
from matcher.dossiers.store import DossierFilter, create_dossier, last_opened, load_dossier
from matcher.render.document import Document
from matcher.web.api.decisions import DecisionShape
from matcher.web.api.frame.endpoint import ListParameters, by_number, cut_page, endpoint, position, write_once
from matcher.web.frame.app_state import account, desk, owner, profile
from matcher.web.frame.problem import ProblemDetails

_endpoint = partial(endpoint, tag="Dossiers")
_TITLE = Meta(min_length=1, max_length=200, examples=["Entretien des berges"])
# Author of what a program writes where nobody signs in.
_ALONE = "API"


class DossierLineShape(TypedDict):
    """Un dossier dans une liste."""

    id: int
    number: str
    version: int
    state: str
    title: str
    buyer: str | None
    created: str
    updated: str
    lots: int
    suppliers: int
    statuses: dict[str, int]


class DossiersShape(TypedDict):
    """Une page de dossiers, le dernier ouvert d’abord."""

    items: list[DossierLineShape]
    next: str | None


class JournalLineShape(TypedDict):
    """Une ligne d’un journal : ce qui a été fait, par qui, quand, et la phrase qui le dit."""

    number: int
    at: str
    who: str
    action: str
    says: str


# A decision saved in a dossier: its number there, its date and author, then the fields of its document.
KeptDecisionShape: Any = msgspec.defstruct(
    "KeptDecisionShape", [("number", int), ("at", str), ("who", str), *get_type_hints(Document).items()]
)


class DossierShape(TypedDict):
    """Un dossier : ses lots, leurs listes figées, le suivi, le journal."""

    id: int
    number: str
    version: int
    state: str
    title: str
    created: str
    updated: str
    lots: list[dict[str, Any]]
    decisions: list[KeptDecisionShape]
    journal: list[JournalLineShape]


class DossiersParameters(ListParameters):
    """Ce que les dossiers ont."""

    text: Annotated[str, Meta(description="Dans le numéro, le titre, la référence, l’acheteur, le suivi.")] = ""
    state: Annotated[State | None, Meta(description="Ouverts ou clos ; tous, sinon.")] = None


class NewDossierBody(msgspec.Struct, forbid_unknown_fields=True):
    """Ce que l’on sait d’un dossier à ouvrir."""

    title: Annotated[str, _TITLE]
    buyer: Annotated[str, Meta(max_length=200)] = ""
    buyer_siret: Annotated[str, Meta(description="SIRET ou SIREN de l’acheteur.", max_length=50)] = ""
    territory: Annotated[str, Meta(max_length=200)] = ""
    reference: Annotated[str, Meta(description="Votre référence du marché.", max_length=200)] = ""
    deadline: Annotated[date | None, Meta(description="Échéance.")] = None


class ReportParameters(msgspec.Struct, forbid_unknown_fields=True):
    """L’année, ou les deux années, du bilan."""

    year: Annotated[int | None, Meta(description="L’année civile, la dernière des deux ; sinon celle en cours.")] = None
    years: Annotated[int, Meta(description="Sur combien d’années.", ge=1, le=MOST_YEARS)] = 1


@_endpoint("/dossiers", action=Action.READ, returns=DossiersShape, errors=(422,), example={"limit": 5})
def dossiers(query: DossiersParameters) -> Any:
    """Liste les dossiers de l’organisation, le dernier ouvert d’abord."""
    wanted = DossierFilter(text=query.text, state=query.state)
    dossier_summaries = last_opened(desk().engine, owner(), wanted, query.limit + 1, position(query, by_number))
    items, after = cut_page(dossier_summaries, lambda one: one.id, query)
    return {"items": [line_object(one) for one in items], "next": after}


@_endpoint(
    "/dossiers/<int(max=2147483647):number>",
    action=Action.READ,
    returns=DossierShape,
    errors=(404,),
    example={"number": 1},
)
def dossier(number: int) -> Any:
    """Montre un dossier comme il est.

    La réponse est celle de `entremise dossier show --format json`.
    """
    return dossier_object(load_dossier(desk().engine, owner(), number))


@_endpoint(
    "/dossiers",
    method="POST",
    action=Action.KEEP_DOSSIERS,
    returns=DossierShape,
    status=201,
    idempotent=True,
    errors=(409, 422),
    example={"title": "Entretien des berges"},
)
def open_dossier(json: NewDossierBody) -> Any:
    """Ouvre un dossier, une seule fois par clé d’idempotence.

    La réponse est celle de `entremise dossier show --format json`.
    """
    person, organisation_id = account(), owner()
    number = clean_siret_or_siren(json.buyer_siret).value
    if json.buyer_siret.strip() and not number:
        says = f"Écrivez le SIRET de l’acheteur, ou son SIREN, ou laissez vide. Vous avez écrit « {json.buyer_siret} »."
        raise ProblemDetails("ecriture-refusee", says, errors=[{"field": "buyer_siret", "says": says}])
    header = DossierHeader(**msgspec.structs.asdict(json) | {"buyer_siret": number or ""})
    signed = person.name if person else _ALONE

    def open_new() -> int:
        return create_dossier(desk().engine, organisation_id, header, author=signed, now=desk().now()).id

    return dossier_object(load_dossier(desk().engine, organisation_id, write_once(open_new))), 201


@_endpoint("/dossiers/report", action=Action.READ, returns=DecisionShape, errors=(422,), example={"year": 2026})
def report(query: ReportParameters) -> Any:
    """Fait le bilan d’une année d’achats sociaux, d’après les dossiers, les historiques déposés et les données publiques.

    `data` est celui de `entremise bilan`.
    """
    today = desk().today()
    period = period_of(today.year if query.year is None else query.year, query.years, today)
    studies = Studies(desk().works, owner(), desk().today)
    report = annual_report(desk().engine, owner(), profile(), desk().shelf(), studies, period, today)
    return {"data": annual_object(report)}
