"""Imports the structures of data·inclusion (schema versions 0 and 1; the national file or our own export) that belong to a network of suppliers."""

import re
from collections.abc import Iterator

from importers.emit import Row, emit
from importers.formats import Content, HeaderRule, JsonRow, load, read_json_rows, read_sheet_table
from importers.importer import Importer, Item, RefusedRow, Remark, Source, SupplierRecord

_TABLE = HeaderRule(
    needs=(("date_maj",), ("code_insee",), ("reseaux_porteurs", "typologie")),
    hint="Il faut le fichier « structures » de data·inclusion (JSON ou CSV), ou l’export « data-inclusion » d’un catalogue.",
)
# Networks of the schema whose members sell, by their acronym; the others accompany people.
_SELLERS = ("ei", "aci", "ai", "etti", "eiti", "geiq", "ea", "eatt", "esat")
_NO_SELLER = "aucun réseau de fournisseurs ({}) : la structure accompagne des personnes, elle n’est pas un fournisseur."
# Columns about reception of the public, and contacts of version 0, which may be persons.
_IGNORED = (
    # Metadata of our own export.
    *("schema_version", "mentions"),
    *("source", "lien_source", "horaires_accueil", "horaires_ouverture", "accessibilite_lieu", "accessibilite", "rna"),
    *("labels_nationaux", "labels_autres", "thematiques", "score_qualite", "doublons", "cluster_id"),
    *("_di_geocodage_score", "_di_geocodage_code_insee", "_cluster_id", "_is_best_duplicate", "antenne"),
    *("presentation_resume", "extra"),
)
_WORD = re.compile(r"[a-z0-9-]+")


def _read(source: Source) -> Iterator[Item]:
    return emit(_rows(source), _record)


def _rows(source: Source) -> Iterator[Row | RefusedRow | Remark]:
    file = load(source.path)
    if file.content is Content.JSON:
        yield from read_json_rows(file)
        return
    table = read_sheet_table(file, _TABLE)
    yield from table.remarks
    yield from table.rows


def _record(row: Row) -> Item:
    row.ignore(_IGNORED)
    listed = row.take_list("reseaux_porteurs") if isinstance(row, JsonRow) else ()
    written = " ".join(filter(None, (*map(str, listed), row.take("reseaux_porteurs", "typologie"))))
    networks = [word for word in dict.fromkeys(_WORD.findall(written.casefold())) if word in _SELLERS]
    if not networks:
        row.ignore(row.leftovers())
        return RefusedRow(row.line, _NO_SELLER.format(written or "réseau non dit"))
    latitude, longitude = row.take("latitude"), row.take("longitude")
    return SupplierRecord(
        source="data-inclusion",
        source_ref=row.take("id"),
        line=row.line,
        name=row.take("nom"),
        kind=", ".join(map(str.upper, networks)),
        siret=row.take("siret"),
        address=row.take("adresse"),
        address_extra=row.take("complement_adresse"),
        post_code=row.take("code_postal"),
        city=row.take("commune"),
        insee=row.take("code_insee"),
        x=longitude,
        y=latitude,
        projection="WGS84" if latitude and longitude else "",
        phone=row.take("telephone"),
        email=row.take("courriel"),
        website=row.take("site_web"),
        description=row.take("description", "presentation_detail"),
        as_of=row.take("date_maj"),
    )


IMPORTER = Importer(
    key="data-inclusion",
    title="data·inclusion",
    publisher="Plateforme de l’inclusion (GIP)",
    url="https://data.inclusion.gouv.fr",
    licence="Licence Ouverte 2.0, selon la source de chaque structure",
    obtain="Sur data.gouv.fr, « Référentiel de l’offre d’insertion sociale et professionnelle », fichier « structures » (JSON ou CSV) ; ou "
    "l’export d’un catalogue : « entremise export --format data-inclusion ».",
    holds="Structures d’insertion de toutes sources au schéma national (version 1) ; celles d’un réseau de fournisseurs (EI, ACI, AI, ETTI, EITI, "
    "GEIQ, EA, EATT, ESAT) sont reprises : SIRET, nom, adresse, contact, présentation, date de mise à jour.",
    at_least=1,
    read=_read,
)
