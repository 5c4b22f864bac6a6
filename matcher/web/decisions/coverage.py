"""Page « Couvrir des lots »: which lots of a sheet or DCE (tender documents) a network of structures could answer: a matrix, and a sheet by structure."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import TextAreaField

from matcher.catalogue.store.recognition import load_recogniser
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.coverage.answer import Coverage
from matcher.decisions.coverage.compute import WITHIN_REACH
from matcher.decisions.coverage.document import MARKS, coverage_document, coverage_object, known_structures, pair_words
from matcher.decisions.coverage.network import (
    MOST_STRUCTURES,
    AskedLot,
    AskedLots,
    Network,
    NetworkQuestion,
    in_territory,
    recognise_network,
)
from matcher.decisions.coverage.structure_sheet import sheet_document, sheets_archive
from matcher.decisions.lots_work import COVER, FILE, KEPT_DAYS, coverage_asked, coverage_result
from matcher.decisions.purchases.line import MOST_LINES
from matcher.decisions.purchases.reconciliation import pasted_lines
from matcher.decisions.purchases.sheet import PROGRAMME
from matcher.domain.french import enumeration
from matcher.domain.kinds import SupplierKind
from matcher.jobs.works import DroppedFile, Work, WorkState
from matcher.render.document import Document
from matcher.web.frame.access import abandon_work
from matcher.web.frame.app_state import desk, owner, person, profile
from matcher.web.frame.columns import add_columns_page_of_work
from matcher.web.frame.file_response import attachment, document_attachment
from matcher.web.frame.forms import Line, PageForm, take_files, text_on_one_line
from matcher.web.frame.paging import Paging, page_number
from matcher.web.frame.question_form import asks, question_of
from matcher.web.need.lots import lots_under

pages = Blueprint("coverage", __name__)

LARGEST = 5 * 2**20
_FORM = 200_000  # bytes of a form around its file, a pasted list included
PAGE = 100
# Most (lot, structure) pairs of the matrix drawn on a page; the workbook has them all.
_DRAWN = 12_000
_NO_LOTS = "Choisissez le tableau des lots."
_NO_NETWORK = "Dites un territoire, ou collez une liste de structures."


@asks(NetworkQuestion)
class CoverageForm(PageForm):
    """Form of lots (an uploaded file, or a DCE by the key of the job that read it) and of a network (a territory or a pasted list)."""

    liste = TextAreaField("Ou collez leur liste", default="", render_kw={"rows": 5, "maxlength": 60_000})
    dce = Line("DCE", most=64)
    file_name = ""

    @property
    def question(self) -> NetworkQuestion:
        """The network that the form asks, unless a list is pasted."""
        return question_of(self, NetworkQuestion)

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the faults of a form without lots or without network."""
        if not (self.file_name or self.dce.data):
            yield FILE, _NO_LOTS
        if not (self.question.territory or (self.liste.data or "").strip()):
            yield "territoire", _NO_NETWORK


take_files(pages, lambda: LARGEST + _FORM, "start")


@pages.get("/couverture", endpoint="show")
def show_coverage_form() -> ResponseReturnValue:
    """Show the form, filled with the lots of a DCE (`dce`) if given."""
    return _form(CoverageForm(territoire=profile().place, dce=text_on_one_line(request.args.get("dce", ""))))


@pages.post("/couverture", endpoint="start")
def start_coverage() -> ResponseReturnValue:
    """Start the job that compares lots with a network, and redirect to its page."""
    file, form = request.files.get(FILE), CoverageForm(request.form)
    form.file_name = Path((file.filename or "").replace("\\", "/")).name[-120:] if file else ""
    network = None if form.faults else _network(form)
    lots = None if form.file_name else _lots_of_tender(form.dce.data)
    if not form.file_name and lots is None and FILE not in form.faults:
        form.faults[FILE] = (
            "Ce DCE n’est plus gardé, pas encore lu, ou lu par une autre version d’Entremise : donnez un tableau de lots."
        )
    if network is None or form.faults:
        return _form(form)
    request_sent = {
        **coverage_asked(network, lots, desk().today()),
        "file_name": form.file_name,
        "form": {
            "territoire": form.question.territory,
            "types": list(form.question.kinds),
            "liste": form.liste.data,
            "dce": form.dce.data,
        },
    }
    files = {FILE: DroppedFile(form.file_name, file.stream)} if file and form.file_name else {}
    work = desk().works.put(owner(), COVER.name, request_sent, person(), files=files, of_suppliers=True)
    return redirect(url_for("coverage.told", key=work.key), 303)


@pages.get("/couverture/<key>", endpoint="told")
def show_coverage(key: str) -> ResponseReturnValue:
    """Show the progress of the job, then the result; or the form as it was filled, where the lots cannot be used."""
    work = _work(key)
    if work is None:
        return _form(CoverageForm(), gone=True)
    if work.refusal:
        form = CoverageForm(**work.asked["form"])
        form.file_name = work.asked["file_name"]
        form.faults[FILE] = work.refusal
        return _form(form, columns_of=key if form.file_name else "")
    if work.going:
        here, forget = (url_for(page, key=key) for page in ("coverage.told", "coverage.abandon"))
        names = [file.name for file in work.files.values()] or ["Les lots du DCE"]
        return render_template("frame/lecture.html", file_names=names, work=work, here=here, abandon=forget)
    coverage = coverage_result(work.result)
    document = coverage_document(coverage)
    review, trades, territories, gaps, structures, lots, *_ = document.tables
    paging = Paging(page_number(request.args), PAGE, len(lots.rows))
    matrix = coverage.matrix
    numbers = {one.id: at for at, one in enumerate(matrix.structures, start=1)}
    # (lot, [(mark, words) of each structure]); empty where the matrix is too large for a page
    drawn = [
        (
            lot.label,
            [
                (
                    MARKS[reach].value if (reach := matrix.at(row, at)) in WITHIN_REACH else "",
                    pair_words(matrix, row, at),
                )
                for at in range(len(matrix.structures))
            ],
        )
        for row, lot in enumerate(matrix.lots if len(matrix.lots) * len(matrix.structures) <= _DRAWN else ())
    ]
    return render_template(
        "decisions/coverage/couverture.html",
        key=key,
        asked_by=work.person,
        file_name=work.asked["file_name"],
        told=document.as_shown(),
        review=review,
        gaps=gaps,
        trades=trades,
        territories=territories,
        structures=structures,
        # Link from the name of a structure to its sheet.
        link=lambda row, at: (
            "" if at or row.about not in numbers else url_for("coverage.structure", key=key, number=numbers[row.about])
        ),
        lots=replace(lots, rows=tuple(paging.of(lots.rows))),
        paging=paging,
        drawn=drawn,
        matrix=matrix,
    )


@pages.get("/couverture/<key>/structures/<int:number>")
def structure(key: str, number: int) -> ResponseReturnValue:
    """Show the sheet of one structure, by its number in the network."""
    coverage = _finished_coverage(key)
    if not 1 <= number <= len(coverage.matrix.structures):
        abort(404)
    return render_template(
        "decisions/coverage/fiche.html",
        key=key,
        number=number,
        one=coverage.matrix.structures[number - 1],
        network=coverage.network,
        told=sheet_document(coverage, number - 1).as_shown(),
    )


@pages.get("/couverture/<key>/structures/<int:number>/fiche.xlsx")
def download_sheet(key: str, number: int) -> ResponseReturnValue:
    """Send the sheet of one structure as a workbook."""
    coverage = _finished_coverage(key)
    if not 1 <= number <= len(coverage.matrix.structures):
        abort(404)
    return document_attachment(f"fiche-{number}-{coverage.on}.xlsx", sheet_document(coverage, number - 1), dict)


@pages.get("/couverture/<key>/couverture.<any(json, xlsx, zip):form>", endpoint="download")
def download_coverage(key: str, form: str) -> ResponseReturnValue:
    """Send the result as a file; the ZIP holds a workbook for each structure."""
    coverage = _finished_coverage(key)
    if form == "zip":
        return attachment(f"fiches-{coverage.on}.zip", sheets_archive(coverage))
    return document_attachment(
        f"couverture-{coverage.on}.{form}",
        coverage_document(coverage),
        lambda: coverage_object(coverage),
        lambda: contacts_table(known_structures(coverage.matrix), desk().contacts_of),
    )


@pages.post("/couverture/<key>/abandon", endpoint="abandon")
def abandon_coverage(key: str) -> ResponseReturnValue:
    """Stop the job, and delete its lots."""
    if abandon_work(key, COVER.name):
        flash("Ces lots et leur comparaison sont oubliés.")
    return redirect(url_for("coverage.show"), 303)


def coverage_decision(arguments: MultiDict[str, str]) -> Document | None:
    """Return the result of a job (`couverture`: its key) as a document for a dossier; None where it is unknown, unfinished or deleted."""
    work = _work(text_on_one_line(arguments.get("couverture", "")))
    return coverage_document(coverage_result(work.result)) if work and work.state is WorkState.DONE else None


def _work(key: str) -> Work | None:
    return desk().works.get(owner(), key, COVER.name)


def _finished_coverage(key: str) -> Coverage:
    work = _work(key)
    if work is None or work.state is not WorkState.DONE:
        abort(404)
    return coverage_result(work.result)


def _network(form: CoverageForm) -> Network | None:
    """Return the network of a form; None where it is refused, with the fault under its field."""
    pasted = (form.liste.data or "").strip()
    try:
        if pasted:
            return recognise_network(pasted_lines(pasted), load_recogniser(desk().engine))
        return in_territory(desk().shelf(), form.question)
    except DecisionRefused as refusal:
        form.faults["liste" if pasted else "territoire"] = str(refusal)
    return None


def _lots_of_tender(key: str) -> AskedLots | None:
    """Return the verified lots of a DCE; None where this organisation has none of this key, or it is not read."""
    lots_of_work = lots_under(key)
    if lots_of_work is None:
        return None
    work, tender_lots = lots_of_work
    lots = (
        AskedLot(f"Lot {one.number}" if one.number else f"Lot {at}", one.title, "", one.query.need)
        for at, one in enumerate(tender_lots, start=1)
    )
    return AskedLots(tuple(lots), (f"Lots d’un DCE : {enumeration([file.name for file in work.files.values()])}.",))


add_columns_page_of_work(pages, "/couverture/<key>", COVER.name, FILE, PROGRAMME, shown="told")


def _form(form: CoverageForm, *, gone: bool = False, columns_of: str = "") -> tuple[str, int]:
    page = render_template(
        "decisions/coverage/formulaire.html",
        form=form,
        gone=gone,
        columns_of=columns_of,
        kinds=tuple(SupplierKind),
        most=MOST_LINES,
        most_structures=MOST_STRUCTURES,
        largest=LARGEST // 2**20,
        days=KEPT_DAYS,
    )
    return page, 422 if form.faults else 404 if gone else 200
