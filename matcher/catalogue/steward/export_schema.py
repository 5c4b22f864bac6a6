"""Schemas of the catalogue's export files: from one table of exported fields, the JSON object of a supplier and the schema that describes it.

JSON Schema (draft 2020-12) for JSON, Table Schema (Frictionless) for CSV. The French docstrings of the TypedDicts are published as the descriptions
of these schemas.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import msgspec
from msgspec import Meta

from matcher.domain.supplier import Supplier
from matcher.render.described_file import SCHEMA_VERSION, shapes_schema, table_schema

MENTIONS = "À citer"
_MENTIONS_DESCRIPTION = "Mentions à citer avec ces données, une par source."

_TABLE_TYPES = {str: "string", int: "integer", float: "number", date: "date"}


@dataclass(frozen=True, slots=True)
class ExportedField:
    """A field of an export file: its `name`, its French `description`, the `type` of its value, and `value`, which reads it from a supplier.

    In JSON `type` is that of the value (`| None` where it may be unknown); in CSV that of the cell's text, empty where unknown.
    """

    name: str
    description: str
    type: Any
    value: Callable[[Supplier], Any]


class ExportedOrigin(TypedDict):
    """Une source qui parle du fournisseur, son numéro chez elle, la date de ce qu’elle dit ; `list` où la source réunit plusieurs listes."""

    source: str
    ref: str
    date: str | None
    list: NotRequired[str]


class ExportedActivity(TypedDict):
    """Une activité : son code, les mots de la source, ce qui la fait connaître."""

    code: str
    wording: str
    evidence: str
    source: str


class PresumedActivity(TypedDict):
    """Une activité qu’un indice laisse présumer, et les mots de cet indice."""

    code: str
    label: str
    evidence: str
    said: str


class ExportedReference(TypedDict):
    """Un marché remporté ; `own` est faux où un autre établissement du même SIREN, ou le SIREN seul, est nommé. `amount` en euros HT ;
    `shared_amount`, à sa place, est ce que plusieurs ont remporté ensemble : la part de chacun n’est pas connue."""

    source: str
    ref: str
    own: bool
    objet: str | None
    activity: str | None
    cpv: str | None
    buyer: str | None
    buyer_name: str | None
    date: str | None
    amount: float | None
    shared_amount: float | None
    months: float | None
    social: str | None


class ExportedSign(TypedDict):
    """Le dernier signe de vie du fournisseur."""

    date: str
    what: str
    source: str


class LocatedSupplier(TypedDict):
    """Le fournisseur d’un point ; `approximate` où le point est le centre de sa commune."""

    id: str
    name: str
    kinds: list[str]
    city: str | None
    approximate: bool


class SitePoint(TypedDict):
    """Un point en WGS84, la longitude d’abord (RFC 7946)."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class SiteFeature(TypedDict):
    """Un site dont les coordonnées sont connues."""

    type: Literal["Feature"]
    geometry: SitePoint
    properties: LocatedSupplier


class SupplierMap(TypedDict):
    """Le catalogue en carte ; `attribution` a les mentions à citer avec ces données."""

    type: Literal["FeatureCollection"]
    schema_version: Literal["1"]
    attribution: list[str]
    features: list[SiteFeature]


def exported_object(supplier: Supplier, fields: Sequence[ExportedField], mentions: Sequence[str]) -> dict[str, Any]:
    """Return a supplier as a JSON object of these fields, with the schema's version and the mentions to cite."""
    values = {field.name: field.value(supplier) for field in fields}
    return {"schema_version": SCHEMA_VERSION, **values, "mentions": list(mentions)}


def exported_schema(title: str, fields: Sequence[ExportedField], *, listed: bool = False) -> dict[str, Any]:
    """Return the JSON Schema of the objects of `exported_object` for these fields, or of a list of them if `listed`."""
    shape: Any = shape_of(fields)
    return shapes_schema(list[shape] if listed else shape, title=title)


def shape_of(fields: Sequence[ExportedField], name: str = "Fournisseur") -> Any:
    """Return a msgspec Struct type, called `name`, of the objects of `exported_object` for these fields."""
    values = [(field.name, Annotated[field.type, Meta(description=field.description)]) for field in fields]
    version = ("schema_version", Literal[SCHEMA_VERSION])
    cited = ("mentions", Annotated[list[str], Meta(description=_MENTIONS_DESCRIPTION)])
    return msgspec.defstruct(name, [version, *values, cited])


def columns_schema(title: str, columns: Sequence[ExportedField]) -> dict[str, Any]:
    """Return the Table Schema of a CSV of these columns and of the mentions; the first column is the key, numbers have a decimal comma."""
    cited = {"name": MENTIONS, "type": _TABLE_TYPES[str], "description": _MENTIONS_DESCRIPTION}
    fields = []
    for column in columns:
        description = {"description": column.description} if column.description else {}
        written = {"decimalChar": ","} if column.type is float else {}
        fields.append({"name": column.name, "type": _TABLE_TYPES[column.type], **description, **written})
    return table_schema([*fields, cited], title=title, primaryKey=[columns[0].name])
