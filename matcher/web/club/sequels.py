"""Pages after an event of buyer-supplier meetings: « Bilan » (report), « Suites » (what meetings led to), « Au catalogue » (facts to import) and
« Préparer la prochaine édition »."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.cleaning.numbers import whole_number
from matcher.club.meeting_day.changes import TellSequel
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, MeetingOutcome, Result
from matcher.club.meeting_day.own_words import restate_terms
from matcher.club.meeting_day.participant_link import LASTS, load_links
from matcher.club.meeting_day.sequels import ORGANISER, Sequel, SequelStep, asked_from
from matcher.club.meeting_day.store import load_day
from matcher.club.results.follow_up import dossier_calls
from matcher.club.results.learned import LEARN, list_offered_words, teach_catalogue
from matcher.club.results.mailing import ASKED
from matcher.club.results.next_edition import came_of, may_come, prepare_next, unanswered_needs
from matcher.club.results.report_document import (
    NEED,
    OUTCOMES,
    SEQUELS,
    TO_FOLLOW,
    day_report_document,
    day_report_object,
    outcome_need,
)
from matcher.club.results.said import MeetingWords, silent, words_on
from matcher.club.results.view import alphabetical
from matcher.domain.french import count, day, typeset
from matcher.domain.grouping import group_pairs
from matcher.dossiers import answers
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.dossier import Dossier, State
from matcher.dossiers.store import DossierFilter, list_dossiers
from matcher.journal.change import ChangeRefused
from matcher.render.table import figures_csv
from matcher.web.club.meeting_day import (
    NUMBER,
    event_of,
    flash_refusal_at,
    former_figures,
    people_of_event,
    report_of,
    write_event,
)
from matcher.web.club.participant_form import TermsForm
from matcher.web.dossiers.sending_means import sending_means
from matcher.web.dossiers.write import dossier_of
from matcher.web.frame.access import may
from matcher.web.frame.app_state import NO_NAME, desk, named_or_back, owner, person, signed_for_all, signer_of
from matcher.web.frame.file_response import attachment, document_attachment

pages = Blueprint("sequels", __name__)
# Seconds that a request waits for its job before the page shows its progress.
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class SilentParticipant:
    """A participant (key) with meetings whose sequel (what they led to) is unknown, their number, and whether it has a link to answer by."""

    key: int
    meetings: int
    linked: bool


@pages.get(f"/club/{NUMBER}/suites", endpoint="show")
def show_sequels(number: int) -> str:
    """Show what each meeting led to, the promising ones first, and whom to ask."""
    return _sequels(event_of(number))


def _sequels(event: MeetingDay, refused: Mapping[frozenset[int], TermsForm] = MappingProxyType({})) -> str:
    """Render the page « Suites »; `refused` is a faulty contract form, by the pair of participants of its meeting."""
    words = [one for one in words_on(event) if one.awaits]
    by_promise = group_pairs(
        (
            one.step is not None
            or (one.outcome is not None and one.outcome.result in (Result.QUOTE, Result.FOLLOW_UP)),
            one,
        )
        for one in words
    )
    start = asked_from(event.header.day)
    waits, means = silent(event), sending_means()
    links = load_links(desk().engine, owner(), event.id)
    on = f" du {day(event.header.day)}" if event.header.day else ""
    letter = typeset(
        f"Bonjour,\n\nVous avez eu des rendez-vous à « {event.header.title} »{on}. {ASKED}, par le lien que vous avez déjà.\n\nMerci,\n"
        f"{event.header.organiser or 'L’organisateur'}"
    )
    return render_template(
        "club/apres/suites.html",
        event=event,
        promising=by_promise.get(True, []),
        others=by_promise.get(False, []),
        contracts=_contracts(words, refused),
        steps=list(SequelStep),
        start=start,
        open=start is not None and desk().today() >= start,
        until=event.header.day + LASTS if event.header.day else None,
        silent=[
            SilentParticipant(one.key, waits[one.key], one.key in links)
            for one in alphabetical(event.participants)
            if one.key in waits
        ],
        people=people_of_event(event),
        letter=letter,
        mailing=means.server is not None and not means.lacks and not event.deleted,
    )


def _contracts(
    words: Sequence[MeetingWords], refused: Mapping[frozenset[int], TermsForm]
) -> list[tuple[MeetingWords, TermsForm]]:
    """Return the meetings that led to a contract, each with the form of its terms."""
    contracts = (one for one in words if one.terms is not None)
    return [(one, refused.get(one.booking.pair) or TermsForm.showing(one.terms_by(ORGANISER))) for one in contracts]


@pages.post(f"/club/{NUMBER}/suites", endpoint="tell")
def write_sequel(number: int) -> ResponseReturnValue:
    """Store what a meeting led to, as the organiser gives it: « buyer.supplier.STEP »; repeats are ignored."""
    buyer, supplier, step = _pair_and_step()
    place = "m" if step is SequelStep.CONTRACT else "s"  # anchor: contracts have a second form, further down
    page = url_for("sequels.show", number=number, _anchor=f"{place}-{buyer}-{supplier}")

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        wanted = restate_terms(event, Sequel(ORGANISER, buyer, supplier, step))
        return [] if wanted in event.sequels.values() else [TellSequel(wanted)]

    return write_event(number, list_changes, flash_refusal_at(page), to=lambda _: page)


@pages.post(f"/club/{NUMBER}/suites/marche")
def tell_terms(number: int) -> ResponseReturnValue:
    """Store the terms of a contract as the organiser gives them: amount, nature, hours of insertion, jobs."""
    buyer, supplier, _ = _pair_and_step()
    form = TermsForm(request.form)
    if form.faults:
        return _sequels(event_of(number), {frozenset((buyer, supplier)): form}), 422
    page = url_for("sequels.show", number=number, _anchor=f"m-{buyer}-{supplier}")
    wanted = Sequel(ORGANISER, buyer, supplier, SequelStep.CONTRACT, form.terms)

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        return [] if wanted in event.sequels.values() else [TellSequel(wanted)]

    return write_event(
        number, list_changes, flash_refusal_at(page), to=lambda _: page, notice="C’est noté, le bilan en tient compte."
    )


def _pair_and_step() -> tuple[int, int, SequelStep]:
    """Parse the button `suite`: « buyer.supplier.STEP »."""
    buyer, supplier, step = (*request.form.get("suite", "").split("."), "", "", "")[:3]
    keys = whole_number(buyer), whole_number(supplier)
    if keys[0] is None or keys[1] is None or step not in SequelStep.__members__:
        abort(400)
    return keys[0], keys[1], SequelStep[step]


@pages.get(f"/club/{NUMBER}/suivante")
def choose_next(number: int) -> str:
    """Show the participants to invite again, with what this edition gave them, and the next edition if it exists."""
    event = event_of(number)
    following = load_day(desk().engine, owner(), event.following) if event.following else None
    return render_template(
        "club/apres/suivante.html",
        event=event,
        following=following if following and following.deleted is None else None,
        sides=[
            (title, [one for one in may_come(event) if one.supplies is supplies])
            for title, supplies in (("Acheteurs et attributaires", False), ("Fournisseurs", True))
        ],
        came_of=came_of(event),
        unanswered=unanswered_needs(event),
    )


@pages.post(f"/club/{NUMBER}/suivante", endpoint="open_next")
def open_next_edition(number: int) -> ResponseReturnValue:
    """Create the next edition with the ticked participants, and redirect to its settings."""
    event, page = event_of(number), url_for("sequels.choose_next", number=number)
    author = named_or_back(signer_of(request.form), page)
    chosen = {
        key for text in request.form.getlist("reprendre") if (key := whole_number(text, event.by_key)) is not None
    }
    try:
        edition, new = prepare_next(desk().engine, owner(), number, chosen, author=author, now=desk().now())
    except ChangeRefused as refusal:
        flash(str(refusal), "refus")
        return redirect(page, 303)
    if new:
        flash(
            f"La prochaine édition est ouverte, {count(len(edition.participants), 'participant')}. Donnez-lui son jour."
        )
    else:
        flash(f"{edition.journal[0].who} l’avait déjà ouverte : la voici. Rien n’y est changé.")
    return redirect(url_for("timetable.edit", number=edition.id), 303)


@pages.get(f"/club/{NUMBER}/catalogue")
def show_learned(number: int) -> str:
    """Show what each participant found in the catalogue wrote about itself, or the progress of the job that imports it."""
    event, work = event_of(number), desk().works.take(owner(), _learning_key(number))
    if work and work.refusal and not work.going:
        flash(work.refusal, "refus")
    elif work and not work.going:
        for refusal in work.result["refused"]:
            flash(refusal, "refus")
        if taken := work.result["taken"]:
            flash(f"{count(taken, 'structure')} au catalogue, comme dit par la structure.")
    going = work if work and work.going else None
    offered = () if going else list_offered_words(desk().engine, event)
    return render_template("club/apres/catalogue.html", event=event, offers=offered, work=going)


def _learning_key(number: int) -> str:
    """Return the key of the job that imports the answers of an event: one at a time."""
    return f"{LEARN.name}-{number}"


@pages.post(f"/club/{NUMBER}/catalogue")
def accept_learned(number: int) -> ResponseReturnValue:
    """Import to the catalogue what one participant (`accepter`, its key) or, without it, all wrote about themselves."""
    event, page = event_of(number), url_for("sequels.show_learned", number=number)
    author = named_or_back(signed_for_all(request.form), page)
    key = whole_number(request.form.get("accepter", ""), event.by_key)
    if key is None:
        if "accepter" in request.form:
            abort(400)  # a removed participant must not mean « all »
        request_sent = {"number": number, "who": author, "now": desk().now().isoformat()}
        desk().works.put(owner(), LEARN.name, request_sent, person(), key=_learning_key(number))
        desk().works.wait_for(owner(), _learning_key(number), PATIENCE)
        return redirect(page, 303)
    for offered_words in list_offered_words(desk().engine, event):
        if offered_words.participant.key == key:
            try:
                teach_catalogue(desk().engine, owner(), number, offered_words, author=author, now=desk().now())
                flash("1 structure au catalogue, comme dit par la structure.")
            except (ChangeRefused, CorrectionRefused) as refusal:
                flash(f"{event.name_of(key)} : {refusal}", "refus")
    return redirect(page, 303)


MOST_DOSSIERS = 50


@pages.get(f"/club/{NUMBER}/bilan")
def show_report(number: int) -> str:
    """Show the printable report of an event."""
    event = event_of(number)
    report = report_of(event)
    return render_template(
        "club/apres/bilan.html",
        event=event,
        its=day_report_document(event, report, desk().shelf(), desk().today(), former=former_figures(event)),
        unsaid=report.unsaid,
        titles={"outcomes": OUTCOMES, "sequels": SEQUELS, "to_follow": TO_FOLLOW},
        need=NEED,
        starts=[_dossier(event, one) for one in report.promising],
        dossiers=list_dossiers(desk().engine, owner(), DossierFilter(state=State.OPEN))[:MOST_DOSSIERS]
        if may("sequels.tell_dossier")
        else [],
    )


@pages.get(f"/club/{NUMBER}/bilan.<any(xlsx, csv, json):form>")
def download_report(number: int, form: str) -> Response:
    """Send the report as a file."""
    event = event_of(number)
    report, name = report_of(event), f"club-{number}-bilan.{form}"
    former = former_figures(event)
    document = day_report_document(event, report, desk().shelf(), desk().today(), former=former)
    if form == "csv":
        return attachment(name, figures_csv(document))
    return document_attachment(name, document, lambda: day_report_object(event, report, former))


@pages.post(f"/club/{NUMBER}/bilan/dossier")
def tell_dossier(number: int) -> ResponseReturnValue:
    """Record in a dossier the outcomes of the meetings of its suppliers that it does not have yet."""
    event, page = event_of(number), url_for("sequels.show_report", number=number, _anchor="suites")
    author, chosen = signer_of(request.form), whole_number(request.form.get("dossier", ""))
    if not author or chosen is None:
        flash(NO_NAME if not author else "Choisissez un dossier.", "refus")
        return redirect(page, 303)
    words = list_offered_words(desk().engine, event)

    def list_calls(dossier: Dossier) -> list[RecordCall]:
        return dossier_calls(dossier, event, event.outcomes.values(), words)

    record_calls = list_calls(dossier_of(chosen))
    if not record_calls:
        flash("Ce dossier ne retient aucun des fournisseurs rencontrés, ou le dit déjà.", "refus")
        return redirect(page, 303)
    corrects = signed_for_all(request.form) if may("calls.learn") else ""
    try:
        answers.record_answers(
            desk().engine, owner(), chosen, list_calls, author=author, now=desk().now(), corrects=corrects
        )
    except ChangeRefused as refusal:
        flash(str(refusal), "refus")
        return redirect(page, 303)
    flash(f"{count(len(record_calls), 'issue notée', 'issues notées')}, depuis « {event.header.title} ».")
    return redirect(url_for("dossiers.show", number=chosen), 303)


def _dossier(event: MeetingDay, meeting_outcome: MeetingOutcome) -> str:
    """Return the address that starts a dossier from a promising meeting; empty where need or supplier is unknown."""
    buyer, supplier = (event.by_key.get(key) for key in (meeting_outcome.buyer, meeting_outcome.supplier))
    need = outcome_need(event, meeting_outcome)
    if need is None or supplier is None or not supplier.supplier_id or not may("save_list.choose"):
        return ""
    place = need.place or (buyer.place if buyer else "")
    return url_for("save_list.choose", besoin=need.text, lieu=place, rayon="tous", retenu=supplier.supplier_id)
