"""Simulated campaign: whoever has told its trade passes its neighbours, and nobody moves where nobody answers."""

from datetime import date

from matcher.domain.reading import Lot, RawPlace
from matcher.evaluation.answers import answered_figures
from matcher.evaluation.suites import LotToRank, ranking_figures, winner_ranks
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.lay_out import build_shelf
from matcher.reading.reader import read
from tests.factories import MAUBEUGE, siret, supplier

# Fifteen kilometres from Maubeuge.
BAVAY = (50.2986, 3.7943)
WINNER = supplier("Passerelle", "ACI", BAVAY, id=f"siret:{siret(1)}", siret=siret(1))
NEIGHBOURS = [
    supplier(f"Menuiserie {number}", "ACI", MAUBEUGE, id=f"siret:{siret(number)}", siret=siret(number))
    for number in range(2, 14)
]
SUPPLIERS = [WINNER, *NEIGHBOURS]


def lots() -> list[LotToRank]:
    reading = read(Lot("Nettoyage de locaux", lieux=(RawPlace("Maubeuge"),)))
    ask = LotOnShelf(reading, build_shelf(SUPPLIERS), date(2026, 1, 1))
    return [LotToRank(ask, frozenset({WINNER.siret}), WINNER.siret)]


def test_nobody_moves_where_nobody_answers() -> None:
    suite = lots()
    assert answered_figures(SUPPLIERS, suite, 0.0) == ranking_figures(winner_ranks(suite))


def test_the_farther_winner_that_tells_its_trade_passes_its_neighbours() -> None:
    suite = lots()
    some = answered_figures(SUPPLIERS, suite, 0.6)
    assert some["mrr"] > answered_figures(SUPPLIERS, suite, 0.0)["mrr"]
    assert some == answered_figures(SUPPLIERS, suite, 0.6), "the draws are seeded"
