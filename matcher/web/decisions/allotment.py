"""« Découper en lots »: a list of sites cut in lots that each keep enough candidates. The work is told as it goes; its lists stay with
the server for a while, and are no part of an address."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine

from matcher.catalogue.intake.read_apart import headers_apart
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.decisions.allotment.answer import CUTTING, ETP, RANKING, Allotted, Tell, allotted
from matcher.decisions.allotment.compute import LOT_KM
from matcher.decisions.allotment.document import (
    allotments_decision,
    allotments_object,
    allotments_workbook,
    answer,
    comparison,
    hypotheses,
    matrix,
    remarks,
    size_of,
)
from matcher.decisions.allotment.site_list import MOST_SITES, SITES, SiteList, SitesRefused, read_pasted, read_sites
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.opinion import words
from matcher.domain.french import number
from matcher.jobs.queue import Works
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.stop import Stop
from matcher.need.fields import ASKED_LEVERS
from matcher.reference.levers import lever
from matcher.render.document import Document
from matcher.web.decisions.form_fields import activity_of, one, several
from matcher.web.decisions.lot_map import lot_map
from matcher.web.frame.app_state import EXTENSION, Desk, desk
from matcher.web.frame.columns import ColumnsPage
from matcher.web.frame.file_response import sent
from matcher.web.frame.signature import person
from matcher.web.need.address import Arguments, Query

pages = Blueprint("allotment", __name__)

LARGEST = 5 * 2**20
_FORM = 1_000_000  # bytes of a form around its file, a pasted list included
_WORKS = "entremise-allotments"
_MOST_NEEDS, _MOST_WANTED, _MOST_KM = 6, 999, 9_999
_READING = "lecture de la liste"
_DEFECT = (
    "Une erreur s’est produite de notre côté ; rien n’est perdu de ce que vous avez envoyé, que vous pouvez renvoyer."
)
STEPS = (_READING, RANKING, CUTTING)
# Up to this many lots the matrix shows a column a lot; beyond, their numbers.
WIDE = 24
# In what the quantity of a site may be, and how it is offered.
UNITS = (ETP, "m²", "heures")


@dataclass(frozen=True, slots=True)
class AllotmentForm:
    """Fields of the form, as typed; a list that was a file is told by its name, and kept with the work as its `content`."""

    needs: tuple[str, ...]
    pasted: str
    file_name: str
    unit: str
    lever: str
    wanted: str
    lot_km: str
    content: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, arguments: Arguments, pasted: str = "", file_name: str = "", content: bytes = b"") -> "AllotmentForm":
        """Take from the arguments of a request what makes an allotment. A need that comes from the other pages fills the form."""
        query = Query.of(arguments)
        need = activity_of(query.text("besoin"))
        return cls(
            several(arguments, "objet", _MOST_NEEDS) or ((need,) if need else ()),
            pasted,
            file_name,
            one(arguments, "unite") or ETP,
            query.lot.levier,
            one(arguments, "candidats") or str(DEFAULT.wanted),
            one(arguments, "km") or str(round(LOT_KM)),
            content,
        )

    def faults(self) -> dict[str, str]:
        """Faults of the form by field, its list aside."""
        checks = {
            "objet": ""
            if self.needs
            else "Dites l’activité à faire sur chaque site, par exemple « Nettoyage des locaux ».",
            "unite": "" if self.unit in UNITS else "Choisissez dans la liste.",
            "candidats": _whole_fault(self.wanted, _MOST_WANTED),
            "km": _whole_fault(self.lot_km, _MOST_KM),
            "liste": ""
            if self.pasted.strip() or self.file_name
            else "Collez un site par ligne, ou choisissez un fichier.",
        }
        return {name: fault for name, fault in checks.items() if fault}


@dataclass(frozen=True, slots=True)
class Cut:
    """Result of the work: the cut of each activity, in their order."""

    cuts: tuple[Allotted, ...]


@pages.record_once
def _open(state: BlueprintSetupState) -> None:
    its: Desk = state.app.extensions[EXTENSION]
    refusals = (DecisionRefused, SitesRefused, ReadRefused)
    state.app.extensions[_WORKS] = Works[Cut, AllotmentForm](refusals, _DEFECT, line=its.line)


@pages.url_value_preprocessor
def _allow_files(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """The page that takes files takes them: before the form is read, and its token checked."""
    if endpoint == "allotment.start":
        request.max_content_length = LARGEST + _FORM


@pages.get("/allotissement")
def show() -> ResponseReturnValue:
    """Show the form."""
    return _form(AllotmentForm.of(request.args), {})


@pages.post("/allotissement")
def start() -> ResponseReturnValue:
    """Start cutting a list, and lead to where it is told."""
    file = request.files.get("fichier")
    name = Path((file.filename or "").replace("\\", "/")).name[-120:] if file else ""
    content = file.read() if file and name else b""
    its = AllotmentForm.of(request.form, request.form.get("liste", ""), name, content)
    return _form(its, faults) if (faults := its.faults()) else _start(its)


def _start(its: AllotmentForm) -> ResponseReturnValue:
    """Start the work of a form that has no fault."""
    given = _from_file(its, desk().engine) if its.file_name else lambda _: read_pasted(its.pasted)
    shelf, today = desk().shelf(), desk().today()

    def cut(tell: Tell, stop: Stop) -> Cut:
        tell(_READING, 0, 0)
        sites = given(stop)
        return Cut(
            tuple(
                allotted(
                    shelf,
                    sites,
                    need,
                    today,
                    lever=its.lever,
                    wanted=int(its.wanted),
                    lot_km=float(its.lot_km),
                    unit=its.unit,
                    tell=tell,
                )
                for need in its.needs
            )
        )

    key = secrets.token_hex(8)
    _works().start(key, cut, its, person())
    return redirect(url_for("allotment.told", key=key), 303)


@pages.get("/allotissement/<key>")
def told(key: str) -> ResponseReturnValue:
    """Show how far the work is, then the lots; the form again, as it was filled, where the list cannot be cut."""
    work = _works().get(key)
    if work is None:
        return _form(AllotmentForm.of(request.args), {}, gone=True)
    if work.message:
        of_need = isinstance(work.refusal, DecisionRefused) and work.refusal.need
        field = "objet" if of_need else "liste"
        return _form(work.asked, {field: work.message}, columns_of=key if work.asked.file_name else "")
    return render_template(
        "decisions/allotment/lots.html",
        key=key,
        work=work,
        asked=work.asked,
        steps=STEPS,
        cuts=[(its, lot_map(its)) for its in work.result.cuts] if work.result else [],
        answer=answer,
        remarks=remarks,
        hypotheses=hypotheses,
        comparison=comparison,
        matrix=matrix,
        wide=WIDE,
        size_of=size_of,
        lever=lever,
        words=words,
    )


@pages.get("/allotissement/<key>/colonnes")
def columns(key: str) -> ResponseReturnValue:
    """Show what each column of a file was understood to hold."""
    asked = _columns_page(key)
    return redirect(url_for("allotment.told", key=key), 303) if asked is None else asked.page()


@pages.post("/allotissement/<key>/colonnes")
def tell_columns(key: str) -> ResponseReturnValue:
    """Remember what a person says that the columns hold, and cut the list again with it."""
    work, asked = _works().get(key), _columns_page(key)
    if work is None or asked is None:
        return redirect(url_for("allotment.told", key=key), 303)
    if faults := asked.take():
        return asked.page(faults)
    return _start(work.asked)


@pages.post("/allotissement/<key>/abandon")
def abandon(key: str) -> ResponseReturnValue:
    """Stop the work, and forget its list."""
    if _works().stop(key):
        flash("Le découpage est arrêté, sa liste est oubliée.")
    return redirect(url_for("allotment.show"), 303)


@pages.get("/allotissement/<key>/lots.<any(json, xlsx):form>")
def download(key: str, form: str) -> ResponseReturnValue:
    """Send the lots as a file."""
    work = _works().get(key)
    if work is None or work.result is None:
        abort(404)
    cuts = work.result.cuts
    return sent(
        f"lots-{cuts[0].on}.{form}",
        allotments_object(cuts) if form == "json" else allotments_workbook(cuts, desk().contacts_of),
    )


def decided(arguments: Arguments) -> Document | None:
    """Return the lots of a work (`decoupage` its key), as a dossier keeps them; None where there is none, or no longer."""
    work = _works().get(one(arguments, "decoupage"))
    return allotments_decision(work.result.cuts) if work and work.result else None


def _works() -> "Works[Cut, AllotmentForm]":
    found: Works[Cut, AllotmentForm] = current_app.extensions[_WORKS]
    return found


def _columns_page(key: str) -> ColumnsPage | None:
    """The columns of the file of a work, None where it has none, or is no longer there."""
    work = _works().get(key)
    if work is None or not work.asked.file_name:
        return None
    try:
        with _written(work.asked) as path:
            headers = headers_apart(path, SITES, remembered_columns(desk().engine, SITES.table))
    except ReadRefused as refusal:
        flash(str(refusal), "refus")
        return None
    action, back = (url_for(f"allotment.{endpoint}", key=key) for endpoint in ("tell_columns", "told"))
    return ColumnsPage(SITES, {"colonne": (work.asked.file_name, headers)}, action, back)


def _from_file(its: AllotmentForm, engine: Engine) -> Callable[[Stop], SiteList]:
    """What reads a file that was sent."""

    def read(stop: Stop) -> SiteList:
        with _written(its) as path:
            return read_sites(path, remembered_columns(engine, SITES.table), stop=stop)

    return read


@contextmanager
def _written(its: AllotmentForm) -> Iterator[Path]:
    """A file that was sent: under its own name, which a refusal tells, and gone once it is read."""
    with tempfile.TemporaryDirectory(prefix="entremise-") as folder:
        path = Path(folder) / (its.file_name.strip(". ") or "liste")
        path.write_bytes(its.content)
        yield path


def _form(its: AllotmentForm, faults: dict[str, str], *, gone: bool = False, columns_of: str = "") -> tuple[str, int]:
    page = render_template(
        "decisions/allotment/formulaire.html",
        asked=its,
        faults=faults,
        gone=gone,
        columns_of=columns_of,
        units=UNITS,
        levers=[("", "Ni réservé, ni clause"), *((code, lever(code).label) for code in ASKED_LEVERS)],
        most=MOST_SITES,
        largest=LARGEST // 2**20,
    )
    return page, 422 if faults else 404 if gone else 200


def _whole_fault(written: str, most: int) -> str:
    text = "".join(written.split())
    good = text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most
    return "" if good else f"« {written} » n’est pas un nombre entier, de 1 à {number(most)}."
