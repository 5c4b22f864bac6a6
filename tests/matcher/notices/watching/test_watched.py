"""The published lots that an answer opens to a supplier: its trade, where it goes, still open; None where no notice was imported."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.notices.importer import PlaceWritten
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.store.read import find_supplier
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.notices.watching.watched import MOST_OPENED, lots_opened
from tests.factories import siret
from tests.matcher.notices.watching.followed import NOW, gardeners, take
from tests.matcher.notices.written import lot, notice

GREEN, WASH = "espaces-verts.creation-entretien", "linge.blanchisserie"
ARRAS = PlaceWritten(nuts="FRE12", post_code="62000", city="Arras", country="FRA")


def opened(engine: Engine, trades: list[str], now: datetime = NOW) -> list[str] | None:
    """The titles of the lots that these trades open to the first supplier."""
    its = find_supplier(engine, siret(1))
    assert its is not None
    found = lots_opened(engine, load_shelf(engine), its, trades, now)
    return None if found is None else [*(one.published.title for one, _ in found.lots), *(["…"] if found.later else [])]


@pytest.mark.parametrize(
    ("area", "titles"),
    [
        ("10 km", ["Tonte à Maubeuge"]),
        ("100 km", ["Tonte à Maubeuge", "Tonte à Arras"]),
        ("Pas-de-Calais", ["Tonte à Arras"]),
        ("France entière", ["Tonte à Maubeuge", "Tonte à Arras"]),
    ],
)
def test_lots_of_the_trade_where_the_supplier_goes_the_first_to_close_first(
    tmp_path: Path, area: str, titles: list[str]
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    gardeners(engine, 1)
    assert opened(engine, [GREEN]) is None, "no notice was imported"
    take(
        engine,
        notice("26-1", lot(title="Tonte à Arras", places=(ARRAS,), deadline="2026-12-20T12:00:00+01:00")),
        notice("26-2", lot(title="Tonte à Maubeuge")),
        notice("26-3", lot(title="Blanchissage du linge", cpv=("98310000-9",)), title="Blanchisserie"),
    )
    correct_supplier(engine, siret(1), {"zone": [area]}, author="Léa", motive="", now=NOW)
    assert opened(engine, [GREEN]) == titles
    assert opened(engine, []) == []
    assert opened(engine, [WASH]) == [], "it is not told of a trade that it does not do"
    assert opened(engine, [GREEN], NOW + timedelta(days=40)) == [], "all are closed"
    engine.dispose()


def test_a_page_shows_the_first_to_close_and_says_that_others_follow(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    gardeners(engine, 1)
    dated = (f"2026-12-{day:02}T12:00:00+01:00" for day in range(1, MOST_OPENED + 3))
    take(engine, *(notice(f"26-{at}", lot(title=f"Tonte {at}", deadline=by)) for at, by in enumerate(dated, start=1)))
    assert opened(engine, [GREEN]) == [*(f"Tonte {at}" for at in range(1, MOST_OPENED + 1)), "…"]
    engine.dispose()
