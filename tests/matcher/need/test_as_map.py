"""A ranked list as a map: a point a candidate, what is not located kept, and a schema that the file holds."""

import json
from collections.abc import Collection
from datetime import date

import jsonschema

from matcher.domain.age import DatedSource
from matcher.domain.contact_details import ContactDetails, LocatedPoint
from matcher.need.as_map import answers_geojson
from tests.matcher.render.answers import ANSWER, NOBODY, SIRET


def contacts_of(ids: Collection[str]) -> dict[str, ContactDetails]:
    located = ContactDetails(SIRET, "03 27 00 00 00", point=LocatedPoint(50.2781, 3.9727, approximate=True))
    return {key: located for key in ids if key == f"siret:{SIRET}"}


def test_each_candidate_is_a_feature_and_the_longitude_comes_first() -> None:
    file = answers_geojson([ANSWER], contacts_of, [DatedSource("essai", "Essai", date(2026, 3, 1), date(2026, 3, 2))])
    written = json.loads(file.content)
    jsonschema.validate(written, dict(file.schema()))
    assert written["type"] == "FeatureCollection"
    assert written["attribution"] == ["Essai : données de mars 2026"]
    assert [one["properties"]["id"] for one in written["features"]] == [match.id for match in ANSWER.matches]
    located, *others = written["features"]
    assert located["geometry"] == {"type": "Point", "coordinates": [3.9727, 50.2781]}
    assert (located["properties"]["phone"], located["properties"]["approximate"]) == ("03 27 00 00 00", True)
    assert others
    for other in others:  # not located, and not lost
        assert other["geometry"] is None
        assert other["properties"]["approximate"] is other["properties"]["phone"] is None


def test_a_list_of_nobody_is_a_map_of_nothing() -> None:
    file = answers_geojson([NOBODY], contacts_of)
    written = json.loads(file.content)
    jsonschema.validate(written, dict(file.schema()))
    assert written["features"] == written["attribution"] == []
