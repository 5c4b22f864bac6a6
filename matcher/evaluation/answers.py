"""Simulation of a campaign: how well winners would be ranked if a share of the suppliers had answered which trades they do.

The result is an upper bound, as the true trades of a supplier are not known. A supplier that won a lot of the suites answers the trade read in that lot; any
other answers its likeliest trade, else a trade drawn from those that suppliers of its kind won (rivals are then as frequent as in the suites). No simulated
answer is wrong or taken back.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Activity, Evidence, Supplier
from matcher.evaluation.suites import LotToRank, ranking_figures, winner_ranks
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.shelf.activity_clues import strongest_clues
from matcher.reference.trades.activities import taxonomy

# The source of an answer; the probability that a supplier answers a second trade.
SOURCE, SECOND = "structure", 0.5
# Number of random draws averaged: the figures of a single draw vary by five points.
DRAWS = 5


def answered_figures(suppliers: Sequence[Supplier], suite: Sequence[LotToRank], share: float) -> Mapping[str, float]:
    """Return the ranking figures of a suite if `share` of all the suppliers of the catalogue had answered: the mean of `DRAWS` draws."""
    won: dict[str, set[str]] = defaultdict(set)  # SIRET → main trades of the lots that it won
    for lot in suite:
        first = next(filter(_is_trade, lot.ask.asked_codes), "")
        for siret in lot.winners if first else ():
            won[siret].add(first)
    drawn: dict[SupplierKind, list[str]] = defaultdict(list)  # kind → trades won, each as often as it was won
    for supplier in suppliers:
        for kind in supplier.kinds:
            drawn[kind] += won.get(supplier.siret, ())
    for codes in drawn.values():
        codes.sort()
    figures: dict[str, float] = defaultdict(float)
    for draw in range(DRAWS):
        answering = []  # all suppliers, those drawn to answer with their answers added as activities
        for supplier in suppliers:
            chance = Random(f"{draw}:{supplier.id}")  # noqa: S311  # a simulation, not a secret
            if chance.random() >= share:
                answering.append(supplier)
                continue
            trades = won.get(supplier.siret) or _likely_trades(supplier, drawn, chance)
            answers = tuple(Activity(code, taxonomy().label(code), Evidence.ANSWER, SOURCE) for code in sorted(trades))
            answering.append(replace(supplier, activities=supplier.activities + answers))
        shelf = build_shelf(answering)
        lots = [replace(lot, ask=LotOnShelf(lot.ask.reading, shelf, lot.ask.on)) for lot in suite]
        for name, value in ranking_figures(winner_ranks(lots)).items():
            figures[name] += value / DRAWS
    return figures


def _likely_trades(supplier: Supplier, drawn: Mapping[SupplierKind, Sequence[str]], chance: Random) -> set[str]:
    """Return the supplier's likeliest trade; where it has none, or with probability `SECOND`, add a trade drawn for its kind."""
    likely = [clue.code for clue in strongest_clues(supplier) if clue.tells_against and _is_trade(clue.code)]
    codes = set(likely[:1])
    others = drawn.get(supplier.kinds[0], ()) if supplier.kinds else ()
    if others and (not codes or chance.random() < SECOND):
        codes.add(chance.choice(others))
    return codes


def _is_trade(code: str) -> bool:
    """Return whether a code is a trade, not a whole group of trades."""
    return taxonomy().group_of(code) != code
