"""Imports the SIAE and GEIQ (insertion employers) of Les emplois de l'inclusion, from JSON of its service API (`/api/v1/marche/`) or open API
(`/api/v1/siaes/`)."""

import re
from collections.abc import Iterator

from importers.emit import emit
from importers.formats import JsonRow, load, read_json_rows
from importers.importer import Claim, Importer, Item, RefusedRow, Source, SupplierRecord

_NOT_SUPPLIERS = {
    "OPCS": "organisation porteuse de la clause sociale : elle accompagne les acheteurs, elle n’est pas un fournisseur.",
    "RESERVED": "numéro réservé dans Les emplois : la structure n’est pas encore créée.",
}
# Name and e-mail of the administrator (personal data), and fields useless to the catalogue.
_IGNORED = ("admin_name", "admin_email", "source", "convention_asp_id", "cree_le", "bloque_candidatures")
_SIREN_LENGTH = 9
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:~\d+)?", re.IGNORECASE)


def _read(source: Source) -> Iterator[Item]:
    return emit(read_json_rows(load(source.path)), _record)


def _record(row: JsonRow) -> Item:
    row.ignore(_IGNORED)
    kind = row.take("kind", "type")
    if kind in _NOT_SUPPLIERS:
        row.ignore(row.leftovers())
        return RefusedRow(row.line, f"{kind} : {_NOT_SUPPLIERS[kind]}")
    number = row.take("siret")
    latitude, longitude = row.take("latitude"), row.take("longitude")
    # A branch with a fictitious SIRET is given with its organisation's SIREN only.
    is_siren = len(number) == _SIREN_LENGTH
    posts = row.take_list("postes")
    labels = [post.take("rome") for post in posts if isinstance(post, JsonRow)]
    return SupplierRecord(
        source="emplois",
        source_ref=row.take("id") or f"{number}-{kind}",
        line=row.line,
        name=row.take("name", "raison_sociale"),
        kind=kind,
        siret="" if is_siren else number,
        siren=number if is_siren else "",
        brand=row.take("brand", "enseigne"),
        naf=row.take("naf"),
        address=row.take("address_line_1", "addresse_ligne_1"),
        address_extra=row.take("address_line_2", "addresse_ligne_2"),
        post_code=row.take("post_code", "code_postal"),
        city=row.take("city", "ville"),
        departement=row.take("department", "departement"),
        x=longitude,
        y=latitude,
        projection="WGS84" if latitude and longitude else "",
        phone=row.take("phone", "telephone"),
        email=row.take("email", "courriel"),
        website=row.take("website", "site_web"),
        description=row.take("description"),
        claims=tuple(Claim("rome", label) for label in dict.fromkeys(labels) if label),
        active=row.take("convention_is_active"),
        as_of=row.take("mis_a_jour_le"),
    )


IMPORTER = Importer(
    key="emplois",
    title="Les emplois de l’inclusion",
    publisher="Plateforme de l’inclusion (DGEFP)",
    url="https://emplois.inclusion.beta.gouv.fr",
    licence="API publique ; conditions de réutilisation à vérifier auprès de la Plateforme de l’inclusion",
    obtain="Sans compte : « entremise fetch emplois » lit l’API ouverte, département par département, à son rythme (dix minutes "
    "environ), et importe. À la main : enregistrez les pages de /api/v1/siaes/?departement=62&page_size=1000 (le paramètre "
    "« departement » ou « code_insee » est obligatoire, 12 requêtes par minute). Avec un jeton de service : celles de "
    "/api/v1/marche/?page_size=1000. Plusieurs pages peuvent se suivre dans un même fichier JSON.",
    holds="SIAE conventionnées (EI, ACI, AI, ETTI, EITI) et GEIQ : SIRET, nom, adresse, contact ; avec l’API ouverte, les "
    "métiers (ROME) des postes ; avec l’API de service, le code NAF et les coordonnées. Plus d’EA ni d’EATT depuis mai 2026.",
    at_least=3000,
    read=_read,
    # numbers of the service API, UUIDs of the open API, or our own SIRET and kind
    numbering=lambda ref: "nombre" if ref.isdecimal() else "uuid" if _UUID.fullmatch(ref) else "siret",
)
