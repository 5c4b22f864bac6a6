"""Cadences name activities and units that exist, the nearest first."""

import pytest

from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cadences import cadence, unit_written, units_of


def test_cadences_name_activities_and_units_that_exist_with_their_source() -> None:
    units = {row["unite"] for row in rows("unites")}
    for row in rows("cadences"):
        assert row["activite"] in {*taxonomy().codes, "*"}
        assert row["unite"] in units
        assert float(row["par_etp"]) > 0
        assert row["source"]


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("m²", "m2"),
        ("kg par jour, pointes à 1,2 t", "kg_jour"),
        ("kg/j", "kg_jour"),
        ("passages", "passage"),
        ("palmiers", None),
        ("", None),
    ],
)
def test_a_unit_is_found_at_the_head_of_what_follows_the_number(written: str, unit: str | None) -> None:
    found = unit_written(written)
    assert (found.code if found else None) == unit


def test_an_activity_has_its_own_cadence_then_that_of_its_group_then_any() -> None:
    own, group, anyone = (
        cadence(code, unit)
        for code, unit in (("proprete.locaux", "m2"), ("espaces-verts.elagage", "m2"), ("", "passage"))
    )
    assert own is not None
    assert group is not None
    assert anyone is not None
    assert (own.activity, group.activity, anyone.activity) == ("proprete.locaux", "espaces-verts", "*")
    assert cadence("conseil.juridique", "m2") is None
    assert units_of("proprete.locaux")[0] == "heures"
    assert "m²" in units_of("proprete.locaux")
