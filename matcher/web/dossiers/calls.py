"""Telephone calls to the suppliers of a lot: a card each, usable without a network; an answer noted, settled, undone, learned by the catalogue."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from secrets import token_urlsafe

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.answers.sharing import LASTS_MONTHS
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.dossiers import answers
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.calling import (
    AGAIN_AFTER,
    LONGEST_ANSWER,
    CallQuestion,
    Turn,
    answers_of_form,
    interested_without_trade,
    lot_questions,
    numbers_of_people,
    shareable_boxes,
)
from matcher.dossiers.calling import answer_sentences as answers_said
from matcher.dossiers.dossier import AnswerWay, Call, CallOutcome, Dossier, SettledBy, State
from matcher.dossiers.messages import (
    amount_was_sent,
    facts_to_say,
    taken_out,
)
from matcher.journal.change import ChangeRefused, tidy_lines
from matcher.reference.wordings import persona_wording
from matcher.web.dossiers.call_cards import DELAYS, SIGNS, anchor_of, cards, following, settlement_choices
from matcher.web.dossiers.write import (
    LOT,
    NUMBER,
    Typed,
    dossier_of,
    form_not_written,
    lot_of,
    subject_of_change,
    written_on,
)
from matcher.web.frame.access import may
from matcher.web.frame.app_state import (
    NO_NAME,
    desk,
    named_or_back,
    owner,
    profile,
    signed_for_all,
    signer_of,
    version_read,
)

pages = Blueprint("calls", __name__)

_LONGEST_KEY = 300
_AGAINST = "Deux réponses se contredisent : la première compte tant que vous n’avez pas choisi."
_NO_TRADE = "C’est noté, mais elle se dit intéressée sans faire le métier demandé : corrigez l’une des deux réponses, ou gardez-les si elle ferait autre chose du lot."
_UNSEEN = "Une autre personne a noté cette structure entre-temps : les deux réponses sont au journal, la sienne compte."


@pages.get(f"/dossiers/{NUMBER}/lots/{LOT}/appels", endpoint="show")
def show_calls(number: int, lot: int) -> ResponseReturnValue:
    """Show the queue, then a card for each supplier: its number, the questions, the outcome of the call."""
    return _page(dossier_of(number), lot)


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/appels", endpoint="record")
def record_call(number: int, lot: int) -> ResponseReturnValue:
    """Store a call, once even if sent twice. A script gets JSON."""
    dossier, scripted = dossier_of(number), request.accept_mimetypes.best == "application/json"
    author = signer_of(request.form)
    if not author:
        # 401: the script keeps the unsent call until the person gives a name.
        return (jsonify(refus=NO_NAME), 401) if scripted else _page(dossier, lot, NO_NAME, 422)
    try:
        dossier_read = answers.record_answers(
            desk().engine,
            owner(),
            number,
            lambda now_is: _call_changes(now_is, lot, author),
            author=author,
            now=desk().now(),
            corrects=_corrects(),
        )
        entry = dossier_read.entry(lot, request.form.get("id", ""))
    except ChangeRefused as refusal:
        return (jsonify(refus=str(refusal)), 422) if scripted else _page(dossier, lot, str(refusal), 422)
    notice = _NO_TRADE if entry.call and interested_without_trade(entry.call.outcome, entry.call.answers) else ""
    if entry.rival and entry.rival.who == author:
        last = dossier_read.journal[-1].change
        notice = _AGAINST if isinstance(last, RecordCall) and last.stands else _UNSEEN
    if scripted:
        return jsonify(fait=True, dit=notice, tranche=bool(entry.rival))
    flash(notice or "C’est noté dans le dossier.")
    return redirect(url_for("calls.show", number=number, lot=lot, _anchor=anchor_of(dossier_read.lot(lot), entry)), 303)


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/appels/annuler", endpoint="undo")
def undo_call(number: int, lot: int) -> ResponseReturnValue:
    """Undo the last answer noted for a supplier, in the catalogue too."""
    answer_key = request.form.get("cle", "")[:_LONGEST_KEY]
    return _act_on_answer(
        number,
        lot,
        lambda key, who: answers.undo_answer(
            desk().engine, owner(), number, lot, key, author=who, now=desk().now(), key=answer_key, corrects=_corrects()
        ),
    )


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/appels/trancher", endpoint="settle")
def settle_answers(number: int, lot: int) -> ResponseReturnValue:
    """Store which of two contradicting answers counts."""
    if request.form.get("tranche", "") not in SettledBy.__members__:
        abort(400)
    by = SettledBy[request.form["tranche"]]
    return _act_on_answer(
        number,
        lot,
        lambda key, who: answers.settle_answers(
            desk().engine, owner(), number, lot, key, by, author=who, now=desk().now(), corrects=_corrects()
        ),
    )


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/appels/catalogue", endpoint="learn")
def teach_catalogue(number: int, lot: int) -> ResponseReturnValue:
    """Import a supplier's answer into the catalogue, as stated by itself."""
    dossier_of(number)
    page = url_for("calls.show", number=number, lot=lot, _anchor="appris")
    author = named_or_back(signed_for_all(request.form), page)
    try:
        answers.take_into_catalogue(
            desk().engine, owner(), number, lot, request.form.get("id", ""), author=author, now=desk().now()
        )
    except (ChangeRefused, CorrectionRefused) as refusal:
        flash(str(refusal), "refus")
    else:
        flash("C’est au catalogue, comme dit par la structure.")
    return redirect(page, 303)


def _corrects() -> str:
    """Return the name that signs corrections of the catalogue; empty where the person may not correct it."""
    return signed_for_all(request.form) if may("calls.learn") else ""


def _act_on_answer(number: int, lot: int, action: Callable[[str, str], Dossier]) -> ResponseReturnValue:
    """Apply an action to the last answer of the form's supplier, and redirect to its card."""
    dossier_of(number)
    page, key = url_for("calls.show", number=number, lot=lot), request.form.get("id", "")
    author = named_or_back(signer_of(request.form), page)
    try:
        dossier = action(key, author)
    except ChangeRefused as refusal:
        flash(str(refusal), "refus")
        return redirect(page, 303)
    flash("C’est fait ; le journal garde tout.")
    return redirect(f"{page}#{anchor_of(dossier.lot(lot), dossier.entry(lot, key))}", 303)


def _call_changes(current: Dossier, lot: int, author: str) -> list[RecordCall]:
    """Return the change that stores the call of the form; empty where the journal has it already."""
    form = request.form
    saved_lot, key, supplier_id = current.lot(lot), form.get("cle", "")[:_LONGEST_KEY], form.get("id", "")
    if not key or form.get("issue", "") not in {"", *(one.name for one in SIGNS)}:
        abort(400)
    if any(isinstance(line.change, RecordCall) and line.change.key == key for line in current.journal):
        return []
    if not form.get("issue"):
        raise ChangeRefused("Choisissez comment finit l’appel.")
    missed = current.journal[version_read(current.version) :]
    unseen = any(line.who != author and subject_of_change(line.change) == (lot, supplier_id) for line in missed)
    outcome, call_questions, today = CallOutcome[form["issue"]], lot_questions(saved_lot), desk().today()
    on = min(written_on(form.get("le", "")) or today, today)  # a wrong clock may give a future day
    way = AnswerWay.EMAIL if form.get("moyen") == "courriel" else AnswerWay.PHONE
    noted = RecordCall(
        lot,
        supplier_id,
        outcome,
        on,
        key,
        asked=tuple(question.key for question in call_questions),
        answers=answers_of_form(form, call_questions),
        text=tidy_lines(form.get("note", "")),
        again=_again(outcome, on),
        stands=not unseen,
        way=way,
        shared=_shared_boxes(way, call_questions, current.entry(lot, supplier_id).call),
    )
    return [noted]


def _shared_boxes(way: AnswerWay, call_questions: Sequence[CallQuestion], before: Call | None) -> tuple[str, ...]:
    """Return the boxes of answers that the supplier agrees to share: those ticked; by e-mail none, and a change of them is refused."""
    ticked = tuple(box for box in shareable_boxes(call_questions) if box in request.form.getlist("shared"))
    if way is AnswerWay.PHONE:
        return ticked
    if ticked != (before.shared if before else ()):
        raise ChangeRefused("Un accord de partage se donne au téléphone ou par le lien, pas par courriel.")
    return ()


def _again(outcome: CallOutcome, on: date) -> date | None:
    """Return the day to call again: as chosen, else after the outcome's usual delay; None where there is none."""
    if chosen := written_on(request.form.get("rappel-le", "")):
        return chosen
    delay = request.form.get("rappel", "")
    after = timedelta(days=int(delay)) if delay in DELAYS else AGAIN_AFTER.get(outcome)
    return on + after if after else None


def _page(dossier: Dossier, lot: int, fault: str = "", status: int = 200) -> tuple[str, int]:
    saved_lot = lot_of(dossier, lot)
    writable = dossier.state is State.OPEN and dossier.deleted is None
    calls, tells_amount = cards(dossier, saved_lot), amount_was_sent(dossier, saved_lot)
    page = render_template(
        "dossiers/appels.html",
        dossier=dossier,
        lot=saved_lot,
        calls=calls,
        following=following(calls),
        first=next((one for one in calls if one.turn <= Turn.NEW), None),
        left=sum(one.turn <= Turn.NEW for one in calls),
        questions=lot_questions(saved_lot),
        boxes=shareable_boxes(lot_questions(saved_lot)),
        lasts=LASTS_MONTHS,
        outcomes=SIGNS,
        settled_by=settlement_choices(desk().today()),
        ways=AnswerWay,
        longest=LONGEST_ANSWER,
        numbers_in=numbers_of_people,
        answers_said=answers_said,
        interested_without_trade=interested_without_trade,
        delays=DELAYS,
        facts=list(
            facts_to_say(dossier, saved_lot, saved_lot.entries, by=profile().own_name, tell_amount=tells_amount)
        ),
        taken_out=() if tells_amount else taken_out(dossier, saved_lot),
        lawful=persona_wording("message_cadre"),
        turns=Turn,
        writable=writable,
        refused=form_not_written(fault, request.form.get("id", "")) if fault else Typed(""),
        today=desk().today(),
        key=token_urlsafe,
    )
    return page, status
