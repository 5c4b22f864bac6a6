"""« Au catalogue »: what participants said of themselves and the catalogue does not know, accepted line by line or all at once."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.cleaning.numbers import whole
from matcher.club.results.learned import offers, take_in
from matcher.domain.french import count
from matcher.journal.texts import ChangeRefused
from matcher.web.club.meeting_day import NUMBER, event_of
from matcher.web.frame.app_state import desk, named_or_back, owner, signed_for_all

pages = Blueprint("learned", __name__)


@pages.get(f"/club/{NUMBER}/catalogue")
def show(number: int) -> str:
    """Show what each participant that the catalogue recognises said of itself, and when."""
    event = event_of(number)
    return render_template("club/apres/catalogue.html", event=event, offers=offers(desk().engine, event))


@pages.post(f"/club/{NUMBER}/catalogue")
def accept(number: int) -> ResponseReturnValue:
    """Take in what one participant said (`accepter`, its key), or what all did where none is named."""
    event, page = event_of(number), url_for("learned.show", number=number)
    who = named_or_back(signed_for_all(request.form), page)
    key, taken = whole(request.form.get("accepter", ""), event.by_key), 0
    for one in offers(desk().engine, event):
        if key in (None, one.participant.key):
            try:
                take_in(desk().engine, owner(), number, one, who=who, now=desk().now())
                taken += 1
            except (ChangeRefused, CorrectionRefused) as refusal:
                flash(f"{event.name_of(one.participant.key)} : {refusal}", "refus")
    if taken:
        flash(f"{count(taken, 'structure')} au catalogue, comme dit par la structure.")
    return redirect(page, 303)
