"""communes.csv, communes_anciennes.csv, epci.csv, departements.csv and regions.csv."""

import json
from collections import defaultdict
from typing import Any

from data.build.packages import decoupage, read_lzma, write_table
from data.build.polygons import commune_centroids

Entry = dict[str, Any]

EPCI_TYPES = {"CC": "Communauté de communes", "CA": "Communauté d'agglomération", "CU": "Communauté urbaine"}


def build() -> None:
    """Write the five tables, and print the share of current communes that are located."""
    current = current_communes()
    districts = [entry for entry in load("communes") if entry["type"] == "arrondissement-municipal"]
    centroids = commune_centroids(former_parts())
    _write_communes(current + districts, centroids)
    write_table("communes_anciennes.csv", ("code_ancien", "nom_ancien", "code_insee"), _former(current))
    _write_epci()
    _write_areas()
    located = sum(entry["code"] in centroids for entry in current)
    print(f"communes : {len(current)}, localisées : {located} ({located / len(current):.2%})")


def load(name: str) -> list[Entry]:
    """Return the entries of one file of decoupage-administratif."""
    entries: list[Entry] = json.loads((decoupage() / f"{name}.json").read_text(encoding="utf-8"))
    return entries


def current_communes() -> list[Entry]:
    """Return the communes of today, overseas collectivities included."""
    return [entry for entry in load("communes") if entry["type"] == "commune-actuelle"]


def former_parts() -> dict[str, list[str]]:
    """Return, for each commune born of a merger, the codes of the former communes that still have a name."""
    parts: dict[str, list[str]] = defaultdict(list)
    for entry in _former_communes():
        parts[entry["chefLieu"]].append(entry["code"])
    return parts


def _former_communes() -> list[Entry]:
    return [entry for entry in load("communes") if entry["type"] in ("commune-deleguee", "commune-associee")]


def _write_communes(entries: list[Entry], centroids: dict[str, tuple[float, float]]) -> None:
    epci = {member["code"]: group["code"] for group in load("epci") for member in group["membres"]}
    ept = {member["code"]: group["code"] for group in load("ept") for member in group["membres"]}
    current = {entry["code"]: entry for entry in entries}
    rows = []
    for entry in sorted(entries, key=lambda entry: str(entry["code"])):
        code, parent = entry["code"], entry.get("commune", "")
        lat, lon = (f"{degrees:.5f}" for degrees in centroids[code]) if code in centroids else ("", "")
        rows.append(
            (
                code,
                entry["nom"],
                " ".join(entry.get("codesPostaux", ())),
                entry["departement"],
                current[parent or code].get("arrondissement", ""),
                entry["region"],
                epci.get(parent or code, ""),
                ept.get(parent or code, ""),
                entry.get("population", ""),
                entry.get("siren", ""),
                lat,
                lon,
                parent,
            )
        )
    header = "code_insee nom codes_postaux departement arrondissement region epci ept population siren lat lon parent"
    write_table("communes.csv", header.split(), rows)


def _former(current: list[Entry]) -> list[tuple[str, str, str]]:
    """A former commune by its code, or by its name alone where it gave its code to the new one."""
    names = {entry["code"]: entry["nom"] for entry in current}
    rows = {
        (entry["code"], entry["nom"], entry["chefLieu"])
        for entry in _former_communes()
        if entry["nom"] != names.get(entry["code"])
    }
    named = {code for code, _, _ in rows}
    rows |= {
        (old, "", entry["code"])
        for entry in current
        for old in entry.get("anciensCodes", ())
        if old not in named and old not in names
    }
    return sorted(rows)


def _write_epci() -> None:
    full_names = {row["code"]: row["nom"] for row in read_lzma("epci")}
    rows = [
        (group["code"], full_names.get(group["code"]) or _spelled(group["nom"]), group["type"])
        for group in load("epci") + load("ept")
    ]
    write_table("epci.csv", ("siren", "nom", "type"), sorted(rows))


def _spelled(name: str) -> str:
    kind, _, rest = name.partition(" ")
    return f"{EPCI_TYPES[kind]} {rest}" if kind in EPCI_TYPES else name


def _write_areas() -> None:
    header = ("code", "nom", "region", "chef_lieu")
    write_table("departements.csv", header, sorted(_area(entry) for entry in load("departements")))
    regions = sorted((entry["code"], entry["nom"], entry.get("chefLieu", "")) for entry in load("regions"))
    write_table("regions.csv", ("code", "nom", "chef_lieu"), regions)


def _area(entry: Entry) -> tuple[str, str, str, str]:
    return entry["code"], entry["nom"], entry["region"], entry.get("chefLieu", "")
