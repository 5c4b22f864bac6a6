"""The communes that a name may mean, the likeliest first, before anything around it is read."""

import pytest

from matcher.reading.place.candidates import meant, name_bearers


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("EVRY", "Évry-Courcouronnes"),
        ("LONS", "Lons"),
        ("MONS", "Mons-en-Barœul"),
        ("SAINT OUEN", "Saint-Ouen-sur-Seine"),
        ("SAINT MICHEL", "Saint-Michel"),
        ("PRINGY", "Pringy"),
        ("VARS", "Vars"),
        ("HELLEMMES LILLE", "Lille"),
        ("CHERBOURG", "Cherbourg-en-Cotentin"),
        ("SAINT PAUL", "Saint-Paul"),
    ],
)
def test_the_likeliest_commune_of_a_name(key: str, first: str) -> None:
    assert name_bearers(key)[0].town.name == first


def test_a_village_of_the_bare_name_is_always_among_those_meant() -> None:
    assert [its.town.departement for its in meant(name_bearers("CHARLEVILLE"))] == ["08", "51"]


def test_a_namesake_overseas_comes_after_the_mainland_s() -> None:
    assert [its.town.departement for its in meant(name_bearers("SAINT DENIS"))] == ["93", "974"]
    assert name_bearers("CAYENNE")[0].alone


def test_a_city_stands_alone_and_a_name_of_many_villages_does_not() -> None:
    assert name_bearers("NANTES")[0].alone
    assert not name_bearers("SAINT MARTIN")[0].alone
    assert name_bearers("XYZABC") == ()


def test_towns_are_known_by_what_their_name_begins_with() -> None:
    assert [its.town.name for its in name_bearers("BRUAY")] == ["Bruay-la-Buissière", "Bruay-sur-l'Escaut"]
    assert [its.begun for its in name_bearers("EVRY")] == [True, False]
    assert not any(its.begun for its in name_bearers("QUESNOY", "LE"))
