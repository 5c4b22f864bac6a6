"""News of a watch: what its next message tells, after what those before it told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from matcher.domain.notice import LotState
from matcher.notices.store import KeptLot
from matcher.notices.watching.watched import mark

# A lot that was told is told once more when so little is left to answer: three working days at most.
NEAR = timedelta(days=3)


class NewsKind(StrEnum):
    """Reason why a message tells of a lot, as its title says it; the first is told first."""

    CANCELLED = "annulé"
    CORRECTED = "corrigé depuis"
    NEAR = "bientôt clos"
    NEW = "nouveau"


@dataclass(frozen=True, slots=True)
class ToldLot:
    """State in which the last message about a lot told it, and whether it has been said to close soon."""

    mark: str
    near: bool


@dataclass(frozen=True, slots=True)
class LotNews:
    """One lot that a message tells, why, and what is then known to be told."""

    lot: KeptLot
    kind: NewsKind
    told: ToldLot


def news(
    shown: Sequence[KeptLot], told: Mapping[int, ToldLot], before: Iterable[KeptLot], now: datetime
) -> list[LotNews]:
    """Return what is to be told at `now` (aware) of the lots that a watch shows, and of those told `before` that it shows no more: that
    they are cancelled. The reason that presses most comes first, each in the order of the watch. However often a lot was corrected meanwhile, it is told once."""
    found = []
    for lot in shown:
        last, near = told.get(lot.id), _near(lot, now)
        state = ToldLot(mark(lot), near or (last is not None and last.near))
        if last is None:
            found.append(LotNews(lot, NewsKind.NEW, state))
        elif last.mark != state.mark:
            found.append(LotNews(lot, NewsKind.CORRECTED, state))
        elif near and not last.near:
            found.append(LotNews(lot, NewsKind.NEAR, state))
    listed = {lot.id for lot in shown}
    for lot in before:
        if lot.id in listed or lot.state is not LotState.CANCELLED:
            continue
        if told[lot.id].mark != mark(lot):
            found.append(LotNews(lot, NewsKind.CANCELLED, ToldLot(mark(lot), told[lot.id].near)))
    pressing = tuple(NewsKind)
    return sorted(found, key=lambda one: pressing.index(one.kind))


def _near(lot: KeptLot, now: datetime) -> bool:
    deadline = lot.published.deadline
    return deadline is not None and deadline.at - now < NEAR
