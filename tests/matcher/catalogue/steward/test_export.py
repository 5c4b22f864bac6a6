"""The catalogue as a file: every fact, unknown as unknown, nothing that a spreadsheet would run."""

import csv
import io
import json
from datetime import date

from matcher.catalogue.steward.export import CSV_COLUMNS, MENTIONS, to_csv, to_geojson, to_jsonl
from matcher.domain.supplier import Activity, Evidence, Origin, RefusedActivity, Site
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
    assert list(rows[0]) == [*(name for name, _ in CSV_COLUMNS), MENTIONS]
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
