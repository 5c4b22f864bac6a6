"""« Mes rendez-vous »: a participant's own page behind its secret link, on a telephone that may lose its network. Nothing here moves a meeting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Never

from flask import Blueprint, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.accounts.form_rate_limit import knock
from matcher.cleaning.hours import clean_hour
from matcher.cleaning.numbers import whole
from matcher.club.meeting_day.changes import Amend, Arrive, Bind, TellSequel, Unbind
from matcher.club.meeting_day.meeting_day import Acceptance, Bond, DayChange, MeetingDay, Participant, Result, Tie
from matcher.club.meeting_day.own_words import Accept, GiveUp, NoteMeeting, accepts, booking_of, note_of
from matcher.club.meeting_day.participant_link import LASTS, Behind, LinkEnded, behind, silence
from matcher.club.meeting_day.sequels import Sequel, SequelStep, asked_from
from matcher.club.meeting_day.store import Person, change_as, load, load_people
from matcher.club.registration.who_is_it import among
from matcher.club.results.mailing import PLACE, addresses
from matcher.club.results.own_page import OwnPage, OwnPages, Reply, mark_of_page, marks_of_pages
from matcher.club.results.view import to_ics
from matcher.domain.french import count, minutes
from matcher.journal.change import ChangeRefused, one_line, tidied
from matcher.web.club.meeting_day import contact_of, faster, state_answer
from matcher.web.club.participant_form import ParticipantForm
from matcher.web.frame.app_state import desk
from matcher.web.frame.cache import remembered
from matcher.web.frame.file_response import sent

pages = Blueprint("own_page", __name__)

LONGEST_NOTE = 2_000
# Words that one page may send in a quarter of an hour; a hall of telephones shares one address, so each link has its own count.
MOST_SENT = 120
_TOO_LATE = "C’est aujourd’hui, ou c’est passé : dites-le à l’organisateur, rien n’est changé ici."


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """A page that a link opened: the event, the participant under its seat, and what the link said."""

    link: Behind
    event: MeetingDay
    me: Participant

    @property
    def people(self) -> dict[int, tuple[Person, ...]]:
        """Who comes; contacts that have grown old are left out."""
        return load_people(desk().engine, self.link.owner, self.event.id, since=desk().contacts_since())


@pages.get(f"/{PLACE}/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show the participant's timetable and what it said; nothing is written, for robots open a link before its reader."""
    return _page(token, _opened(token))


@pages.get(f"/{PLACE}/<token>/etat")
def state(token: str) -> ResponseReturnValue:
    """Tell a page that is open whether what it shows has changed, by its ETag: the journal is read once a version, for all telephones."""
    link, today = _behind(token), desk().today()
    key = (link.owner, link.event_id, link.version, today)
    marks = remembered("own pages", key, lambda: marks_of_pages(load(desk().engine, link.owner, link.event_id), today))
    return state_answer(marks.get(link.participant, ""))


@pages.get(f"/{PLACE}/<token>/agenda.ics")
def calendar(token: str) -> ResponseReturnValue:
    """Send the meetings for the participant's calendar."""
    opened = _opened(token)
    if opened.event.header.day is None:
        abort(404)
    its = OwnPages(opened.event).of(opened.me.key, {})
    return sent(f"rendez-vous-{opened.event.id}.ics", to_ics(opened.event, its.sheet))


@pages.post(f"/{PLACE}/<token>")
def act(token: str) -> ResponseReturnValue:
    """Write what a button says (`faire`, its word and what it is about); the same twice is written once. A script is answered in JSON."""
    opened = _opened(token)
    what, _, about = request.form.get("faire", "").partition(".")
    made = _ACTS.get(what) or abort(400)
    scripted = request.accept_mimetypes.best == "application/json"
    try:
        _write(token, opened, lambda event: made(event, event.participant(opened.me.key), about))
    except ChangeRefused as refusal:
        return (jsonify(refus=str(refusal)), 422) if scripted else _page(token, opened, str(refusal), 422)
    if scripted:
        return jsonify(fait=True)
    flash("C’est noté.")
    return redirect(url_for("own_page.show", token=token, _anchor=request.form.get("ou", "")[:40] or None), 303)


@pages.post(f"/{PLACE}/<token>/courriels")
def mail(token: str) -> ResponseReturnValue:
    """Write whether the organiser may still send messages (`faire` is « reprendre ») or not (« retirer »): one tap."""
    page = _behind(token)
    what = request.form.get("faire")
    if what not in ("retirer", "reprendre"):
        abort(400)
    silence(desk().engine, page, silent=what == "retirer", now=desk().now())
    flash("C’est noté : plus aucun courriel." if what == "retirer" else "C’est noté : vous serez prévenu par courriel.")
    return redirect(url_for("own_page.show", token=token, _anchor="retirer"), 303)


@pages.get(f"/{PLACE}/<token>/fiche")
def profile(token: str) -> ResponseReturnValue:
    """Show what the organiser knows of the participant, to be changed."""
    opened = _opened(token)
    return _profile(token, opened, ParticipantForm.of(opened.me, opened.people.get(opened.me.key, ())))


@pages.post(f"/{PLACE}/<token>/fiche")
def amend(token: str) -> ResponseReturnValue:
    """Change the participant's needs or trade, who comes, hours and access; its name and number stay the organiser's."""
    opened = _opened(token)
    held, typed = opened.me, MultiDict(request.form)
    typed["sort"], typed["name"], typed["siret"] = held.sort.value, held.name, held.siret
    form = ParticipantForm(typed)
    if form.faults:
        return _profile(token, opened, form)
    if refusal := faster(opened.event, lambda event: event.participant(held.key)):
        form.faults["place"] = refusal.message
        return _profile(token, opened, form, refusal.status)
    read = form.participant(held.key)

    def made(event: MeetingDay) -> Sequence[DayChange]:
        _in_time(event)
        former = event.participant(held.key)
        wanted = replace(read, absent=former.absent, same_as=former.same_as, supplier_id=former.supplier_id)
        return [] if wanted == former else [Amend((wanted,))]

    try:
        _write(token, opened, made, people={held.key: form.persons})
    except ChangeRefused as refusal:
        form.faults["place"] = str(refusal)
        return _profile(token, opened, form)
    flash("C’est enregistré, l’organisateur le voit.")
    return redirect(url_for("own_page.show", token=token), 303)


def _accept(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """« other.slot », or all that wait where nothing is said."""
    if not about:
        its = OwnPages(event).of(me.key, {})
        waits = tuple(Acceptance(me.key, other, its.meetings[other].slot) for other in its.awaited)
        return [Accept(waits)] if waits else []
    other, slot = _numbers(about, 2)
    back: list[DayChange] = [Unbind(held)] if (held := _refusals(event, me, other)) else []
    known = accepts(event, me.key, other, slot)
    return back if known else [*back, Accept((Acceptance(me.key, other, slot),))]


def _decline(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """A meeting that one does not want is a refusal: the organiser sees it, and a new plan leaves it out."""
    _in_time(event)
    (other,) = _numbers(about, 1)
    booking_of(event, me.key, other)
    return [] if _refusals(event, me, other) else [Bind((Bond(Tie.NEVER, me.key, other),))]


def _outcome(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    number, _, result = about.partition(".")
    if result not in Result.__members__:
        abort(400)
    return _noted(event, me, number, Result[result])


def _noted(event: MeetingDay, me: Participant, about: str, result: Result | None = None) -> Sequence[DayChange]:
    """What came of a meeting and the note beside it. Two people behind one link: a note that the page had not shown is kept above."""
    (other,) = _numbers(about, 1)
    former = note_of(event, me.key, other)
    text, shown = (tidied(request.form.get(name, "")).strip()[:LONGEST_NOTE] for name in ("note", "avant"))
    if former.text and former.text not in (shown, text):
        text = former.text if text in ("", shown) or text in former.text else f"{former.text}\n{text}"[:LONGEST_NOTE]
    wanted = replace(former, text=text, result=result or former.result)
    return [] if wanted == former else [NoteMeeting(wanted)]


def _sequel(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """What a meeting has led to, « other.STEP »: the word of this side alone."""
    number, _, step = about.partition(".")
    (other,) = _numbers(number, 1)
    if step not in SequelStep.__members__:
        abort(400)
    booking = booking_of(event, me.key, other)
    wanted = Sequel(me.key, booking.buyer, booking.supplier, SequelStep[step])
    return [] if wanted in event.sequels.values() else [TellSequel(wanted)]


def _hours(event: MeetingDay, me: Participant, _: str) -> Sequence[DayChange]:
    _in_time(event)
    typed = [request.form.get(name, "").strip()[:40] for name in ("arrivee", "depart")]
    hours = [clean_hour(text).value if text else None for text in typed]
    if any(text and hour is None for text, hour in zip(typed, hours, strict=True)):
        raise ChangeRefused("Écrivez une heure, par exemple 9 h 40, ou rien.")
    arrival, departure = hours
    if fault := event.schedule.presence_fault(arrival, departure, me.away):
        raise ChangeRefused(fault)
    wanted = replace(me, arrival=arrival, departure=departure)
    return [] if wanted == me else [Amend((wanted,))]


def _wish(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """A wish (« MUST ») or a refusal (« NEVER ») by name: the page does not list who comes."""
    _in_time(event)
    if about not in ("MUST", "NEVER"):
        abort(400)
    name = one_line(request.form.get("nom", "")[:300])
    others = [one for one in event.participants if one.supplies is not me.supplies]
    found = among(name, others, event.doubles.items()).sure if name else ""
    if not found:
        raise ChangeRefused(
            f"« {name} » n’est reconnu parmi personne de l’autre côté : écrivez le nom entier, ou dites-le à l’organisateur."
        )
    bond = Bond(Tie[about], me.key, int(found))
    return [] if bond in event.bonds else [Bind((bond,))]


def _take_back(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    _in_time(event)
    tie, _, number = about.partition(".")
    (other,) = _numbers(number, 1)
    held = tuple(bond for bond in _own_bonds(event, me, other) if bond.tie.name == tie)
    return [Unbind(held)] if held else []


def _give_up(event: MeetingDay, me: Participant, _: str) -> Sequence[DayChange]:
    _in_time(event)
    return [] if me.absent else [GiveUp(me.key)]


def _come_after_all(event: MeetingDay, me: Participant, _: str) -> Sequence[DayChange]:
    _in_time(event)
    return [Arrive(me.key, me.arrival)] if me.absent else []


_ACTS: Mapping[str, Callable[[MeetingDay, Participant, str], Sequence[DayChange]]] = {
    "accepter": _accept,
    "decliner": _decline,
    "issue": _outcome,
    "note": _noted,
    "suite": _sequel,
    "heures": _hours,
    "voeu": _wish,
    "retirer": _take_back,
    "renoncer": _give_up,
    "venir": _come_after_all,
}


def _own_bonds(event: MeetingDay, me: Participant, other: int) -> tuple[Bond, ...]:
    seats = (me.key, event.seat_of(other))
    return tuple(bond for bond in event.bonds if (event.seat_of(bond.by), event.seat_of(bond.other)) == seats)


def _refusals(event: MeetingDay, me: Participant, other: int) -> tuple[Bond, ...]:
    return tuple(bond for bond in _own_bonds(event, me, other) if bond.tie is Tie.NEVER)


def _numbers(about: str, expected: int) -> list[int]:
    """The numbers of a button; the request ends where they are not as many as expected."""
    found = [number for part in about.split(".") if (number := whole(part)) is not None]
    if len(found) != expected:
        abort(400)
    return found


def _in_time(event: MeetingDay) -> None:
    if not _changeable(event):
        raise ChangeRefused(_TOO_LATE)


def _changeable(event: MeetingDay) -> bool:
    """Whether the day is still to come: from then on a change is said to a person, who plans again at once."""
    return event.header.day is None or desk().today() < event.header.day


def _write(
    token: str,
    opened: OpenedPage,
    made: Callable[[MeetingDay], Sequence[DayChange]],
    people: Mapping[int, tuple[Person, ...]] | None = None,
) -> None:
    """Write the changes that a page asks for, signed with the participant's number. Raises ChangeRefused."""
    if longest := knock(desk().engine, PLACE, token, now=desk().now(), most=MOST_SENT):
        raise ChangeRefused(f"Trop d’envois depuis cette page. Réessayez dans {minutes(longest)}.")
    who = f"participant n° {opened.me.key}, par son lien"  # a name would outlive its structure in the journal
    change_as(desk().engine, opened.link.owner, opened.event.id, made, who=who, now=desk().now(), people=people or {})


def _behind(token: str) -> Behind:
    """What a link opens, or the end of the request: 404 where it is none of ours or was closed, 410 where it has ended."""
    try:
        found = behind(desk().engine, token, desk().today())
    except LinkEnded as ended:
        _closed(str(ended), 410)
    if found is None:
        _closed("Il a été remplacé ou fermé, ou il est mal recopié. Demandez le bon à l’organisateur.", 404)
    return found


def _opened(token: str) -> OpenedPage:
    link = _behind(token)
    event = load(desk().engine, link.owner, link.event_id)
    me = event.by_key.get(event.seat_of(link.participant))
    if me is None:
        _closed("Votre structure n’est plus inscrite à cet événement. Une erreur ? Dites-le à l’organisateur.", 410)
    return OpenedPage(link, event, me)


def _closed(why: str, status: int) -> Never:
    page = make_response(render_template("club/personnel/ferme.html", why=why), status)
    abort(page)


def _page(token: str, opened: OpenedPage, fault: str = "", status: int = 200) -> tuple[str, int]:
    event, people, own_pages = opened.event, opened.people, OwnPages(opened.event)
    its = own_pages.of(opened.me.key, people)
    past = event.header.day is not None and desk().today() > event.header.day
    asked_on = asked_from(event.header.day)
    page = render_template(
        "club/personnel/page.html",
        token=token,
        event=event,
        mark=mark_of_page(own_pages, opened.me.key, desk().today()),
        me=opened.me,
        its=its,
        title=_title(opened.me, its, past=past),
        replies=Reply,
        ties=Tie,
        results=list(Result),
        steps=list(SequelStep) if asked_on is not None and desk().today() >= asked_on else [],
        changeable=_changeable(event),
        today=event.header.day == desk().today(),
        past=past,
        unsaid=[one for one in its.meetings.values() if one.awaits and one.step is None],
        over=event.header.day is not None and desk().today() >= event.header.day,
        lasts=LASTS.days,
        contact=contact_of(event),
        mails=addresses(event, opened.me.key, people),
        silent=opened.link.silent,
        fault=fault,
        typed=request.form if fault else {},
    )
    return page, status


def _title(me: Participant, its: OwnPage, *, past: bool) -> str:
    if me.absent:
        return "Vous avez dit ne pas venir"
    if not its.meetings:
        return "Pas de rendez-vous" if past else "Pas encore de rendez-vous"
    waits = 0 if past else len(its.awaited)
    said = count(len(its.meetings), "rendez-vous", "rendez-vous")
    if waits == len(its.meetings):
        return f"{said} à confirmer"
    return f"{said}, dont {waits} à confirmer" if waits else said


def _profile(token: str, opened: OpenedPage, form: ParticipantForm, status: int = 422) -> tuple[str, int]:
    page = render_template(
        "club/personnel/fiche.html",
        token=token,
        event=opened.event,
        me=opened.me,
        form=form,
        changeable=_changeable(opened.event),
    )
    return page, status if form.faults else 200
