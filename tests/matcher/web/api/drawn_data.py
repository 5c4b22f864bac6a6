"""Schemas of the `data` of decisions, which `make api` draws from answers of the sample: data/reference/reponses_api.json.

No shape of these answers is declared: what they hold is drawn, then loosened, for another answer may have a key more, or null where these have not.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.db import open_database
from matcher.paths import shipped_path
from matcher.render.described_file import jsonl_file
from matcher.web import create_app
from matcher.web.api.frame.endpoint import ENDPOINTS, Endpoint
from matcher.web.api.frame.openapi import DRAWN
from matcher.web.frame.problem import API_ROOT
from tests.conftest import SAMPLES

_GREEN = {"objet": "Entretien des espaces verts", "lieu": "Maubeuge"}
_LAST = {"objet": "Blanchisserie", "lieu": "Ajaccio"}
# What is asked beside the example of each door, so that more of an answer is seen.
MORE: Mapping[str, tuple[dict[str, Any], ...]] = {
    "opinion": (
        {**_GREEN, "montant": 15000, "etp": "1,5", "nature": "autre"},
        {**_LAST, "montant": 900000, "duree": 48, "acheteur_siret": "21590392700012"},
        {"objet": "Travaux de rénovation de façades", "lieu": "Nord", "hours": "4000"},
    ),
    "groupement": ({"needs": ["Tonte", "Nettoyage de locaux"], "places": ["Maubeuge"], "lever": "12", "etp": "2"},),
    "allotment": (
        {
            "need": "Entretien des espaces verts",
            "sites": [{"name": name, "place": name, "quantity": 2} for name in ("Maubeuge", "Lille", "Arras", "Nulle part")],
            "wanted": 1,
        },
    ),
    "clause": (
        {
            "contracts": [
                {"objet": "Travaux de peinture", "places": ["Lille"], "euros": 400000, "percentage": 5, "months": 18, "start": "2027-01-04"},
                {"objet": "Nettoyage de locaux", "places": ["Arras"], "hours": 600, "split": {"etti": 300}},
            ]
        },
    ),
    "clause_hours": ({"lots": [_GREEN, {**_LAST, "montant": 250000, "duree": 36, "hourly": 20}], "charter": True, "floor": 50000},),
    "coverage": ({"lots": [_GREEN, _LAST], "territory": "Nord", "kinds": ["ACI", "ESAT"]},),
    "programme": (
        {
            "columns": ["Objet", "CPV", "Commune", "Montant TTC", "Durée"],
            "rows": [["Tonte", "77310000", "Maubeuge", 12000, "12 mois"], ["zzz", "", "", "douze", ""], ["Total", "", "", 12000, ""]],
            "vat": 20,
            "period": "an",
        },
    ),
    "spending": (
        {"columns": ["SIRET", "Montant", "CPV", "NAF"], "rows": [["00010001600013", "12 k€", "77310000", ""], ["552100554", 5, "", "81.21Z"]]},
    ),
    "families": ({"columns": ["CPV", "Montant", "Année"], "rows": [["77310000", 50000, 2025], ["90910000", None, 2024]]},),
    "verification": ({"numbers": ["zz", "00010001600013", "00010105500010"]},),
    "report": ({"year": 2025, "years": 2},),
}  # fmt: skip
_NAMED = re.compile(r"[a-z][a-z0-9_]*")


def asked(client: FlaskClient, name: str, door: Endpoint) -> Iterator[Any]:
    """Yield the `data` that a door answers to each of its examples."""
    for example in (door.example, *MORE[name]):
        address = f"{API_ROOT}{door.rule}"
        its = client.get(address, query_string=example) if door.method == "GET" else client.post(address, json=example)
        if its.status_code != 200:
            raise ValueError(f"{name}: {its.text}")
        yield its.json["data"]


def loosened(schema: Mapping[str, Any], *, inside: bool = True) -> dict[str, Any]:
    """Return a schema that was drawn without what another answer may gainsay: keys always there, numbers always whole, nothing ever null."""
    drawn = schema.get("type", [])
    types = {"number" if one == "integer" else one for one in ([drawn] if isinstance(drawn, str) else drawn)}
    if len(types - {"null"}) != 1:
        return {}
    (kind,) = types - {"null"}
    if kind == "array":
        return {"type": kind if types == {kind} else [kind, "null"], "items": loosened(schema["items"], inside=False)}
    told: dict[str, Any] = {"type": [kind, "null"] if inside else kind}
    keys: Mapping[str, Any] = schema.get("properties", {})
    if kind == "object" and keys and all(map(_NAMED.fullmatch, keys)):
        told["properties"] = {key: loosened(its) for key, its in keys.items()}
    return told


def drawn(client: FlaskClient) -> dict[str, Any]:
    """Return the schema of the data of each door that declares none, by the name of its operation."""
    doors = ((name.rpartition(".")[2], door) for name, door in ENDPOINTS.items())
    return {
        name: loosened(jsonl_file(asked(client, name, door)).schema(), inside=False)
        for name, door in doors
        if name in MORE
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder).as_posix()}/exemple.sqlite")
        for key, file in SAMPLES:
            run_import(engine, REGISTRY[key], [Source(shipped_path(f"data/samples/{file}"))], now=datetime(2026, 11, 1))  # noqa: DTZ001
        found = json.dumps(drawn(create_app(engine).test_client()), ensure_ascii=False, indent=1, sort_keys=True)
        DRAWN.write_text(f"{found}\n", encoding="utf-8")
        engine.dispose()
