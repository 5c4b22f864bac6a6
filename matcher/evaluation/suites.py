"""Figures of the open suites: where the winner of a real contract is ranked, and whether a lot's activity is understood."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matcher.ranking.ask import Ask
from matcher.ranking.engine import rank
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.shelf import Shelf
from matcher.reading.lots import GivenLot, LotsError, lot_from, read_objects
from matcher.reading.reader import read

DEPTH = 100
HITS = (1, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A lot and its labels as the suite's file gives them."""

    given: GivenLot
    labels: Mapping[str, Any]


def labelled(path: Path, labels: Sequence[str]) -> list[Labelled]:
    """Read a suite (one JSON object a line). Raises LotsError where a line is not one or lacks a label, or there is none."""
    suite = []
    for number, fields in read_objects(path):
        if missing := [label for label in labels if label not in fields]:
            raise LotsError(f"« {path.name} », ligne {number} : il manque {', '.join(missing)}.")
        suite.append(Labelled(lot_from(fields), fields))
    return suite


def winner_ranks(
    suite: Sequence[Labelled], shelf: Shelf, today: date, weights: Mapping[str, int] = DEFAULT
) -> list[int]:
    """Return, per lot, the rank of its best-ranked winner (`gold_sirets`), or 101 where it is not among the first 100."""
    return [_winner_rank(lot, shelf, today, weights) for lot in suite]


def _winner_rank(lot: Labelled, shelf: Shelf, today: date, weights: Mapping[str, int]) -> int:
    winners = set(lot.labels["gold_sirets"])
    on = lot.given.lot.date or today
    found = rank(Ask(read(lot.given.lot), shelf, on), weights).top(DEPTH)
    return next((place for place, match in enumerate(found, start=1) if match.siret in winners), DEPTH + 1)


def ranking_figures(ranks: Sequence[int]) -> dict[str, float]:
    """hit@k, MRR@100 and median rank, as the shared scorer computes them."""
    figures = {f"hit@{k}": sum(r <= k for r in ranks) / len(ranks) for k in HITS}
    figures["mrr"] = sum(1 / r for r in ranks if r <= DEPTH) / len(ranks)
    figures["median_rank"] = statistics.median(ranks)
    return {key: round(value, 4) for key, value in figures.items()}
