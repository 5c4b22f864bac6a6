"""The catalogue as a file: every fact, unknown as unknown, nothing that a spreadsheet would run."""

import csv
import io
import json
from datetime import date

import pytest
from jsonschema import Draft202012Validator
from python_calamine import CalamineWorkbook

from matcher.catalogue.steward.export import CSV_COLUMNS, FORMS, to_csv, to_geojson, to_jsonl
from matcher.catalogue.steward.export_schema import MENTIONS, SCHEMA_VERSION
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
    text = to_csv([FULL, BARE]).decode("utf-8-sig")
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
    told = list(csv.reader(io.StringIO(to_csv([FULL, BARE], MENTION).decode("utf-8-sig")), delimiter=";"))
    assert head == told[0]
    siret, sites = head.index("SIRET"), head.index("Sites")
    assert [row[siret] for row in rows] == [line[siret] for line in told[1:]], "a number that is a code stays a text"
    assert [row[sites] for row in rows] == [float(line[sites]) for line in told[1:]]


def test_a_csv_is_what_its_table_schema_says() -> None:
    schema = FORMS["csv"].schema()
    rows = list(csv.DictReader(io.StringIO(to_csv([FULL, BARE, WON], MENTION).decode("utf-8-sig")), delimiter=";"))
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
