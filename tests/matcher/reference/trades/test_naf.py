"""NAF codes, dotted or not."""

import pytest

from matcher.reference.tables import rows
from matcher.reference.trades.naf import naf, naf_activities, naf_code, naf_tells_against


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


def test_every_sub_class_speaks_or_is_said_to_be_silent() -> None:
    """At least through its division; a line of a sub-class wins over its division's."""
    lines = {row["code"] for row in rows("naf_activites")}
    codes = [row["code"] for row in rows("naf")]
    assert len(codes) == 732
    assert [code for code in codes if not any(code[:length] in lines for length in range(2, 7))] == []
    assert all(any(code.startswith(line) for code in codes) for line in lines)
    assert naf_activities("81.30Z").keys() >= {"espaces-verts.creation-entretien"}
    assert naf_activities("46.65Z") == {"ameublement.mobilier": 0.5}


@pytest.mark.parametrize("code", ["88.99B", "94.99Z", "84.11Z", "46.19B", "81.99Z", ""])
def test_some_say_nothing_of_a_trade(code: str) -> None:
    assert naf_activities(code) == {}


@pytest.mark.parametrize("code", ["85.59A", "88.91A", "77.39Z", "64.20Z", "70.10Z", "88.99B", ""])
def test_some_leave_every_other_trade_open(code: str) -> None:
    assert not naf_tells_against(code)


@pytest.mark.parametrize("code", ["81.30Z", "9601A", "46.65Z"])
def test_others_are_a_doubt_about_any_other_trade(code: str) -> None:
    assert naf_tells_against(code)


def test_a_neutral_code_may_still_tell_an_activity() -> None:
    assert naf_activities("85.59A").keys() == {"conseil.formation"}
    assert naf_activities("64.20Z") == {}
