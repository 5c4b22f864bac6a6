"""Page « Pages des participants » of the organiser: create, export, send and close participants' secret links, and warn them of changed meetings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole_number
from matcher.cleaning.phone import shown_phone
from matcher.club.meeting_day.meeting_day import MeetingDay, Participant
from matcher.club.meeting_day.participant_link import (
    LASTS,
    SILENT,
    GivenLink,
    give_links,
    load_links,
    mark_informed,
    revoke_links,
)
from matcher.club.meeting_day.store import Person
from matcher.club.results.mailing import (
    NO_ADDRESS,
    TELL,
    MailStanding,
    ToTell,
    addresses,
    load_standings,
    to_tell,
    unwritten_said,
    write_mailing,
)
from matcher.club.results.own_page import awaited_replies, declined_meetings
from matcher.club.results.said import silent
from matcher.club.results.view import alphabetical
from matcher.club.timetable.planning import move_sentences as sentences
from matcher.domain.french import count
from matcher.mail.outbox import MessageState
from matcher.render.table import csv_of
from matcher.settings import retention_months
from matcher.web.club.meeting_day import NUMBER, event_of, people_of_event
from matcher.web.dossiers.sending_means import last_sending, sending_means, start_sending
from matcher.web.frame.access import alone
from matcher.web.frame.app_state import NO_NAME, desk, owner, signer_of, version_read
from matcher.web.frame.file_response import attachment

pages = Blueprint("participant_links", __name__)

# Actions: show a new link; export links to a file; send links; warn of changes; ask what meetings led to; note who was warned; close a link.
_ACTS = ("donner", "emporter", "envoyer", "prevenir", "demander", "dit", "fermer")
_LINKS = ("Structure", "Personne", "Courriel", "Téléphone", "Lien")


@dataclass(frozen=True, slots=True)
class LinkedParticipant:
    """A participant and its link (None where it has none): what to warn it of and the sentences, number of meetings that await its answer,
    whether an e-mail address is known (`reached`), and the state of its messages."""

    participant: Participant
    link: GivenLink | None
    to_tell: ToTell | None
    changes: tuple[str, ...]
    awaited: int
    reached: bool
    mail: MailStanding


@pages.get(f"/club/{NUMBER}/pages", endpoint="show")
def show_links(number: int) -> str:
    """Show who has a link, which meetings were declined, and whom to warn."""
    return _page(event_of(number), {})


@pages.post(f"/club/{NUMBER}/pages", endpoint="turn")
def turn_links(number: int) -> ResponseReturnValue:
    """Do the action of a button (`faire`: « action.participant »; without participant, for all those concerned)."""
    event = event_of(number)
    author = signer_of(request.form)
    what, _, about = request.form.get("faire", "").partition(".")
    key = whole_number(about, event.by_key)
    if what not in _ACTS or (about and key is None):
        abort(400)
    if not author:
        flash(NO_NAME, "refus")
        return _back(event)
    if what == "donner":
        return _back(event) if event.deleted else _page(event, _create_links(event, key, author))
    if what == "emporter":
        return _export_links(event, key, author)
    if what == "dit":
        return _note_warned(event, key)
    if what == "fermer":
        return _close_link(event, key)
    if what == "demander":
        return _send_messages(event, tuple(silent(event)), author)
    return _send_messages(event, _concerned_keys(event, key, to_warn=what == "prevenir"), author)


def _export_links(event: MeetingDay, key: int | None, author: str) -> ResponseReturnValue:
    """Create links and send them as a CSV, one line a person, for a mail merge."""
    if event.deleted:
        return _back(event)
    links, people = _create_links(event, key, author), people_of_event(event)
    rows = [
        (event.name_of(one), person.name, person.email, shown_phone(person.phone), link)
        for one, link in links.items()
        for person in people.get(one, (Person(""),))
    ]
    return attachment(f"liens-{event.id}.csv", csv_of(_LINKS, rows))


def _create_links(event: MeetingDay, key: int | None, author: str) -> dict[int, str]:
    """Create a link for a participant, or for all who come and have none; return the addresses by participant."""
    keys = _concerned_keys(event, key, to_warn=False)
    tokens = give_links(desk().engine, owner(), event, keys, author=author, now=desk().now())
    return {one: url_for("own_page.show", token=token, _external=True) for one, token in tokens.items()}


def _close_link(event: MeetingDay, key: int | None) -> ResponseReturnValue:
    if key is None:
        abort(400)
    revoke_links(desk().engine, owner(), event.id, [key], now=desk().now())
    flash(f"Le lien de « {event.name_of(key)} » n’ouvre plus rien.")
    return _back(event)


def _note_warned(event: MeetingDay, key: int | None) -> ResponseReturnValue:
    """Note that a participant, or all those to warn, were warned."""
    keys = _concerned_keys(event, key, to_warn=True)
    mark_informed(desk().engine, owner(), event.id, keys, version_read(event.version))
    flash(f"{count(len(keys), 'prévenu')}.")
    return _back(event)


def _back(event: MeetingDay) -> ResponseReturnValue:
    return redirect(url_for("participant_links.show", number=event.id), 303)


def _send_messages(event: MeetingDay, keys: Collection[int], author: str) -> ResponseReturnValue:
    """Write a message to each of these participants who may have one, and start sending the waiting messages."""
    means = sending_means()
    if means.server is None or means.by is None or means.lacks:
        flash("Aucun courriel ne peut partir : voyez ce qui manque aux réglages.", "refus")
        return _back(event)
    since, months, now = desk().contacts_since(), retention_months(), desk().now()
    written = write_mailing(
        desk().engine, owner(), event.id, keys, means.by, author=author, since=since, months=months, now=now
    )
    if not written:
        links, people = load_links(desk().engine, owner(), event.id), people_of_event(event)
        standing = load_standings(desk().engine, event, links)
        if why := unwritten_said(event, links, standing, people, keys, desk().today()):
            flash(why, "refus")
    start_sending(TELL, event.id)
    return _back(event)


def _concerned_keys(event: MeetingDay, key: int | None, *, to_warn: bool) -> list[int]:
    """Return the keys of the button's participant, else of all those to warn (`to_warn`) or without a link."""
    if key:
        return [key]
    return [one.participant.key for one in _link_rows(event) if (one.to_tell if to_warn else one.link is None)]


def _link_rows(event: MeetingDay) -> list[LinkedParticipant]:
    links, people = load_links(desk().engine, owner(), event.id), people_of_event(event)
    mails, waits = load_standings(desk().engine, event, links), awaited_replies(event)
    telling = to_tell(event, links, mails, people, desk().today())
    return [
        LinkedParticipant(
            one,
            link := links.get(one.key),
            telling.get(one.key),
            tuple(sentences(event, telling[one.key].changes)) if one.key in telling else (),
            waits[event.seat_of(one.key)],
            bool(addresses(event, one.key, people)),
            mails.get(link.id, MailStanding()) if link else MailStanding(),
        )
        for one in alphabetical(event.participants)
        if one.key in links or not (one.absent or one.key in event.doubles)
    ]


def _page(event: MeetingDay, links: Mapping[int, str]) -> str:
    means, run = sending_means(), last_sending(TELL, event.id)
    return render_template(
        "club/personnel/liens.html",
        event=event,
        links=links,
        linked=_link_rows(event),
        declined=declined_meetings(event),
        people=people_of_event(event),
        lasts=LASTS.days,
        means=means,
        mailing=means.server is not None and not means.lacks and not event.deleted,
        run=run,
        states=MessageState,
        no_address=NO_ADDRESS,
        silent=SILENT,
        alone=alone(),
    )
