"""NAF codes, dotted or not."""

import pytest

from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.links import ALWAYS, CHANCES
from matcher.reference.trades.naf import NAF_UNREADABLE, clean_naf, naf, naf_activities, naf_code, naf_sells


@pytest.mark.parametrize("code", ["81.30Z", "8130Z", " 8130z "])
def test_a_code_is_found_with_or_without_its_dot(code: str) -> None:
    found = naf(code)
    assert found is not None
    assert (found.code, found.label) == ("81.30Z", "Services d'aménagement paysager")
    assert found.division == "81"


@pytest.mark.parametrize("code", ["", "81", "99.99Z", "espaces verts"])
def test_what_is_no_code_is_not_found(code: str) -> None:
    assert naf(code) is None


def test_the_shape_alone_is_normalised() -> None:
    assert naf_code("4321a") == "43.21A"
    assert naf_code("43") == ""


def test_every_sub_class_has_its_lines_and_each_its_reason() -> None:
    """A class that says nothing of a trade says so: an activity is then empty, with why."""
    codes = [row["code"] for row in rows("naf")]
    lines = rows("naf_activites")
    assert len(codes) == 732
    assert {row["naf"] for row in lines} == set(codes)
    keys = [(row["naf"], row["activite"]) for row in lines]
    assert keys == sorted(set(keys))
    assert {row["activite"] for row in lines} == {leaf.code for leaf in taxonomy().leaves} | {""}
    assert all(bool(row["activite"]) == (row["niveau"] in CHANCES) and row["raison"] for row in lines)
    assert {row["naf"] for row in rows("naf_sans_vente")} <= set(codes)


def test_a_class_that_is_a_trade_is_told_from_one_that_often_or_sometimes_does_it() -> None:
    peintre = naf_activities("4334Z")
    assert peintre["batiment.peinture"] == ALWAYS
    assert naf_activities("18.14Z")["culture.restauration-livres"] == ALWAYS
    assert naf_activities("81.30Z")["espaces-verts.creation-entretien"] == ALWAYS
    assert naf_activities("38.11Z")["dechets.encombrants"] < ALWAYS


@pytest.mark.parametrize("code", ["88.10C", "94.99Z", "84.11Z", "64.20Z", ""])
def test_some_say_nothing_of_a_trade(code: str) -> None:
    assert naf_activities(code) == {}


@pytest.mark.parametrize("code", ["81.30Z", "9601A", "43.34Z", "80.10Z"])
def test_others_are_a_trade_in_themselves(code: str) -> None:
    assert ALWAYS in naf_activities(code).values()


def test_schools_and_tourist_offices_sell_to_nobody_and_workshops_do() -> None:
    assert [naf_sells(code) for code in ("85.20Z", "79.90Z", "8710B")] == [False] * 3
    assert [naf_sells(code) for code in ("88.10C", "94.99Z", "88.99B", "81.30Z", "")] == [True] * 5


def test_naf() -> None:
    assert clean_naf("88.99B") == clean_naf("8899b") == ("8899B", "")
    assert clean_naf("88.99") == (None, NAF_UNREADABLE)
    assert clean_naf("") == (None, "")
