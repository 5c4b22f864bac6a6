"""Merges a spreadsheet line into an already registered participant of a meeting day: keeps what the line omits, and corrections made since."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from matcher.club.meeting_day.answers import FIELDS
from matcher.club.meeting_day.meeting_day import Participant
from matcher.club.meeting_day.participant_need import ParticipantNeed, merge_needs
from matcher.club.meeting_day.points import PointToConfirm, Topic
from matcher.club.registration.spreadsheet import Entrant
from matcher.journal.change import one_line

# Topics whose correction does not keep all their fields: a cell on presence does not fix hours; amounts are corrected need by need.
_NOT_WHOLE = {Topic.COMING, Topic.AMOUNT}
# Fields that keep their former value where a line has an empty one; has None (0 is a value); fills no box of access.
_UNLESS_WRITTEN = (
    "siret",
    "needs",
    "activity",
    "place",
    "area",
    "written",
    "away",
    "most",
    "least",
    "visible",
    "kinds",
)
_UNLESS_GIVEN = ("workers", "arrival", "departure")
_ACCESS = ("step_free", "interpreter", "hearing_loop")


def with_corrections(
    from_line: Participant, entrant: Entrant, known: Participant | None, points: Iterable[PointToConfirm]
) -> Participant:
    """Return the participant of a line, with the values of `known` where somebody has corrected the line's doubtful cells or trades since.
    `points`: points to confirm of the event."""
    if known is None:
        return from_line
    written = {(doubt.topic, doubt.written) for doubt in entrant.doubts}
    settled = {(point.topic, point.written) for point in points if point.settled and point.about == known.key}
    topics = {topic for topic, _ in settled & written}
    fields = [field for topic in topics - _NOT_WHOLE for field in FIELDS.get(topic, ())]
    from_line = replace(from_line, **{field: getattr(known, field) for field in fields})
    trades = {one_line(text) for topic, text in settled if topic is Topic.TRADE}
    if one_line(from_line.activity) in trades:
        from_line = replace(from_line, activity=known.activity)
    return replace(from_line, needs=_needs(from_line, known, trades, sizes=Topic.AMOUNT in topics))


def _needs(from_line: Participant, known: Participant, trades: set[str], *, sizes: bool) -> tuple[ParticipantNeed, ...]:
    """Return the needs of a line; those whose text (in `trades`) was rewritten since are replaced by the known ones; `sizes`: keep known amounts."""
    former = {need.text: need for need in known.needs}
    line = {need.text: need for need in from_line.needs}
    rewritten = {text for text in line if one_line(text) in trades and text not in former}
    if sizes:
        for text in line.keys() & former.keys():
            line[text] = replace(line[text], amount=former[text].amount, hours=former[text].hours)
    if not rewritten:
        return tuple(line.values())
    added = (need for text, need in line.items() if text not in rewritten)
    return merge_needs((*(line.get(need.text, need) for need in known.needs), *added))


def need_words(need: ParticipantNeed) -> tuple[str, str]:
    """Return the key that identifies a need from one sheet to the next: its text and place, not its amount and hours."""
    return need.text.casefold(), need.place


def unlike_former(
    known: Participant, with_line: Participant, line: Collection[tuple[str, str]], before: Collection[tuple[str, str]]
) -> tuple[Participant, Participant]:
    """Return the participant `known` and the one `with_line`, without needs of a former import that this import writes differently.
    `line` and `before`: keys (`need_words`) of the needs of this line and of the lines before it."""
    fresh = {need_words(need): need for need in with_line.needs if need_words(need) in line}
    for words in before:
        fresh.pop(words, None)
    repeated = (need for need in with_line.needs if need_words(need) in line or need_words(need) not in before)
    return (
        replace(known, needs=tuple(fresh.get(need_words(need), need) for need in known.needs)),
        replace(with_line, needs=tuple(repeated)),
    )


def complete_participant(from_line: Participant, known: Participant, filled: frozenset[str]) -> Participant:
    """Return a participant as its line now describes it, with its former values for what the line leaves out.

    `filled`: fields that the line fills, which separates an unchecked box from a missing one."""
    former = [
        *(name for name in _UNLESS_WRITTEN if not getattr(from_line, name)),
        *(name for name in _UNLESS_GIVEN if getattr(from_line, name) is None),
        *(name for name in _ACCESS if filled.isdisjoint({name, "access"})),
    ]
    return replace(
        from_line,
        **{name: getattr(known, name) for name in former},
        key=known.key,
        name={known.written: known.name}.get(from_line.name, from_line.name),
        supplier_id=known.supplier_id or from_line.supplier_id,
        people=from_line.people if "people" in filled else max(from_line.people, known.people),
        abreast=from_line.abreast if "abreast" in filled else known.abreast,
        same_as=known.same_as,
        absent=known.absent,
    )
