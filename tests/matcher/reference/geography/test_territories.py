"""Communes, EPCI, départements, régions: what the shipped tables must hold and how they are looked up."""

import csv
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.paths import shipped
from matcher.reference.geography.communes import (
    commune,
    commune_arrays,
    commune_by_siren,
    communes_begun,
    communes_named,
    communes_of_departement,
    communes_of_epci,
    communes_of_post_code,
    current_commune,
    distance_km,
    nearest_commune,
)
from matcher.reference.geography.place_names import place_key
from matcher.reference.geography.territories import (
    arrondissements,
    departement,
    departement_named,
    departements,
    epci,
    epci_named,
    everyday_words,
    foreign_names,
    nuts_departements,
    place_aliases,
    region,
    region_named,
    territory_of_siren,
)


def test_nearly_all_current_communes_are_located() -> None:
    arrays = commune_arrays()
    current = [rank for rank, code in enumerate(arrays.codes) if code[:3] not in ("132", "693", "751")]
    located = ~np.isnan(arrays.lat[current])
    assert len(current) > 34_900
    assert located.mean() >= 0.995


def test_metropolitan_centroids_lie_in_france() -> None:
    arrays = commune_arrays()
    metropolitan = [rank for rank, code in enumerate(arrays.departements) if len(code) == 2]
    lat, lon = arrays.lat[metropolitan], arrays.lon[metropolitan]
    assert np.nanmin(lat) > 41.3
    assert np.nanmax(lat) < 51.1
    assert np.nanmin(lon) > -5.2
    assert np.nanmax(lon) < 9.6


def test_towns_are_known_by_what_their_name_begins_with() -> None:
    assert [town.name for town in communes_begun("EVRY")] == ["Évry-Courcouronnes"]
    assert [town.name for town in communes_begun("BRUAY")] == ["Bruay-la-Buissière", "Bruay-sur-l'Escaut"]
    assert communes_begun("QUESNOY", "LE") == []
    assert place_key("Villeneuve-lez-Avignon") == place_key("VILLENEUVE LES AVIGNON")


def test_unknown_population_is_not_zero() -> None:
    entry = commune("98411")
    assert entry is not None
    assert entry.population is None
    assert math.isnan(commune_arrays().population[commune_arrays().codes.index("98411")])


def test_every_arrondissement_is_located_and_knows_its_commune() -> None:
    districts = [entry for code in commune_arrays().codes if (entry := commune(code)) and entry.parent]
    assert len(districts) == 45
    assert {entry.parent for entry in districts} == {"75056", "69123", "13055"}
    assert all(entry.lat is not None for entry in districts)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("59392", "Maubeuge"),
        ("50639", "Villedieu-les-Poêles-Rouffigny"),
        ("50173", "Cherbourg-en-Cotentin"),
        ("9A105", "Basse-Terre"),
        ("9D411", "Saint-Denis"),
        ("1004", "Ambérieu-en-Bugey"),
        ("2a004", "Ajaccio"),
        ("75113", "Paris 13e Arrondissement"),
    ],
)
def test_codes_old_and_new_resolve(code: str, name: str) -> None:
    found = current_commune(code)
    assert found is not None
    assert found.name == name


def test_every_old_code_leads_to_a_current_commune() -> None:
    with shipped("data/reference/communes_anciennes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) > 4_000
    assert all(commune(row["code_insee"]) for row in rows)


@pytest.mark.parametrize("code", ["", "99999", "abc", "62", "621930"])
def test_a_code_that_does_not_exist_gives_none(code: str) -> None:
    assert current_commune(code) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("MAUBEUGE", "59392"),
        ("st jean de braye", "45284"),
        ("Saint-Jean-de-Braye", "45284"),
        ("PARIS 13", "75113"),
        ("LYON 3EME", "69383"),
        ("Marseille 1er Arrondissement", "13201"),
        ("Arras CEDEX 9", "62041"),
        ("Paris Cedex 09", "75109"),
        ("Havre", "76351"),
        ("Le Havre", "76351"),
        ("L’Haÿ-les-Roses", "94038"),
        ("CHALON S/SAONE", "71076"),
        ("Oeuilly", "51410"),
    ],
)
def test_names_are_found_however_they_are_written(name: str, code: str) -> None:
    assert communes_named(name)[0].code == code


def test_homonyms_are_most_populated_first_or_of_the_departement() -> None:
    assert [entry.code for entry in communes_named("Saint-Denis")][:2] == ["97411", "93066"]
    assert [entry.code for entry in communes_named("Saint-Denis", ["93"])] == ["93066"]


def test_post_codes() -> None:
    assert communes_of_post_code("59600")[0].name == "Maubeuge"
    assert [entry.code for entry in communes_of_post_code("75013")] == ["75113"]
    assert communes_of_post_code("62022") == ()


def test_territories_hold_their_communes() -> None:
    assert "59392" in communes_of_epci("200043396")
    assert "93066" in communes_of_epci("200057867")
    assert "59392" in communes_of_departement("59")
    assert len(communes_of_departement("75")) == 1
    hauts_de_france = region("32")
    assert hauts_de_france is not None
    assert hauts_de_france.departements == ("02", "59", "60", "62", "80")


def test_names_of_territories() -> None:
    assert [group.siren for group in epci_named("Communauté d’agglomération du Beauvaisis")] == ["200067999"]
    assert [group.siren for group in epci_named("CC Faucigny - Glières")] == ["200000172"]
    assert (county := departement_named("PAS DE CALAIS"))
    assert county.code == "62"
    assert (land := region_named("ex-Picardie"))
    assert land.former
    assert land.departements == ("02", "60", "80")
    assert (today := region_named("Hauts de France"))
    assert not today.former
    assert (ain := departement("1"))
    assert ain.name == "Ain"
    assert epci("000000000") is None


@pytest.mark.parametrize(
    ("siren", "codes", "exact"),
    [
        ("215903923", ("insee:59392",), True),
        ("200043396", ("epci:200043396",), True),
        ("226200012", ("dep:62",), True),
        ("200053742", ("reg:32",), True),
        ("268312345", ("dep:83",), False),
        ("220000000", None, False),
        ("812345678", None, False),
        ("", None, False),
    ],
)
def test_a_siren_says_where_a_public_body_governs(siren: str, codes: tuple[str, ...] | None, exact: bool) -> None:
    found = territory_of_siren(siren)
    assert (found.codes if found else None) == codes
    assert (found.exact if found else False) is exact


def test_sirens_of_communes_are_unique() -> None:
    sirens = [entry.siren for code in commune_arrays().codes if (entry := commune(code)) and entry.siren]
    assert len(sirens) == len(set(sirens))
    assert commune_by_siren("") is None


def test_nuts_codes_of_both_editions() -> None:
    assert nuts_departements("FR302") == nuts_departements("FRE12") == ("62",)
    assert nuts_departements("FRE2") == ("02", "60", "80")
    assert nuts_departements("FRK26") == ("69",)
    assert nuts_departements("FRY40") == ("974",)
    assert nuts_departements("BE100") == ()


def test_hand_made_tables_point_to_places_that_exist() -> None:
    for key, usual in place_aliases().items():
        assert key == place_key(key)
        assert usual.sense in ("exact", "approche", "sigle", "entendu"), key
        for code in usual.codes:
            scheme, _, value = code.partition(":")
            assert code == "pays:FR" or {"insee": commune, "epci": epci, "dep": departement, "reg": region}[scheme](
                value
            ), code
    assert all(name == place_key(name) for name in foreign_names())
    assert all(word == place_key(word) for word in everyday_words())


def test_every_arrondissement_has_one_seat_inside_it() -> None:
    table = commune_arrays()
    parts = {town.arrondissement for code in table.codes if (town := commune(code)) and town.arrondissement}
    assert parts == arrondissements().keys()
    for part in arrondissements().values():
        seat = commune(part.chef_lieu)
        assert seat is not None
        assert seat.arrondissement == part.code
        assert seat.code in part.communes
    assert arrondissements()["596"].name == "Arrondissement de Valenciennes"


def test_a_former_siren_of_a_group_is_that_group() -> None:
    for siren, group in (("245900410", "200093201"), ("200040483", "200068781")):
        territory = territory_of_siren(siren)
        assert territory is not None
        assert territory.codes == (f"epci:{group}",)
        assert territory.exact


def test_outlines_are_light_and_name_every_departement() -> None:
    path = shipped("data/reference/departements.geojson")
    assert path.stat().st_size <= 400_000
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    codes = {feature["properties"]["code"] for feature in features}
    assert codes == {code for code in departements() if len(code) == 2 or code in ("971", "972", "973", "974", "976")}


def test_distance_between_towns_and_on_arrays() -> None:
    assert float(distance_km(48.8566, 2.3522, 45.7640, 4.8357)) == pytest.approx(391.5, abs=1)
    many = distance_km(48.8566, 2.3522, np.array([48.8566, np.nan]), np.array([2.3522, 4.0]))
    assert many[0] == 0
    assert math.isnan(many[1])


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_distance_is_symmetric_and_bounded(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    there = float(distance_km(lat1, lon1, lat2, lon2))
    assert 0 <= there <= 20_016
    assert there == pytest.approx(float(distance_km(lat2, lon2, lat1, lon1)), abs=1e-6)


def test_nearest_commune() -> None:
    found, distance = nearest_commune(50.277, 3.973)
    assert found.name == "Maubeuge"
    assert distance < 5


@given(st.text(max_size=40))
def test_lookups_take_any_text(text: str) -> None:
    assert place_key(place_key(text)) == place_key(text)
    for look in (communes_named, epci_named, departement_named, region_named, departement, region, current_commune):
        look(text)
    communes_of_post_code(text)
    territory_of_siren(text)
