"""Goods come from all over for who is known to sell them; nothing else makes a reach wider than that of its kind and of the trade."""

import pytest

from matcher.domain.supplier import Activity, Evidence, Supplier
from matcher.ranking.signals import proximity
from matcher.ranking.usual_reach import comes
from tests.factories import DENAIN, LILLE, MARSEILLE, ask, declares, supplier
from tests.matcher.ranking.signals.asked import says

PAPER, BREAD = "administratif.papeterie", "restauration.boulangerie"
GOODS, BAKERY, BESIDE = "Ramettes de papier", "Achat de pain", "Entretien des espaces verts et fourniture de papier"
GREEN = "espaces-verts.creation-entretien"


@pytest.mark.parametrize(
    ("one", "objet", "reached"),
    [
        (supplier(at=MARSEILLE, activities=declares(PAPER)), GOODS, True),
        (supplier(at=MARSEILLE, activities=(Activity(PAPER, "papier", Evidence.SITE, "site"),)), GOODS, True),
        (supplier(at=None, activities=declares(PAPER)), GOODS, True),
        (supplier(at=MARSEILLE), GOODS, False),
        (supplier(at=LILLE), GOODS, True),
        (supplier(at=None), GOODS, False),
        (supplier(kind="AI", at=DENAIN), GOODS, False),
        *(
            (supplier(kind=kind, at=MARSEILLE, activities=declares(PAPER)), GOODS, False)
            for kind in proximity.SECONDING
        ),
        (supplier(kind="ETTI", at=LILLE, activities=declares(PAPER)), GOODS, True),
        (supplier(at=LILLE, activities=declares(BREAD)), BAKERY, False),
        (supplier(at=MARSEILLE, activities=declares(PAPER)), BESIDE, False),
        (supplier(at=LILLE, activities=declares(GREEN)), BESIDE, False),
        (supplier(at=DENAIN, activities=declares(GREEN)), BESIDE, True),
    ],
)
def test_goods_widen_the_reach_of_those_known_to_sell_them_alone(one: Supplier, objet: str, reached: bool) -> None:
    assert comes(ask(objet, [one], lieu="Maubeuge")).tolist() == [reached]


def test_nobody_is_far_from_a_lot_without_a_place() -> None:
    assert comes(ask(GOODS, [supplier(kind="AI", at=MARSEILLE)])).all()


def test_a_reach_is_said_where_there_is_one() -> None:
    told = {
        kind: says(proximity.SIGNAL, GOODS, supplier(kind=kind, at=LILLE), lieu="Maubeuge")
        for kind in ("EA", "AI", "ETTI")
    }
    assert "rayon" not in told["EA"], "goods are delivered to the whole country"
    assert told["AI"].endswith("rayon usuel supposé : 40\u00a0km")
    assert told["ETTI"].endswith("rayon usuel supposé : 80\u00a0km")
