"""API endpoints of the catalogue: search suppliers, read one, list those changed since a version, match written names to suppliers."""

from functools import partial
from typing import Annotated, Any, NotRequired, TypedDict

import msgspec
from msgspec import Meta

from matcher.accounts.roles import Action
from matcher.catalogue.identity.recogniser import WrittenSupplier
from matcher.catalogue.steward.changed import ChangedPosition, changed_since
from matcher.catalogue.steward.corrections import corrections_of
from matcher.catalogue.steward.document import fiche_object
from matcher.catalogue.steward.export_schema import ExportedOrigin
from matcher.catalogue.steward.readings import read_fiche
from matcher.catalogue.store.recognition import load_recogniser
from matcher.catalogue.store.search import FoundPosition, search
from matcher.catalogue.store.why_missing import why_missing
from matcher.domain.kinds import SupplierKind
from matcher.render.shaped import shaped
from matcher.web.api.frame.endpoint import ListParameters, cut_page, endpoint, position
from matcher.web.api.narrowing import narrow_suppliers
from matcher.web.api.supplier_lines import FIELDS, KM, SupplierLineShape, chosen_fields, supplier_lines
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import ProblemDetails

_endpoint = partial(endpoint, tag="Catalogue")
_EXAMPLE = "siret:00010001600013"
_MOST_VERSION = 2_147_483_647
MOST_NAMES = 1_000


class SuppliersShape(TypedDict):
    """Une page de fournisseurs ; `whole` est faux où personne ne répond à tous les mots, `unlocated` compte ceux qui seraient trouvés si leur lieu était connu."""

    items: list[SupplierLineShape]
    total: int
    whole: bool
    unlocated: int
    next: str | None


class SourcedShape(TypedDict):
    """Une valeur, et les sources qui la donnent."""

    value: Any
    origins: list[ExportedOrigin]


class FieldStoryShape(SourcedShape):
    """Un champ : la valeur gardée, nulle où aucune source ne la donne, et celles qui ne le sont pas."""

    field: str
    label: str
    beaten: list[SourcedShape]


class FoundContactShape(SourcedShape):
    """Un moyen de joindre le fournisseur : `type` est « phone », « email » ou « website »."""

    type: str


class FoundSiteShape(TypedDict):
    """Un lieu de travail ; `approximate` où le point est le centre de la commune."""

    name: str
    address: str
    post_code: str
    city: str
    insee: str
    lat: float | None
    lon: float | None
    approximate: bool
    finess: str
    origins: list[ExportedOrigin]


class ConflictShape(TypedDict):
    """Un champ sur lequel deux sources diffèrent."""

    id: str
    name: str
    field: str
    why: str
    kept: Any
    other: Any


class SupplierShape(TypedDict):
    """Ce que le catalogue sait d’un fournisseur, champ par champ, avec la source et la date de chacun."""

    id: str
    name: str
    siret: str | None
    siren: str | None
    fields: list[FieldStoryShape]
    kinds: list[SourcedShape]
    sites: list[FoundSiteShape]
    activities: list[SourcedShape]
    contacts: list[FoundContactShape]
    conflicts: list[ConflictShape]
    closed: NotRequired[str | None]


class ChangedShape(TypedDict):
    """Les fournisseurs à relire, et la version à demander la fois suivante, la même sur toutes les pages ; `whole` vrai : relisez tout, un changement n’a pas laissé de trace."""

    version: int
    whole: bool
    items: list[str]
    next: str | None


class OptionShape(TypedDict):
    """Un fournisseur qui peut être celui qui est écrit, et ce qui le dit."""

    id: str
    siret: str | None
    name: str
    city: str | None
    evidence: str


class RecognitionShape(TypedDict):
    """À qui correspond ce qui est écrit : sûr, à confirmer ou inconnu."""

    certainty: str
    options: list[OptionShape]


class RecognitionsShape(TypedDict):
    """Une réponse pour chaque nom, dans leur ordre."""

    items: list[RecognitionShape]


_Some = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=200)]
_NEAR = Meta(description="Lieu d’où l’on compte : commune, code postal, « insee: », « cp: », « lat,lon » ; sans `text`, les plus proches d’abord.", examples=["Maubeuge"], max_length=200)  # fmt: skip
_KM = Meta(description="À combien de `near` au plus, en kilomètres ; 30, sinon.")
_FIELDS = f"Champs gardés, séparés par des virgules, parmi {', '.join(f'`{name}`' for name in FIELDS)} ; tous, sinon. Les autres y sont toujours."


class SearchParameters(ListParameters):
    """Ce que l’on cherche."""

    text: Annotated[str, Meta(description="Un nom, un SIRET, une commune, une activité ; tous, sinon.")] = ""
    kind: Annotated[list[SupplierKind], Meta(description="Types de structure gardés.")] = msgspec.field(
        default_factory=list
    )
    departement: Annotated[_Some, Meta(description="Codes de départements où ils ont un site.", examples=[["59"]])] = (
        msgspec.field(default_factory=list)
    )
    epci: Annotated[_Some, Meta(description="SIREN ou noms d’EPCI où ils ont un site.", examples=[["200043321"]])] = (
        msgspec.field(default_factory=list)
    )
    near: Annotated[str, _NEAR] = ""
    km: Annotated[Annotated[float, Meta(gt=0, le=1_000)] | None, _KM] = None
    activite: Annotated[
        _Some, Meta(description="Codes ou noms d’activités, ou de leurs familles.", examples=[["espaces-verts"]])
    ] = msgspec.field(default_factory=list)
    fields: Annotated[_Some, Meta(description=_FIELDS, examples=[["post_code,activities"]])] = msgspec.field(
        default_factory=list
    )


class ChangesParameters(ListParameters, kw_only=True):
    """Depuis quelle version du catalogue."""

    since: Annotated[int, Meta(description="La version que vous avez lue, 0 pour tout.", ge=0, le=_MOST_VERSION)]


class NameBody(msgspec.Struct, forbid_unknown_fields=True):
    """Un fournisseur tel que quelqu’un l’écrit."""

    name: Annotated[str, Meta(max_length=500)] = ""
    number: Annotated[str, Meta(description="SIRET ou SIREN.", max_length=50)] = ""
    post_code: Annotated[str, Meta(max_length=20)] = ""
    city: Annotated[str, Meta(max_length=200)] = ""


class NamesBody(msgspec.Struct, forbid_unknown_fields=True):
    """Les noms à reconnaître."""

    names: Annotated[list[NameBody], Meta(min_length=1, max_length=MOST_NAMES)]


@_endpoint(
    "/suppliers",
    action=Action.READ,
    returns=SuppliersShape,
    errors=(422,),
    example={"text": "espaces verts Maubeuge", "limit": 5},
)
def suppliers(query: SearchParameters) -> Any:
    """Cherche des fournisseurs, comme la page « Catalogue » ; les plus probables d’abord, puis par identifiant. Les filtres se cumulent ; de l’un d’eux, répété, une valeur suffit."""
    shelf, fields = desk().shelf(), chosen_fields(query.fields)
    narrowed_suppliers = narrow_suppliers(shelf, query.departement, query.epci, query.near, query.km, query.activite)
    suppliers = search(desk().engine, shelf, query.text, query.kind, narrowed_suppliers.among, narrowed_suppliers.km)
    first = suppliers.first(shelf, query.limit + 1, position(query, FoundPosition.read))
    taken, after = cut_page(first, lambda place: suppliers.position(shelf, place), query)
    rows = [int(suppliers.rows[place]) for place in taken]
    items = supplier_lines([shelf.suppliers[row] for row in rows], fields)
    if narrowed_suppliers.km is not None and KM in fields:
        items = [
            line | {"km": round(float(narrowed_suppliers.km[row]), 1)} for row, line in zip(rows, items, strict=True)
        ]
    unlocated = 0
    if narrowed_suppliers.unlocated is not None:
        unlocated = len(search(desk().engine, shelf, query.text, query.kind, narrowed_suppliers.unlocated).rows)
    return {
        "items": items,
        "total": len(suppliers.rows),
        "whole": suppliers.whole,
        "unlocated": unlocated,
        "next": after,
    }


@_endpoint(
    "/suppliers/changes", action=Action.READ, returns=ChangedShape, errors=(422,), example={"since": 0, "limit": 5}
)
def supplier_changes(query: ChangesParameters) -> Any:
    """Dit quels fournisseurs relire depuis une version du catalogue. Celui qui n’est plus au catalogue se lit encore sous son ancien identifiant, ou répond 404."""
    changed_suppliers = changed_since(
        desk().engine, query.since, query.limit + 1, position(query, ChangedPosition.read)
    )
    items, after = cut_page(changed_suppliers.ids, lambda one: ChangedPosition(changed_suppliers.version, one), query)
    return {"version": changed_suppliers.version, "whole": changed_suppliers.whole, "items": list(items), "next": after}


@_endpoint(
    "/suppliers/<supplier>", action=Action.READ, returns=SupplierShape, errors=(404,), example={"supplier": _EXAMPLE}
)
def supplier(supplier: str) -> Any:
    """Dit tout ce qui est su d’un fournisseur, par son identifiant, son SIRET ou son FINESS.

    La réponse est celle de `entremise catalogue show --format json`.
    """
    engine = desk().engine
    fiche = read_fiche(engine, supplier, contacts_since=desk().contacts_since())
    if fiche is None:
        raise ProblemDetails("introuvable", why_missing(engine, supplier))
    return fiche_object(fiche, corrections_of(engine, fiche.supplier.id))


@_endpoint(
    "/names",
    method="POST",
    action=Action.READ,
    returns=RecognitionsShape,
    example={"names": [{"name": "Les jardins de la Solre", "city": "Maubeuge"}]},
)
def names(json: NamesBody) -> Any:
    """Dit à quel fournisseur du catalogue correspond chaque nom écrit, mille au plus."""
    recogniser = load_recogniser(desk().engine)
    recognitions = (
        recogniser.recognise(WrittenSupplier(one.name, one.number, one.post_code, one.city)) for one in json.names
    )
    return {
        "items": [
            {
                "certainty": str(its.certainty),
                "options": [shaped(OptionShape, option.supplier, evidence=option.evidence) for option in its.options],
            }
            for its in recognitions
        ]
    }
