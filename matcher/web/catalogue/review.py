"""Page « À revoir », of all that waits for a decision: possible duplicates, shown as pairs of records that a person merges or separates one by one; imported
rows whose kind of supplier is unknown, to keep or leave out; and links to suppliers' answers, received by campaigns or noted in dossiers, and to suggestions
read on their websites."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.identity.compare import PairVerdict
from matcher.catalogue.steward.corrections import suggested_suppliers
from matcher.catalogue.steward.review import Judged, Queue, ReviewRefused, decide, pairs, undo_decisions
from matcher.catalogue.steward.rows_without_kind import divided_rows, keep_row, leave_row_out, take_row_back
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.cleaning.numbers import whole_number
from matcher.domain.kinds import SupplierKind
from matcher.dossiers.asking.store import waiting_by_campaign
from matcher.dossiers.store import waiting_by_lot
from matcher.web.frame.access import may
from matcher.web.frame.app_state import desk, owner, signature, signed_for_all, source_shown

pages = Blueprint("review", __name__)

_VERDICTS = {"meme": PairVerdict.SAME, "different": PairVerdict.DIFFERENT}
_DECISION_WORDS = {
    PairVerdict.SAME: "un seul fournisseur : les deux fiches n’en font plus qu’une.",
    PairVerdict.DIFFERENT: "deux fournisseurs : chacun garde sa fiche.",
}
_MOST_DECIDED = _MOST_ROWS = 50


@pages.get("/catalogue/a-revoir", endpoint="show")
def show_pair() -> str:
    """Show the pair `paire`, else the likeliest duplicate, side by side; and the last decisions."""
    return _page(whole_number(request.args.get("paire", "")) or 0, "")


@pages.post("/catalogue/a-revoir", endpoint="judge")
def judge_pair() -> ResponseReturnValue:
    """Save the decision on a pair (same or different), or skip it; then show the next one."""
    number = whole_number(request.form.get("paire", "")) or 0
    queue = pairs(desk().engine)
    following = _next_pair(queue, number)
    what = request.form.get("decision", "")
    if what == "passer":
        return redirect(_address(following), 303)
    if what not in _VERDICTS:
        abort(400)
    author = signed_for_all(request.form)
    if not author:
        return _page(number, "Dites qui décide : votre nom, en 80 caractères au plus."), 422
    verdict = _VERDICTS[what]
    try:
        decide(desk().engine, [str(number)], verdict, author, desk().now())
    except ReviewRefused:
        flash("Cette paire n’est plus à juger : quelqu’un l’a décidée, ou un import l’a réglée.", "refus")
    else:
        flash(f"Paire {number} : {_DECISION_WORDS[verdict]}")
    return redirect(_address(following), 303)


@pages.post("/catalogue/a-revoir/<int:number>/retrait", endpoint="withdraw")
def withdraw_decision(number: int) -> ResponseReturnValue:
    """Withdraw the decision on a pair, which goes back to the queue."""
    try:
        undo_decisions(desk().engine, [str(number)], desk().now())
    except ReviewRefused as refusal:
        flash(str(refusal), "refus")
    else:
        flash(f"La décision sur la paire {number} est retirée.")
    return redirect(_address(number), 303)


@pages.post("/catalogue/a-revoir/ligne")
def judge_row() -> ResponseReturnValue:
    """Keep a row without a kind under a chosen kind, leave it out, or put it back in the queue."""
    what = next((name for name in ("garder", "ecarter", "reprendre") if name in request.form), "")
    if not what:
        abort(400)
    key = request.form[what]
    kind = request.form.get(f"type-{key}", "")
    author, now, engine = signed_for_all(request.form), desk().now(), desk().engine
    if not author and what != "reprendre":
        return _page(0, "", "Dites qui décide : votre nom, en 80 caractères au plus."), 422
    if what == "garder" and kind not in SupplierKind.__members__:
        return _page(0, "", "Choisissez le type de la structure que vous gardez."), 422
    try:
        if what == "garder":
            keep_row(engine, key, SupplierKind(kind), author, now)
            flash(f"La ligne est gardée : un fournisseur de type {kind}. Sa fiche permet de revenir en arrière.")
        elif what == "ecarter":
            leave_row_out(engine, key, author, now)
            flash("La ligne est laissée de côté : elle n’est pas au catalogue.")
        else:
            take_row_back(engine, key, now)
            flash("La ligne attend de nouveau.")
    except (ReviewRefused, CorrectionRefused) as refusal:
        flash(str(refusal), "refus")
    return redirect(url_for("review.show", _anchor="lignes"), 303)


def _page(number: int, fault: str, row_fault: str = "") -> str:
    queue = pairs(desk().engine)
    rows, left_out = divided_rows(desk().engine)
    at = next((place for place, pair in enumerate(queue) if pair.number == number), 0)
    decided = sorted(
        pairs(desk().engine, Queue.DECIDED),
        key=lambda pair: (pair.decision.given if pair.decision else datetime.min, pair.number),  # noqa: DTZ901  # times are UTC without zone
        reverse=True,
    )
    return render_template(
        "catalogue/paire.html",
        queue=queue,
        pair=queue[at] if queue else None,
        rank=at + 1,
        decided=decided[:_MOST_DECIDED],
        said=_DECISION_WORDS,
        source=source_shown,
        who=signature(),
        fault=fault,
        campaigns=waiting_by_campaign(desk().engine, owner()) if may("campaign.judge") else (),
        noted=waiting_by_lot(desk().engine, owner()) if may("calls.learn") else (),
        suggested=suggested_suppliers(desk().engine),
        rows=rows,
        left_out=left_out[:_MOST_DECIDED],
        most_rows=_MOST_ROWS,
        kinds=SupplierKind,
        row_fault=row_fault,
    )


def _next_pair(queue: list[Judged], number: int) -> int:
    """Return the number of the pair after this one in the queue (circular); 0 for an empty queue without it."""
    numbers = [pair.number for pair in queue]
    if number not in numbers:
        return numbers[0] if numbers else 0
    at = numbers.index(number)
    others = numbers[at + 1 :] + numbers[:at]
    return others[0] if others else number


def _address(number: int) -> str:
    return url_for("review.show", paire=number) if number else url_for("review.show")
