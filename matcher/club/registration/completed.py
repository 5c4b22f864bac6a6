"""Participant that is there already, completed by one more line."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from matcher.club.meeting_day.answers import FIELDS
from matcher.club.meeting_day.meeting_day import Participant
from matcher.club.meeting_day.participant_need import ParticipantNeed, each_once
from matcher.club.meeting_day.points import PointToConfirm, Topic
from matcher.club.registration.spreadsheet import Entrant
from matcher.journal.change import one_line

# A cell on its coming says nothing of its hours; amounts, and trades, are corrected need by need.
_NOT_WHOLE = {Topic.COMING, Topic.AMOUNT}


def with_corrections(
    one: Participant, entrant: Entrant, held: Participant, points: Iterable[PointToConfirm]
) -> Participant:
    """Return the participant of a line with what somebody has said since of its doubtful cells and trades, as it is `held`."""
    written = {(doubt.topic, doubt.written) for doubt in entrant.doubts}
    settled = {(point.topic, point.written) for point in points if point.settled}
    topics = {topic for topic, _ in settled & written}
    fields = [field for topic in topics - _NOT_WHOLE for field in FIELDS.get(topic, ())]
    one = replace(one, **{field: getattr(held, field) for field in fields})
    trades = {one_line(text) for topic, text in settled if topic is Topic.TRADE}
    if one_line(one.activity) in trades:
        one = replace(one, activity=held.activity)
    return replace(one, needs=_needs(one, held, trades, sizes=Topic.AMOUNT in topics))


def _needs(one: Participant, held: Participant, trades: set[str], *, sizes: bool) -> tuple[ParticipantNeed, ...]:
    """The needs of a line: those held in the place of those of these trades that were rewritten, with the `sizes` held where those are settled."""
    former = {need.text: need for need in held.needs}
    line = {need.text: need for need in one.needs}
    rewritten = {text for text in line if one_line(text) in trades and text not in former}
    if sizes:
        for text in line.keys() & former.keys():
            line[text] = replace(line[text], amount=former[text].amount, hours=former[text].hours)
    if not rewritten:
        return tuple(line.values())
    more = (need for text, need in line.items() if text not in rewritten)
    return each_once((*(line.get(need.text, need) for need in held.needs), *more))


def words_of(need: ParticipantNeed) -> tuple[str, str]:
    """Return what a need is recognised by from one sheet to the next, whatever its amount and its hours."""
    return need.text.casefold(), need.place


def as_lines_say(
    held: Participant, one: Participant, line: Collection[tuple[str, str]], before: Collection[tuple[str, str]]
) -> tuple[Participant, Participant]:
    """Return a participant and what one more line makes of it, each without the needs that it holds from a former import alone and the other's
    lines say otherwise. `line` and `before` are the words of the needs of this line and of those before it."""
    fresh = {words_of(need): need for need in one.needs if words_of(need) in line}
    for words in before:
        fresh.pop(words, None)
    again = (need for need in one.needs if words_of(need) in line or words_of(need) not in before)
    return (
        replace(held, needs=tuple(fresh.get(words_of(need), need) for need in held.needs)),
        replace(one, needs=tuple(again)),
    )


def completed(one: Participant, held: Participant, said: frozenset[str]) -> Participant:
    """Return a participant as its line now says it is; where the line is silent, and in what no line says, as it was.

    `said` are the fields that the line fills: a box that is not checked is not one that is missing.
    """
    return replace(
        _with_hours(_with_access(one, held, said), held),
        key=held.key,
        name={held.written: held.name}.get(one.name, one.name),
        siret=one.siret or held.siret,
        supplier_id=held.supplier_id or one.supplier_id,
        needs=one.needs or held.needs,
        activity=one.activity or held.activity,
        place=one.place or held.place,
        workers=held.workers if one.workers is None else one.workers,
        area=one.area or held.area,
        written=one.written or held.written,
        most=one.most or held.most,
        least=one.least or held.least,
        people=one.people if "people" in said else max(one.people, held.people),
        abreast=one.abreast if "abreast" in said else held.abreast,
        same_as=held.same_as,
        absent=held.absent,
    )


def _with_hours(one: Participant, held: Participant) -> Participant:
    """Return a participant with the hours that its line says, else those that it had."""
    return replace(
        one,
        arrival=held.arrival if one.arrival is None else one.arrival,
        departure=held.departure if one.departure is None else one.departure,
        away=one.away or held.away,
    )


def _with_access(one: Participant, held: Participant, said: frozenset[str]) -> Participant:
    """Return a participant with the needs of access that its line says, else those that it had."""
    return replace(
        one,
        step_free=(one if said & {"step_free", "access"} else held).step_free,
        interpreter=(one if said & {"interpreter", "access"} else held).interpreter,
        hearing_loop=(one if said & {"hearing_loop", "access"} else held).hearing_loop,
        visible=one.visible or held.visible,
    )
