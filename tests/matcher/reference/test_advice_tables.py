"""The tables that an opinion rests on: trades of each kind, sizes, cadences, the services of L2113-15."""

import pytest

from matcher.domain.kinds import SupplierKind
from matcher.reference.reserved_services import listed_service, listed_services
from matcher.reference.sizes import share_with, size_of
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cadences import cadence, unit_written, units_of
from matcher.reference.trades.how_widespread import doing


def test_trades_name_what_exists_are_shares_and_have_reasons() -> None:
    for row in rows("metiers_exerces"):
        assert row["cible"] in {*taxonomy().codes, "*"}
        assert row["raison"]
        assert all(0 <= float(row[column]) < 1 for column in row if column not in ("cible", "raison"))
    targets = [row["cible"] for row in rows("metiers_exerces")]
    assert len(set(targets)) == len(targets)
    assert {group.code for group in taxonomy().groups} <= {*targets}


def test_a_trade_without_a_line_has_that_of_its_group() -> None:
    assert doing([("batiment.cvc", 1.0)]) == doing([("batiment", 1.0)])
    assert doing([])[SupplierKind.ESAT] < 0.1


def test_shares_are_weighted_by_the_confidences() -> None:
    both = doing([("espaces-verts.creation-entretien", 0.6), ("conseil.assurances", 0.2)])
    assert both[SupplierKind.ESAT] == pytest.approx(0.7 * 0.75)


def test_every_kind_has_a_size_with_its_source() -> None:
    for kind in SupplierKind:
        size = size_of(kind)
        assert size.source
        assert size.at_least(size.median) == pytest.approx(0.5)
        assert size.at_least(0) == 1
        assert size.at_least(1) >= size.at_least(10) >= size.at_least(1000)
    assert share_with((), 1) == 0
    assert share_with((SupplierKind.ACI, SupplierKind.ESAT), 30) == size_of(SupplierKind.ESAT).at_least(30)


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


def test_the_services_of_l2113_15_are_found_by_code_else_by_activity() -> None:
    assert all(line.source and line.activities <= set(taxonomy().codes) for line in listed_services())
    assert listed_service(("85312110-3",), "") is not None
    assert listed_service(("90910000",), "medico-social.soins") is None  # the code says cleaning
    assert listed_service((), "medico-social.soins") is not None
    assert listed_service((), "proprete.locaux") is None
