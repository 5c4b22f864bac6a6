"""The shipped sample: three small directories of invented suppliers in Hauts-de-France, in the real formats.

Names, numbers and addresses are fictional; SIREN start with 0001, a range that is not in use. Towns and coordinates are real,
so that distances mean something. Written from `samples_siae.csv`, `samples_stpa.csv` and the lots below: the same tables give
the same files.
"""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

from stdnum import luhn

from matcher.reference.geography.communes import communes_named

TABLES = Path(__file__).parent
SAMPLES = TABLES.parent / "samples"
DATE = "2026-10-01"

LOTS = (
    {
        "lot_id": "berges",
        "objet": "Entretien des espaces verts et des berges de la Sambre",
        "lieu": "Maubeuge",
        "levier": "12",
        "montant": 180000,
        "duree": 12,
    },
    {"lot_id": "traiteur", "objet": "Prestations de traiteur pour les réceptions de la plateforme", "lieu": "Lille"},
    {"lot_id": "archives", "objet": "Reconditionnement d’archives linéaires", "lieu": "Arras", "levier": "13"},
    {
        "lot_id": "agents",
        "objet": "Remplacement d’agents de nettoyage et de restauration collective dans les collèges",
        "lieu": "dep:62",
        "levier": "13",
    },
)


@dataclass(frozen=True, slots=True)
class Town:
    """Where an invented supplier stands: a real commune and its centroid."""

    code: str
    name: str
    post_code: str
    lat: float
    lon: float


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the tables beside this script, in their order: a supplier's rank makes its numbers."""
    with (TABLES / f"samples_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def town(name: str) -> Town:
    """Look a commune of Hauts-de-France up. Raises ValueError where it is not located."""
    found = communes_named(name, ("02", "59", "60", "62", "80"))[0]
    if found.lat is None or found.lon is None:
        raise ValueError(name)
    return Town(found.code, found.name, found.post_codes[0], found.lat, found.lon)


def siret(rank: int) -> str:
    """A SIRET with valid check digits in the unused range 0001."""
    siren = f"0001{rank:04d}"
    siren += luhn.calc_check_digit(siren)
    return (base := f"{siren}0001") + luhn.calc_check_digit(base)


def _stpa_siret(row: dict[str, str], rank: int) -> str:
    return siret(100 + rank) if row["siret_connu"] == "oui" else ""


def phone(rank: int) -> str:
    """A number of the range that the Arcep keeps for fiction: that of the supplier of this rank in `club_fournisseurs.csv`."""
    return f"03 53 01 20 {rank:02d}"


def emplois() -> str:
    """The marché shape of Les emplois."""
    results = []
    for rank, row in enumerate(table("siae"), start=1):
        at = town(row["commune"])
        results.append(
            {
                "id": rank, "siret": siret(rank), "naf": row["naf"], "kind": row["type"], "name": row["nom"], "brand": "",
                # One in five gives none: what is not known is part of the sample.
                "phone": phone(rank) if rank % 5 else None, "email": None, "website": "", "description": row["presentation"], "address_line_1": row["rue"], "address_line_2": "",
                "post_code": at.post_code, "city": at.name, "department": at.code[:2],
                "source": "GEIQ" if row["type"] == "GEIQ" else "ASP",
                "latitude": round(at.lat + 0.002 * (rank % 3), 5), "longitude": round(at.lon - 0.002 * (rank % 5), 5),
                "convention_is_active": True, "convention_asp_id": None, "admin_name": None, "admin_email": None,
            }
        )  # fmt: skip
    return (
        json.dumps(
            {"count": len(results), "next": None, "previous": None, "results": results}, ensure_ascii=False, indent=1
        )
        + "\n"
    )


def finess() -> str:
    """The etalab extract: no header, a first block of establishments, a second of coordinates."""
    from pyproj import Transformer

    project = Transformer.from_crs(4326, 2154, always_xy=True)
    first, second, siae = [], [], len(table("siae"))
    for rank, row in enumerate(table("stpa"), start=1):
        at = town(row["commune"])
        name = row["nom"]
        number = f"99{at.code[:2]}{rank:05d}"
        category, label = (
            ("246", "Etablissement et Service d'Aide par le Travail (E.S.A.T.)")
            if row["type"] == "ESAT"
            else ("247", "Entreprise adaptée")
        )
        way_number, _, way = row["rue"].partition(" ")
        upper = at.name.upper().replace("-", " ").replace("’", " ")
        cells = [
            "structureet", number, f"99{at.code[:2]}9{rank:04d}", name[:38], name[:60], "", "", way_number, "", way.upper(), "", "",
            at.code[2:], at.code[:2], "", f"{at.post_code} {upper}", phone(siae + rank) if row["siret_connu"] == "oui" else "", "", category, label, "", "",
            _stpa_siret(row, rank), "8810C", "", "", "", "", "1990-01-01", "", DATE, "",
        ]  # fmt: skip
        first.append(";".join(cells))
        x, y = project.transform(at.lon + 0.003 * (rank % 4), at.lat)
        second.append(f"geolocalisation;{number};{x:.1f};{y:.1f};1,EXEMPLE,100,IGN,BD_ADRESSE,V2.1,LAMBERT_93;{DATE}")
    return "\n".join([f"finess;etalab;96;{DATE}", *first, *second]) + "\n"


def hosmoz() -> str:
    """The Hosmoz export: trades and workforce of those that declare them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            "Id", "Raison Sociale", "Siren", "Siret", "Siret 2", "Catégorie", "Adresse", "Lieudit/BP", "Code Postal", "Ville",
            "Tel public", "Email", "Nombre de travailleurs dans la structure (en ETP)", "Pôles de compétences",
            "Adhérent Hosmoz", "URL",
        ]
    )  # fmt: skip
    for rank, row in enumerate(table("stpa"), start=1):
        if not row["metiers"]:
            continue
        at = town(row["commune"])
        number = _stpa_siret(row, rank)
        writer.writerow(
            [
                rank, row["nom"], number[:9], number, "", row["type"], row["rue"], "", at.post_code, at.name,
                "", "", row["etp"], row["metiers"], "Oui", "",
            ]
        )  # fmt: skip
    return out.getvalue()


def build() -> None:
    """Write the four files of data/samples."""
    lots = "".join(json.dumps(lot, ensure_ascii=False) + "\n" for lot in LOTS)
    for name, content in (
        ("emplois.json", emplois()),
        ("finess.csv", finess()),
        ("hosmoz.csv", hosmoz()),
        ("lots.jsonl", lots),
    ):
        (SAMPLES / name).write_text(content, encoding="utf-8")
