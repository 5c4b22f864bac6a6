"""« Pages des participants »: the secret link of each, given, shown once, and closed; what they declined, and whom to tell of what changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole
from matcher.club.meeting_day.meeting_day import MeetingDay, Participant
from matcher.club.meeting_day.participant_link import LASTS, GivenLink, give, given, revoke, tell
from matcher.club.results.own_page import awaited, declined, untold
from matcher.club.results.view import alphabetical
from matcher.club.timetable.planning import told as sentences
from matcher.domain.french import count
from matcher.web.club.meeting_day import NUMBER, event_of, now, people_of
from matcher.web.frame.app_state import desk
from matcher.web.frame.organisation import owner
from matcher.web.frame.signature import NO_NAME, signed, version_read

pages = Blueprint("participant_links", __name__)


@dataclass(frozen=True, slots=True)
class LinkedParticipant:
    """A participant and its link, None where it has none; `untold` says what of its timetable changed since it was told, `awaited` how many
    of its meetings wait for its word."""

    participant: Participant
    link: GivenLink | None
    untold: tuple[str, ...] = ()
    awaited: int = 0


@pages.get(f"/club/{NUMBER}/pages")
def show(number: int) -> str:
    """Show who has a link, what was declined, and whom to tell."""
    return _page(event_of(number), {})


@pages.post(f"/club/{NUMBER}/pages")
def turn(number: int) -> ResponseReturnValue:
    """Give links, to all who have none or to one (`donner`); close one (`fermer`); say that one was told, or all (`dit`)."""
    event, page = event_of(number), url_for("participant_links.show", number=number)
    who = signed(request.form)
    what, _, about = request.form.get("faire", "").partition(".")
    key = whole(about, event.by_key)
    if what not in ("donner", "fermer", "dit") or (about and key is None):
        abort(400)
    if not who:
        flash(NO_NAME, "refus")
        return redirect(page, 303)
    if what == "donner":
        return _page(event, _given(event, key, who))
    if what == "fermer" and key:
        revoke(desk().engine, owner(), number, [key], now=now())
        flash(f"Le lien de « {event.name_of(key)} » n’ouvre plus rien.")
    elif what == "dit":
        told = [key] if key else [one.participant.key for one in _linked(event) if one.untold]
        tell(desk().engine, owner(), number, told, version_read(event.version))
        flash(f"{count(len(told), 'prévenu')}.")
    return redirect(page, 303)


def _given(event: MeetingDay, key: int | None, who: str) -> dict[int, str]:
    """Give a link to a participant, or to all who come and have none; return the address of each."""
    if event.deleted:
        return {}
    held = given(desk().engine, owner(), event.id)
    seated = (one for side in (False, True) for one in event.seated(suppliers=side))
    keys = [key] if key else [one.key for one in seated if not one.absent and one.key not in held]
    tokens = give(desk().engine, owner(), event, keys, who=who, now=now())
    return {one: url_for("own_page.show", token=token, _external=True) for one, token in tokens.items()}


def _linked(event: MeetingDay) -> list[LinkedParticipant]:
    held = given(desk().engine, owner(), event.id)
    waits = awaited(event)
    changed = untold(
        event, {key: its.told for key, its in held.items() if key in event.by_key and not event.by_key[key].absent}
    )
    return [
        LinkedParticipant(
            one,
            held.get(one.key),
            tuple(sentences(event, changed[one.key])) if one.key in changed else (),
            waits[event.seat_of(one.key)],
        )
        for one in alphabetical(event.participants)
        if one.key in held or not (one.absent or one.key in event.doubles)
    ]


def _page(event: MeetingDay, links: Mapping[int, str]) -> str:
    return render_template(
        "club/personnel/liens.html",
        event=event,
        links=links,
        linked=_linked(event),
        declined=declined(event),
        people=people_of(event),
        lasts=LASTS.days,
    )
