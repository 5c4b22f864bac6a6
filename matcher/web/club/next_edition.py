"""« Préparer la prochaine édition »: who comes along, with what came of this one beside each name; opened once, whoever asks."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole
from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.meeting_day.store import load
from matcher.club.results.next_edition import came_of, may_come, prepare_next, unanswered
from matcher.domain.french import count
from matcher.journal.texts import ChangeRefused
from matcher.web.club.meeting_day import NUMBER, event_of
from matcher.web.frame.app_state import desk, named_or_back, owner, signed

pages = Blueprint("next_edition", __name__)


@pages.get(f"/club/{NUMBER}/suivante")
def choose(number: int) -> str:
    """Show who may be asked again, and what this edition gave them; the next one where it is open."""
    event = event_of(number)
    return render_template(
        "club/apres/suivante.html",
        event=event,
        following=_following(event),
        sides=[
            (title, [one for one in may_come(event) if one.supplies is supplies])
            for title, supplies in (("Acheteurs et attributaires", False), ("Fournisseurs", True))
        ],
        came_of=came_of(event),
        unanswered=unanswered(event),
    )


@pages.post(f"/club/{NUMBER}/suivante")
def prepare(number: int) -> ResponseReturnValue:
    """Open the next edition with those who are ticked, and go to its settings, where its day is given."""
    event, page = event_of(number), url_for("next_edition.choose", number=number)
    who = named_or_back(signed(request.form), page)
    chosen = {key for text in request.form.getlist("reprendre") if (key := whole(text, event.by_key)) is not None}
    try:
        made, new = prepare_next(desk().engine, owner(), number, chosen, who=who, now=desk().now())
    except ChangeRefused as refusal:
        flash(str(refusal), "refus")
        return redirect(page, 303)
    if new:
        flash(f"La prochaine édition est ouverte, {count(len(made.participants), 'participant')}. Donnez-lui son jour.")
    else:
        flash(f"{made.journal[0].who} l’avait déjà ouverte : la voici. Rien n’y est changé.")
    return redirect(url_for("timetable.edit", number=made.id), 303)


def _following(event: MeetingDay) -> MeetingDay | None:
    """The next edition, None where it is not open, or no longer."""
    held = load(desk().engine, owner(), event.following) if event.following else None
    return held if held and held.deleted is None else None
