"""After the day: what meetings gave, and which trades lacked suppliers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from matcher.club.meeting_day.meeting_day import MeetingDay, MeetingOutcome, Result
from matcher.club.results.view import Summary, summary
from matcher.club.timetable.affinity import known_for, ranked, reading_of
from matcher.club.timetable.setting import Setting
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.trades.activities import taxonomy

# Under this many credible suppliers present, a trade is said to lack some: a buyer has nobody to compare.
ENOUGH = 3
NOT_READ = "besoin non compris"


@dataclass(frozen=True, slots=True)
class Lack:
    """A trade that was asked for, by whom (keys), and how few could answer. Figures are those of its worst-off `need`: of those present, how
    many are known to be of the trade (`doing`), how many of these are near enough (`present`); and so many in the catalogue, to invite next."""

    trade: str
    buyers: tuple[int, ...]
    need: str
    doing: int
    present: int
    catalogue: int


@dataclass(frozen=True, slots=True)
class DayReport:
    """The figures of a day. `results` counts outcomes; `unsaid` meetings have none yet; `promising` are those to follow or to quote."""

    summary: Summary | None
    results: Mapping[Result, int]
    unsaid: int
    promising: tuple[MeetingOutcome, ...]
    lacks: tuple[Lack, ...]


def report(setting: Setting, catalogue: Shelf) -> DayReport:
    """Return what came of an event; `catalogue` is the shelf of all suppliers."""
    event = setting.event
    counted = {result: sum(one.result is result for one in event.outcomes) for result in Result}
    return DayReport(
        summary=summary(event),
        results=counted,
        unsaid=sum(one.pair not in event.outcome_of for one in event.bookings),
        promising=tuple(one for one in event.outcomes if one.result in (Result.QUOTE, Result.FOLLOW_UP)),
        lacks=_lacks(setting, event, catalogue),
    )


def _lacks(setting: Setting, event: MeetingDay, catalogue: Shelf) -> tuple[Lack, ...]:
    found: dict[str, Lack] = {}
    there = np.unique(
        [row for row, one in zip(setting.affinities.rows, setting.affinities.suppliers, strict=True) if not one.absent]
    ).astype(np.intp)
    for buyer in setting.affinities.buyers:
        for need in () if buyer.absent else buyer.needs:
            guesses = reading_of(buyer, need).activities
            trade = taxonomy().label(guesses[0].code) if guesses else NOT_READ
            laid = ranked(buyer, need, setting.affinities.shelf, setting.affinities.on)
            doing, present = (int(its[there].sum()) for its in (known_for(laid), laid.credible))
            if present < ENOUGH:
                everywhere = int(ranked(buyer, need, catalogue, setting.affinities.on).credible.sum())
                mine = Lack(trade, (buyer.key,), need.text, doing, present, everywhere)
                held = found.get(trade, mine)
                worst = min(held, mine, key=lambda one: (one.present, one.doing, one.catalogue))
                found[trade] = replace(worst, buyers=tuple(dict.fromkeys((*held.buyers, buyer.key))))
    return tuple(sorted(found.values(), key=lambda one: (one.present, one.doing, -len(one.buyers), one.trade)))
