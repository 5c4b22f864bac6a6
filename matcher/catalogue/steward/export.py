"""The catalogue as a file: JSON lines for scripts, CSV for spreadsheets, GeoJSON for maps. Unknown stays unknown."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from matcher.catalogue.identity.references import told
from matcher.catalogue.identity.signs_of_life import last_sign
from matcher.domain.age import SignOfLife
from matcher.domain.fields import VALUE_FIELDS, SupplierField
from matcher.domain.supplier import Evidence, Origin, Reference, Site, Supplier
from matcher.ranking.shelf.activity_clues import every_clue
from matcher.reference.trades.activities import taxonomy
from matcher.render.table import safe

# How the file calls each kind of evidence from which an activity is presumed. The others are told by a source, or by the kind itself.
PRESUMED_BY = {
    Evidence.ANSWER: "reponse",
    Evidence.ROME: "rome",
    Evidence.DESCRIPTION: "presentation",
    Evidence.SITE: "site",
    Evidence.NAF: "naf",
    Evidence.NAME: "nom",
}

MENTIONS = "À citer"


def _cell(field: SupplierField) -> Callable[[Supplier], str]:
    """The value of a field as a cell: a number as French spreadsheets read it."""

    def written(supplier: Supplier) -> str:
        value = getattr(supplier, field.name)
        return f"{value:g}".replace(".", ",") if isinstance(value, float) else field.words(supplier)

    return written


CSV_COLUMNS: tuple[tuple[str, Callable[[Supplier], str]], ...] = (
    ("Identifiant", lambda s: s.id),
    ("Fournisseur", lambda s: s.name),
    ("Enseigne", lambda s: s.brand),
    ("Types", lambda s: ", ".join(s.kinds)),
    ("SIRET", lambda s: s.siret),
    ("SIREN", lambda s: s.siren),
    ("Numéros FINESS", lambda s: ", ".join(s.finess)),
    ("NAF", lambda s: s.naf),
    ("Adresse", lambda s: _first(s, lambda site: site.address)),
    ("Code postal", lambda s: _first(s, lambda site: site.post_code)),
    ("Commune", lambda s: _first(s, lambda site: site.city)),
    ("Code INSEE", lambda s: _first(s, lambda site: site.insee)),
    ("Sites", lambda s: str(len(s.sites))),
    ("Activités déclarées", lambda s: " | ".join(dict.fromkeys(a.wording for a in s.activities))),
    *((field.heading, _cell(field)) for field in VALUE_FIELDS if field.column),
    ("Site internet", lambda s: s.website),
    ("Dernier signe de vie", lambda s: sign.day.isoformat() if (sign := last_sign(s.references, s.origins)) else ""),
    ("Signe", lambda s: sign.what if (sign := last_sign(s.references, s.origins)) else ""),
    ("Dernière source", lambda s: s.updated.isoformat() if s.updated else ""),
    ("Sources", lambda s: ", ".join(dict.fromkeys(origin.source for origin in s.origins))),
    ("À vérifier", lambda s: " | ".join(s.flags)),
)


def origin_object(origin: Origin) -> dict[str, Any]:
    """Origin of a value as JSON; `list` is there for a source of many lists, `ref` the reference as the list writes it."""
    listing, ref = told(origin.source, origin.ref)
    said = {"source": origin.source, "ref": ref, "date": origin.date.isoformat() if origin.date else None}
    return said | ({"list": listing} if listing else {})


def supplier_object(supplier: Supplier) -> dict[str, Any]:
    """One supplier as a JSON object; `siret`, numbers and dates are null where unknown, lists empty."""
    return {
        "id": supplier.id,
        "siret": supplier.siret or None,
        "siren": supplier.siren or None,
        "finess": list(supplier.finess),
        "name": supplier.name,
        "kinds": list(supplier.kinds),
        "sites": [_site(site) for site in supplier.sites],
        "activities": [
            {"code": a.code, "wording": a.wording, "evidence": str(a.evidence), "source": a.source}
            for a in supplier.activities
        ],
        "presumed": _presumed(supplier),
        "references": [reference_object(won) for won in supplier.references],
        "website": supplier.website or None,
        **{field.name: _json(getattr(supplier, field.name)) for field in VALUE_FIELDS if field.public},
        "last_sign": sign_object(last_sign(supplier.references, supplier.origins)),
        "updated": supplier.updated.isoformat() if supplier.updated else None,
        "sources": [origin_object(origin) for origin in supplier.origins],
        "flags": list(supplier.flags),
    }


def _json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else None if value == "" else value


def sign_object(sign: SignOfLife | None) -> dict[str, Any] | None:
    """The last sign of life as JSON, null where none is dated."""
    return {"date": sign.day.isoformat(), "what": sign.what, "source": sign.source} if sign else None


def reference_object(won: Reference) -> dict[str, Any]:
    """One contract that was won; `own` is false where another establishment of the same SIREN, or the SIREN alone, is named."""
    return {
        "source": won.source,
        "ref": won.ref,
        "own": won.own,
        "objet": won.objet or None,
        "activity": won.activity or None,
        "cpv": won.cpv or None,
        "buyer": won.buyer or None,
        "buyer_name": won.buyer_name or None,
        "date": won.notified.isoformat() if won.notified else None,
        "amount": won.amount,
        "months": won.months,
        "social": won.social or None,
    }


def to_jsonl(suppliers: Sequence[Supplier], mentions: Mapping[str, str] = MappingProxyType({})) -> str:
    """One supplier a line, with the mentions to cite of its sources."""
    objects = (supplier_object(supplier) | {"mentions": _cited(supplier, mentions)} for supplier in suppliers)
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)


def to_csv(suppliers: Sequence[Supplier], mentions: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """One supplier a line, `;` and a byte-order mark, cells that no spreadsheet runs as formulas. Empty is unknown. The last column has the
    mentions to cite of its sources."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*(name for name, _ in CSV_COLUMNS), MENTIONS])
    for supplier in suppliers:
        cited = " | ".join(_cited(supplier, mentions))
        writer.writerow([*(safe(value(supplier)) for _, value in CSV_COLUMNS), safe(cited)])
    return out.getvalue().encode("utf-8-sig")


def to_geojson(suppliers: Sequence[Supplier], mentions: Mapping[str, str] = MappingProxyType({})) -> str:
    """One point a located site, longitude first (RFC 7946); suppliers that nobody has located are left out. `attribution` has the mentions
    to cite."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [site.lon, site.lat]},
            "properties": {
                "id": supplier.id,
                "name": supplier.name,
                "kinds": list(supplier.kinds),
                "city": site.city or None,
                "approximate": site.approximate,
            },
        }
        for supplier in suppliers
        for site in supplier.sites
        if site.lat is not None and site.lon is not None
    ]
    collection = {"type": "FeatureCollection", "attribution": list(mentions.values()), "features": features}
    return json.dumps(collection, ensure_ascii=False) + "\n"


def _cited(supplier: Supplier, mentions: Mapping[str, str]) -> list[str]:
    sources = [origin.source for origin in supplier.origins] + [won.source for won in supplier.references]
    return list(dict.fromkeys(mentions[source] for source in sources if source in mentions))


def _site(site: Site) -> dict[str, Any]:
    return {field.name: _json(getattr(site, field.name)) for field in fields(Site)}


def _presumed(supplier: Supplier) -> list[dict[str, str]]:
    """Each activity that something lets presume, once for each kind of evidence and its words."""
    found = dict.fromkeys((clue.code, clue.evidence, clue.wording) for clue in every_clue(supplier))
    return [
        {"code": code, "label": taxonomy().label(code), "evidence": PRESUMED_BY[evidence], "said": said}
        for code, evidence, said in found
        if evidence in PRESUMED_BY
    ]


def _first(supplier: Supplier, value: Callable[[Site], str]) -> str:
    return value(supplier.sites[0]) if supplier.sites else ""
