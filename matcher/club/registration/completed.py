"""Participant that is there already, completed by one more line."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from matcher.club.meeting_day.answers import FIELDS
from matcher.club.meeting_day.meeting_day import Participant
from matcher.club.meeting_day.participant_need import ParticipantNeed, merge_needs
from matcher.club.meeting_day.points import PointToConfirm, Topic
from matcher.club.registration.spreadsheet import Entrant
from matcher.journal.change import one_line

# A cell on its coming says nothing of its hours; amounts, and trades, are corrected need by need.
_NOT_WHOLE = {Topic.COMING, Topic.AMOUNT}


def with_corrections(
    from_line: Participant, entrant: Entrant, known: Participant, points: Iterable[PointToConfirm]
) -> Participant:
    """Return the participant of a line with what somebody has corrected since in its doubtful cells and trades, as `known` has it."""
    written = {(doubt.topic, doubt.written) for doubt in entrant.doubts}
    settled = {(point.topic, point.written) for point in points if point.settled}
    topics = {topic for topic, _ in settled & written}
    fields = [field for topic in topics - _NOT_WHOLE for field in FIELDS.get(topic, ())]
    from_line = replace(from_line, **{field: getattr(known, field) for field in fields})
    trades = {one_line(text) for topic, text in settled if topic is Topic.TRADE}
    if one_line(from_line.activity) in trades:
        from_line = replace(from_line, activity=known.activity)
    return replace(from_line, needs=_needs(from_line, known, trades, sizes=Topic.AMOUNT in topics))


def _needs(from_line: Participant, known: Participant, trades: set[str], *, sizes: bool) -> tuple[ParticipantNeed, ...]:
    """The needs of a line: those held in the place of those of these trades that were rewritten, with the `sizes` held where those are settled."""
    former = {need.text: need for need in known.needs}
    line = {need.text: need for need in from_line.needs}
    rewritten = {text for text in line if one_line(text) in trades and text not in former}
    if sizes:
        for text in line.keys() & former.keys():
            line[text] = replace(line[text], amount=former[text].amount, hours=former[text].hours)
    if not rewritten:
        return tuple(line.values())
    more = (need for text, need in line.items() if text not in rewritten)
    return merge_needs((*(line.get(need.text, need) for need in known.needs), *more))


def need_words(need: ParticipantNeed) -> tuple[str, str]:
    """Return what a need is recognised by from one sheet to the next, whatever its amount and its hours."""
    return need.text.casefold(), need.place


def as_lines_say(
    known: Participant,
    with_line: Participant,
    line: Collection[tuple[str, str]],
    before: Collection[tuple[str, str]],
) -> tuple[Participant, Participant]:
    """Return a participant and what one more line makes of it, each without the needs that it holds from a former import alone and the other's
    lines say otherwise. `line` and `before` are the words of the needs of this line and of those before it."""
    fresh = {need_words(need): need for need in with_line.needs if need_words(need) in line}
    for words in before:
        fresh.pop(words, None)
    again = (need for need in with_line.needs if need_words(need) in line or need_words(need) not in before)
    return (
        replace(known, needs=tuple(fresh.get(need_words(need), need) for need in known.needs)),
        replace(with_line, needs=tuple(again)),
    )


def complete_participant(from_line: Participant, known: Participant, filled: frozenset[str]) -> Participant:
    """Return a participant as its line now says it is; where the line is silent, and in what no line says, as it was.

    `filled` are the fields that the line fills: a box that is not checked is not one that is missing.
    """
    return replace(
        _with_hours(_with_access(from_line, known, filled), known),
        key=known.key,
        name={known.written: known.name}.get(from_line.name, from_line.name),
        siret=from_line.siret or known.siret,
        supplier_id=known.supplier_id or from_line.supplier_id,
        needs=from_line.needs or known.needs,
        activity=from_line.activity or known.activity,
        place=from_line.place or known.place,
        workers=known.workers if from_line.workers is None else from_line.workers,
        area=from_line.area or known.area,
        written=from_line.written or known.written,
        most=from_line.most or known.most,
        least=from_line.least or known.least,
        people=from_line.people if "people" in filled else max(from_line.people, known.people),
        abreast=from_line.abreast if "abreast" in filled else known.abreast,
        same_as=known.same_as,
        absent=known.absent,
    )


def _with_hours(from_line: Participant, known: Participant) -> Participant:
    """Return a participant with the hours that its line says, else those that it had."""
    return replace(
        from_line,
        arrival=known.arrival if from_line.arrival is None else from_line.arrival,
        departure=known.departure if from_line.departure is None else from_line.departure,
        away=from_line.away or known.away,
    )


def _with_access(from_line: Participant, known: Participant, filled: frozenset[str]) -> Participant:
    """Return a participant with the needs of access that its line says, else those that it had."""
    return replace(
        from_line,
        step_free=(from_line if filled & {"step_free", "access"} else known).step_free,
        interpreter=(from_line if filled & {"interpreter", "access"} else known).interpreter,
        hearing_loop=(from_line if filled & {"hearing_loop", "access"} else known).hearing_loop,
        visible=from_line.visible or known.visible,
    )
