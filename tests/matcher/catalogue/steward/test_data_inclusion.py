"""The catalogue as data·inclusion takes it: all that is written is valid by its own package; who cannot be told is counted with the reason."""

import json
from datetime import date
from typing import Any

import pytest
from data_inclusion.schema.v1 import Structure
from jsonschema import Draft202012Validator

from matcher.catalogue.identity.merge import GONE
from matcher.catalogue.steward.data_inclusion import untold
from matcher.catalogue.steward.export import FORMS
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Origin, Site
from tests.factories import supplier

KNOWN: dict[str, Any] = {"updated": date(2026, 10, 1), "origins": (Origin("finess", "1", date(2026, 10, 1)),)}
PLACED = Site(address="3 rue de la Gare", post_code="59000", city="Lille", insee="59350", lat=50.63, lon=3.06)
CENTRE = Site(post_code="20000", city="Ajaccio", insee="2A004", lat=41.93, lon=8.74, approximate=True)
EVERY = (
    supplier("Association A.B.", " ".join(SupplierKind), id="siret:01234567800012", siret="01234567800012", website="https://ab.example/x?y=1",
             description="Nous entretenons les berges.", sites=(PLACED, CENTRE), **KNOWN),
    supplier("Quanta " * 40, "TIH", id="equipe:3", description="x" * 20_000, **KNOWN),
    supplier("Sans rien", "ESAT", None, id="finess:590000001", description="Rien", **KNOWN),
)  # fmt: skip


def structures(*suppliers: Any) -> list[dict[str, Any]]:
    content = FORMS["data-inclusion"].content(suppliers, {"finess": "FINESS, Licence Ouverte"})
    found: list[dict[str, Any]] = json.loads(content)
    Draft202012Validator(FORMS["data-inclusion"].schema()).validate(found)
    return found


def test_every_structure_is_valid_without_a_warning() -> None:
    assert [untold(one) for one in EVERY] == ["", "", ""]
    for structure in structures(*EVERY):
        Structure.model_validate(structure, context={"ignore_warnings": False})
        assert structure["mentions"] == ["FINESS, Licence Ouverte"]
        assert structure["schema_version"]


def test_a_structure_says_what_is_known_and_no_more() -> None:
    full, long, bare = structures(*EVERY)
    assert (full["source"], full["id"], full["nom"]) == (
        "entremise",
        "entremise--siret:01234567800012",
        "Association A.B",
    )
    assert (full["code_insee"], full["longitude"], full["latitude"]) == ("59350", 3.06, 50.63)
    assert set(full["reseaux_porteurs"]) == {kind.lower() for kind in SupplierKind} - {"sep", "tih", "ess"}
    assert len(long["nom"]) <= 150
    assert bare["siret"] is bare["commune"] is bare["longitude"] is bare["description"] is bare["site_web"] is None


def test_the_centre_of_a_commune_is_no_address() -> None:
    (only,) = structures(supplier("Quanta", "EI", sites=(CENTRE,), **KNOWN))
    assert (only["commune"], only["longitude"]) == ("Ajaccio", None)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"updated": None}, "sans date de mise à jour connue"),
        ({"updated": date(1999, 12, 31)}, "sans date de mise à jour connue"),
        ({"active": False}, "dont un registre ou une source dit la fin"),
        ({"closed_reason": "fermé"}, "dont un registre ou une source dit la fin"),
        ({"flags": (GONE,)}, "dont un registre ou une source dit la fin"),
        ({"name": "A."}, "dont le nom a moins de 3 lettres"),
    ],
)
def test_who_cannot_be_told_is_left_out_with_the_reason(wrong: dict[str, Any], why: str) -> None:
    assert untold(supplier(**{"name": "Quanta", "kind": "EI", **KNOWN, **wrong})).startswith(why)
