"""API endpoints of `/reconcile`, the W3C Reconciliation Service API 0.2: OpenRefine matches a column of names to suppliers of the catalogue."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypedDict

import msgspec
from flask import Response, render_template, request, url_for
from msgspec import Meta

from matcher.accounts.roles import Action
from matcher.catalogue.identity.recogniser import WrittenSupplier
from matcher.catalogue.store.recognition import load_recogniser
from matcher.cleaning.words import fold
from matcher.web.api.frame.admission import require
from matcher.web.api.frame.endpoint import HTML, F, endpoint
from matcher.web.api.frame.reading import text_refused
from matcher.web.api.reconcile_batch import (
    MOST_IDS,
    MOST_QUERIES,
    PROPERTIES,
    TYPES,
    extend_suppliers,
    name_candidates,
    supplier_description,
    types_of,
)
from matcher.web.frame.access import alone
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import API_ROOT, ProblemDetails

_TAG = "Rapprochement"
_ROOT = "/reconcile"
_PAGE, _LONGEST, _LONGEST_JSON = 10, 500, 1_000_000
_PREVIEW_WIDTH, _PREVIEW_HEIGHT = 400, 180
_NAMED_PROPERTIES = [{"id": pid, "name": its.name} for pid, its in PROPERTIES.items()]
_QUERIES = Meta(
    description=f"JSON : chaque nom sous une clé, {MOST_QUERIES} au plus : `query`, `type`, `limit`, `properties` "
    f"({', '.join(f'`{pid}`' for pid, its in PROPERTIES.items() if its.written)}).",
    max_length=_LONGEST_JSON,
)
_EXTEND = Meta(
    description=f"JSON : `ids`, {MOST_IDS} au plus, et `properties` ({', '.join(f'`{pid}`' for pid in PROPERTIES)}).",
    max_length=_LONGEST_JSON,
)


class ReconcileForm(msgspec.Struct, forbid_unknown_fields=True):
    """Des noms à rapprocher (`queries`), ou des données à ajouter (`extend`)."""

    queries: Annotated[str, _QUERIES] = ""
    extend: Annotated[str, _EXTEND] = ""


class SuggestParameters(msgspec.Struct):
    """Le début de ce que l’on cherche ; ce qu’un client ajoute d’autre est sans effet."""

    prefix: Annotated[str, Meta(description="Le début de ce que l’on tape.", max_length=_LONGEST)] = ""
    cursor: Annotated[int, Meta(description="Combien de propositions passer.", ge=0, le=10_000)] = 0


class ProposeParameters(msgspec.Struct):
    """Le type dont on veut les propriétés : toutes sont de tous."""

    type: Annotated[str, Meta(description="Le type rapproché.")] = ""
    limit: Annotated[int, Meta(description="Nombre de propriétés.", ge=1, le=1_000)] = 50


class ReconcileShape(TypedDict):
    """Le manifeste, les candidats de chaque clé de `queries`, ou les lignes d’`extend`, tels que la norme les décrit."""


class NamedShape(TypedDict):
    """Un type ou une propriété."""

    id: str
    name: str


class SuggestedNamesShape(TypedDict):
    """Les types ou les propriétés proposés."""

    result: list[NamedShape]


class SuggestedSupplierShape(TypedDict):
    """Un fournisseur proposé."""

    id: str
    name: str
    description: str
    notable: list[NamedShape]


class SuggestedSuppliersShape(TypedDict):
    """Les fournisseurs proposés."""

    result: list[SuggestedSupplierShape]


class ProposedShape(TypedDict):
    """Les propriétés que l’on peut ajouter."""

    type: str
    limit: int
    properties: list[NamedShape]


def _service(rule: str, returns: Any, **more: Any) -> Callable[[F], F]:
    """Declare an endpoint of the service, which pages of the allowed origin (OpenRefine) may call."""
    return endpoint(
        f"{_ROOT}{rule}", **{"action": Action.READ, "returns": returns, "tag": _TAG, "cross_origin": True, **more}
    )


@_service("", ReconcileShape, action=None, errors=(413, 422))
def reconcile_service(query: ReconcileForm) -> Any:
    """Décrit le service de rapprochement (W3C Reconciliation Service API 0.2) ; avec `queries` ou `extend`, répond comme en POST.

    Le manifeste se lit sans jeton ; le reste en demande un, comme toute l’API. Le JSONP n’est pas offert.
    """
    if not (query.queries or query.extend):
        return _manifest()
    require(Action.READ)
    return _answer(query)


@_service(
    "",
    ReconcileShape,
    method="POST",
    errors=(422,),
    example={
        "queries": '{"q0": {"query": "Les jardins de la Solre", "properties": [{"pid": "commune", "v": "Maubeuge"}]}}'
    },
)
def reconcile(form: ReconcileForm) -> Any:
    """Rapproche des noms du catalogue, ou donne ce qu’il sait de fournisseurs déjà rapprochés. D’une propriété à plusieurs valeurs, la première non vide compte ; de `type`, toutes. Une propriété inconnue, ou vraie ou fausse, est ignorée. Un nom que l’on ne peut pas lire n’a pas de candidat, et dit pourquoi en `error` ; les autres sont rapprochés.

    `match` n’est vrai que si c’est sûr ; sinon, quatre candidats au plus, et ce qui parle pour chacun en `description`.
    """
    return _answer(form)


@_service("/suggest/entity", SuggestedSuppliersShape, example={"prefix": "jardins"})
def suggest_suppliers(query: SuggestParameters) -> Any:
    """Propose les fournisseurs dont un nom commence ainsi, dix à la fois ; à défaut, ceux à qui cela ressemble."""
    recogniser = load_recogniser(desk().engine)
    supplier = recogniser.find(query.prefix)
    suppliers = [supplier] if supplier else recogniser.suggest(query.prefix, query.cursor + _PAGE)
    if not suppliers and query.prefix.strip():
        suppliers = [its.supplier for its in recogniser.recognise(WrittenSupplier(query.prefix)).options]
    return {
        "result": [
            {"id": its.id, "name": its.name, "description": supplier_description(its), "notable": types_of(its)}
            for its in suppliers[query.cursor :]
        ]
    }


@_service("/suggest/property", SuggestedNamesShape, example={"prefix": "com"})
def suggest_properties(query: SuggestParameters) -> Any:
    """Propose les propriétés dont le nom commence ainsi."""
    return _suggest(_NAMED_PROPERTIES, query)


@_service("/suggest/type", SuggestedNamesShape, example={"prefix": "entreprise"})
def suggest_types(query: SuggestParameters) -> Any:
    """Propose les types de structure dont le nom commence ainsi."""
    return _suggest(TYPES, query)


@_service("/properties", ProposedShape)
def propose_properties(query: ProposeParameters) -> Any:
    """Dit quelles données peuvent s’ajouter à un fournisseur rapproché."""
    return {"type": query.type, "limit": query.limit, "properties": _NAMED_PROPERTIES[: query.limit]}


@_service("/preview/<path:supplier>", None, media=HTML, errors=(404,), example={"supplier": "siret:00010001600013"})
def preview_supplier(supplier: str) -> Any:
    """Montre un fournisseur en quelques lignes, dans un cadre."""
    listed_supplier = load_recogniser(desk().engine).find(supplier)
    if listed_supplier is None:
        raise ProblemDetails("introuvable")
    framed = desk().settings.openrefine or "'none'"
    policy = f"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors {framed}"
    page = render_template("api/preview.html", its=listed_supplier, types=types_of(listed_supplier))
    return Response(page, headers={"Content-Security-Policy": policy})


def _manifest() -> Mapping[str, Any]:
    """Return the service manifest of the standard, with addresses under the host of the request."""
    site = request.host_url.rstrip("/")
    here = {"service_url": site}
    manifest: dict[str, Any] = {
        "versions": ["0.2"],
        "name": "Entremise, fournisseurs inclusifs",
        "identifierSpace": f"{site}/fournisseurs/",
        "schemaSpace": "https://schema.org/Organization",
        "documentation": f"{site}{url_for('api.page')}",
        "defaultTypes": TYPES,
        "view": {"url": f"{site}/fournisseurs/{{{{id}}}}"},
        "preview": {
            "url": f"{site}{API_ROOT}{_ROOT}/preview/{{{{id}}}}",
            "width": _PREVIEW_WIDTH,
            "height": _PREVIEW_HEIGHT,
        },
        "suggest": {
            name: here | {"service_path": f"{API_ROOT}{_ROOT}/suggest/{name}"}
            for name in ("entity", "property", "type")
        },
        "extend": {
            "propose_properties": here | {"service_path": f"{API_ROOT}{_ROOT}/properties"},
            "property_settings": [],
        },
        "batchSize": MOST_QUERIES,
    }
    if not alone():
        manifest["authentication"] = {"type": "apiKey", "in": "header", "name": "Authorization"}
    return manifest


def _answer(reconcile_form: ReconcileForm) -> Mapping[str, Any]:
    if bool(reconcile_form.queries) == bool(reconcile_form.extend):
        raise text_refused("queries", "Donnez « queries » ou « extend », l’un des deux.")
    recogniser = load_recogniser(desk().engine)
    return (
        extend_suppliers(recogniser, reconcile_form.extend)
        if reconcile_form.extend
        else name_candidates(recogniser, reconcile_form.queries)
    )


def _suggest(names: Sequence[Mapping[str, str]], suggest_parameters: SuggestParameters) -> Mapping[str, Any]:
    """Return the types or properties whose identifier, or a word of whose name, starts with the prefix."""
    prefix = fold(suggest_parameters.prefix).strip()
    matching = [one for one in names if fold(one["id"]).startswith(prefix) or f" {prefix}" in f" {fold(one['name'])}"]
    return {"result": matching[suggest_parameters.cursor :]}
