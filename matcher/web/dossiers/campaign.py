"""Page of one campaign (e-mails that ask suppliers about their trade): message, send or export, reminder, then each structure's status and answer."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine

from matcher.catalogue.identity.trust import source_title
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.domain.french import count
from matcher.dossiers.asking.answering import accept_waiting, refuse_answer
from matcher.dossiers.asking.campaign import written_to
from matcher.dossiers.asking.sending import SEND, merge_file, queue_reminder, reminder_from
from matcher.dossiers.asking.standing import Standing, count_standings, structure_standing
from matcher.dossiers.asking.store import (
    CampaignState,
    CampaignUnknown,
    end_campaign,
    leave_out_structure,
    load_campaign,
    record_bounce,
)
from matcher.dossiers.asking.told import answer_sentence
from matcher.journal.change import ChangeRefused
from matcher.mail.outbox import MessageState
from matcher.settings import retention_months
from matcher.web.dossiers.sending_means import last_sending, sending_means, shown_text, start_sending
from matcher.web.dossiers.write import NUMBER
from matcher.web.frame.app_state import NO_NAME, desk, owner, signature, signed_for_all
from matcher.web.frame.file_response import attachment
from matcher.web.frame.forms import render_answer
from matcher.web.frame.paging import Paging, page_number

pages = Blueprint("campaign", __name__)

_ROWS = 60


@pages.get(f"/campagnes/{NUMBER}", endpoint="show")
def show_campaign(number: int) -> ResponseReturnValue:
    """Show a campaign: counts, message, and its structures, filtered by status (`etat`) if given."""
    return _page(_campaign(number))


@pages.post(f"/campagnes/{NUMBER}/envoyer")
def send_all(number: int) -> ResponseReturnValue:
    """Start the job that sends the waiting messages, unless it is running."""
    state, means = _campaign(number), sending_means()
    if means.lacks or means.server is None:
        return _page(state, "Rien ne peut partir : voyez ce qui manque aux réglages.")
    start_sending(SEND, number)
    return redirect(url_for("campaign.show", number=number), 303)


@pages.post(f"/campagnes/{NUMBER}/publipostage.<any(csv, xlsx):form>")
def hand_over(number: int, form: str) -> ResponseReturnValue:
    """Download the waiting messages, each with a new link, as a mail-merge file; the server then does not send them."""
    state, means = _campaign(number), sending_means()
    if means.lacks or means.address is None:
        return _page(state, "Rien ne peut partir : voyez ce qui manque aux réglages.")
    try:
        file = merge_file(desk().engine, owner(), number, means.address, now=desk().now(), workbook=form == "xlsx")
    except ChangeRefused as refusal:
        return _page(state, str(refusal))
    return attachment(f"publipostage-campagne-{number}.{form}", file)


@pages.post(f"/campagnes/{NUMBER}/suite", endpoint="turn")
def turn_campaign(number: int) -> ResponseReturnValue:
    """Prepare the single reminder to structures without an answer (`faire` is « relancer »), or close the campaign (« clore »)."""
    what = request.form.get("faire", "")
    if what not in ("relancer", "clore"):
        abort(400)

    def remind_or_end(engine: Engine) -> str:
        if what == "relancer":
            waiting = queue_reminder(engine, owner(), number, now=desk().now())
            return f"{count(waiting, 'relance attend', 'relances attendent')} l’envoi. Il n’y en aura pas d’autre."
        closed = end_campaign(engine, owner(), number, now=desk().now())
        return f"La campagne est close : {count(closed, 'lien fermé', 'liens fermés')}, rien ne part plus. Les réponses restent."

    return _run_action(number, remind_or_end)


@pages.post(f"/campagnes/{NUMBER}/structures")
def write_one(number: int) -> ResponseReturnValue:
    """Mark one structure (`id`) as left out, bounced or with a closed link, as `faire` asks."""
    what, key = request.form.get("faire", ""), request.form.get("id", "")
    if what not in ("retirer", "revenu", "fermer"):
        abort(400)

    def write_fate(engine: Engine) -> str:
        if what == "retirer":
            leave_out_structure(engine, owner(), number, key, request.form.get("motif", ""), now=desk().now())
            return "Cette structure n’est pas interrogée ; la raison est gardée."
        if what == "revenu":
            by = f" par {author}" if (author := signature()) else ""
            record_bounce(engine, owner(), number, key, f"noté à la main{by}", now=desk().now())
            return "Noté : ce message est revenu."
        end_campaign(engine, owner(), number, now=desk().now(), key=key)
        return "Son lien n’ouvre plus rien. Sa réponse, s’il y en a une, reste."

    return _run_action(number, write_fate)


@pages.post(f"/campagnes/{NUMBER}/reponses", endpoint="judge")
def judge_answer(number: int) -> ResponseReturnValue:
    """Accept a waiting answer into the catalogue (`faire` is « accepter »), or refuse it (« refuser »)."""
    key, what, author = request.form.get("id", ""), request.form.get("faire", ""), signed_for_all(request.form)
    if what not in ("accepter", "refuser"):
        abort(400)
    if not author:
        return _page(_campaign(number), NO_NAME)

    def accept_or_refuse(engine: Engine) -> str:
        if what == "refuser":
            refuse_answer(engine, owner(), number, key)
            return "La réponse reste hors du catalogue ; la campagne la garde."
        accept_waiting(engine, owner(), number, key, author=author, now=desk().now())
        return "La réponse est au catalogue, comme dite par la structure."

    return _run_action(number, accept_or_refuse)


def _campaign(number: int) -> CampaignState:
    try:
        return load_campaign(desk().engine, owner(), number)
    except CampaignUnknown:
        abort(404)


def _run_action(number: int, action: Callable[[Engine], str]) -> ResponseReturnValue:
    """Run an action and redirect to the campaign, at the same filter and page, with its sentence; or render the refusal."""
    state = _campaign(number)
    try:
        sentence = action(desk().engine)
    except (ChangeRefused, CorrectionRefused) as refusal:
        return _page(state, str(refusal))
    flash(sentence)
    etat, page = request.args.get("etat"), request.args.get("page")
    return redirect(url_for("campaign.show", number=number, etat=etat, page=page), 303)


def _page(state: CampaignState, fault: str = "") -> tuple[str, int]:
    means, months = sending_means(), retention_months()
    counts, wanted = count_standings(state), request.args.get("etat", "")
    structures = [one for one in state.structures if wanted not in set(counts) or structure_standing(one) == wanted]
    paging = Paging(page_number(request.args), _ROWS, len(structures))
    run = last_sending(SEND, state.campaign.id)
    text, first = state.campaign.text, next(iter(state.asked_structures), None)
    if means.by and first:  # as sent to the first structure; otherwise without the legal notice
        text = written_to(text, means.by, first.source, first.as_of, months)
    return render_answer(
        fault,
        "dossiers/asking/campagne.html",
        state=state,
        campaign=state.campaign,
        counts=counts,
        wanted=wanted if wanted in set(counts) else "",
        standings=Standing,
        standing=structure_standing,
        today=desk().today(),
        reminder_from=reminder_from(state),
        states=MessageState,
        paging=paging,
        rows=paging.of(structures),
        place={name: request.args[name] for name in ("etat", "page") if request.args.get(name)},
        means=means,
        text=shown_text(text, means),
        going=run.going,
        told=run.said,
        source_title=source_title,
        said_of=answer_sentence,
        contacts_since=desk().contacts_since(),
        fault=fault,
    )
