"""Evaluation suite of the supplier's side: the rank of the lot that a supplier won in the list of lots that Entremise notifies to it.

Each lot is mixed with `SIZE` past contracts of any place and trade, drawn with a seed, and all are ordered for the winner's organisation. Dates are removed
from all of them, so that no past award counts in the comparison. Only the lot won counts as right, though the supplier could do others too.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from matcher.evaluation.contracts import contracts, read_contract
from matcher.evaluation.suites import DEPTH, LotToRank, SuiteLot, ask_all, differences, ranking_figures
from matcher.notices.matching import matches, own_order
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.known import A_APPELER
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Rows

DRAWS, SIZE, SEED = 5, 500, 20261127
IN_USE, NEAREST = "ordre en usage", "distance seule"

# A lot for one organisation: kilometres from its nearest site, then the fields of `LotMatches` for its best site, NaN where it is not notified of the lot.
_MATCH_FIELDS = ("wanted", "band", "score", "lead")
_LOT_FIGURES = np.dtype([(name, np.float64) for name in ("km", *_MATCH_FIELDS)])
LotFigures = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Backwards:
    """Result of the suite: `ranks`, by name of an order (`ORDERS`), then by draw, the rank of each lot for its winner;
    `DEPTH` + 1 where it is not notified."""

    suite: Sequence[LotToRank]
    ranks: Mapping[str, Sequence[Sequence[int]]]

    def part(self, span: slice) -> "Backwards":
        """Return the result for a slice of the lots."""
        ranks = {order: [draw[span] for draw in draws] for order, draws in self.ranks.items()}
        return Backwards(self.suite[span], ranks)

    def figures(self) -> dict[str, dict[str, float]]:
        """Return the ranking figures of each order, averaged over the draws."""
        return {order: _mean([ranking_figures(its) for its in draws]) for order, draws in self.ranks.items()}

    def gains(self) -> dict[str, dict[str, float]]:
        """Return the gain of the order in use over each other order, with its standard error (clustered by winner), averaged over the draws."""
        in_use = self.ranks[IN_USE]
        return {
            f"sur « {order} »": _mean([differences(self.suite, *both) for both in zip(in_use, draws, strict=True)])
            for order, draws in self.ranks.items()
            if order != IN_USE
        }


def read_backwards(suite: Sequence[SuiteLot], drawn_from: Path, shelf: Shelf, today: date) -> Backwards:
    """Rank each lot of a suite, for its winner, among contracts drawn from a DECP file. Raises LotsError where the file is not one."""
    lots = ask_all(list(map(SuiteLot.without_date, suite)), shelf, today)
    winners = [set(shelf.organisations[list(lot.winner_rows)].tolist()) for lot in lots]
    organisations = sorted(set[int]().union(*winners))
    columns = [np.searchsorted(organisations, sorted(its)).tolist() for its in winners]
    own = [_lot_figures(lot.ask, organisations) for lot in lots]
    past = [its for its in contracts(drawn_from) if its.get("objet")]
    ranks: dict[str, list[list[int]]] = defaultdict(list)
    for draw in range(DRAWS):
        random = Random(f"{SEED} {draw}")  # noqa: S311  # a draw to repeat
        chosen = random.sample(past, min(SIZE, len(past)))
        drawn = []
        for contract in chosen:
            dated = read_contract(contract, shelf, today)
            reading = replace(dated.reading, lot=replace(dated.reading.lot, date=None))
            drawn.append(_lot_figures(LotOnShelf(reading, shelf, dated.on), organisations))
        others = np.stack(drawn)
        places = [random.randint(0, len(chosen)) for _ in lots]  # a random place, so that ties favour nobody
        read = [
            [np.insert(others[:, column], place, its[column]) for column in theirs]
            for its, theirs, place in zip(own, columns, places, strict=True)
        ]
        for order, in_order in ORDERS.items():
            ranks[order].append(
                [
                    # `DEPTH` + 1 where the lot is not among the first `DEPTH`
                    min(
                        (at for one in its for at in np.flatnonzero(in_order(one)[:DEPTH] == place).tolist()),
                        default=DEPTH,
                    )
                    + 1
                    for its, place in zip(read, places, strict=True)
                ]
            )
    return Backwards(lots, ranks)


def _lot_figures(lot: LotOnShelf, organisations: Sequence[int]) -> LotFigures:
    """Return an array (organisations,) of `_LOT_FIGURES`: one lot as each organisation would see it."""
    figures = np.full(len(organisations), np.nan, dtype=_LOT_FIGURES)
    numbers = lot.shelf.organisations
    theirs = np.flatnonzero(np.isin(numbers, organisations))
    np.fmin.at(figures["km"], np.searchsorted(organisations, numbers[theirs]), lot.distance_km[theirs])
    lot_matches = matches(lot)
    rows_of_theirs = np.flatnonzero(np.isin(lot_matches.rows, theirs))
    for name in _MATCH_FIELDS:
        figures[name][np.searchsorted(organisations, numbers[lot_matches.rows[rows_of_theirs]])] = getattr(
            lot_matches, name
        )[rows_of_theirs]
    return figures


def _mean(draws: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: sum(its[name] for its in draws) / len(draws) for name in draws[0]}


def _in_order(lots: LotFigures, most: int = A_APPELER, *, by: str = "lead", without: str = "") -> Rows:
    """Return the rows of the lots notified to one organisation, best first. Variants: only bands up to `most`, ordered `by` another figure,
    or `without` the figure "wanted"."""
    reachable = np.flatnonzero(lots["band"] <= most)
    wanted = (lots["wanted"][reachable] > 0) & (without != "wanted")
    return np.asarray(reachable[own_order(wanted, lots[by][reachable])])


ORDERS: Mapping[str, Callable[[LotFigures], Rows]] = {
    IN_USE: _in_order,
    NEAREST: lambda lots: np.argsort(lots["km"], kind="stable"),
    "score, sans l’avance": lambda lots: _in_order(lots, by="score"),
    "sans le type demandé": lambda lots: _in_order(lots, without="wanted"),
    "bandes d’abord": lambda lots: (order := _in_order(lots))[np.argsort(lots["band"][order], kind="stable")],
    "connus et indices seuls": lambda lots: _in_order(lots, A_APPELER - 1),
}
