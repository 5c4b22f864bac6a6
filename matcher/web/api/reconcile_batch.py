"""JSON batches of the W3C Reconciliation Service API 0.2: candidates for written names (`queries`), catalogue data of matched suppliers (`extend`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from matcher.catalogue.identity.recogniser import (
    Certainty,
    ListedSupplier,
    RecognisedOption,
    Recogniser,
    WrittenSupplier,
)
from matcher.cleaning.siret import clean_siret_or_siren
from matcher.domain.french import number
from matcher.domain.kinds import SupplierKind
from matcher.web.api.frame.reading import in_text, text_refused
from matcher.web.frame.problem import ProblemDetails

MOST_QUERIES, MOST_IDS = 100, 1_000
_LONGEST, _MOST_PROPERTIES = 500, 50
# The type of every supplier, for queries without a kind.
_ANY_KIND = {"id": "fournisseur", "name": "Fournisseur inclusif"}
TYPES = (_ANY_KIND, *({"id": str(kind), "name": kind.label} for kind in SupplierKind))


@dataclass(frozen=True, slots=True)
class Property:
    """A property of suppliers in the standard's sense: its values in the catalogue, and the field of `WrittenSupplier` that it fills, empty for none."""

    name: str
    values: Callable[[ListedSupplier], Iterable[str]]
    written: str = ""


PROPERTIES: Mapping[str, Property] = {
    "siret": Property("SIRET", lambda its: (its.siret,), "number"),
    "siren": Property("SIREN", lambda its: sorted(its.side.sirens), "number"),
    "code_postal": Property("Code postal", lambda its: (place.post_code for place in its.side.places), "post_code"),
    "commune": Property("Commune", lambda its: (place.city for place in its.side.places), "city"),
    "type": Property("Type de structure", lambda its: sorted(its.side.kinds), "kinds"),
    "nom": Property("Nom", lambda its: (its.name,)),
    "insee": Property("Code INSEE de la commune", lambda its: (place.insee for place in its.side.places)),
}


class EntityValue(msgspec.Struct, forbid_unknown_fields=True):
    """Une valeur déjà rapprochée."""

    id: str
    name: str = ""


_Value = str | float | bool | EntityValue


class PropertyQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Ce qu’une autre colonne dit."""

    pid: str
    v: _Value | list[_Value]


class NameQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Un nom à rapprocher."""

    query: Annotated[str, Meta(max_length=_LONGEST)] = ""
    type: str | list[str] = []
    limit: Annotated[float, Meta(ge=1, le=1_000)] | None = None
    properties: Annotated[list[PropertyQuery], Meta(max_length=_MOST_PROPERTIES)] = []
    type_strict: Literal["any", "all", "should"] = "should"


class ExtensionProperty(msgspec.Struct, forbid_unknown_fields=True):
    """Une propriété demandée ; aucune n’a de réglage."""

    id: str
    settings: Annotated[dict[str, Any], Meta(max_length=0)] = {}


class ExtensionQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Les données demandées de fournisseurs déjà rapprochés."""

    ids: Annotated[list[str], Meta(max_length=MOST_IDS)]
    properties: Annotated[list[ExtensionProperty], Meta(max_length=_MOST_PROPERTIES)]


def name_candidates(recogniser: Recogniser, queries: str) -> Mapping[str, Any]:
    """Return the candidates of each query of a batch, likeliest first, by its key; a query that cannot be read has none and an `error`. Raises
    ProblemDetails where the whole batch cannot be read."""
    batch = in_text(queries, dict[str, msgspec.Raw], "queries")
    if len(batch) > MOST_QUERIES:
        says = f"{number(len(batch))} noms en une demande : {MOST_QUERIES} au plus (« batchSize » du manifeste). Envoyez-les par lots."
        raise ProblemDetails("trop-gros", says)
    answers: dict[str, Any] = {}
    for key, raw in batch.items():
        field = f"queries.{key}"
        try:
            answers[key] = {"result": _candidates(recogniser, in_text(raw, NameQuery, field), field)}
        except ProblemDetails as refusal:
            answers[key] = {"result": [], "error": refusal.errors[0]}
    return answers


def _candidates(recogniser: Recogniser, name_query: NameQuery, field: str) -> list[dict[str, Any]]:
    written = _supplier_of_query(name_query, field)
    if (supplier := recogniser.find(name_query.query)) is not None:
        return [_candidate(RecognisedOption(supplier, "Même identifiant."), sure=True)]
    recognition = recogniser.recognise(written)
    most = None if name_query.limit is None else int(name_query.limit)
    return [_candidate(its, sure=recognition.certainty is Certainty.SURE) for its in recognition.options[:most]]


def _candidate(recognised_option: RecognisedOption, *, sure: bool) -> dict[str, Any]:
    supplier = recognised_option.supplier
    named = {
        "id": supplier.id,
        "name": supplier.name,
        "description": f"{supplier_description(supplier)} · {recognised_option.evidence}",
    }
    return named | {"type": types_of(supplier), "score": recognised_option.score, "match": sure}


def _supplier_of_query(name_query: NameQuery, field: str) -> WrittenSupplier:
    """Return the supplier described by a query, with the properties that the recogniser uses. Raises ProblemDetails."""
    properties: dict[str, list[str]] = {}
    for property_query in name_query.properties:
        known = PROPERTIES.get(property_query.pid)
        if known and known.written:
            values = map(_text, property_query.v if isinstance(property_query.v, list) else [property_query.v])
            properties.setdefault(known.written, []).extend(filter(None, values))
    if not (name_query.query.strip() or name_query.properties):
        raise text_refused(f"{field}.query", "Donnez un nom, ou une propriété.")
    types = [name_query.type] if isinstance(name_query.type, str) else name_query.type
    kinds = []
    for name in (*types, *properties.pop("kinds", ())):
        if name in ("", _ANY_KIND["id"]):
            continue
        if name not in set(SupplierKind):
            says = f"« {name} » n’est pas un type : {', '.join(one['id'] for one in TYPES)}."
            raise text_refused(f"{field}.type", says)
        kinds.append(SupplierKind(name))
    number_in_name = name_query.query if clean_siret_or_siren(name_query.query).value else ""
    first = {name: values[0] for name, values in properties.items() if values}
    return WrittenSupplier(name_query.query, **{"number": number_in_name} | first, kinds=tuple(kinds))


def _text(value: _Value) -> str:
    match value:
        case str():
            return value.strip()
        case EntityValue():
            return value.name or value.id
        case bool():
            return ""  # no property is a boolean
    return f"{value:.0f}" if value.is_integer() else str(value)


def extend_suppliers(recogniser: Recogniser, extend: str) -> Mapping[str, Any]:
    """Return the values of properties of suppliers by id (`rows`), none for an unknown id or property; `meta` gives the name of each property, or its
    `error`. Raises ProblemDetails."""
    extension_query = in_text(extend, ExtensionQuery, "extend")
    meta: list[dict[str, Any]] = []
    for place, asked_property in enumerate(extension_query.properties):
        pid = asked_property.id
        if pid in PROPERTIES:
            meta.append({"id": pid, "name": PROPERTIES[pid].name})
        else:
            says = f"« {pid} » n’est pas une propriété : {', '.join(PROPERTIES)}."
            error = {"field": f"extend.properties[{place}].id", "says": says}
            meta.append({"id": pid, "name": pid, "error": error})
    rows: dict[str, dict[str, list[dict[str, str]]]] = {}
    for key in extension_query.ids:
        supplier, rows[key] = recogniser.find(key), {}
        for pid in (asked_property.id for asked_property in extension_query.properties):
            values = PROPERTIES[pid].values(supplier) if supplier and pid in PROPERTIES else ()
            rows[key][pid] = [{"str": value} for value in dict.fromkeys(filter(None, values))]
    return {"meta": meta, "rows": rows}


def supplier_description(supplier: ListedSupplier) -> str:
    """Return the kinds, town and SIRET of a supplier as one text, to distinguish namesakes."""
    return " · ".join(filter(None, (", ".join(sorted(supplier.side.kinds)), supplier.city, supplier.siret)))


def types_of(supplier: ListedSupplier) -> list[dict[str, str]]:
    """Return the kinds of a supplier, as types of the standard."""
    return [{"id": str(kind), "name": kind.label} for kind in sorted(supplier.side.kinds)]
