"""The catalogue as a file: every fact, unknown as unknown, nothing that a spreadsheet would run."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from data_inclusion.schema.v1 import Structure
from jsonschema import Draft202012Validator
from python_calamine import CalamineWorkbook

from matcher.catalogue.identity.merge import GONE
from matcher.catalogue.steward.export import CSV_COLUMNS, FORMS, outside_schema, to_catalogue_csv, to_geojson, to_jsonl
from matcher.catalogue.steward.export_schema import MENTIONS, SCHEMA_VERSION
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Activity, Evidence, Origin, Reference, RefusedActivity, Site
from tests.factories import declares, supplier

FULL = supplier(
    "=cmd()",
    "EA ESAT",
    id="siret:01234567800012",
    siret="01234567800012",
    siren="012345678",
    finess=("590000001",),
    workers=11.5,
    activities=declares("linge.blanchisserie"),
    sites=(
        Site(city="Lille", insee="59350", post_code="59000", lat=50.63, lon=3.06),
        Site(city="Arras", lat=50.29, lon=2.78, approximate=True),
    ),
    origins=(Origin("finess", "590000001", date(2026, 10, 1)), Origin("hosmoz", "7", None)),
    updated=date(2026, 10, 1),
)
BARE = supplier("Nu", "", None)
KNOWN: dict[str, Any] = {"updated": date(2026, 10, 1), "origins": (Origin("finess", "1", date(2026, 10, 1)),)}
PLACED = Site(address="3 rue de la Gare", post_code="59000", city="Lille", insee="59350", lat=50.63, lon=3.06)
CENTRE = Site(post_code="20000", city="Ajaccio", insee="2A004", lat=41.93, lon=8.74, approximate=True)
EVERY = (
    supplier("Association A.B.", " ".join(SupplierKind), id="siret:01234567800012", siret="01234567800012", website="https://ab.example/x?y=1",
             description="Nous entretenons les berges.", sites=(PLACED, CENTRE), **KNOWN),
    supplier("Quanta " * 40, "TIH", id="equipe:3", description="x" * 20_000, **KNOWN),
    supplier("Sans rien", "ESAT", None, id="finess:590000001", description="Rien", **KNOWN),
)  # fmt: skip


def test_json_lines_hold_every_fact_and_null_where_unknown() -> None:
    full, bare = map(json.loads, to_jsonl([FULL, BARE]).splitlines())
    assert full["siret"] == "01234567800012"
    assert full["finess"] == ["590000001"]
    assert full["kinds"] == ["EA", "ESAT"]
    assert [site["city"] for site in full["sites"]] == ["Lille", "Arras"]
    assert full["activities"][0]["code"] == "linge.blanchisserie"
    assert full["sources"] == [
        {"source": "finess", "ref": "590000001", "date": "2026-10-01"},
        {"source": "hosmoz", "ref": "7", "date": None},
    ]
    assert bare["siret"] is bare["workers"] is bare["updated"] is bare["active"] is None
    assert bare["kinds"] == bare["sites"] == bare["activities"] == []


def test_csv_reads_back_and_runs_nothing() -> None:
    text = to_catalogue_csv([FULL, BARE]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert list(rows[0]) == [*(column.name for column in CSV_COLUMNS), MENTIONS]
    assert rows[0]["Fournisseur"] == "'=cmd()"
    assert rows[0]["SIRET"] == "01234567800012"
    assert rows[0]["Effectif"] == "11,5"
    assert rows[1]["Effectif"] == rows[1]["SIRET"] == ""


def test_geojson_has_one_point_a_located_site_longitude_first() -> None:
    features = json.loads(to_geojson([FULL, BARE]))["features"]
    assert [feature["geometry"]["coordinates"] for feature in features] == [[3.06, 50.63], [2.78, 50.29]]
    assert features[1]["properties"]["approximate"] is True


def test_what_is_presumed_says_by_which_evidence_and_in_which_words() -> None:
    guessed = supplier(
        "Blanchisserie du Lac",
        "AI",
        naf="9601A",
        description="Nous proposons la blanchisserie et la tonte.",
        activities=(
            *declares("espaces-verts.elagage"),
            Activity("linge.repassage", "Repassage", Evidence.SITE, "site"),
        ),
        refused_activities=(RefusedActivity("espaces-verts.creation-entretien", "tonte", None),),
    )
    (line,) = map(json.loads, to_jsonl([guessed]).splitlines())
    by = {(its["code"], its["evidence"]) for its in line["presumed"]}
    assert {("linge.blanchisserie", evidence) for evidence in ("naf", "nom", "presentation")} <= by
    assert ("linge.repassage", "site") in by
    assert {
        "code": "linge.blanchisserie",
        "label": "Blanchisserie",
        "evidence": "presentation",
        "said": "Nous proposons la blanchisserie et la tonte",
    } in line["presumed"]
    assert not {code for code, _ in by} & {
        "espaces-verts.elagage",
        "espaces-verts.creation-entretien",
        "conseil.mise-a-disposition",
    }


WON = supplier(
    "Lauréat",
    "EI",
    references=(Reference("decp", "2026-1", True, "Tonte", ""),),
    website="https://laureat.example",
    active=False,
)
MENTION = {"finess": "FINESS, Licence Ouverte"}


def test_each_form_says_what_keeps_a_supplier_out() -> None:
    said = {name: [form.untold(one) for one in (FULL, BARE)] for name, form in FORMS.items()}
    assert said["jsonl"] == said["csv"] == ["", ""]
    assert said["geojson"] == ["", "sans coordonnées connues"]


@pytest.mark.parametrize("name", ["jsonl", "geojson"])
def test_json_is_what_its_schema_says_and_carries_its_version_and_mentions(name: str) -> None:
    form = FORMS[name]
    schema = form.schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    content = form.content([FULL, BARE, WON], MENTION)
    assert isinstance(content, str)
    for line in content.splitlines():
        its = json.loads(line)
        validator.validate(its)
        assert its["schema_version"] == schema["schema_version"] == SCHEMA_VERSION
        del its["schema_version"]
        assert not validator.is_valid(its)
    assert MENTION["finess"] in content


def test_each_property_of_a_line_is_described() -> None:
    schema = FORMS["jsonl"].schema()
    properties = schema["$defs"]["Fournisseur"]["properties"]
    assert [name for name, its in properties.items() if name != "schema_version" and not its["description"]] == []
    assert list(properties) == list(json.loads(to_jsonl([BARE])))
    assert properties["active"]["description"] == "Convention : vrai, en cours ; faux, terminée."
    assert "€" in properties["turnover"]["description"]


def test_a_workbook_has_the_columns_of_the_csv_and_its_numbers_as_numbers() -> None:
    content = FORMS["xlsx"].file([FULL, BARE], MENTION)
    assert isinstance(content, bytes)
    assert content == FORMS["xlsx"].file([FULL, BARE], MENTION), "the same suppliers, the same bytes"
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    told = list(csv.reader(io.StringIO(to_catalogue_csv([FULL, BARE], MENTION).decode("utf-8-sig")), delimiter=";"))
    assert head == told[0]
    siret, sites = head.index("SIRET"), head.index("Sites")
    assert [row[siret] for row in rows] == [line[siret] for line in told[1:]], "a number that is a code stays a text"
    assert [row[sites] for row in rows] == [float(line[sites]) for line in told[1:]]


def test_a_csv_is_what_its_table_schema_says() -> None:
    schema = FORMS["csv"].schema()
    rows = list(
        csv.DictReader(io.StringIO(to_catalogue_csv([FULL, BARE, WON], MENTION).decode("utf-8-sig")), delimiter=";")
    )
    assert [field["name"] for field in schema["fields"]] == list(rows[0])
    read = {
        "string": str,
        "integer": int,
        "date": date.fromisoformat,
        "number": lambda cell: float(cell.replace(",", ".")),
    }
    for row in rows:
        for field in schema["fields"]:
            if row[field["name"]] not in schema["missingValues"]:
                read[field["type"]](row[field["name"]])
    types = {field["name"]: (field["type"], field.get("decimalChar")) for field in schema["fields"]}
    assert types["Effectif"] == ("number", ",")
    assert types["SIRET"] == ("string", None)
    assert types["Dernière source"][0] == "date"
    assert schema["schema_version"] == SCHEMA_VERSION


def structures(*suppliers: Any) -> list[dict[str, Any]]:
    content = FORMS["data-inclusion"].content(suppliers, {"finess": "FINESS, Licence Ouverte"})
    found: list[dict[str, Any]] = json.loads(content)
    Draft202012Validator(FORMS["data-inclusion"].schema()).validate(found)
    return found


def test_every_structure_is_valid_without_a_warning() -> None:
    assert [outside_schema(one) for one in EVERY] == ["", "", ""]
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
    assert outside_schema(supplier(**{"name": "Quanta", "kind": "EI", **KNOWN, **wrong})).startswith(why)
