"""« Bilan », « Suites », « Au catalogue », « Préparer la prochaine édition »: what a day of meetings gave, led to, taught, and who comes along next time."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.cleaning.numbers import whole
from matcher.club.meeting_day.changes import TellSequel
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, MeetingOutcome, Result
from matcher.club.meeting_day.participant_link import LASTS, given
from matcher.club.meeting_day.sequels import ORGANISER, Sequel, SequelStep, asked_from
from matcher.club.meeting_day.store import load
from matcher.club.results.follow_up import told_in
from matcher.club.results.learned import offers, take_in
from matcher.club.results.mailing import ASKED
from matcher.club.results.next_edition import came_of, may_come, prepare_next, unanswered
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
from matcher.club.results.said import MeetingWords, silent, words_on
from matcher.club.results.view import alphabetical
from matcher.domain.french import count, day, typeset
from matcher.dossiers import answers
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.dossier import Dossier, State
from matcher.dossiers.store import DossierFilter, listed
from matcher.journal.change import ChangeRefused
from matcher.render.workbook import figures_csv
from matcher.web.club.meeting_day import NUMBER, event_of, people_of, setting, told, write
from matcher.web.dossiers.sending_means import sending_means
from matcher.web.dossiers.write import dossier_of
from matcher.web.frame.access import may
from matcher.web.frame.app_state import NO_NAME, desk, named_or_back, owner, signed, signed_for_all
from matcher.web.frame.file_response import sent, sent_document

pages = Blueprint("sequels", __name__)


@dataclass(frozen=True, slots=True)
class SilentParticipant:
    """A participant (key) who has not told all its sequels: of how many meetings, and whether it has a link to tell them by."""

    key: int
    meetings: int
    linked: bool


@pages.get(f"/club/{NUMBER}/suites")
def show(number: int) -> str:
    """Show what is told of each meeting that was held, as far as is known, those that promised most first, and whom to ask."""
    event = event_of(number)
    words = [one for one in words_on(event) if one.awaits]
    promising = [one for one in words if _promises(one)]
    start = asked_from(event.header.day)
    waits, means = silent(event), sending_means()
    links = given(desk().engine, owner(), number)
    on = f" du {day(event.header.day)}" if event.header.day else ""
    letter = typeset(
        f"Bonjour,\n\nVous avez eu des rendez-vous à « {event.header.title} »{on}. {ASKED}, par le lien que vous avez déjà.\n\nMerci,\n"
        f"{event.header.organiser or 'L’organisateur'}"
    )
    return render_template(
        "club/apres/suites.html",
        event=event,
        promising=promising,
        others=[one for one in words if one not in promising],
        steps=list(SequelStep),
        start=start,
        open=start is not None and desk().today() >= start,
        until=event.header.day + LASTS if event.header.day else None,
        silent=[
            SilentParticipant(one.key, waits[one.key], one.key in links)
            for one in alphabetical(event.participants)
            if one.key in waits
        ],
        people=people_of(event),
        letter=letter,
        mailing=means.server is not None and not means.lacks and not event.deleted,
    )


def _promises(one: MeetingWords) -> bool:
    return one.step is not None or (one.outcome is not None and one.outcome.result in (Result.QUOTE, Result.FOLLOW_UP))


@pages.post(f"/club/{NUMBER}/suites")
def tell(number: int) -> ResponseReturnValue:
    """Write the organiser's word on a meeting, « buyer.supplier.STEP »; the same twice is written once."""
    parts = request.form.get("suite", "").split(".")
    if len(parts) != 3 or parts[2] not in SequelStep.__members__:
        abort(400)
    buyer, supplier = whole(parts[0]), whole(parts[1])
    if buyer is None or supplier is None:
        abort(400)
    wanted = Sequel(ORGANISER, buyer, supplier, SequelStep[parts[2]])
    page = url_for("sequels.show", number=number, _anchor=f"s-{buyer}-{supplier}")

    def made(event: MeetingDay) -> Sequence[DayChange]:
        return [] if wanted in event.sequels.values() else [TellSequel(wanted)]

    return write(number, made, told(page), to=lambda _: page)


@pages.get(f"/club/{NUMBER}/suivante")
def choose_next(number: int) -> str:
    """Show who may be asked again, and what this edition gave them; the next one where it is open."""
    event = event_of(number)
    following = load(desk().engine, owner(), event.following) if event.following else None
    return render_template(
        "club/apres/suivante.html",
        event=event,
        following=following if following and following.deleted is None else None,
        sides=[
            (title, [one for one in may_come(event) if one.supplies is supplies])
            for title, supplies in (("Acheteurs et attributaires", False), ("Fournisseurs", True))
        ],
        came_of=came_of(event),
        unanswered=unanswered(event),
    )


@pages.post(f"/club/{NUMBER}/suivante")
def open_next(number: int) -> ResponseReturnValue:
    """Open the next edition with those who are ticked, and go to its settings, where its day is given."""
    event, page = event_of(number), url_for("sequels.choose_next", number=number)
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


@pages.get(f"/club/{NUMBER}/catalogue")
def show_learned(number: int) -> str:
    """Show what each participant that the catalogue recognises said of itself, and when."""
    event = event_of(number)
    return render_template("club/apres/catalogue.html", event=event, offers=offers(desk().engine, event))


@pages.post(f"/club/{NUMBER}/catalogue")
def accept_learned(number: int) -> ResponseReturnValue:
    """Take in what one participant said (`accepter`, its key), or what all did where none is named."""
    event, page = event_of(number), url_for("sequels.show_learned", number=number)
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


MOST_DOSSIERS = 50


@pages.get(f"/club/{NUMBER}/bilan")
def show_report(number: int) -> str:
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
        if may("sequels.tell_dossier")
        else [],
    )


@pages.get(f"/club/{NUMBER}/bilan.<any(xlsx, csv, json):form>")
def download_report(number: int, form: str) -> Response:
    """Send the report as a file."""
    event = event_of(number)
    found, name = report(setting(event), desk().shelf()), f"club-{number}-bilan.{form}"
    its = report_document(event, found, desk().shelf(), desk().today())
    return (
        sent(name, figures_csv(its)) if form == "csv" else sent_document(name, its, lambda: report_object(event, found))
    )


@pages.post(f"/club/{NUMBER}/bilan/dossier")
def tell_dossier(number: int) -> ResponseReturnValue:
    """Say in a dossier what came of the meetings of the suppliers that it holds; what it says already is not said twice."""
    event, page = event_of(number), url_for("sequels.show_report", number=number, _anchor="suites")
    who, chosen = signed(request.form), whole(request.form.get("dossier", ""))
    if not who or chosen is None:
        flash(NO_NAME if not who else "Choisissez un dossier.", "refus")
        return redirect(page, 303)
    words = offers(desk().engine, event)

    def made(held: Dossier) -> list[RecordCall]:
        return told_in(held, event, event.outcomes.values(), words)

    told = made(dossier_of(chosen))
    if not told:
        flash("Ce dossier ne retient aucun des fournisseurs rencontrés, ou le dit déjà.", "refus")
        return redirect(page, 303)
    corrects = signed_for_all(request.form) if may("calls.learn") else ""
    try:
        answers.answer(desk().engine, owner(), chosen, made, who=who, now=desk().now(), corrects=corrects)
    except ChangeRefused as refusal:
        flash(str(refusal), "refus")
        return redirect(page, 303)
    flash(f"{count(len(told), 'issue notée', 'issues notées')}, depuis « {event.header.title} ».")
    return redirect(url_for("dossiers.show", number=chosen), 303)


def _dossier(event: MeetingDay, one: MeetingOutcome) -> str:
    """The address where a dossier of a meeting to follow starts; empty where there is nothing to start it from."""
    buyer, supplier, need = event.by_key.get(one.buyer), event.by_key.get(one.supplier), need_of(event, one)
    if need is None or supplier is None or not supplier.supplier_id or not may("save_list.choose"):
        return ""
    place = need.place or (buyer.place if buyer else "")
    return url_for("save_list.choose", besoin=need.text, lieu=place, rayon="tous", retenu=supplier.supplier_id)
