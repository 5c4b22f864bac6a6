"""Lists what to confirm by telephone in a line of a spreadsheet of participants: doubtful cells, needs or activities whose trade is not sure."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from matcher.cleaning.hours import Presence
from matcher.club.meeting_day.meeting_day import Participant
from matcher.club.meeting_day.points import PointToConfirm, Topic
from matcher.club.meeting_day.schedule import Schedule, presence_said
from matcher.club.registration.spreadsheet import Entrant
from matcher.domain.reading import WHICH_TRADE, DoubtKind
from matcher.reading.reader import read_need
from matcher.reading.several_needs import split_needs
from matcher.reference.trades.activities import taxonomy

# Size of the cache of texts that have been read.
MOST_TEXTS = 20_000
_NO_HOURS = "Non lu : attendu du début à la fin."


def with_hours(entrant: Entrant, schedule: Schedule) -> Participant:
    """Return the participant of a line with hours from its words (« matin », « après la pause »), resolved by the day's schedule."""
    participant = entrant.participant
    presence = schedule.hours_of(
        Presence(participant.arrival, participant.departure, participant.away, entrant.day_words)
    )
    return replace(participant, arrival=presence.arrival, departure=presence.departure) if presence else participant


def points_of(entrant: Entrant, participant: Participant, schedule: Schedule) -> Iterator[PointToConfirm]:
    """Yield the points of a line to confirm with its `participant`."""
    timed_participant = with_hours(entrant, schedule)
    hours = presence_said(timed_participant.arrival, timed_participant.departure, timed_participant.away)
    for doubt in entrant.doubts:
        yield PointToConfirm(
            participant.key, doubt.topic, doubt.written, doubt.says or (f"Lu : {hours}." if hours else _NO_HOURS)
        )
    if entrant.day_words:
        untold = schedule.hours_of(Presence(words=entrant.day_words)) is None
        fault = (
            _NO_HOURS
            if untold
            else schedule.presence_fault(timed_participant.arrival, timed_participant.departure, timed_participant.away)
        )
        if fault:
            yield PointToConfirm(participant.key, Topic.HOURS, " ; ".join(entrant.day_words), fault)
    for need in entrant.participant.needs:
        if says := _unsure(need.text):
            yield PointToConfirm(participant.key, Topic.TRADE, need.text, says)
    if participant.supplies and entrant.participant.activity:
        parts = [_unsure(part) for part in split_needs(entrant.participant.activity).texts]
        if parts and all(parts):
            yield PointToConfirm(participant.key, Topic.TRADE, entrant.participant.activity, parts[0])


@lru_cache(maxsize=MOST_TEXTS)
def _unsure(text: str) -> str:
    """Return the question to ask on the trade of a text, in French; empty where the trade is sure."""
    trade = read_need(text)[1]
    kinds = {doubt.kind for doubt in trade.doubts}
    if kinds.isdisjoint(WHICH_TRADE):
        return ""
    likely = " ou ".join(f"« {taxonomy().label(code)} »" for code in trade.options)
    return "Non lu : quel métier ?" if DoubtKind.TRADE_UNKNOWN in kinds or not likely else f"Lu : {likely} ?"
