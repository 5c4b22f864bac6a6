"""Participant that is there already, completed by one more line."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from matcher.club.meeting_day.meeting_day import Participant
from matcher.club.meeting_day.points import PointToConfirm, Topic
from matcher.club.registration.spreadsheet import Entrant

# What a line no longer says once its doubtful cell of a topic was confirmed or corrected.
_SETTLED: Mapping[Topic, Mapping[str, Any]] = {
    Topic.HOURS: {"arrival": None, "departure": None, "away": ()},
    Topic.NEEDS: {"needs": ()},
}


def without_settled(one: Participant, entrant: Entrant, points: Iterable[PointToConfirm]) -> Participant:
    """Return the participant of a line without what its doubtful cells say that somebody settled since: the correction stands."""
    written = {(doubt.topic, doubt.written) for doubt in entrant.doubts}
    for point in points:
        if point.settled and (point.topic, point.written) in written:
            one = replace(one, **_SETTLED.get(point.topic, {}))
    return one


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
