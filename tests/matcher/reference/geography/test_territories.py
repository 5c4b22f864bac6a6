"""EPCI, départements, régions: what the shipped tables must hold and how they are looked up."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.paths import shipped_path
from matcher.reference.geography.communes import (
    commune,
    commune_arrays,
    communes_named,
    communes_of_departement,
    communes_of_epci,
    communes_of_post_code,
    current_commune,
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
    nuts_area,
    place_aliases,
    region,
    region_named,
    territory_of_siren,
)


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


def test_nuts_codes_of_both_editions() -> None:
    assert nuts_area("FR302") == nuts_area("FRE12") == "dep:62"
    assert nuts_area("FRE2") == "reg:22"
    assert nuts_area("FRK26") == "dep:69"
    assert nuts_area("FRY40") == "dep:974"
    assert nuts_area("BE100") == ""


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
    path = shipped_path("data/reference/departements.geojson")
    assert path.stat().st_size <= 400_000
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    codes = {feature["properties"]["code"] for feature in features}
    assert codes == {code for code in departements() if len(code) == 2 or code in ("971", "972", "973", "974", "976")}


@given(st.text(max_size=40))
def test_lookups_take_any_text(text: str) -> None:
    assert place_key(place_key(text)) == place_key(text)
    for look in (communes_named, epci_named, departement_named, region_named, departement, region, current_commune):
        look(text)
    communes_of_post_code(text)
    territory_of_siren(text)
