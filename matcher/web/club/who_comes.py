"""Page « Qui vient » behind a participant's secret link, before an event of buyer-supplier meetings: who agreed to be shown, and suggested meetings."""

from dataclasses import replace

from flask import Blueprint, render_template

from matcher.club.meeting_day.meeting_day import Tie
from matcher.club.results.mailing import PLACE
from matcher.club.results.who_comes import MOST_WISHES, suggestions, visible_others
from matcher.web.club.meeting_day import contact_of
from matcher.web.club.own_page import opened_page
from matcher.web.club.own_wishes import changeable
from matcher.web.frame.app_state import desk
from matcher.web.frame.cache import cached_result

pages = Blueprint("who_comes", __name__)


@pages.get(f"/{PLACE}/<token>/qui-vient", endpoint="show")
def show_who_comes(token: str) -> str:
    """Show who comes; the suggestions are cached for each version of the event and the catalogue."""
    opened = opened_page(token)
    event, me, owner, today = opened.event, opened.me, opened.link.owner, desk().today()
    key = (owner, event.id, event.version, me.key, desk().shelf().version, today)
    own = {event.seat_of(bond.other): bond for bond in event.bonds if event.seat_of(bond.by) == me.key}
    coming = changeable(event)
    return render_template(
        "club/personnel/qui-vient.html",
        token=token,
        event=event,
        me=replace(me, visible=event.seat(me.key).visible),
        others=visible_others(event, supplies=me.supplies),
        coming=sum(one.supplies is not me.supplies and not one.absent for one in event.participants),
        suggested=cached_result("suggestions", key, lambda: suggestions(desk().engine, owner, event, me, today=today))
        if coming
        else (),
        bonds=own,
        wishes=sum(bond.tie is Tie.MUST for bond in own.values()),
        most=MOST_WISHES,
        ties=Tie,
        changeable=coming,
        contact=contact_of(event),
    )
