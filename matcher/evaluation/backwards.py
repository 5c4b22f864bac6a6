"""Suite of the supplier's side: of the lots that are notified to it, the rank of the one that it won.

The lot is put among `SIZE` past contracts drawn with a seed, of any place and trade, and the winner's organisation reads them all. Dates are set aside on
both sides: no award is compared, its own no more than another. Only the winner's lot is right, though it may do others as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from matcher.evaluation.contracts import contracts, read_contract
from matcher.evaluation.suites import DEPTH, Labelled, LabelledLot, ask_all, differences, ranking_figures
from matcher.notices.matching import matches, own_order
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.known import A_APPELER
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Rows

DRAWS, SIZE, SEED = 5, 500, 20261127
IN_USE, NEAREST = "ordre en usage", "distance seule"

# A lot as one organisation is told of it: the kilometres from its nearest site, and, NaN where it is not told, what `LotMatches` says of its best.
_SAID = ("wanted", "band", "score", "lead")
_TOLD = np.dtype([(name, np.float64) for name in ("km", *_SAID)])
Told = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Backwards:
    """A suite read backwards: the rank of each lot for its winner, by order and by draw; 101 where the winner is not notified of it."""

    suite: Sequence[LabelledLot]
    ranks: Mapping[str, Sequence[Sequence[int]]]

    def part(self, span: slice) -> "Backwards":
        """Return some of its lots."""
        return Backwards(
            self.suite[span], {order: [draw[span] for draw in draws] for order, draws in self.ranks.items()}
        )

    def figures(self) -> dict[str, dict[str, float]]:
        """Return the figures of each order, the mean of the draws."""
        return {order: _mean([ranking_figures(its) for its in draws]) for order, draws in self.ranks.items()}

    def gains(self) -> dict[str, dict[str, float]]:
        """Return what the order in use gains on each other, and one standard error of it, by winner; the mean of the draws."""
        in_use = self.ranks[IN_USE]
        return {
            f"sur « {order} »": _mean([differences(self.suite, *both) for both in zip(in_use, draws, strict=True)])
            for order, draws in self.ranks.items()
            if order != IN_USE
        }


def read_backwards(suite: Sequence[Labelled], drawn_from: Path, shelf: Shelf, today: date) -> Backwards:
    """Rank each lot of a suite among drawn contracts, for its winner. Raises LotsError where the file is not one of contracts."""
    lots = ask_all(list(map(_undated, suite)), shelf, today)
    winners = [_organisations(lot) for lot in lots]
    organisations = sorted(set[int]().union(*winners))
    columns = [np.searchsorted(organisations, sorted(its)).tolist() for its in winners]
    own = [_told(lot.ask, organisations) for lot in lots]
    past = [its for its in contracts(drawn_from) if its.get("objet")]
    ranks: dict[str, list[list[int]]] = {order: [] for order in ORDERS}
    for draw in range(DRAWS):
        random = Random(f"{SEED} {draw}")  # noqa: S311  # a draw to repeat
        chosen = random.sample(past, min(SIZE, len(past)))
        drawn = []
        for contract in chosen:
            dated = read_contract(contract, shelf, today)
            reading = replace(dated.reading, lot=replace(dated.reading.lot, date=None))
            drawn.append(_told(LotOnShelf(reading, shelf, dated.on), organisations))
        others = np.stack(drawn)
        places = [random.randint(0, len(chosen)) for _ in lots]  # among equals, it stands anywhere
        read = [
            [np.insert(others[:, column], place, its[column]) for column in theirs]
            for its, theirs, place in zip(own, columns, places, strict=True)
        ]
        for order, in_order in ORDERS.items():
            ranks[order].append(
                [
                    min((_rank(in_order(one), place) for one in its), default=DEPTH + 1)
                    for its, place in zip(read, places, strict=True)
                ]
            )
    return Backwards(lots, ranks)


def _undated(lot: Labelled) -> Labelled:
    return replace(lot, need=replace(lot.need, lot=replace(lot.need.lot, date=None)))


def _organisations(lot: LabelledLot) -> set[int]:
    """The organisations of a lot's winners that the shelf has."""
    rows = (lot.ask.shelf.find(siret) for siret in lot.winners)
    return {int(lot.ask.shelf.organisations[row]) for row in rows if row is not None}


def _rank(order: Rows, place: int) -> int:
    """The rank of the lot put at one place, or 101 where it is not among the first 100."""
    at = np.flatnonzero(order[:DEPTH] == place)
    return int(at[0]) + 1 if len(at) else DEPTH + 1


def _told(lot: LotOnShelf, organisations: Sequence[int]) -> Told:
    """(organisations,) one lot."""
    figures = np.full(len(organisations), np.nan, dtype=_TOLD)
    numbers = lot.shelf.organisations
    theirs = np.flatnonzero(np.isin(numbers, organisations))
    np.fmin.at(figures["km"], np.searchsorted(organisations, numbers[theirs]), lot.distance_km[theirs])
    lot_matches = matches(lot)
    rows_of_theirs = np.flatnonzero(np.isin(lot_matches.rows, theirs))
    for name in _SAID:
        figures[name][np.searchsorted(organisations, numbers[lot_matches.rows[rows_of_theirs]])] = getattr(
            lot_matches, name
        )[rows_of_theirs]
    return figures


def _mean(draws: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: sum(its[name] for its in draws) / len(draws) for name in draws[0]}


def _in_order(lots: Told, most: int = A_APPELER, *, by: str = "lead", without: str = "") -> Rows:
    """The lots that one organisation is notified of, in its order; or those of bands up to `most`, by another figure, without a part of it."""
    reachable = np.flatnonzero(lots["band"] <= most)
    wanted = (lots["wanted"][reachable] > 0) & (without != "wanted")
    return np.asarray(reachable[own_order(wanted, lots[by][reachable])])


def _band_by_band(lots: Told) -> Rows:
    order = _in_order(lots)
    return np.asarray(order[np.argsort(lots["band"][order], kind="stable")])


ORDERS: Mapping[str, Callable[[Told], Rows]] = {
    IN_USE: _in_order,
    NEAREST: lambda lots: np.argsort(lots["km"], kind="stable"),
    "score, sans l’avance": lambda lots: _in_order(lots, by="score"),
    "sans le type demandé": lambda lots: _in_order(lots, without="wanted"),
    "bandes d’abord": _band_by_band,
    "connus et indices seuls": lambda lots: _in_order(lots, A_APPELER - 1),
}
