"""« Découper en lots »: a list of sites cut in lots that each keep enough candidates. The work is told as it goes; its lists stay with
the server for a while, and are no part of an address."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.intake.read_apart import headers_apart
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.cleaning.numbers import whole
from matcher.decisions.allotment.answer import CUTTING, ETP, RANKING
from matcher.decisions.allotment.compute import LOT_KM
from matcher.decisions.allotment.document import (
    allotment_tables,
    allotments_document,
    allotments_object,
    answer,
    matrix,
    remarks,
)
from matcher.decisions.allotment.site_list import MOST_SITES, SITES
from matcher.decisions.allotment.work import CUT, FILE, READING, cut_result
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.contacts_table import contacts_table
from matcher.domain.french import number
from matcher.jobs.works import DroppedFile, Work
from matcher.need.fields import ASKED_LEVERS
from matcher.reference.levers import lever
from matcher.render.document import Document
from matcher.web.decisions.form_fields import activity_of, one, several
from matcher.web.decisions.lot_map import lot_map
from matcher.web.decisions.row_links import to_supplier
from matcher.web.frame.app_state import desk
from matcher.web.frame.columns import SeenSheets, add_columns_page
from matcher.web.frame.file_response import sent_document
from matcher.web.frame.signature import person
from matcher.web.need.address import Arguments, Query

pages = Blueprint("allotment", __name__)

LARGEST = 5 * 2**20
_FORM = 1_000_000  # bytes of a form around its file, a pasted list included
_MOST_NEEDS, _MOST_WANTED, _MOST_KM = 6, 999, 9_999
STEPS = (READING, RANKING, CUTTING)
# In what the quantity of a site may be, and how it is offered.
UNITS = (ETP, "m²", "heures")


@dataclass(frozen=True, slots=True)
class AllotmentForm:
    """Fields of the form, as typed; a list that was a file is told by its name."""

    needs: tuple[str, ...]
    pasted: str
    file_name: str
    unit: str
    lever: str
    wanted: str
    lot_km: str

    @classmethod
    def of(cls, arguments: Arguments, pasted: str = "", file_name: str = "") -> "AllotmentForm":
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
        )

    @classmethod
    def asked(cls, work: Work) -> "AllotmentForm":
        """Return the form that a work was asked by."""
        given = {each.name: work.asked[each.name] for each in fields(cls)}
        return cls(**given | {"needs": tuple(given["needs"])})

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
    file = request.files.get(FILE)
    name = Path((file.filename or "").replace("\\", "/")).name[-120:] if file else ""
    its = AllotmentForm.of(request.form, request.form.get("liste", ""), name)
    if faults := its.faults():
        return _form(its, faults)
    files = {FILE: DroppedFile(name, file.stream)} if file and name else {}
    work = desk().works.put(CUT.name, _asked(its), person(), files=files, of_suppliers=True)
    return redirect(url_for("allotment.told", key=work.key), 303)


@pages.get("/allotissement/<key>")
def told(key: str) -> ResponseReturnValue:
    """Show how far the work is, then the lots; the form again, as it was filled, where the list cannot be cut."""
    work = _work(key)
    if work is None:
        return _form(AllotmentForm.of(request.args), {}, gone=True)
    its, result = AllotmentForm.asked(work), cut_result(work.result)
    if work.refusal or result.refused:
        faults = {"liste": work.refusal} if work.refusal else {"objet": result.refused}
        return _form(its, faults, columns_of=key if its.file_name else "")
    return render_template(
        "decisions/allotment/lots.html",
        key=key,
        work=work,
        asked=its,
        steps=STEPS,
        told=allotments_document(result.cuts) if result.cuts else None,
        cuts=[(cut, allotment_tables(cut), lot_map(cut)) for cut in result.cuts],
        answer=answer,
        remarks=remarks,
        to_supplier=to_supplier,
        lever=lever,
    )


@pages.post("/allotissement/<key>/abandon")
def abandon(key: str) -> ResponseReturnValue:
    """Stop the work, and forget its list."""
    if desk().works.forget(key, unless=lambda work: work.kind != CUT.name):
        flash("Le découpage est arrêté, sa liste est oubliée.")
    return redirect(url_for("allotment.show"), 303)


@pages.get("/allotissement/<key>/lots.<any(json, xlsx):form>")
def download(key: str, form: str) -> ResponseReturnValue:
    """Send the lots as a file."""
    work = _work(key)
    if work is None or not (cuts := cut_result(work.result).cuts):
        abort(404)
    return sent_document(
        f"lots-{cuts[0].on}.{form}",
        allotments_document(cuts),
        lambda: allotments_object(cuts),
        lambda: contacts_table({one.id: one.name for its in cuts for one in matrix(its)}, desk().contacts_of),
    )


def decided(arguments: Arguments) -> Document | None:
    """Return the lots of a work (`decoupage` its key), as a dossier keeps them; None where there is none, or no longer."""
    work = _work(one(arguments, "decoupage"))
    cuts = cut_result(work.result).cuts if work else ()
    return allotments_document(cuts) if cuts else None


def _work(key: str) -> Work | None:
    return desk().works.get(key, CUT.name)


def _asked(its: AllotmentForm) -> dict[str, Any]:
    """What is asked of the work."""
    return {**asdict(its), "on": desk().today().isoformat()}


def _seen(key: str) -> SeenSheets | None:
    """The columns of the file of a work, None where it has none, or is no longer there."""
    work = _work(key)
    if work is None or FILE not in work.files:
        return None
    with desk().works.file(work, FILE) as path:
        headers = headers_apart(path, SITES, remembered_columns(desk().engine, SITES.table))
    return SeenSheets(SITES, {"colonne": (work.files[FILE].name, headers)})


def _cut_again(key: str) -> None:
    if work := _work(key):
        desk().works.again(key, _asked(AllotmentForm.asked(work)), person())


add_columns_page(pages, "/allotissement/<key>", _seen, _cut_again, shown="told")


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
    good = whole("".join(written.split()), range(1, most + 1)) is not None
    return "" if good else f"« {written} » n’est pas un nombre entier, de 1 à {number(most)}."
