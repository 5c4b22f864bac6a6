"""After the day: what meetings gave, and which trades lacked suppliers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matcher.club.meeting_day.meeting_day import MeetingOutcome, Result
from matcher.club.results.view import Summary, summary
from matcher.club.timetable.affinity import ranked
from matcher.club.timetable.setting import Setting
from matcher.ranking.shelf.shelf import Shelf

# Under this many credible suppliers present, a trade is said to lack some: a buyer has nobody to compare.
ENOUGH = 3


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
        lacks=_lacks(setting, catalogue),
    )


def _lacks(setting: Setting, catalogue: Shelf) -> tuple[Lack, ...]:
    found: dict[str, Lack] = {}
    for asked in setting.needs:
        present = int(asked.credible.sum())
        if present < ENOUGH:
            buyer = setting.affinities.buyers[asked.buyer]
            everywhere = int(ranked(buyer, asked.need, catalogue, setting.affinities.on).credible.sum())
            mine = Lack(asked.trade, (buyer.key,), asked.need.text, int(asked.known.sum()), present, everywhere)
            held = found.get(asked.trade, mine)
            worst = min(held, mine, key=lambda one: (one.present, one.doing, one.catalogue))
            found[asked.trade] = replace(worst, buyers=tuple(dict.fromkeys((*held.buyers, buyer.key))))
    return tuple(sorted(found.values(), key=lambda one: (one.present, one.doing, -len(one.buyers), one.trade)))
