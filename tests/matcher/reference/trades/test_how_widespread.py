"""The share of each kind that does a trade, weighted by what was read."""

import pytest

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy
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
