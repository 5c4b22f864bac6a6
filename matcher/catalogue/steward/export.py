"""Export of the catalogue (« catalogue export »): suppliers as JSON lines, CSV, XLSX, GeoJSON, or structures in the schema of data·inclusion. An
unknown value is exported as null or empty."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, get_origin, get_type_hints

import msgspec

from matcher.catalogue.identity.merge import is_over
from matcher.catalogue.identity.references import listing_of, split_reference
from matcher.catalogue.identity.signs_of_life import last_sign
from matcher.catalogue.identity.trust import SOURCES
from matcher.catalogue.steward.export_schema import (
    MENTIONS,
    ExportedActivity,
    ExportedField,
    ExportedOrigin,
    ExportedReference,
    ExportedSign,
    LocatedSupplier,
    PresumedActivity,
    SupplierMap,
    columns_schema,
    exported_object,
    exported_schema,
    shape_of,
)
from matcher.domain.age import SignOfLife
from matcher.domain.fields import VALUE_FIELDS, SupplierField, SupplierValues
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Contact, Evidence, Origin, Reference, Site, Supplier
from matcher.ranking.shelf.activity_clues import every_clue
from matcher.reference.source_rules import Use, allows_use
from matcher.reference.trades.activities import taxonomy
from matcher.render.described_file import (
    SCHEMA_VERSION,
    DescribedFile,
    json_text,
    shapes_schema,
    with_notice,
)
from matcher.render.shaped import shaped
from matcher.render.table import NO_DAY, Cell, Column, Sheet, csv_of, workbook_of

# Exported name of each kind of evidence from which an activity is presumed. Evidence left out is a declaration or the kind of supplier.
PRESUMED_BY = {
    Evidence.ANSWER: "reponse", Evidence.SHARED: "reponse", Evidence.ROME: "rome", Evidence.DESCRIPTION: "presentation",
    Evidence.SITE: "site", Evidence.NAF: "naf", Evidence.BRAND: "marque", Evidence.NAME: "nom",
}  # fmt: skip

TITLE = "Fournisseurs inclusifs"
# Width of the workbook's columns, in characters.
_WIDTH = 22

Mentions = Mapping[str, str]
_NO_MENTIONS: Mentions = MappingProxyType({})
_SHORTEST_NAME, _LONGEST_NAME = 3, 150
_SHORTEST_TEXT, _LONGEST_TEXT = 5, 10_000
_FIRST_YEAR = 2000
_OWN_PREFIX, _IMPORTED_SOURCE = "entremise--", "data-inclusion"
# The kinds that the schema has among its networks, under their acronym.
_NETWORKS = frozenset(SupplierKind) - {SupplierKind.SEP, SupplierKind.TIH, SupplierKind.ESS}
_NOWHERE = Site()


def outside_schema(supplier: Supplier) -> str:
    """Return in French the reason why a supplier cannot be in the schema of data·inclusion, empty where it can."""
    if is_over(supplier):
        return "dont un registre ou une source dit la fin"
    if len(_name(supplier)) < _SHORTEST_NAME:
        return f"dont le nom a moins de {_SHORTEST_NAME} lettres"
    if supplier.updated is None or supplier.updated.year < _FIRST_YEAR:
        return "sans date de mise à jour connue, que ce schéma exige"
    return ""


def unpublishable(supplier: Supplier) -> str:
    """Return in French the reason why a supplier, of publishable sources alone, is not published; empty where it is."""
    if supplier.name == supplier.id:
        return "sans nom qui puisse être publié"
    source, _, ref = supplier.id.partition(":")
    private = source in SOURCES and not allows_use(source, Use.PUBLISH)
    return "dont l’identifiant nomme une liste privée" if private and listing_of(source, ref) else ""


def _name(supplier: Supplier) -> str:
    """The name cut to the schema's longest length, without a final full stop, which the schema refuses."""
    return supplier.name[:_LONGEST_NAME].rstrip(" .")


def _main_site(supplier: Supplier) -> Site:
    return supplier.sites[0] if supplier.sites else _NOWHERE


def _located_site(supplier: Supplier) -> Site:
    """The first site, or an empty one where its coordinates are only the centre of its commune."""
    return _NOWHERE if _main_site(supplier).approximate else _main_site(supplier)


_Text, _Degrees = str | None, float | None
DATA_INCLUSION: tuple[ExportedField, ...] = (
    ExportedField("source", "Producteur de la fiche : elle réunit ce que disent plusieurs sources.", str, lambda _: "entremise"),
    # A supplier imported from a file that Entremise exported keeps the id of that file.
    ExportedField("id", "Identifiant de la structure chez ce producteur.", str,
                  lambda s: own if (own := s.id.removeprefix(f"{_IMPORTED_SOURCE}:")).startswith(_OWN_PREFIX) else f"{_OWN_PREFIX}{s.id}"),
    ExportedField("nom", "Nom de la structure.", str, _name),
    ExportedField("date_maj", "Date de la plus récente de ses sources.", str, lambda s: s.updated.isoformat() if s.updated else None),
    ExportedField("description", "Présentation de la structure.", _Text,
                  lambda s: s.description[:_LONGEST_TEXT] if len(s.description) >= _SHORTEST_TEXT else None),
    ExportedField("siret", "SIRET de l’établissement.", _Text, lambda s: s.siret or None),
    ExportedField("commune", "Commune du premier site.", _Text, lambda s: _main_site(s).city or None),
    ExportedField("code_postal", "Code postal du premier site.", _Text, lambda s: _main_site(s).post_code or None),
    ExportedField("code_insee", "Code INSEE de la commune.", _Text, lambda s: _main_site(s).insee or None),
    ExportedField("adresse", "Adresse du premier site.", _Text, lambda s: _main_site(s).address or None),
    ExportedField("longitude", "Longitude du premier site (WGS84) ; nulle où seule la commune est connue.", _Degrees, lambda s: _located_site(s).lon),
    ExportedField("latitude", "Latitude du premier site (WGS84) ; nulle où seule la commune est connue.", _Degrees, lambda s: _located_site(s).lat),
    ExportedField("site_web", "Site web de la structure.", _Text, lambda s: s.website or None),
    ExportedField("reseaux_porteurs", "Types de la structure, parmi les réseaux du schéma.", list[str],
                  lambda s: [kind.lower() for kind in s.kinds if kind in _NETWORKS]),
)  # fmt: skip


class ExportForm(NamedTuple):
    """A file format of the export: `content` writes it, `schema` describes it (None for a workbook), `untold` returns in French the reason why a
    supplier is left out of it, empty where it is not."""

    content: Callable[[Sequence[Supplier], Mentions], str | bytes]
    schema: Callable[[], dict[str, Any]] | None
    untold: Callable[[Supplier], str] = lambda _: ""

    def file(self, suppliers: Sequence[Supplier], mentions: Mentions) -> DescribedFile | bytes:
        """Return suppliers in this form, with its schema where it has one."""
        content = self.content(suppliers, mentions)
        data = content.encode("utf-8") if isinstance(content, str) else content
        return DescribedFile(data, self.schema) if self.schema else data


def _cell(field: SupplierField, supplier: Supplier) -> str:
    """A field of a supplier as a cell: decimal comma, as French spreadsheets read numbers."""
    value = getattr(supplier, field.name)
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else field.words(supplier)


def _column(name: str, value: Callable[[Supplier], str], type_: type = str, description: str = "") -> ExportedField:
    return ExportedField(name, description, type_, value)


CSV_COLUMNS: tuple[ExportedField, ...] = (
    _column("Identifiant", lambda s: s.id, description="Identifiant au catalogue : « siret: », « finess: », ou la source et son numéro."),
    _column("Fournisseur", lambda s: s.name, description="Nom ; une apostrophe le précède où un tableur l’aurait pris pour une formule."),
    _column("Enseigne", lambda s: s.brand),
    _column("Types", lambda s: ", ".join(s.kinds), description="Sigles, séparés par des virgules."),
    _column("SIRET", lambda s: s.siret),
    _column("SIREN", lambda s: s.siren),
    _column("Numéros FINESS", lambda s: ", ".join(s.finess), description="Séparés par des virgules."),
    _column("NAF", lambda s: s.naf),
    _column("Adresse", lambda s: _of_main_site(s, lambda site: site.address), description="Du premier site."),
    _column("Code postal", lambda s: _of_main_site(s, lambda site: site.post_code), description="Du premier site."),
    _column("Commune", lambda s: _of_main_site(s, lambda site: site.city), description="Du premier site."),
    _column("Code INSEE", lambda s: _of_main_site(s, lambda site: site.insee), description="De la commune du premier site."),
    _column("Sites", lambda s: str(len(s.sites)), int, "Nombre de sites connus."),
    _column("Activités déclarées", lambda s: " | ".join(dict.fromkeys(a.wording for a in s.activities)), description="Dans les mots des sources."),
    *(_column(field.heading, partial(_cell, field), float if field.numeric else str) for field in VALUE_FIELDS if field.column),
    _column("Site internet", lambda s: s.website),
    _column("Dernier signe de vie", lambda s: sign.day.isoformat() if (sign := last_sign(s.references, s.origins)) else "", date),
    _column("Signe", lambda s: sign.what if (sign := last_sign(s.references, s.origins)) else "", description="Ce qui est ce signe de vie."),
    _column("Dernière source", lambda s: s.updated.isoformat() if s.updated else "", date, "Date de la plus récente de ses sources."),
    _column("Sources", lambda s: ", ".join(dict.fromkeys(origin.source for origin in s.origins))),
    _column("À vérifier", lambda s: " | ".join(s.flags)),
)  # fmt: skip


def origin_object(origin: Origin) -> dict[str, Any]:
    """Origin of a value as JSON; a source that gathers many lists adds `list`, the list's name, and `ref` is then the reference inside it."""
    listing, ref = split_reference(origin.source, origin.ref)
    return shaped(ExportedOrigin, origin, ref=ref, list=listing)


def _json_type(hint: Any) -> Any:
    """The JSON type of a field of this Python type."""
    return list[str] if get_origin(hint) is tuple else str | None if hint is str else hint


def _json_value(name: str, supplier: Supplier) -> object:
    """A field of a supplier as a JSON value: a list for a tuple, None for an empty text."""
    value = getattr(supplier, name)
    return list(value) if isinstance(value, tuple) else None if value == "" else value


_VALUES = get_type_hints(SupplierValues)
_SITE_SHAPE: Any = msgspec.defstruct(
    "ExportedSite", [(name, _json_type(hint)) for name, hint in get_type_hints(Site).items()]
)


# fmt: off
SUPPLIER_FIELDS: tuple[ExportedField, ...] = (
    ExportedField("id", "Identifiant au catalogue : « siret: », « finess: », ou la source et son numéro.", str, lambda s: s.id),
    ExportedField("siret", "SIRET de l’établissement.", str | None, lambda s: s.siret or None),
    ExportedField("siren", "SIREN de l’organisation.", str | None, lambda s: s.siren or None),
    ExportedField("finess", "Numéros FINESS.", list[str], lambda s: list(s.finess)),
    ExportedField("name", "Nom.", str, lambda s: s.name),
    ExportedField("kinds", "Types de structure, par leur sigle.", list[str], lambda s: list(s.kinds)),
    ExportedField("sites", "Lieux de travail ; `approximate` où le point est le centre de la commune.",
                  list[_SITE_SHAPE], lambda s: [shaped(_SITE_SHAPE, site) for site in s.sites]),
    ExportedField("activities", "Activités, déclarées ou non.", list[ExportedActivity],
                  lambda s: [shaped(ExportedActivity, activity) for activity in s.activities]),
    ExportedField("presumed", "Activités que quelque chose laisse présumer.", list[PresumedActivity], lambda s: [
        {"code": code, "label": taxonomy().label(code), "evidence": PRESUMED_BY[evidence], "said": wording}
        for code, evidence, wording in dict.fromkeys((clue.code, clue.evidence, clue.wording) for clue in every_clue(s))
        if evidence in PRESUMED_BY
    ]),
    ExportedField("references", "Marchés publics remportés.", list[ExportedReference],
                  lambda s: [reference_object(won) for won in s.references]),
    ExportedField("website", "Site web.", str | None, lambda s: s.website or None),
    *(ExportedField(each.name, each.full_label, _json_type(_VALUES[each.name]), partial(_json_value, each.name))
      for each in VALUE_FIELDS if each.public),
    ExportedField("last_sign", "Dernier signe de vie.", ExportedSign | None,
                  lambda s: sign_object(last_sign(s.references, s.origins))),
    ExportedField("updated", "Date de la plus récente de ses sources.", str | None,
                  lambda s: s.updated.isoformat() if s.updated else None),
    ExportedField("sources", "Sources qui parlent de lui.", list[ExportedOrigin], lambda s: [origin_object(o) for o in s.origins]),
    ExportedField("flags", "Ce qui est à vérifier.", list[str], lambda s: list(s.flags)),
)
# fmt: on
SUPPLIER_SHAPE: Any = shape_of(SUPPLIER_FIELDS, "ExportedSupplier")


def supplier_object(supplier: Supplier, mentions: Mentions = _NO_MENTIONS) -> dict[str, Any]:
    """One supplier as a JSON object; an unknown `siret`, number or date is null, an unknown list is empty."""
    return exported_object(supplier, SUPPLIER_FIELDS, _mentions_of(supplier, mentions))


def sign_object(sign: SignOfLife | None) -> dict[str, Any] | None:
    """The last sign of life (latest dated trace of activity) as JSON, null where none is dated."""
    return sign and shaped(ExportedSign, sign, date=sign.day)


def reference_object(won: Reference) -> dict[str, Any]:
    """One contract won; `own` is False where it names another establishment of the same SIREN, or the SIREN only."""
    return shaped(ExportedReference, won, date=won.notified)


def to_jsonl(suppliers: Sequence[Supplier], mentions: Mentions = _NO_MENTIONS) -> str:
    """One supplier per line, with the mentions (attributions that licences require) of its sources."""
    return "".join(json.dumps(supplier_object(each, mentions), ensure_ascii=False) + "\n" for each in suppliers)


def to_data_inclusion(suppliers: Sequence[Supplier], mentions: Mentions = _NO_MENTIONS) -> str:
    """A list of structures in the schema of data·inclusion, each with a `mentions` property that this schema ignores."""
    return json_text([exported_object(each, DATA_INCLUSION, _mentions_of(each, mentions)) for each in suppliers])


def to_catalogue_csv(
    suppliers: Sequence[Supplier], mentions: Mentions = _NO_MENTIONS, columns: Sequence[ExportedField] = CSV_COLUMNS
) -> bytes:
    """One supplier per line (`;`, byte-order mark), cells escaped against formulas, empty where unknown. The last column holds the mentions of its sources."""
    rows = (
        [*(column.value(supplier) for column in columns), " | ".join(_mentions_of(supplier, mentions))]
        for supplier in suppliers
    )
    return csv_of([*(column.name for column in columns), MENTIONS], rows).content


def to_catalogue_xlsx(
    suppliers: Sequence[Supplier], mentions: Mentions = _NO_MENTIONS, columns: Sequence[ExportedField] = CSV_COLUMNS
) -> bytes:
    """The columns of the CSV as a workbook; number cells are real numbers."""
    heads = [Column(column.name, _WIDTH, "General") for column in columns]

    def row(supplier: Supplier) -> list[Cell]:
        cells: list[Cell] = []
        for column in columns:
            text = str(column.value(supplier))
            is_number = text and column.type in (int, float)
            cells.append(float(text.replace(",", ".")) if is_number else text or None)
        return [*cells, " | ".join(_mentions_of(supplier, mentions))]

    last = max((supplier.updated for supplier in suppliers if supplier.updated), default=None)
    sheet = Sheet("Fournisseurs", [*heads, Column(MENTIONS, _WIDTH)], map(row, suppliers), frozen=2)
    return workbook_of(TITLE, last or NO_DAY, sheet)


def to_geojson(suppliers: Sequence[Supplier], mentions: Mentions = _NO_MENTIONS) -> str:
    """One point per site with coordinates, longitude first (RFC 7946). `attribution` holds the mentions to cite."""
    collection = {
        "type": "FeatureCollection",
        "schema_version": SCHEMA_VERSION,
        "attribution": list(mentions.values()),
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": (site.lon, site.lat)},
                "properties": shaped(LocatedSupplier, supplier, city=site.city, approximate=site.approximate),
            }
            for supplier in suppliers
            for site in supplier.sites
            if site.is_located
        ],
    }
    return json.dumps(with_notice(collection), ensure_ascii=False) + "\n"


FORMS: Mapping[str, ExportForm] = {
    "jsonl": ExportForm(to_jsonl, lambda: exported_schema(f"{TITLE}, un par ligne", SUPPLIER_FIELDS)),
    "csv": ExportForm(to_catalogue_csv, lambda: columns_schema(TITLE, CSV_COLUMNS)),
    "xlsx": ExportForm(to_catalogue_xlsx, None),
    "geojson": ExportForm(
        to_geojson,
        lambda: shapes_schema(SupplierMap, title=f"{TITLE}, en carte"),
        lambda s: "" if any(site.is_located for site in s.sites) else "sans coordonnées connues",
    ),
    "data-inclusion": ExportForm(
        to_data_inclusion,
        lambda: exported_schema(f"{TITLE}, structure de data·inclusion v1", DATA_INCLUSION, listed=True),
        outside_schema,
    ),
}


# Forms that may add telephones and e-mails; a published export never has them.
WITH_CONTACTS = ("csv", "xlsx")


def with_contacts(form: str, contacts: Mapping[str, Sequence[Contact]]) -> ExportForm:
    """Return a form of `WITH_CONTACTS` with columns for first telephone, first e-mail, sources. `contacts`: by supplier id, most trusted first."""

    from matcher.cleaning.phone import shown_phone  # slow to import: numbering plans, needed for contacts only

    def first(kind: str, shown: Callable[[str], str] = str) -> Callable[[Supplier], str]:
        return lambda supplier: next(
            (shown(contact.value) for contact in contacts.get(supplier.id, ()) if contact.type == kind), ""
        )

    def sources(supplier: Supplier) -> str:
        return ", ".join(dict.fromkeys(contact.origin.source for contact in contacts.get(supplier.id, ())))

    columns = (
        *CSV_COLUMNS,
        _column(
            "Téléphone",
            first("phone", shown_phone),
            description="De la source la plus sûre qui peut être remise à d’autres.",
        ),
        _column("Courriel", first("email"), description="De la source la plus sûre qui peut être remise à d’autres."),
        _column("Sources des coordonnées", sources),
    )
    content = {"csv": to_catalogue_csv, "xlsx": to_catalogue_xlsx}[form]
    schema = None if form == "xlsx" else partial(columns_schema, TITLE, columns)
    return ExportForm(partial(content, columns=columns), schema)


def _mentions_of(supplier: Supplier, mentions: Mentions) -> list[str]:
    sources = [origin.source for origin in supplier.origins] + [won.source for won in supplier.references]
    return list(dict.fromkeys(mentions[source] for source in sources if source in mentions))


def _of_main_site(supplier: Supplier, value: Callable[[Site], str]) -> str:
    return value(supplier.sites[0]) if supplier.sites else ""
