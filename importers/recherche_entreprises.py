"""Imports saved answers of the API Recherche d'entreprises (business register): an establishment's state, closing date, NAF code, headcount, address."""

import re
from collections.abc import Iterator

from importers.emit import Row, emit
from importers.formats import JsonRow, load, read_json_rows
from importers.importer import Importer, Item, RefusedRow, Remark, Scope, Source, SupplierRecord

KEY = "recherche-entreprises"
# Field that we add to saved responses: the day of the request, which the API does not give.
ASKED_ON = "consulte_le"
_SIRET = re.compile(r"\d{14}", re.ASCII)
_STREET = ("numero_voie", "indice_repetition", "type_voie", "libelle_voie")


def _read(source: Source) -> Iterator[Item]:
    outside = 0
    rows: list[JsonRow | RefusedRow | Remark] = []
    units: dict[Row, tuple[str, str, str]] = {}
    for item in read_json_rows(load(source.path)):
        if not isinstance(item, JsonRow):
            rows.append(item)
            continue
        company = item.take("siren"), item.take("nom_raison_sociale", "nom_complet"), item.take(ASKED_ON)
        for establishment in _establishments(item):
            if source.wanted is not None and establishment.take("siret") not in source.wanted:
                outside += 1
            else:
                units[establishment] = company
                rows.append(establishment)
    if outside:
        yield Remark(1, f"Établissements hors du catalogue, non repris : {outside}.")
    yield from emit(rows, lambda row: _record(row, *units[row]))


def _establishments(unit: JsonRow) -> list[JsonRow]:
    """Return the establishments of a legal unit, each once: its seat with all fields, then those that match the search, with fewer."""
    json_rows: dict[str, JsonRow] = {}
    seat = unit.take_object("siege")
    for row in (*([seat] if seat else []), *unit.take_list("matching_etablissements")):
        if isinstance(row, JsonRow) and (siret := row.take("siret")):
            json_rows.setdefault(siret, row)
    return list(json_rows.values())


def _record(row: JsonRow, siren: str, name: str, asked_on: str) -> SupplierRecord:
    siret, insee = row.take("siret"), row.take("commune")
    latitude, longitude = row.take("latitude"), row.take("longitude")
    street = " ".join(filter(None, (row.take(column) for column in _STREET)))
    brands = [text for text in row.take_list("liste_enseignes") if isinstance(text, str) and text]
    # « successeurs » are SIRETs, or objects with one
    successions = row.take_object("successions")
    successors = (
        element if isinstance(element, str) else element.take("siret", "siret_successeur")
        for element in (successions.take_list("successeurs", "successeur") if successions else ())
    )
    successor = next((number for number in successors if _SIRET.fullmatch(number) and number != siret), "")
    x, y, projection = (longitude, latitude, "WGS84") if latitude and longitude else ("", "", "")
    record = SupplierRecord(
        source=KEY,
        source_ref=siret,
        line=row.line,
        name=name,
        siret=siret,
        siren=siren,
        brand=row.take("nom_commercial") or " ; ".join(brands[:1]),
        naf=row.take("activite_principale"),
        address=street,
        address_extra=row.take("complement_adresse"),
        post_code=row.take("code_postal"),
        city=row.take("libelle_commune"),
        insee=insee,
        departement=row.take("departement"),
        x=x,
        y=y,
        projection=projection,
        state=row.take("etat_administratif"),
        closed=row.take("date_fermeture"),
        successor=successor,
        headcount=row.take("tranche_effectif_salarie"),
        as_of=asked_on,
    )
    row.ignore(row.leftovers())  # other fields (lists of certificates) are useless to the catalogue
    return record


IMPORTER = Importer(
    key=KEY,
    title="API Recherche d’entreprises",
    publisher="Direction interministérielle du numérique, d’après Sirene (INSEE)",
    url="https://recherche-entreprises.api.gouv.fr",
    licence="Licence Ouverte",
    obtain="« entremise catalogue enrich » interroge l’API pour les SIRET du catalogue, à son rythme, et garde les réponses.",
    holds="Par SIRET : ouvert ou fermé et depuis quand, code NAF, tranche d’effectif, adresse et coordonnées. Complète les "
    "fournisseurs connus, n’en crée aucun.",
    at_least=0,
    read=_read,
    scope=Scope.ESTABLISHMENT,
)
