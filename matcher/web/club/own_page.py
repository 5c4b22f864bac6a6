"""Page « Mes rendez-vous » behind a participant's secret link, for an event of buyer-supplier meetings: accept, decline or note them, change its data.

No action here moves a meeting: the organiser does. Buttons post `faire` (action and subject), which `_ACTS` maps to changes of the event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Never

from flask import Blueprint, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.accounts.throttle import knock
from matcher.cleaning.hours import clean_hour
from matcher.club.meeting_day.changes import Amend, Arrive, Bind, TellSequel, Unbind
from matcher.club.meeting_day.meeting_day import Acceptance, Bond, DayChange, MeetingDay, Participant, Result, Tie
from matcher.club.meeting_day.own_words import (
    MOST_USEFUL,
    Accept,
    GiveUp,
    NoteMeeting,
    accepts,
    booking_of,
    note_of,
    restate_terms,
)
from matcher.club.meeting_day.participant_link import LASTS, Behind, LinkEnded, behind, silence_messages
from matcher.club.meeting_day.sequels import Sequel, SequelStep, asked_from
from matcher.club.meeting_day.store import Person, change_latest_day, load_day, load_people
from matcher.club.results.mailing import PLACE, addresses
from matcher.club.results.own_page import OwnPage, OwnPages, Reply, mark_of_page, marks_of_pages
from matcher.club.results.view import to_ics
from matcher.domain.french import count, minutes
from matcher.journal.change import ChangeRefused, tidy_lines
from matcher.web.club.meeting_day import contact_of, faster, state_answer
from matcher.web.club.own_wishes import (
    changeable,
    choose_visible_other,
    numbers_of,
    refusals_of,
    refuse_late,
    show_me,
    shown_as,
    take_back_wish,
    wish,
)
from matcher.web.club.participant_form import ParticipantForm, TermsForm, absences, read_absences
from matcher.web.frame.app_state import desk
from matcher.web.frame.cache import cached_result
from matcher.web.frame.file_response import attachment

pages = Blueprint("own_page", __name__)

LONGEST_NOTE = 2_000
# Most writes by one link in a quarter of an hour; counted by link, as the telephones of a hall share one IP address.
MOST_SENT = 120


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """The target of an opened link: the link's data, the event, and the participant (its main line, if it is registered under several)."""

    link: Behind
    event: MeetingDay
    me: Participant

    @property
    def people(self) -> dict[int, tuple[Person, ...]]:
        """The persons who come, by participant, without contacts older than the retention period."""
        return load_people(desk().engine, self.link.owner, self.event.id, since=desk().contacts_since())


@pages.get(f"/{PLACE}/<token>", endpoint="show")
def show_own_page(token: str) -> ResponseReturnValue:
    """Show the participant's timetable and answers. Nothing is written: mail robots open links before their reader does."""
    return _page(token, opened_page(token))


@pages.get(f"/{PLACE}/<token>/etat", endpoint="state")
def own_page_state(token: str) -> ResponseReturnValue:
    """Return the ETag that an open page polls to detect changes; cached for all participants, so that each version is read once."""
    link, today = _link_of(token), desk().today()
    key = (link.owner, link.event_id, link.version, today)
    marks = cached_result(
        "own pages", key, lambda: marks_of_pages(load_day(desk().engine, link.owner, link.event_id), today)
    )
    return state_answer(marks.get(link.participant, ""))


@pages.get(f"/{PLACE}/<token>/agenda.ics", endpoint="calendar")
def own_calendar(token: str) -> ResponseReturnValue:
    """Send the meetings for the participant's calendar."""
    opened = opened_page(token)
    if opened.event.header.day is None:
        abort(404)
    own_page = OwnPages(opened.event).of(opened.me.key, {})
    return attachment(f"rendez-vous-{opened.event.id}.ics", to_ics(opened.event, own_page.sheet))


@pages.post(f"/{PLACE}/<token>", endpoint="act")
def act_on_own_page(token: str) -> ResponseReturnValue:
    """Do the action of a button (`faire`: « action.subject »); repeats are ignored. A script gets JSON."""
    opened = opened_page(token)
    what, _, about = request.form.get("faire", "").partition(".")
    action = _ACTS.get(what) or abort(400)
    scripted = request.accept_mimetypes.best == "application/json"

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        me = event.participant(opened.me.key)
        if what in _BEFORE_THE_DAY:
            refuse_late(event)
        return action(event, me, about)

    try:
        write_own(token, opened, list_changes)
    except ChangeRefused as refusal:
        return (jsonify(refus=str(refusal)), 422) if scripted else _page(token, opened, str(refusal), 422)
    if scripted:
        return jsonify(fait=True)
    flash("C’est noté.")
    page = "who_comes.show" if "liste" in request.form else "own_page.show"
    return redirect(url_for(page, token=token, _anchor=request.form.get("ou", "")[:40] or None), 303)


@pages.post(f"/{PLACE}/<token>/courriels", endpoint="mail")
def choose_own_mail(token: str) -> ResponseReturnValue:
    """Store whether the organiser may send e-mails (`faire` is « reprendre ») or not (« retirer »)."""
    page = _link_of(token)
    what = request.form.get("faire")
    if what not in ("retirer", "reprendre"):
        abort(400)
    silence_messages(desk().engine, page, silent=what == "retirer", now=desk().now())
    flash("C’est noté : plus aucun courriel." if what == "retirer" else "C’est noté : vous serez prévenu par courriel.")
    return redirect(url_for("own_page.show", token=token, _anchor="retirer"), 303)


@pages.get(f"/{PLACE}/<token>/fiche", endpoint="profile")
def edit_own_participant(token: str) -> ResponseReturnValue:
    """Show the form with the participant's registration."""
    opened = opened_page(token)
    me = replace(opened.me, visible=opened.event.seat(opened.me.key).visible)
    return _profile(token, opened, ParticipantForm.of(me, opened.people.get(me.key, ())))


@pages.post(f"/{PLACE}/<token>/fiche", endpoint="amend")
def amend_own_participant(token: str) -> ResponseReturnValue:
    """Store changes to the participant's needs or trade, persons, hours and access; only the organiser changes its name and SIRET."""
    opened = opened_page(token)
    participant, typed = opened.me, MultiDict(request.form)
    typed["sort"], typed["name"], typed["siret"] = participant.sort.value, participant.name, participant.siret
    form = ParticipantForm(typed)
    if form.faults:
        return _profile(token, opened, form)
    if refusal := faster(opened.event, lambda event: event.participant(participant.key)):
        form.faults["place"] = refusal.message
        return _profile(token, opened, form, refusal.status)
    read = form.participant(participant.key)

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        refuse_late(event)
        former = event.participant(participant.key)
        wanted = replace(
            read, absent=former.absent, same_as=former.same_as, supplier_id=former.supplier_id, kinds=former.kinds
        )
        others = (one for one in shown_as(event, participant.key, visible=read.visible) if one.key != participant.key)
        changed = (*([] if wanted == former else [wanted]), *others)
        return [Amend(changed)] if changed else []

    try:
        write_own(token, opened, list_changes, people={participant.key: form.persons})
    except ChangeRefused as refusal:
        form.faults["place"] = str(refusal)
        return _profile(token, opened, form)
    flash("C’est enregistré, l’organisateur le voit.")
    return redirect(url_for("own_page.show", token=token), 303)


def _accept(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Accept the meeting « other.slot », or all waiting meetings where `about` is empty."""
    if not about:
        own_page = OwnPages(event).of(me.key, {})
        waits = tuple(Acceptance(me.key, other, own_page.meetings[other].slot) for other in own_page.to_answer)
        return [Accept(waits)] if waits else []
    other, slot = numbers_of(about, 2)
    back: list[DayChange] = [Unbind(bonds)] if (bonds := refusals_of(event, me, other)) else []
    known = accepts(event, me.key, other, slot)
    return back if known else [*back, Accept((Acceptance(me.key, other, slot),))]


def _decline(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Decline a meeting: it becomes a refusal that the organiser sees, and a new plan leaves it out."""
    (other,) = numbers_of(about, 1)
    booking_of(event, me.key, other)
    return [] if refusals_of(event, me, other) else [Bind((Bond(Tie.NEVER, me.key, other),))]


def _note_changes(
    event: MeetingDay, me: Participant, about: str, result: Result | None = None, useful: int | None = None
) -> Sequence[DayChange]:
    """Store the outcome of a meeting and its note. Two people may share a link: a note that the page had not shown (`avant`) is kept above."""
    (other,) = numbers_of(about, 1)
    former = note_of(event, me.key, other)
    text, shown = (tidy_lines(request.form.get(name, "")).strip()[:LONGEST_NOTE] for name in ("note", "avant"))
    if former.text and former.text not in (shown, text):
        text = former.text if text in ("", shown) or text in former.text else f"{former.text}\n{text}"[:LONGEST_NOTE]
    wanted = replace(former, text=text, result=result or former.result, useful=useful or former.useful)
    return [] if wanted == former else [NoteMeeting(wanted)]


def _sequel(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Store what a meeting has led to, as this side gives it: « other.STEP »."""
    number, _, step = about.partition(".")
    (other,) = numbers_of(number, 1)
    if step not in SequelStep.__members__:
        abort(400)
    booking = booking_of(event, me.key, other)
    wanted = restate_terms(event, Sequel(me.key, booking.buyer, booking.supplier, SequelStep[step]))
    return [] if wanted in event.sequels.values() else [TellSequel(wanted)]


def _terms(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Store the terms of the contract that a meeting has led to: amount, nature, hours of insertion, jobs."""
    (other,) = numbers_of(about, 1)
    form = TermsForm(request.form)
    if form.faults:
        raise ChangeRefused(" ".join(form.faults.values()))
    booking = booking_of(event, me.key, other)
    wanted = Sequel(me.key, booking.buyer, booking.supplier, SequelStep.CONTRACT, form.terms)
    return [] if wanted in event.sequels.values() else [TellSequel(wanted)]


def _hours(event: MeetingDay, me: Participant, _: str) -> Sequence[DayChange]:
    typed = [request.form.get(name, "").strip()[:40] for name in ("arrivee", "depart")]
    hours = [clean_hour(text).value if text else None for text in typed]
    if any(text and hour is None for text, hour in zip(typed, hours, strict=True)):
        raise ChangeRefused("Écrivez une heure, par exemple 9 h 40, ou rien.")
    arrival, departure = hours
    # Pages opened before this field existed do not send it: absences stay unchanged.
    away = read_absences(request.form["absence"][:120]) if "absence" in request.form else me.away
    if away is None:
        raise ChangeRefused("Écrivez de quand à quand vous vous absentez, par exemple 10 h à 10 h 30, ou rien.")
    if fault := event.schedule.presence_fault(arrival, departure, away):
        raise ChangeRefused(fault)
    wanted = replace(me, arrival=arrival, departure=departure, away=away)
    return [] if wanted == me else [Amend((wanted,))]


_ACTS: Mapping[str, Callable[[MeetingDay, Participant, str], Sequence[DayChange]]] = {
    "accepter": _accept,
    "decliner": _decline,
    # The outcome of a meeting, « other.RESULT ».
    "issue": lambda event, me, about: _note_changes(
        event, me, about.partition(".")[0], Result.__members__.get(about.partition(".")[2]) or abort(400)
    ),
    "note": _note_changes,
    # How useful a meeting was, « other.4 ».
    "utile": lambda event, me, about: _note_changes(
        event, me, about.partition(".")[0], useful=numbers_of(about.partition(".")[2], 1)[0]
    ),
    "suite": _sequel,
    "marche": _terms,
    "heures": _hours,
    "voeu": wish,
    "choisir": choose_visible_other,
    "montrer": show_me,
    "retirer": take_back_wish,
    "renoncer": lambda _event, me, _: [] if me.absent else [GiveUp(me.key)],
    "venir": lambda _event, me, _: [Arrive(me.key, me.arrival)] if me.absent else [],
}
# Actions that are refused once the day has come.
_BEFORE_THE_DAY = frozenset({"decliner", "heures", "voeu", "choisir", "retirer", "renoncer", "venir"})


def write_own(
    token: str,
    opened: OpenedPage,
    list_changes: Callable[[MeetingDay], Sequence[DayChange]],
    people: Mapping[int, tuple[Person, ...]] | None = None,
) -> None:
    """Store changes signed with the participant's number, within the rate limit of its link. Raises ChangeRefused."""
    link, now = opened.link, desk().now()
    if longest := knock(desk().engine, PLACE, token, now=now, most=MOST_SENT):
        raise ChangeRefused(f"Trop d’envois depuis cette page. Réessayez dans {minutes(longest)}.")
    author = f"participant n° {opened.me.key}, par son lien"  # a name would outlive its structure in the journal
    change_latest_day(
        desk().engine, link.owner, opened.event.id, list_changes, author=author, now=now, people=people or {}
    )


def _link_of(token: str) -> Behind:
    """Return the data of a link, or end the request: 404 for an unknown or closed link, 410 for an expired one."""
    try:
        link_behind = behind(desk().engine, token, desk().today())
    except LinkEnded as ended:
        _end_closed(str(ended), 410)
    if link_behind is None:
        _end_closed("Il a été remplacé ou fermé, ou il est mal recopié. Demandez le bon à l’organisateur.", 404)
    return link_behind


def opened_page(token: str) -> OpenedPage:
    """Return the event and participant of a link, or end the request."""
    link = _link_of(token)
    event = load_day(desk().engine, link.owner, link.event_id)
    me = event.by_key.get(event.seat_of(link.participant))
    if me is None:
        _end_closed("Votre structure n’est plus inscrite à cet événement. Une erreur ? Dites-le à l’organisateur.", 410)
    return OpenedPage(link, event, me)


def _end_closed(why: str, status: int) -> Never:
    page = make_response(render_template("club/personnel/ferme.html", why=why), status)
    abort(page)


def _page(token: str, opened: OpenedPage, fault: str = "", status: int = 200) -> tuple[str, int]:
    event, people, own_pages = opened.event, opened.people, OwnPages(opened.event)
    own_page = own_pages.of(opened.me.key, people)
    past = event.header.day is not None and desk().today() > event.header.day
    asked_on = asked_from(event.header.day)
    page = render_template(
        "club/personnel/page.html",
        token=token,
        event=event,
        mark=mark_of_page(own_pages, opened.me.key, desk().today()),
        me=opened.me,
        its=own_page,
        title=_title(opened.me, own_page, past=past),
        replies=Reply,
        ties=Tie,
        results=list(Result),
        marks=range(1, MOST_USEFUL + 1),
        steps=list(SequelStep) if asked_on is not None and desk().today() >= asked_on else [],
        changeable=changeable(event),
        away=absences(opened.me.away),
        today=event.header.day == desk().today(),
        past=past,
        contracts={
            other: TermsForm.showing(one.terms)
            for other, one in own_page.meetings.items()
            if one.step is SequelStep.CONTRACT
        },
        unsaid=[one for one in own_page.meetings.values() if one.awaits and one.step is None],
        over=event.header.day is not None and desk().today() >= event.header.day,
        lasts=LASTS.days,
        contact=contact_of(event),
        mails=addresses(event, opened.me.key, people),
        silent=opened.link.silent,
        fault=fault,
        typed=request.form if fault else {},
    )
    return page, status


def _title(me: Participant, own_page: OwnPage, *, past: bool) -> str:
    if me.absent:
        return "Vous avez dit ne pas venir"
    if not own_page.meetings:
        return "Pas de rendez-vous" if past else "Pas encore de rendez-vous"
    waits = 0 if past else len(own_page.to_answer)
    meetings = count(len(own_page.meetings), "rendez-vous", "rendez-vous")
    if waits == len(own_page.meetings):
        return f"{meetings} à confirmer"
    return f"{meetings}, dont {waits} à confirmer" if waits else meetings


def _profile(token: str, opened: OpenedPage, form: ParticipantForm, status: int = 422) -> tuple[str, int]:
    event, me = opened.event, opened.me
    page = render_template(
        "club/personnel/fiche.html", token=token, event=event, me=me, form=form, changeable=changeable(event)
    )
    return page, status if form.faults else 200
