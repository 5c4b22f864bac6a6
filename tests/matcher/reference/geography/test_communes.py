"""Communes: what the shipped table must hold, and how they are looked up by code, name, post code and distance."""

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.paths import shipped_path
from matcher.reference.geography.communes import (
    commune,
    commune_arrays,
    commune_by_siren,
    communes_named,
    communes_of_post_code,
    current_commune,
    distance_km,
    nearest_commune,
)
from matcher.reference.geography.place_names import place_key


def test_nearly_all_current_communes_are_located() -> None:
    arrays = commune_arrays()
    current = [rank for rank, code in enumerate(arrays.codes) if code[:3] not in ("132", "693", "751")]
    located = ~np.isnan(arrays.lat[current])
    assert len(current) > 34_900
    assert located.mean() >= 0.995


def test_metropolitan_centroids_lie_in_france() -> None:
    arrays = commune_arrays()
    metropolitan = [rank for rank, code in enumerate(arrays.codes) if code[:2] not in ("97", "98")]
    lat, lon = arrays.lat[metropolitan], arrays.lon[metropolitan]
    assert np.nanmin(lat) > 41.3
    assert np.nanmax(lat) < 51.1
    assert np.nanmin(lon) > -5.2
    assert np.nanmax(lon) < 9.6


def test_lez_is_read_as_les() -> None:
    assert place_key("Castelnau-le-Lez") == place_key("CASTELNAU LE LES")
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
    with shipped_path("data/reference/communes_anciennes.csv").open(encoding="utf-8", newline="") as file:
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


def test_sirens_of_communes_are_unique() -> None:
    sirens = [entry.siren for code in commune_arrays().codes if (entry := commune(code)) and entry.siren]
    assert len(sirens) == len(set(sirens))
    assert commune_by_siren("") is None


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
