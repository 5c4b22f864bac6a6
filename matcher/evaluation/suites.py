"""Evaluation suites for developers: lots labelled with the SIRET that really won them. Reads their files, ranks the suppliers of each lot, and computes
the figures of the winner's rank (hit@k, MRR, median)."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from matcher.domain.need import Need
from matcher.domain.place import PlaceType
from matcher.need.fields import LotsError, need_from, read_lot_objects
from matcher.ranking.ask import LotOnShelf, Signal
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.signals import SIGNALS
from matcher.ranking.signals.activity import SIGNAL as ACTIVITY
from matcher.reading.reader import read

# Ranks that count: a winner that is not among the first 100 has the rank 101.
DEPTH = 100
SLICES = (
    *("commune", "EPCI", "département ou plus", "sans lieu", "services et travaux", "fournitures"),
    *("activité du gagnant connue", "activité du gagnant non connue"),
)
HITS = (1, 5, 10, 20, 50, 100)
# Measures by which two rankings are compared, from the rank of the winner.
COMPARED: Mapping[str, Callable[[int], float]] = {
    "hit@10": lambda rank: float(rank <= 10),
    "hit@50": lambda rank: float(rank <= 50),
    "mrr": lambda rank: 1 / rank if rank <= DEPTH else 0.0,
}


@dataclass(frozen=True, slots=True)
class SuiteLot:
    """A lot and its labels as the suite's file gives them."""

    need: Need
    labels: Mapping[str, Any]

    def without_date(self) -> "SuiteLot":
        """Return the lot without its date, so that past awards give it no evidence."""
        return replace(self, need=replace(self.need, lot=replace(self.need.lot, date=None)))


def read_suite(path: Path, labels: Sequence[str]) -> list[SuiteLot]:
    """Read a suite (one JSON object a line). Raises LotsError where the file is empty, or a line is no object or lacks a label."""
    suite = []
    for number, fields in read_lot_objects(path):
        if missing := [label for label in labels if label not in fields]:
            raise LotsError(f"« {path.name} », ligne {number} : il manque {', '.join(missing)}.")
        suite.append(SuiteLot(need_from(fields), fields))
    return suite


@dataclass(frozen=True, slots=True)
class LotToRank:
    """A labelled lot, read and set against a shelf (the catalogue's suppliers as arrays).

    `winners` are the SIRET that won it; `winner_key` is the smallest of its winners' numbers, the key by which lots are clustered."""

    ask: LotOnShelf
    winners: frozenset[str]
    winner_key: str

    @property
    def winner_rows(self) -> set[int]:
        """Shelf rows of the lot's winners; those that the catalogue lacks are left out."""
        return {row for siret in self.winners if (row := self.ask.shelf.find(siret)) is not None}


def ask_all(suite: Sequence[SuiteLot], shelf: Shelf, today: date) -> list[LotToRank]:
    """Read every lot of a ranking suite once. The day of the query is the lot's date, else `today`; a lot without a date keeps none."""
    labelled = []
    for lot in suite:
        winners = [str(siret) for siret in lot.labels["gold_sirets"]]
        ask = LotOnShelf(read(lot.need.lot), shelf, lot.need.lot.date or today)
        labelled.append(LotToRank(ask, frozenset(winners), min(winners, default="")))
    return labelled


def winner_ranks(suite: Sequence[LotToRank]) -> list[int]:
    """Return, per lot, the rank of its best-ranked winner under the weights in use, or `DEPTH` + 1 where none is among the first `DEPTH`."""
    return [winner_rank(lot) for lot in suite]


def winner_rank(lot: LotToRank, weights: Mapping[str, int] | None = None, signals: Sequence[Signal] = SIGNALS) -> int:
    """Return the rank of a lot's best-ranked winner, or `DEPTH` + 1 where none is among the first `DEPTH`. Without `weights`, those in use."""
    ranking = rank(lot.ask, weights, signals=signals)
    rows = lot.winner_rows
    return next((place for place, row in enumerate(ranking.best(DEPTH), start=1) if int(row) in rows), DEPTH + 1)


def slices(suite: Sequence[LotToRank]) -> dict[str, list[int]]:
    """Return the positions of the lots in each slice: by widest place read, by goods or services, by whether the winner's activity is known."""
    parts: dict[str, list[int]] = {name: [] for name in SLICES}
    for position, lot in enumerate(suite):
        types = {place.type for place in lot.ask.reading.places}
        wide = types & {PlaceType.DEPARTEMENT, PlaceType.REGION, PlaceType.PAYS}
        widest = "EPCI" if PlaceType.EPCI in types else "commune" if types else "sans lieu"
        parts["département ou plus" if wide else widest].append(position)
        parts["fournitures" if lot.ask.goods else "services et travaux"].append(position)
        unknown = np.isnan(ACTIVITY.values(lot.ask)[list(lot.winner_rows)]).all()
        parts["activité du gagnant non connue" if unknown else "activité du gagnant connue"].append(position)
    return {name: positions for name, positions in parts.items() if positions}


def differences(suite: Sequence[LotToRank], ranks: Sequence[int], others: Sequence[int]) -> dict[str, float]:
    """Return the mean gain of `ranks` over `others` on the same lots, with its standard error, clustered by winner."""
    _, winner = np.unique([lot.winner_key for lot in suite], return_inverse=True)
    gains_by_name = {}
    for name, measure in COMPARED.items():
        gains = np.array([measure(its) - measure(other) for its, other in zip(ranks, others, strict=True)])
        of_winner = np.bincount(winner, gains - gains.mean())
        gains_by_name[name] = float(gains.mean())
        gains_by_name[f"± {name}"] = float(np.sqrt((of_winner**2).sum()) / len(gains))
    return gains_by_name


def ranking_figures(ranks: Sequence[int]) -> dict[str, float]:
    """Return hit@k, MRR@100 and the median rank."""
    figures = {f"hit@{k}": sum(r <= k for r in ranks) / len(ranks) for k in HITS}
    figures["mrr"] = sum(1 / r for r in ranks if r <= DEPTH) / len(ranks)
    figures["median_rank"] = statistics.median(ranks)
    figures["± hit@10"] = (figures["hit@10"] * (1 - figures["hit@10"]) / len(ranks)) ** 0.5
    return {key: round(value, 4) for key, value in figures.items()}


def share_true(answers: Sequence[bool]) -> float:
    """Return the share of the answers that are true; NaN without answers."""
    return sum(answers) / len(answers) if answers else nan
