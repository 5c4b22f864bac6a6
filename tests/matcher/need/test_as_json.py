"""The JSON shapes of the command contract: scripts and the API rely on these names."""

import json
from dataclasses import replace
from datetime import date

import pytest

from matcher.domain.age import DatedSource
from matcher.domain.match import BandCounts, WhyNot
from matcher.need.as_json import match_line, reading_line, shortlist_object, why_not_object
from tests.matcher.render.answers import ANSWER, KNOWN, POOR, READING, SIRET


def test_a_candidate() -> None:
    line = match_line(KNOWN, "berges")
    assert list(line)[:12] == [
        "lot_id", "rank", "band", "place", "id", "siret", "name", "kinds", "city", "score", "coverage", "distance_km",
    ]  # fmt: skip
    assert (line["lot_id"], line["rank"], line["siret"]) == ("berges", 1, SIRET)
    assert line["kinds"] == ["EA", "ESAT"]
    for contribution in line["contributions"]:
        assert contribution.keys() == {
            "signal",
            "label",
            "value",
            "weight",
            "points",
            "says",
            "stance",
            "question",
            "source",
        }
    assert sum(c["points"] for c in line["contributions"]) == pytest.approx(line["score"])
    assert sum(c["weight"] for c in line["contributions"]) == 100


def test_unknown_is_null() -> None:
    line = match_line(POOR, "")
    assert line["siret"] is None
    assert line["city"] is None
    assert line["distance_km"] is None
    assert {c["value"] for c in line["contributions"]} == {None}


def test_a_reading() -> None:
    line = reading_line(READING)
    assert {
        "lot_id",
        "activities",
        "places",
        "kinds_asked",
        "levier_hint",
        "doubts",
    } <= line.keys()
    assert line["activities"] == [
        {
            "code": "espaces-verts.creation-entretien",
            "label": "Création et entretien des espaces verts",
            "confidence": 0.87,
        }
    ]
    assert line["asked"] == ["espaces-verts.creation-entretien"]
    assert line["places"][1] == {
        "type": "departement",
        "code": "59",
        "name": "Nord",
        "lat": None,
        "lon": None,
        "origin": "acheteur",
    }
    assert line["kinds_asked"] == ["EA"]
    assert reading_line(replace(READING, levier_hint=""))["levier_hint"] is None


def test_a_whole_answer() -> None:
    answer = shortlist_object(ANSWER, 10)
    assert {"lot", "catalogue", "matches", "refused"} <= answer.keys()
    counts = {
        "connu": 1,
        "indice": 0,
        "a_appeler": 1,
        "autre": 0,
        "plus_loin": 0,
        "personnel": None,
        "titulaires": None,
        "non_eligibles": None,
    }
    assert answer["counts"] == counts
    again = replace(ANSWER, counts=replace(BandCounts(1, 0, 1, 0, 0), titulaires=1))
    assert shortlist_object(again, 10)["counts"]["titulaires"] == 1
    assert "2 structures à portée, dont 1 a déjà travaillé pour vous." in shortlist_object(again, 10)["answer"]
    assert answer["catalogue"] == {"version": 7, "suppliers": 5820}
    assert answer["sources"] == []
    sources = [DatedSource("finess", "FINESS", date(2021, 3, 8), date(2026, 11, 2))]
    sources.append(DatedSource("emplois", "Les emplois", None, date(2026, 11, 3)))
    assert shortlist_object(ANSWER, 10, sources)["sources"] == [
        {"source": "finess", "data_date": "2021-03-08", "imported": "2026-11-02"},
        {"source": "emplois", "data_date": None, "imported": "2026-11-03"},
    ]
    assert answer["date"] == "2026-12-01"
    assert [match["rank"] for match in answer["matches"]] == [1, 2]
    assert answer["screen"] == [KNOWN.id, POOR.id]
    assert shortlist_object(replace(ANSWER, matches=(POOR, KNOWN)), 1)["screen"] == [KNOWN.id], (
        "the known before the rank"
    )
    assert shortlist_object(replace(ANSWER, counts=None), 10)["screen"] == [], "a list frozen by version 0.1"
    assert [(r["reason"], r["count"]) for r in answer["refused"]] == [
        ("pas éligible à ce lot", 26),
        ("hors de sa zone", 1),
    ]


@pytest.mark.parametrize("match", [None, KNOWN])
def test_why_not(match: object) -> None:
    refused = ("pas éligible à ce lot",) if match is None else ()
    answer = why_not_object(READING, WhyNot("siret:1", "Nom", None if match is None else 1, refused, match))  # type: ignore[arg-type]
    assert answer.keys() == {"lot", "id", "name", "rank", "refused", "says", "choices", "match"}
    assert (answer["match"] is None) == (match is None)
    assert answer["refused"] == list(refused)


def test_everything_is_plain_json() -> None:
    value = shortlist_object(ANSWER, 10)
    assert json.loads(json.dumps(value, allow_nan=False)) == value
