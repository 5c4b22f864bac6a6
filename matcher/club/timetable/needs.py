"""Needs of the buyers who come, each with the suppliers present who can answer it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.planner.meetings import Meeting
from matcher.club.timetable.affinity import Affinities, Bools, known_for, ranked, reading_of
from matcher.domain.reading import Reading
from matcher.reference.trades.activities import taxonomy

NOT_READ = "besoin non compris"


@dataclass(frozen=True, eq=False, slots=True)
class NeedAsked:
    """One need of the buyer of a row. `trade` is its name in French, `NOT_READ` where it is not understood; `known` and `credible` (s,) say
    which suppliers are there and known for the trade, and which of them the engine finds credible, near enough to come."""

    buyer: int
    need: ParticipantNeed
    trade: str
    known: Bools
    credible: Bools


def needs_asked(affinities: Affinities) -> tuple[NeedAsked, ...]:
    """Return the needs of the buyers who are not absent, in order. An attributaire’s are its own, not the staff that could do their hours."""
    here = np.array([not one.absent for one in affinities.suppliers], dtype=bool)
    found = []
    for row, buyer in enumerate(affinities.buyers):
        for need in () if buyer.absent else buyer.needs:
            trade = trade_of(reading_of(buyer, need))
            ranking = ranked(buyer, need, affinities.shelf, affinities.on)
            known, credible = (its[affinities.rows] & here for its in (known_for(ranking), ranking.credible))
            found.append(NeedAsked(row, need, trade, known, credible))
    return tuple(found)


def trade_of(reading: Reading) -> str:
    """Return the name in French of the trade that a need is of, `NOT_READ` where it is not understood."""
    return taxonomy().label(reading.activities[0].code) if reading.activities else NOT_READ


def answered(needs: Sequence[NeedAsked], meetings: Iterable[Meeting]) -> int:
    """Return how many needs are answered: their buyer meets a supplier who is credible for them."""
    met: dict[int, list[int]] = {}
    for one in meetings:
        met.setdefault(one.buyer, []).append(one.supplier)
    return sum(bool(need.credible[met.get(need.buyer, [])].any()) for need in needs)
