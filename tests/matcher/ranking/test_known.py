"""Reach of a trade: whoever does it comes from a little beyond, of whom nothing is known does not, and nobody comes from farther."""

import pytest

from matcher.domain.supplier import Activity, Evidence, Supplier
from matcher.ranking.known import beyond_usual, within_reach
from matcher.ranking.signals import activity, proximity
from tests.factories import LILLE, MARSEILLE, ask, declares, supplier
from tests.matcher.ranking.signals.asked import says

PAPER, BREAD = "administratif.papeterie", "restauration.boulangerie"
ARCHIVES, ARCHIVING = "administratif.archivage", "Archivage de dossiers"
RECEPTION, DESK = "administratif.accueil", "Accueil et standard de la maison France services"
GOODS, BAKERY = "Ramettes de papier", "Achat de pain"


def at_km(km: float, **fields: object) -> Supplier:
    """A supplier so far to the south of Maubeuge."""
    lat, lon = 50.2781, 3.9727
    return supplier(at=(lat - km / 111.2, lon), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "objet", "reached"),
    [
        (at_km(140, activities=declares(PAPER)), GOODS, True),
        (at_km(140), GOODS, True),
        (at_km(160), GOODS, False),
        (at_km(200, activities=declares(PAPER)), GOODS, True),
        (at_km(240, activities=declares(PAPER)), GOODS, False),
        (at_km(200, activities=(Activity(PAPER, "papier", Evidence.SITE, "site"),)), GOODS, False),
        (supplier(at=MARSEILLE, activities=declares(PAPER)), GOODS, False),
        (supplier(at=None, activities=declares(PAPER)), GOODS, False),
        (at_km(39, kind="AI"), GOODS, True),
        (at_km(42, kind="AI"), GOODS, False),
        (at_km(55, activities=declares(BREAD)), BAKERY, True),
        (at_km(65, activities=declares(BREAD)), BAKERY, False),
        (at_km(140, activities=declares(RECEPTION)), DESK, True),
        (at_km(160, activities=declares(RECEPTION)), DESK, False),
        (at_km(110), DESK, False),
    ],
)
def test_who_does_the_trade_comes_a_little_beyond_its_reach_and_nobody_from_farther(
    one: Supplier, objet: str, reached: bool
) -> None:
    assert within_reach(ask(objet, [one], lieu="Maubeuge")).tolist() == [reached]


@pytest.mark.parametrize(("km", "is_far"), [(220, False), (230, True)])
def test_who_is_listed_a_little_far_is_not_too_far_for_a_service(km: int, is_far: bool) -> None:
    archives = at_km(km, activities=declares(ARCHIVES))
    assert within_reach(ask(ARCHIVING, [archives], lieu="Maubeuge")).tolist() == [not is_far]
    assert ("trop loin pour un service" in says(activity.SIGNAL, ARCHIVING, archives, lieu="Maubeuge")) is is_far


def test_nobody_is_far_from_a_lot_without_a_place() -> None:
    assert within_reach(ask(GOODS, [supplier(kind="AI", at=MARSEILLE)])).all()


def test_a_reach_is_said_and_who_is_beyond_it_is_a_little_far() -> None:
    told = {
        kind: says(proximity.SIGNAL, GOODS, supplier(kind=kind, at=LILLE), lieu="Maubeuge") for kind in ("EA", "AI")
    }
    assert told["EA"].endswith("(Maubeuge), rayon usuel supposé : 150\u00a0km")
    assert told["AI"].endswith("rayon usuel supposé : 40\u00a0km")
    assert "un peu loin, rayon" in says(proximity.SIGNAL, GOODS, at_km(200), lieu="Maubeuge")
    assert "un peu loin" not in says(proximity.SIGNAL, GOODS, at_km(240), lieu="Maubeuge")


def test_who_is_listed_beyond_its_usual_reach_is_stretched() -> None:
    for km, is_beyond in ((140, False), (200, True), (240, False)):
        assert beyond_usual(ask(GOODS, [at_km(km, activities=declares(PAPER))], lieu="Maubeuge")).tolist() == [
            is_beyond
        ]
    assert not beyond_usual(ask(GOODS, [at_km(200, activities=declares(PAPER))])).any()
