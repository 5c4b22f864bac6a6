"""The answer on a catalogue: a network has before a lot the standing that it has in any list, whatever the size of the catalogue."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.coverage import answer
from matcher.decisions.coverage.answer import Coverage, cover_lots
from matcher.decisions.coverage.compute import STANDINGS, LotStanding
from matcher.decisions.coverage.network import AskedLot, AskedLots, Network
from matcher.domain.match import Band
from matcher.need.answer import as_of, lay_on_shelf, understand
from matcher.need.fields import need_from
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import rank

ON = date(2026, 11, 20)


@pytest.fixture
def engine(built: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{built.as_posix()}")
    yield engine
    engine.dispose()


def asked(*lots: tuple[str, str, str]) -> AskedLots:
    needs = [need_from({"objet": objet, "lieu": lieu, "levier": levier}) for objet, lieu, levier in lots]
    return AskedLots(tuple(AskedLot(f"Lot {at}", "", "", need) for at, need in enumerate(needs, start=1)))


LOTS = asked(
    ("Entretien des espaces verts", "Maubeuge", ""),
    ("Nettoyage des locaux", "Lille", "12"),
    ("Entretien des espaces verts, mise sous pli", "Maubeuge ; Denain", ""),
    ("Prestations à définir", "Lille", ""),
    ("Nettoyage des locaux", "", ""),
)


def all_of(engine: Engine, lots: AskedLots = LOTS) -> Coverage:
    shelf = load_shelf(engine)
    return cover_lots(engine, shelf, lots, Network(tuple(shelf.ids[row] for row in range(len(shelf))), "tout"), ON)


def test_each_pair_stands_as_in_the_list_of_the_lot(engine: Engine) -> None:
    shelf, its = load_shelf(engine), all_of(engine).matrix
    for at, lot in enumerate(LOTS.lots[:3]):
        found = lay_out_bands(rank(lay_on_shelf(as_of(understand(lot.need), ON), shelf, ON)))
        for band, standing in zip(tuple(Band)[:3], STANDINGS, strict=False):
            listed = {shelf.suppliers[row].organisation for row in found.of(band).tolist()}
            assert listed <= {its.structures[column].organisation for column in its.of(at, standing)}
    refused = its.of(1, LotStanding.REFUSED)
    assert refused
    assert all("L2113-12" in its.why(1, column) for column in refused)


def test_a_lot_without_trade_or_place_is_said_and_counted_nowhere(engine: Engine) -> None:
    its = all_of(engine).matrix
    assert [lot.unread for lot in its.lots] == ["", "", "", "métier non lu", "lieu non lu"]
    assert its.compared_lots == [0, 1, 2]
    assert its.known_organisations.tolist()[3:] == [0, 0]


def test_a_lot_of_several_trades_and_places_is_answered_part_by_part(engine: Engine) -> None:
    its = all_of(engine).matrix
    answering = its.lots[2].answering
    assert answering.alone or answering.together
    assert {key for ids in answering.together for key in ids} <= {one.id for one in its.structures}


def test_both_towns_of_one_cell_are_kept(engine: Engine) -> None:
    (lot,) = all_of(engine, asked(("Nettoyage des locaux", "Lille et Maubeuge", ""))).matrix.lots
    assert len(lot.territories) == 2
    assert all(one in lot.territory for one in lot.territories)


def test_lots_that_ask_the_same_are_compared_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ranked: list[object] = []
    monkeypatch.setattr(answer, "rank", lambda ask: ranked.append(ask) or rank(ask))
    its = all_of(engine, asked(*[("Entretien des espaces verts", "Maubeuge", "")] * 40)).matrix
    assert len(its.lots) == 40
    assert len(ranked) == 1


def test_nothing_asked_and_too_many_pairs_are_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DecisionRefused, match="aucun lot"):
        all_of(engine, AskedLots(()))
    monkeypatch.setattr(answer, "MOST_PAIRS", 10)
    with pytest.raises(DecisionRefused, match="10 au plus"):
        all_of(engine)
