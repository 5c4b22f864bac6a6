"""Page « Déposer les pièces d’un DCE »: upload of tender documents, read by a background job; their lots are verified on a form, then ranked one by one."""

from datetime import date
from io import SEEK_END
from secrets import token_urlsafe

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from importers.documents.read import LARGEST
from matcher.cleaning.dates import clean_date
from matcher.domain.french import day
from matcher.domain.persona import Persona
from matcher.jobs.works import DroppedFile, Work, WorkState
from matcher.journal.change import LONGEST_LINE, FrozenError
from matcher.need.fields import ASKED_LEVERS
from matcher.reference.levers import lever
from matcher.reference.wordings import current_persona, persona_wording
from matcher.tender.piece import PieceState
from matcher.tender.proposal import UNRESERVED
from matcher.tender.reading import MOST_PIECES, Tender, TenderRefused, check_sizes
from matcher.tender.work import KEPT_DAYS, TENDER, asked_with, tender_of, verified_of
from matcher.web.frame.access import abandon_work
from matcher.web.frame.app_state import desk, owner, person, profile
from matcher.web.frame.forms import render_answer, take_files
from matcher.web.need.lots import TenderLot, lots_of_tender, with_list

pages = Blueprint("tender", __name__)

_FORM = 2**20
# Form field of the deadline for offers.
DUE = "remise"
# Form field of the buyer's name, the header of the dossier.
BUYER_NAME = "acheteur"
# Most seconds that a page waits for the verified lots to be stored.
_AWAITED_S = 5.0
_OF_ANOTHER_VERSION = "Ces pièces ont été lues par une autre version d’Entremise : déposez-les de nouveau."


take_files(pages, lambda: LARGEST + _FORM, "drop")


@pages.get("/dce", endpoint="index")
def show_tender_form() -> ResponseReturnValue:
    """Show the upload form, and the DCE uploaded before."""
    return _index("")


@pages.post("/dce", endpoint="drop")
def drop_tender() -> ResponseReturnValue:
    """Store the uploaded documents, and start the job that reads them."""
    uploads = [file for file in request.files.getlist("pieces") if file.filename]
    try:
        check_sizes([file.stream.seek(0, SEEK_END) for file in uploads])
    except TenderRefused as refused:
        return _index(str(refused))
    for file in uploads:
        file.stream.seek(0)
    files = {
        f"piece {rank}": DroppedFile(file.filename or "", file.stream) for rank, file in enumerate(uploads, start=1)
    }
    work = desk().works.put(owner(), TENDER.name, {}, person(), files=files)
    return redirect(url_for("tender.show", key=work.key), 303)


@pages.get("/dce/<key>", endpoint="show")
def show_tender(key: str) -> ResponseReturnValue:
    """Show the progress of the reading, then the lots to verify."""
    work = tender_work(key)
    if work.refusal:
        return _index(work.refusal)
    if work.going:
        here, abandon = (url_for(page, key=key) for page in ("tender.show", "tender.forget"))
        names = [file.name for file in work.files.values()]
        return render_template("frame/lecture.html", file_names=names, work=work, here=here, abandon=abandon)
    tender = tender_read(work)
    return tender_page(work, tender, lots_of_tender(work, tender), {})


@pages.post("/dce/<key>", endpoint="verify")
def verify_tender(key: str) -> ResponseReturnValue:
    """Store the lots as verified in the form, and redirect to the list of the first."""
    work = tender_work(key)
    tender = tender_read(work)
    lots, faults = sent_lots(work, tender)
    if faults:
        return tender_page(work, tender, lots, faults)
    keep_verified(work, lots)
    return redirect(with_list(work, lots[0]).url(), 303)


@pages.post("/dce/<key>/oubli", endpoint="forget")
def forget_tender(key: str) -> ResponseReturnValue:
    """Delete the documents and their reading, and stop a running job."""
    if abandon_work(tender_work(key).key, TENDER.name):
        flash("Ces pièces sont oubliées, avec ce qui y était lu.")
    return redirect(url_for("tender.index"), 303)


def tender_work(key: str) -> Work:
    """Return the work (background job) that reads a DCE, or end the request with 404."""
    return desk().works.get(owner(), key, TENDER.name) or abort(404)


def tender_read(work: Work) -> Tender:
    """Return the reading of a DCE; end the request where it is not done, or was done by another version of the code."""
    if work.state is not WorkState.DONE:
        abort(404)
    try:
        return tender_of(work)
    except FrozenError:
        abort(make_response(_index(_OF_ANOTHER_VERSION)))


def sent_lots(work: Work, tender: Tender) -> tuple[list[TenderLot], dict[str, str]]:
    """Return the lots as changed by the form of this request, without those whose need was emptied, and the fault of each field."""
    proposed, lots, faults = lots_of_tender(work, tender), [], {}
    for rank, lot in enumerate(proposed, start=1):
        changed = lot.as_left_in(request.form, rank)
        if not changed.field_texts["besoin"]:
            continue
        lots.append(changed)
        faults.update({f"{name}-{rank}": fault for name, fault in changed.query.faults().items()})
    if not lots:
        return proposed, {"besoin-1": "Gardez au moins un lot : son besoin, en une phrase."}
    return lots, faults


def sent_deadline(faults: dict[str, str]) -> date | None:
    """Return the deadline for offers that the form of this request has, None where it is empty or unreadable; the latter also adds its fault to `faults`."""
    typed = request.form.get(DUE, "").strip()
    deadline = clean_date(typed).value
    if typed and deadline is None:
        faults[DUE] = "Écrivez une date, par exemple 15/01/2027, ou laissez vide."
    return deadline


def buyer_proposed(tender: Tender) -> str:
    """Return the name of the buyer, else of the client, for the dossier of a DCE: as sent, else the user's own where it buys, else as the pieces write it."""
    own = profile().own_name if current_persona() is Persona.BUYER else ""
    written = next((value.value for value in tender.proposal.buyer_names), "")
    return " ".join(request.form.get(BUYER_NAME, own or written).split())[:LONGEST_LINE]


def keep_verified(work: Work, lots: list[TenderLot]) -> None:
    """Give the verified lots to the work that read the DCE, which runs again to store them, and wait up to `_AWAITED_S` seconds, so that the next page has
    them."""
    desk().works.again(owner(), work.key, asked_with(work, [lot.verified_values() for lot in lots]), person())
    desk().works.wait_for(owner(), work.key, _AWAITED_S)


def tender_page(work: Work, tender: Tender, lots: list[TenderLot], faults: dict[str, str]) -> ResponseReturnValue:
    """Render the page where lots are verified, with the faults of its fields."""
    return render_answer(
        faults,
        "need/dce_lots.html",
        work=work,
        pieces=tender.pieces,
        states=PieceState,
        proposal=tender.proposal,
        unreserved=UNRESERVED,
        lots=[(lot, with_list(work, lot)) for lot in lots],
        verified=bool(verified_of(work)),
        levers=[(code, lever(code).label) for code in ASKED_LEVERS],
        due=request.form.get(DUE, day(tender.proposal.deadline) if tender.proposal.deadline else ""),
        buyer=buyer_proposed(tender),
        buyer_label=persona_wording("client"),
        faults=faults,
        days=KEPT_DAYS,
        form_key=request.form.get("cle") or token_urlsafe(12),
    )


def _index(fault: str) -> ResponseReturnValue:
    return render_answer(
        fault,
        "need/dce.html",
        fault=fault,
        largest=LARGEST // 10**6,
        most=MOST_PIECES,
        days=KEPT_DAYS,
        known=desk().works.of(owner(), TENDER.name),
    )
