"""Page « Découper en lots »: a list of sites is cut by a background job into lots that each keep enough candidates; result as tables, map and files."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import TextAreaField

from matcher.decisions.allotment.answer import CUTTING, RANKING, AllotmentAnswer, AllotmentQuestion
from matcher.decisions.allotment.document import allotment_tables, allotments_document, allotments_object, matrix
from matcher.decisions.allotment.site_list import MOST_SITES, SITES
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.lots_work import CUT, FILE, READING_SITES, cut_result
from matcher.decisions.question import inputs_of
from matcher.domain.reading import WHICH_TRADE, Reading
from matcher.jobs.works import DroppedFile, Work
from matcher.need.answer import understand
from matcher.need.fields import need_from
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.render.document import Document
from matcher.web.decisions.row_links import leading
from matcher.web.frame.access import abandon_work
from matcher.web.frame.app_state import buyer_defaults, desk, owner, person
from matcher.web.frame.columns import add_columns_page_of_work
from matcher.web.frame.file_response import document_attachment
from matcher.web.frame.forms import PageForm, take_files, text_on_one_line
from matcher.web.frame.outline_map import OutlineMap, Point, frame_of
from matcher.web.frame.question_form import asks, question_of
from matcher.web.need.address import Query

pages = Blueprint("allotment", __name__)

LARGEST = 5 * 2**20
_FORM = 1_000_000  # bytes of a form around its file, a pasted list included
STEPS = (READING_SITES, RANKING, CUTTING)


@asks(AllotmentQuestion)
class AllotmentForm(PageForm):
    """Form of a list of sites to cut, pasted or uploaded; `file_name` is the name of the upload."""

    liste = TextAreaField("Collez la liste, un site par ligne", default="", render_kw={"rows": 7, "maxlength": 900_000})
    file_name = ""

    @classmethod
    def of_work(cls, work: Work) -> "AllotmentForm":
        """Return the form that started a work (background job)."""
        values = {one.field_name: work.asked[name] for name, one in inputs_of(AllotmentQuestion).items()}
        form = cls(liste=work.asked["pasted"], **values)
        form.file_name = work.asked["file_name"]
        return form

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the fault of a form with neither a pasted list nor a file."""
        if not ((self.liste.data or "").strip() or self.file_name):
            yield "liste", "Collez un site par ligne, ou choisissez un fichier."


take_files(pages, lambda: LARGEST + _FORM, "start")


@pages.get("/allotissement", endpoint="show")
def show_allotment_form() -> ResponseReturnValue:
    """Show the form."""
    return _form(_filled_form())


@pages.post("/allotissement", endpoint="start")
def start_allotment() -> ResponseReturnValue:
    """Start the job that cuts a list, and redirect to its page."""
    file = request.files.get(FILE)
    name = Path((file.filename or "").replace("\\", "/")).name[-120:] if file else ""
    form = AllotmentForm(_with_trade(request.form))
    form.file_name = name
    if not form.faults and (unclear := _unclear_need(form)):
        need, reading = unclear
        again = " Choisissez de nouveau le fichier." if name else ""
        form.faults["objet"] = (
            f"« {need} » : {' '.join(str(one) for one in reading.doubts if one.kind in WHICH_TRADE)}{again}"
        )
    if form.faults:
        return _form(form)
    request_sent = {
        **asdict(question_of(form, AllotmentQuestion)),
        "pasted": form.liste.data,
        "file_name": name,
        "on": desk().today().isoformat(),
    }
    files = {FILE: DroppedFile(name, file.stream)} if file and name else {}
    work = desk().works.put(owner(), CUT.name, request_sent, person(), files=files, of_suppliers=True)
    return redirect(url_for("allotment.told", key=work.key), 303)


@pages.get("/allotissement/<key>", endpoint="told")
def show_allotment(key: str) -> ResponseReturnValue:
    """Show the progress of the job, then the lots; or the form as it was filled, where the list cannot be cut."""
    work = _work(key)
    if work is None:
        return _form(_filled_form(), gone=True)
    result = cut_result(work.result)
    if work.refusal or result.refused:
        form = AllotmentForm.of_work(work)
        form.faults["liste" if work.refusal else "objet"] = work.refusal or result.refused
        return _form(form, columns_of=key if form.file_name else "")
    return render_template(
        "decisions/allotment/lots.html",
        key=key,
        work=work,
        file_name=work.asked["file_name"],
        steps=STEPS,
        told=allotments_document(result.cuts) if result.cuts else None,
        cuts=[(cut, allotment_tables(cut), lot_map(cut)) for cut in result.cuts],
        link=leading(),
        lever=lever,
    )


@pages.post("/allotissement/<key>/abandon", endpoint="abandon")
def abandon_allotment(key: str) -> ResponseReturnValue:
    """Stop the job, and delete its list."""
    if abandon_work(key, CUT.name):
        flash("Le découpage est arrêté, sa liste est oubliée.")
    return redirect(url_for("allotment.show"), 303)


@pages.get("/allotissement/<key>/lots.<any(json, xlsx):form>", endpoint="download")
def download_allotment(key: str, form: str) -> ResponseReturnValue:
    """Send the lots as a file."""
    work = _work(key)
    if work is None or not (cuts := cut_result(work.result).cuts):
        abort(404)
    return document_attachment(
        f"lots-{cuts[0].on}.{form}",
        allotments_document(cuts),
        lambda: allotments_object(cuts),
        lambda: contacts_table({one.id: one.name for cut in cuts for one in matrix(cut)}, desk().contacts_of),
    )


def allotment_decision(arguments: MultiDict[str, str]) -> Document | None:
    """Return the lots of a job (`decoupage`: its key) as a document for a dossier; None where it is unknown or deleted."""
    work = _work(text_on_one_line(arguments.get("decoupage", "")))
    cuts = cut_result(work.result).cuts if work else ()
    return allotments_document(cuts) if cuts else None


def _unclear_need(form: AllotmentForm) -> tuple[str, Reading] | None:
    """Return the first activity of a form whose trade is not understood, with its reading; None where there is none."""
    readings = ((need, understand(need_from({"objet": need}))) for need in question_of(form, AllotmentQuestion).needs)
    return next(((need, reading) for need, reading in readings if not reading.understood), None)


def _with_trade(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the fields of a form with the trade that a person chose (`metier`) in place of the activity not understood, and the lever that this one names."""
    code, unclear = sent.get("metier", ""), _unclear_need(AllotmentForm(sent))
    if unclear is None or code not in unclear[1].options:
        return sent
    need, reading = unclear
    needs = [
        taxonomy().label(code) if one == need else one
        for one in question_of(AllotmentForm(sent), AllotmentQuestion).needs
    ]
    chosen = MultiDict(sent)
    chosen.setlist("objet", needs)
    chosen["levier"] = sent.get("levier") or reading.lever
    return chosen


def _work(key: str) -> Work | None:
    return desk().works.get(owner(), key, CUT.name)


def _filled_form() -> AllotmentForm:
    """Return the form filled with the need in the address, if any."""
    query = Query.of(request.args, buyer_defaults())
    return AllotmentForm(objet=(query.activity,) if query.activity else (), levier=query.lot.levier)


add_columns_page_of_work(pages, "/allotissement/<key>", CUT.name, FILE, SITES, shown="told")


def _form(form: AllotmentForm, *, gone: bool = False, columns_of: str = "") -> tuple[str, int]:
    unclear = _unclear_need(form) if "objet" in form.faults else None
    labels = ((code, taxonomy().label(code)) for code in (unclear[1].options if unclear else ()))
    page = render_template(
        "decisions/allotment/formulaire.html",
        form=form,
        trades=[(label, code) for code, label in labels if understand(need_from({"objet": label})).understood],
        gone=gone,
        columns_of=columns_of,
        most=MOST_SITES,
        largest=LARGEST // 2**20,
    )
    return page, 422 if form.faults else 404 if gone else 200


# Radius of the disc of a lot on the map, in SVG units.
_DISC = 11.0
# Number of colours, reused in turn; the lot's number tells lots of one colour apart.
COLOURS = 6


@dataclass(frozen=True, slots=True)
class DrawnLot:
    """A lot on the map: number, colour class, position (x, y) of its disc, and the points of its sites, which lines join to the disc."""

    number: int
    colour: int
    x: float
    y: float
    sites: tuple[Point, ...]
    enough: bool
    says: str


def lot_map(allotment: AllotmentAnswer) -> OutlineMap[DrawnLot]:
    """Draw the map of an allotment, which must have a site."""
    frame = frame_of([site.at for site in allotment.sites])
    sites = [tuple(frame.at(*allotment.sites[row].at) for row in lot.sites) for lot in allotment.allotment.lots]
    middles = [(sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)) for points in sites]
    lots = []
    for number, (lot, points, (x, y)) in enumerate(
        zip(allotment.allotment.lots, sites, frame.spread(middles, _DISC), strict=True), start=1
    ):
        where = f"{len(points)} sites" if len(points) > 1 else allotment.towns[lot.sites[0]]
        lots.append(DrawnLot(number, number % COLOURS, x, y, points, lot.enough, f"Lot {number} : {where}"))
    return frame.draw(lots)
