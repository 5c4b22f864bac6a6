"""Shared functions of the pages of a meeting day (event of planned buyer-supplier meetings): load it or end with 404, cache reports, write changes."""

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
# Changes after which the frozen timetable may be out of date; events of the day itself are replanned at once, hence not here.
_UNSETTLING = (DescribeDay, Register, Amend, WithdrawParticipant, GiveUp, Bind, Unbind, AnswerQuestion)

People = Mapping[int, tuple[Person, ...]]


@dataclass(frozen=True, slots=True)
class FormRefusal:
    """Refusal of a form: the French reason, and the HTTP status, 409 for a conflict with somebody else's change."""

    message: str
    status: int = 422


RefusalPage = Callable[[MeetingDay, FormRefusal], ResponseReturnValue]


def event_of(number: int) -> MeetingDay:
    """Return the meeting day of this number, or end the request with a 404 page."""
    try:
        return load_day(desk().engine, owner(), number)
    except JournalUnknown:
        abort(make_response(render_template("club/absent.html", number=number), 404))


def contact_of(event: MeetingDay) -> str:
    """Return the contact for questions on personal data: the organiser's e-mail, else the site's; may be empty."""
    return event.header.email or desk().settings.notice.contact


def version_now(number: int) -> int:
    """Return the version of an event without reading its journal, or end the request with 404."""
    try:
        return version_of(desk().engine, owner(), number)
    except JournalUnknown:
        abort(404)


def people_of_event(event: MeetingDay) -> dict[int, tuple[Person, ...]]:
    """Return the persons who come, by participant, without contacts older than the retention period."""
    return load_people(desk().engine, owner(), event.id, since=desk().contacts_since())


def setting(event: MeetingDay) -> Setting:
    """Return the input of the timetable planner for an event, cached for each state of events, catalogue and day."""
    return cached_result(
        "setting", _state(event), lambda: setting_of(desk().engine, owner(), event, today=desk().today())
    )


def _state(event: MeetingDay) -> tuple[object, ...]:
    others = tuple((one.id, one.version) for one in list_days(desk().engine, owner()))
    return (event.id, event.version, others, desk().shelf().version, desk().today())


def report_of(event: MeetingDay) -> DayReport:
    """Return the report of an event, cached for each state of events, catalogue and day."""
    return cached_result("report", _state(event), lambda: report_day(setting(event), desk().shelf()))


def former_figures(event: MeetingDay) -> DayFigures | None:
    """Return the figures of the previous edition of an event, cached; None where there is none."""
    current_desk = desk()
    return cached_result(
        "former", _state(event), lambda: figures_before(current_desk.engine, owner(), event, today=current_desk.today())
    )


def unsettling_changes(event: MeetingDay) -> list[str]:
    """Return the journal's sentences on changes made since the timetable was frozen, which it does not take into account."""
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
    list_changes: Callable[[MeetingDay], Sequence[DayChange]],
    show_refusal: RefusalPage,
    *,
    to: Callable[[MeetingDay], str],
    notice: str = "",
    people: People | Callable[[MeetingDay], People] | None = None,
    about: Callable[[MeetingDay], object] | None = None,
) -> ResponseReturnValue:
    """Store the changes that a form asks for, then redirect `to` an address with a notice; `show_refusal` renders a refusal.

    `list_changes` computes the changes from the event as it is at the time of writing. `about` returns the part of the event that the form replaces:
    the write is refused if somebody changed that part since the form was shown (optimistic locking).
    """
    current = event_of(number)
    author = signer_of(request.form)
    if not author:
        return show_refusal(current, FormRefusal(NO_NAME))
    if about is not None and (refusal := faster(current, about)):
        return show_refusal(current, refusal)
    try:
        written = change_latest_day(
            desk().engine, owner(), number, list_changes, author=author, now=desk().now(), people=people or {}
        )
    except ChangeRefused as refusal:
        return show_refusal(current, FormRefusal(str(refusal)))
    if notice:
        flash(notice)
    return redirect(to(written), 303)


def flash_refusal_at(to: str) -> RefusalPage:
    """Return a `show_refusal` function that redirects to `to` and shows the refusal there; for forms without typed text to keep."""

    def answer(_: MeetingDay, refusal: FormRefusal) -> ResponseReturnValue:
        flash(refusal.message, "refus")
        return redirect(to, 303)

    return answer


def state_answer(mark: str) -> ResponseReturnValue:
    """Return a tiny JSON answer whose ETag is `mark`, the state that an open page compares with its own."""
    answer = jsonify(mark=mark)
    answer.set_etag(mark)
    return answer.make_conditional(request)


def faster(current: MeetingDay, about: Callable[[MeetingDay], object]) -> FormRefusal | None:
    """Return the 409 refusal of a form if somebody changed its part of the event (`about`) since it was shown; else None."""
    version = version_read(current.version)
    try:
        same = about(current.at_version(version)) == about(current)
    except ChangeRefused:  # that part did not exist then, or no longer does
        same = False
    if same:
        return None
    last = current.journal[-1]
    return FormRefusal(
        f"{last.who} a changé cela le {moment(last.at)}, pendant que vous écriviez : {last.change.says(current)}. Votre texte est "
        "toujours là ; enregistrez de nouveau pour le mettre à la place.",
        409,
    )
