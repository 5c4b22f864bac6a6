"""Page « Rapprocher »: identification of the suppliers behind a column of SIRET numbers or names, pasted or in a sheet. Numbers are not stored; names are."""

from io import BytesIO

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.purchases.batch import LARGEST
from matcher.decisions.purchases.reconciliation_document import pasted_sheet
from matcher.decisions.purchases.study import StudyKind
from matcher.decisions.purchases.verification import (
    MOST_NUMBERS,
    Verification,
    check_numbers,
    holds_names,
    pasted_numbers,
    verification_document,
    verification_object,
)
from matcher.domain.french import number
from matcher.render.document import Document
from matcher.web.decisions.purchases import FORM, drop_sheet, home_page, keep_sheet
from matcher.web.decisions.row_links import leading
from matcher.web.frame.access import may
from matcher.web.frame.app_state import desk
from matcher.web.frame.file_response import document_attachment
from matcher.web.frame.forms import take_files

pages = Blueprint("recognition", __name__)

# Most characters of a column that fits in a shareable address; longer columns are posted only.
_LONGEST_ADDRESS = 1_500

take_files(pages, lambda: LARGEST + FORM, "drop")


@pages.get("/rapprocher", endpoint="show")
def show_recognition() -> ResponseReturnValue:
    """Show the form to paste a column or upload a sheet, and the result for the numbers in the address (`numeros`), if any."""
    return _page(request.args["numeros"]) if "numeros" in request.args else home_page(StudyKind.RECONCILIATION)


@pages.get("/verifier")
def show_moved() -> ResponseReturnValue:
    """Redirect the old address of the page of numbers to the current one."""
    return redirect(url_for("recognition.show", numeros=request.args.get("numeros")), 301)


@pages.post("/rapprocher", endpoint="drop")
def drop_suppliers() -> ResponseReturnValue:
    """Store an uploaded sheet of suppliers, and start identifying them."""
    return drop_sheet(StudyKind.RECONCILIATION)


@pages.post("/verifier", endpoint="check")
def show_numbers() -> ResponseReturnValue:
    """Show the result for a pasted column of numbers; a column of names is stored as an uploaded sheet instead."""
    text = request.form.get("numeros", "")
    if holds_names(text) and may("recognition.drop"):
        return keep_sheet(StudyKind.RECONCILIATION, "noms-colles.csv", BytesIO(pasted_sheet(text)))
    return _page(text)


@pages.post("/verifier/verification.<any(xlsx, json):form>", endpoint="download")
def download_verification(form: str) -> ResponseReturnValue:
    """Send the result for numbers as a file."""
    text = request.form.get("numeros", "")
    if _fault(text):
        abort(400)
    verification = check_numbers(desk().engine, pasted_numbers(text), desk().today())
    return document_attachment(
        f"verification-{verification.on}.{form}",
        _document(verification, text),
        lambda: verification_object(verification),
    )


def _page(text: str) -> ResponseReturnValue:
    fault = _fault(text)
    verification = None if fault else check_numbers(desk().engine, pasted_numbers(text), desk().today())
    page = home_page(
        StudyKind.RECONCILIATION,
        text=text,
        faults={"numeros": fault} if fault else {},
        told=_document(verification, text) if verification else None,
        link=leading(),
    )
    return page, 422 if fault else 200


def _fault(text: str) -> str:
    number_count = len(pasted_numbers(text))
    if not number_count:
        return "Écrivez au moins un SIRET (14 chiffres) ou un SIREN (9 chiffres)."
    if number_count <= MOST_NUMBERS:
        return ""
    return f"{number(number_count)} numéros : {number(MOST_NUMBERS)} au plus à la fois."


def _document(verification: Verification, text: str) -> Document:
    address = url_for("recognition.show", numeros=text) if len(text) <= _LONGEST_ADDRESS else ""
    return verification_document(verification, len(desk().shelf()), address)
