"""« Bilan »: what the day gave, what came of each meeting, which trades lacked suppliers; from an outcome to a dossier."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for

from matcher.events.event import Event, Outcome, Result
from matcher.events.report import report
from matcher.web.access import may
from matcher.web.club_page import NUMBER, event_of, setting
from matcher.web.desk import desk

pages = Blueprint("club_report", __name__)


@dataclass(frozen=True, slots=True)
class Promising:
    """A meeting to follow: who, what for, and where its dossier would start."""

    outcome: Outcome
    need: str
    dossier: str


@pages.get(f"/club/{NUMBER}/bilan")
def show(number: int) -> str:
    """Show the report of an event; it prints on a page or two."""
    event = event_of(number)
    found = report(setting(event), desk().shelf())
    return render_template(
        "club/bilan.html",
        event=event,
        report=found,
        results=list(Result),
        promising=[_promising(event, one) for one in found.promising],
        met={key for one in (event.plan.bookings if event.plan else ()) for key in one.pair},
    )


def _promising(event: Event, one: Outcome) -> Promising:
    buyer, supplier = event.by_key.get(one.buyer), event.by_key.get(one.supplier)
    booking = next(
        (b for b in (event.plan.bookings if event.plan else ()) if (b.buyer, b.supplier) == (one.buyer, one.supplier)),
        None,
    )
    needs = buyer.needs if buyer else ()
    # The need that the meeting was about is the one its words quote.
    need = next(
        (need for need in needs if booking and need.text[:60] in booking.to_supplier), needs[0] if needs else None
    )
    link = ""
    if need and supplier and supplier.supplier_id and may("retain.choose"):
        place = need.place or (buyer.place if buyer else "")
        link = url_for("retain.choose", besoin=need.text, lieu=place, rayon="tous", retenu=supplier.supplier_id)
    return Promising(one, need.text if need else "", link)
