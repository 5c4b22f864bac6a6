"""« Vérifier »: one SIRET, or a column of them, and what the catalogue knows of each. Nothing of it is kept."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.verification.answer import MOST_NUMBERS, Verification, numbers_in, verify
from matcher.decisions.verification.document import verification_document, verification_object
from matcher.domain.french import number
from matcher.render.document import Document
from matcher.web.decisions.row_links import leading
from matcher.web.frame.app_state import desk
from matcher.web.frame.file_response import sent_document
from matcher.web.frame.forms import answered

pages = Blueprint("verification", __name__)

# Characters of an address that still passes by mail: longer columns are asked by the form alone.
_LONGEST_ADDRESS = 1_500


@pages.get("/verifier")
def show() -> ResponseReturnValue:
    """Show the form, and over it what was found of the numbers that the address holds."""
    return _page(request.args.get("numeros", ""), "numeros" in request.args)


@pages.post("/verifier")
def check() -> ResponseReturnValue:
    """Show what was found of a column, too long for an address."""
    return _page(request.form.get("numeros", ""), asked=True)


@pages.post("/verifier/verification.<any(xlsx, json):form>")
def download(form: str) -> ResponseReturnValue:
    """Send what was found as a file."""
    text = request.form.get("numeros", "")
    if _fault(text):
        abort(400)
    found = _verified(text)
    return sent_document(f"verification-{found.on}.{form}", _document(found, text), lambda: verification_object(found))


def _page(text: str, asked: bool) -> ResponseReturnValue:
    fault = _fault(text) if asked else ""
    found = _verified(text) if asked and not fault else None
    return answered(
        fault,
        "decisions/purchases/verification.html",
        text=text,
        most=MOST_NUMBERS,
        faults={"numeros": fault} if fault else {},
        told=_document(found, text) if found else None,
        link=leading(),
    )


def _fault(text: str) -> str:
    asked = len(numbers_in(text))
    if not asked:
        return "Écrivez au moins un SIRET (14 chiffres) ou un SIREN (9 chiffres)."
    return f"{number(asked)} numéros : {number(MOST_NUMBERS)} au plus à la fois." if asked > MOST_NUMBERS else ""


def _verified(text: str) -> Verification:
    return verify(desk().engine, numbers_in(text), desk().today())


def _document(found: Verification, text: str) -> Document:
    address = url_for("verification.show", numeros=text) if len(text) <= _LONGEST_ADDRESS else ""
    return verification_document(found, len(desk().shelf()), address)
