"""« Bilan »: what the day gave, what came of each meeting, which trades lacked suppliers; from an outcome to a dossier."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole
from matcher.club.meeting_day.meeting_day import MeetingDay, MeetingOutcome
from matcher.club.results.follow_up import all_told_in
from matcher.club.results.report import report
from matcher.club.results.report_document import (
    NEED,
    OUTCOMES,
    SEQUELS,
    TO_FOLLOW,
    need_of,
    report_document,
    report_object,
)
from matcher.domain.french import count
from matcher.dossiers.dossier import State
from matcher.dossiers.store import DossierFilter, change, listed
from matcher.journal.store import JournalConflict
from matcher.journal.texts import ChangeRefused
from matcher.render.workbook import figures_csv
from matcher.web.club.meeting_day import NUMBER, event_of, setting
from matcher.web.dossiers.write import dossier_of
from matcher.web.frame.access import may
from matcher.web.frame.app_state import NO_NAME, desk, owner, signed
from matcher.web.frame.file_response import sent, sent_document

pages = Blueprint("report", __name__)

MOST_DOSSIERS = 50


@pages.get(f"/club/{NUMBER}/bilan")
def show(number: int) -> str:
    """Show the report of an event; it prints on a few pages."""
    event = event_of(number)
    found = report(setting(event), desk().shelf())
    return render_template(
        "club/apres/bilan.html",
        event=event,
        its=report_document(event, found, desk().shelf(), desk().today()),
        unsaid=found.unsaid,
        titles={"outcomes": OUTCOMES, "sequels": SEQUELS, "to_follow": TO_FOLLOW},
        need=NEED,
        starts=[_dossier(event, one) for one in found.promising],
        dossiers=listed(desk().engine, owner(), DossierFilter(state=State.OPEN))[:MOST_DOSSIERS]
        if may("report.tell")
        else [],
    )


@pages.get(f"/club/{NUMBER}/bilan.<any(xlsx, csv, json):form>")
def download(number: int, form: str) -> Response:
    """Send the report as a file."""
    event = event_of(number)
    found, name = report(setting(event), desk().shelf()), f"club-{number}-bilan.{form}"
    its = report_document(event, found, desk().shelf(), desk().today())
    return (
        sent(name, figures_csv(its)) if form == "csv" else sent_document(name, its, lambda: report_object(event, found))
    )


@pages.post(f"/club/{NUMBER}/bilan/dossier")
def tell(number: int) -> ResponseReturnValue:
    """Say in a dossier what came of the meetings of the suppliers that it holds; what it says already is not said twice."""
    event, page = event_of(number), url_for("report.show", number=number, _anchor="suites")
    who, chosen = signed(request.form), whole(request.form.get("dossier", ""))
    if not who or chosen is None:
        flash(NO_NAME if not who else "Choisissez un dossier.", "refus")
        return redirect(page, 303)
    held = dossier_of(chosen)
    try:
        told = all_told_in(held, event)
        if told:
            change(desk().engine, owner(), held.id, told, version=held.version, who=who, now=desk().now())
    except (ChangeRefused, JournalConflict) as refusal:
        flash(str(refusal), "refus")
        return redirect(page, 303)
    if not told:
        flash("Ce dossier ne retient aucun des fournisseurs rencontrés, ou le dit déjà.", "refus")
        return redirect(page, 303)
    flash(f"{count(len(told) // 2, 'issue notée', 'issues notées')}, depuis « {event.header.title} ».")
    return redirect(url_for("dossiers.show", number=held.id), 303)


def _dossier(event: MeetingDay, one: MeetingOutcome) -> str:
    """The address where a dossier of a meeting to follow starts; empty where there is nothing to start it from."""
    buyer, supplier, need = event.by_key.get(one.buyer), event.by_key.get(one.supplier), need_of(event, one)
    if need is None or supplier is None or not supplier.supplier_id or not may("save_list.choose"):
        return ""
    place = need.place or (buyer.place if buyer else "")
    return url_for("save_list.choose", besoin=need.text, lieu=place, rayon="tous", retenu=supplier.supplier_id)
