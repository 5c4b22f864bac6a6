"""Parts shared by the pages of a meeting day: find it by its address, lay it out for planning, write one change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import abort, flash, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from matcher.club.meeting_day.changes import (
    Amend,
    AnswerQuestion,
    Bind,
    DescribeDay,
    Freeze,
    Register,
    Unbind,
    WithdrawParticipant,
)
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay
from matcher.club.meeting_day.own_words import GiveUp
from matcher.club.meeting_day.store import Person, change_latest_day, list_days, load_day, load_people, version_of
from matcher.club.results.figures import DayFigures, figures_before
from matcher.club.results.report import DayReport, report_day
from matcher.club.timetable.planning import setting_of
from matcher.club.timetable.setting import Setting, differs
from matcher.domain.french import moment
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalUnknown
from matcher.web.frame.app_state import NO_NAME, desk, owner, signer_of, version_read
from matcher.web.frame.cache import cached_result

NUMBER = "<int(max=2147483647):number>"
KEY = "<int(max=100000):participant>"
# Changes after which the timetable may no longer be the best one; what happens on the day is planned again as it is said.
_UNSETTLING = (DescribeDay, Register, Amend, WithdrawParticipant, GiveUp, Bind, Unbind, AnswerQuestion)

People = Mapping[int, tuple[Person, ...]]


@dataclass(frozen=True, slots=True)
class FormRefusal:
    """Refusal of a form: the reason, and the status of the answer, 409 where somebody was faster."""

    message: str
    status: int = 422


Refused = Callable[[MeetingDay, FormRefusal], ResponseReturnValue]


def event_of(number: int) -> MeetingDay:
    """Return an event, or end the request by saying that there is none of this number."""
    try:
        return load_day(desk().engine, owner(), number)
    except JournalUnknown:
        abort(make_response(render_template("club/absent.html", number=number), 404))


def contact_of(event: MeetingDay) -> str:
    """Return where participants write of their data: to the organiser, else to who runs the pages; empty where neither is known."""
    return event.header.email or desk().settings.notice.contact


def version_now(number: int) -> int:
    """Return the version of an event without reading its journal, or end the request where there is none of this number."""
    try:
        return version_of(desk().engine, owner(), number)
    except JournalUnknown:
        abort(404)


def people_of_event(event: MeetingDay) -> dict[int, tuple[Person, ...]]:
    """Return who comes; contacts that have grown old are left out."""
    return load_people(desk().engine, owner(), event.id, since=desk().contacts_since())


def setting(event: MeetingDay) -> Setting:
    """Return an event laid out for the planner, once for each state of events and of the catalogue."""
    return cached_result(
        "setting", _state(event), lambda: setting_of(desk().engine, owner(), event, today=desk().today())
    )


def _state(event: MeetingDay) -> tuple[object, ...]:
    others = tuple((one.id, one.version) for one in list_days(desk().engine, owner()))
    return (event.id, event.version, others, desk().shelf().version, desk().today())


def report_of(event: MeetingDay) -> DayReport:
    """Return what came of an event, worked out once for each state of events and of the catalogue."""
    return cached_result("report", _state(event), lambda: report_day(setting(event), desk().shelf()))


def former_figures(event: MeetingDay) -> DayFigures | None:
    """Return the figures of the edition before an event, worked out once for each state of events; None where there is none."""
    current_desk = desk()
    return cached_result(
        "former", _state(event), lambda: figures_before(current_desk.engine, owner(), event, today=current_desk.today())
    )


def unsettling_changes(event: MeetingDay) -> list[str]:
    """Return, in the words of the journal, what was changed since the timetable was frozen and is not in it."""
    frozen = [place for place, line in enumerate(event.journal) if isinstance(line.change, Freeze)]
    since = event.journal[frozen[-1] + 1 :] if frozen else ()
    lines = [line for line in since if isinstance(line.change, _UNSETTLING)]
    former = event.at_version(frozen[-1] + 1).by_key if any(isinstance(line.change, Amend) for line in lines) else {}
    seen, sentences = dict(former), []
    for line in lines:
        if isinstance(line.change, Amend):
            participants = [one for one in line.change.participants if differs(seen.get(one.key), one)]
            seen |= {one.key: one for one in line.change.participants}
            if not participants:
                continue
        sentences.append(f"{line.who} {line.change.says(event)}")
    return sentences


def write_event(
    number: int,
    made: Callable[[MeetingDay], Sequence[DayChange]],
    refused: Refused,
    *,
    to: Callable[[MeetingDay], str],
    notice: str = "",
    people: People | Callable[[MeetingDay], People] | None = None,
    about: Callable[[MeetingDay], object] | None = None,
) -> ResponseReturnValue:
    """Write the changes that a form asks for and go `to` an address, with a notice.

    `made` gets the event as it is when they are written. Where the form rewrites what was read, `about` is that part of the
    event: somebody who changed it meanwhile is not overwritten unread.
    """
    current = event_of(number)
    author = signer_of(request.form)
    if not author:
        return refused(current, FormRefusal(NO_NAME))
    if about is not None and (refusal := faster(current, about)):
        return refused(current, refusal)
    try:
        written = change_latest_day(
            desk().engine, owner(), number, made, author=author, now=desk().now(), people=people or {}
        )
    except ChangeRefused as refusal:
        return refused(current, FormRefusal(str(refusal)))
    if notice:
        flash(notice)
    return redirect(to(written), 303)


def flash_refusal_at(to: str) -> Refused:
    """Return what shows a refusal at the head of the page at `to`, where the form holds nothing to type again."""

    def answer(_: MeetingDay, refusal: FormRefusal) -> ResponseReturnValue:
        flash(refusal.message, "refus")
        return redirect(to, 303)

    return answer


def state_answer(mark: str) -> ResponseReturnValue:
    """Return the `mark` of what a page should show as the ETag of next to nothing: an open page compares it with its own."""
    answer = jsonify(mark=mark)
    answer.set_etag(mark)
    return answer.make_conditional(request)


def faster(current: MeetingDay, about: Callable[[MeetingDay], object]) -> FormRefusal | None:
    """Return the refusal of a form whose part of the event (`about`) was changed since it was read; None where it was not."""
    version = version_read(current.version)
    try:
        same = about(current.at_version(version)) == about(current)
    except ChangeRefused:  # what the form is about was not there yet, or no longer is
        same = False
    if same:
        return None
    last = current.journal[-1]
    return FormRefusal(
        f"{last.who} a changé cela le {moment(last.at)}, pendant que vous écriviez : {last.change.says(current)}. Votre texte est "
        "toujours là ; enregistrez de nouveau pour le mettre à la place.",
        409,
    )
