"""The opinion on reserving a lot, with what the catalogue knows of each candidate: the call that the command line and the pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import unlisted, within_calls
from matcher.decisions.capacity_lookup import Means, means_of
from matcher.decisions.opinion.compute import OPEN_GATES, Opinion, opinion_on, placed
from matcher.decisions.opinion.law import NOTHING_TOLD, ToldByBuyer, legal_position
from matcher.decisions.workload import Workload
from matcher.domain.reading import Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank


@dataclass(frozen=True, slots=True)
class Advice:
    """An opinion and what it was given on: the reading, the state of the catalogue and the day; `means` by supplier id."""

    reading: Reading
    opinion: Opinion
    means: Mapping[str, Means]
    catalogue_version: int
    catalogue_suppliers: int
    on: date


def advise(
    engine: Engine,
    ask: LotOnShelf,
    need: Workload,
    assumed: Assumptions,
    told: ToldByBuyer = NOTHING_TOLD,
) -> Advice:
    """Return the opinion on a lot, with what its buyer tells; of its candidates alone the turnover and the capacity are looked up, in `engine`."""
    law = legal_position(ask.reading, ask.on, told)
    found = within_calls(rank(ask, gates=OPEN_GATES), assumed.calls)

    def given(turnover: Mapping[str, float]) -> Opinion:
        return opinion_on(
            found,
            ask.reading,
            law,
            need,
            assumed,
            turnover,
            understood=ask.understood,
            placed=placed(ask.reading),
            unlisted=unlisted(ask.shelf),
        )

    first = given({})
    means = means_of(engine, {one.id for lever in first.levers for one in (*lever.found, *lever.called)})
    turnover = {key: its.turnover for key, its in means.items() if its.turnover}
    return Advice(ask.reading, given(turnover) if turnover else first, means, ask.shelf.version, len(ask.shelf), ask.on)
