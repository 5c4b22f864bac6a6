"""Pages « Les dossiers »: list with filters, sort and export, and one dossier: create, edit, show, compare with today's catalogue, print, transfer."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.dossiers.asking.store import campaigns_by_lot
from matcher.dossiers.asking.told import registers, sections
from matcher.dossiers.changes import Close, DescribeDossier, NoteDossier, Reopen, SetCourse
from matcher.dossiers.corrected import corrected_needs
from matcher.dossiers.dossier import Dossier, DossierChange, DossierHeader, Stage, State
from matcher.dossiers.files.annexes import annex_letter
from matcher.dossiers.files.content import LARGEST_FILE
from matcher.dossiers.files.list_table import COLUMNS, DossierColumn, sort_dossiers
from matcher.dossiers.files.list_table import dossiers_csv as list_csv
from matcher.dossiers.files.list_table import dossiers_xlsx as list_xlsx
from matcher.dossiers.files.paper import foot, print_model, printed_title
from matcher.dossiers.files.transfer import BRING, FILE, transfer_object
from matcher.dossiers.files.workbook import dossier_csv, dossier_xlsx
from matcher.dossiers.store import DossierFilter, DossierSummary, list_dossiers
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.jobs.works import DroppedFile
from matcher.journal.change import ChangeRefused, Delete, Restore
from matcher.reading.trade.corpus import corpus_file
from matcher.reference.wordings import persona_wording
from matcher.web.dossiers.choose import CourseForm, HeaderForm, own_buyer, stage_choices
from matcher.web.dossiers.dossier_page import MARKS, changes_since, dossier_page
from matcher.web.dossiers.write import NUMBER, dossier_of, form_key, form_not_written, once_per_form, write_dossier
from matcher.web.frame.access import abandon_work
from matcher.web.frame.app_state import NO_NAME, desk, logo_address, named_or_fault, owner, person, signer_of
from matcher.web.frame.file_response import attachment
from matcher.web.frame.forms import Line, OneOf, PageForm, calendar_date, render_answer, take_files
from matcher.web.frame.paging import Paging, page_number
from matcher.web.frame.typography import css_text

pages = Blueprint("dossiers", __name__)

PAGE = 50
_FORM = 100_000  # bytes of a form without its file
_SIGNS = {mark.word: mark.tone for mark in MARKS.values()}
_TURNS: Mapping[str, tuple[Callable[[str], DossierChange], str]] = {
    "clore": (Close, "Le dossier est clos : il se lit, et ne change plus."),
    "rouvrir": (Reopen, "Le dossier est rouvert."),
    "supprimer": (Delete, "Le dossier est supprimé. Rien n’est effacé : vous pouvez le restaurer."),
    "restaurer": (Restore, "Le dossier est restauré, tel qu’il était."),
}


take_files(pages, lambda: LARGEST_FILE + _FORM, "bring_file")


@pages.get("/dossiers", endpoint="index")
def show_dossiers() -> ResponseReturnValue:
    """List the dossiers: filtered, sorted by a column, page by page."""
    form, order, dossier_summaries = list_asked()
    paging = Paging(page_number(request.args), PAGE, len(dossier_summaries))
    return render_answer(
        form.faults,
        "dossiers/liste.html",
        lines=[
            (line, [(mark, line.statuses[status]) for status, mark in MARKS.items() if line.statuses.get(status)])
            for line in paging.of(dossier_summaries)
        ],
        paging=paging,
        form=form,
        order=order,
        columns={**SHOWN, "acheteur": persona_wording("client"), "offres": persona_wording("remise_colonne")},
        followers=sorted({line.course.follower for line in dossier_summaries if line.course.follower}),
        today=desk().today(),
        asked={name: texts for name, texts in request.args.lists() if name != "page"},
        narrowed=any(field.data for field in form) or form.faults,
    )


@pages.get("/dossiers/dossiers.<any(xlsx, csv):form>")
def download_list(form: str) -> ResponseReturnValue:
    """Send the list as a file, filtered and sorted as on the page."""
    filter_form, _, dossier_summaries = list_asked()
    if filter_form.faults:
        abort(400)
    return attachment(
        f"dossiers.{form}",
        list_xlsx(dossier_summaries) if form == "xlsx" else list_csv(dossier_summaries),
        len(dossier_summaries),
    )


@pages.get("/dossiers/besoins.csv", endpoint="corrected")
def send_corrected_needs() -> ResponseReturnValue:
    """Send the needs whose trade the organisation corrected as a training file for `entremise apprendre`."""
    return attachment("besoins.csv", corpus_file(corrected_needs(desk().engine, owner())))


@pages.get("/dossiers/nouveau", endpoint="new")
def new_dossier() -> ResponseReturnValue:
    """Show the form of a new dossier; lists are added later from the pages of candidates."""
    return _header_form(None, HeaderForm(**own_buyer()))


@pages.post("/dossiers/nouveau", endpoint="create")
def create_dossier() -> ResponseReturnValue:
    """Create a dossier, once even if the form is sent twice."""
    form = HeaderForm(request.form)
    author = named_or_fault(signer_of(request.form), form.faults)
    if form.faults:
        return _header_form(None, form)
    header = form.make(DossierHeader)
    try:
        number = once_per_form(lambda: open_dossier(desk().engine, owner(), header, author=author, now=desk().now()).id)
    except ChangeRefused as refusal:
        form.faults["title"] = str(refusal)
        return _header_form(None, form)
    return redirect(url_for("dossiers.show", number=number), 303)


@pages.get("/dossiers/importer")
def choose_file() -> ResponseReturnValue:
    """Show the upload form of a dossier exported by another installation of Entremise."""
    return _file_form("")


@pages.post("/dossiers/importer")
def bring_file() -> ResponseReturnValue:
    """Start the job that imports a dossier from its file, under a new number; once even if the form is sent twice."""
    file = request.files.get("fichier")
    author = signer_of(request.form)
    if not author:
        return _file_form(NO_NAME)
    if file is None or not file.filename:
        return _file_form("Choisissez un fichier.")
    content = file.read(LARGEST_FILE + 1)
    sent_key = form_key(content)
    key = sha256(sent_key.encode()).hexdigest()[:16] if sent_key else ""
    files = {FILE: DroppedFile(file.filename, io.BytesIO(content))}
    work = desk().works.put(owner(), BRING.name, {"who": author}, person(), files=files, of_suppliers=True, key=key)
    return redirect(url_for("dossiers.bringing", key=work.key), 303)


@pages.get("/dossiers/importer/<key>")
def bringing(key: str) -> ResponseReturnValue:
    """Show the progress of an import, then redirect to the dossier, or show why the file is refused."""
    work = desk().works.get(owner(), key, BRING.name) or abort(404)
    if work.refusal:
        return _file_form(f"{work.refusal} Rien n’a été importé.")
    if work.going:
        here, abandon = (url_for(page, key=key) for page in ("dossiers.bringing", "dossiers.abandon_file"))
        names = [file.name for file in work.files.values()]
        return render_template("frame/lecture.html", file_names=names, work=work, here=here, abandon=abandon)
    flash("Le dossier est importé, tel qu’il était. Son journal dit par qui, et quand.")
    return redirect(url_for("dossiers.show", number=work.result["dossier"]), 303)


@pages.post("/dossiers/importer/<key>/abandon")
def abandon_file(key: str) -> ResponseReturnValue:
    """Stop an import, and delete its file."""
    if abandon_work(key, BRING.name, going=True):
        flash("Le fichier est oublié. Rien n’a été importé.")
    return redirect(url_for("dossiers.index"), 303)


@pages.get(f"/dossiers/{NUMBER}", endpoint="show")
def show_dossier(number: int) -> ResponseReturnValue:
    """Show a dossier: its lists with the status of each supplier, tasks, journal."""
    return dossier_page(dossier_of(number))


@pages.get(f"/dossiers/{NUMBER}/fiche", endpoint="edit")
def edit_dossier(number: int) -> ResponseReturnValue:
    """Show the form of the dossier's header and course."""
    dossier = dossier_of(number)
    return _header_form(dossier, CourseForm.showing(dossier.header, dossier.course))


@pages.post(f"/dossiers/{NUMBER}/fiche", endpoint="describe")
def describe_dossier(number: int) -> ResponseReturnValue:
    """Store changes to the dossier's header and course."""
    form = CourseForm(request.form)
    form.earlier_deadline = dossier_of(number).header.deadline
    if form.faults:
        return _header_form(dossier_of(number), form)
    header, course = form.make(DossierHeader), form.course()

    def list_changes(seen: Dossier) -> list[DossierChange]:
        described: list[DossierChange] = [DescribeDossier(header)] if seen.header != header else []
        return [*described, *([SetCourse(course)] if seen.course != course else [])]

    def show_refusal(dossier: Dossier, text: str) -> ResponseReturnValue:
        form.faults["next_step" if course.next_on and not course.next_step else "title"] = text
        return _header_form(dossier, form)

    return write_dossier(number, list_changes, show_refusal)


@pages.post(f"/dossiers/{NUMBER}/note", endpoint="note")
def note_dossier(number: int) -> ResponseReturnValue:
    """Write the note of the dossier."""
    text = request.form.get("note", "")
    return write_dossier(
        number,
        lambda seen: [] if seen.note == text.replace("\r\n", "\n").strip() else [NoteDossier(text)],
        lambda dossier, fault: dossier_page(dossier, form_not_written(fault, "note"), 422),
        then="note",
    )


@pages.post(f"/dossiers/{NUMBER}/etat", endpoint="turn")
def turn_dossier(number: int) -> ResponseReturnValue:
    """Close, reopen, delete or restore the dossier."""
    change, notice = _TURNS.get(request.form.get("faire", "")) or abort(400)
    return write_dossier(
        number,
        lambda _: [change(request.form.get("motif", ""))],
        lambda dossier, fault: dossier_page(dossier, form_not_written(fault, "etat"), 422),
        notice=notice,
    )


@pages.get(f"/dossiers/{NUMBER}/depuis", endpoint="changed")
def show_changes_since(number: int) -> ResponseReturnValue:
    """Compare each frozen list with the current catalogue, without changing it."""
    dossier = dossier_of(number)
    return render_template("dossiers/depuis.html", dossier=dossier, changed=changes_since(dossier))


@pages.get(f"/dossiers/{NUMBER}/imprimer", endpoint="printed")
def print_dossier(number: int) -> ResponseReturnValue:
    """Show the printable A4 summary of the dossier, to be signed and filed, with the annexes chosen (`annexe`)."""
    dossier = dossier_of(number)
    campaigns = campaigns_by_lot(desk().engine, owner(), number)
    asking = {lot.number: sections(dossier, lot.number, campaigns.get(lot.number, ())) for lot in dossier.lots}
    paper = print_model(dossier, asking=asking, wanted=request.args.getlist("annexe"), today=desk().today())
    return render_template(
        "dossiers/impression.html", dossier=dossier, paper=paper, signs=_SIGNS, letter=annex_letter, logo=logo_address()
    )


@pages.get(f"/dossiers/{NUMBER}/impression.css", endpoint="print_style")
def dossier_print_style(number: int) -> ResponseReturnValue:
    """Send the stylesheet that sets the header and footer of printed pages; pages may not hold inline CSS."""
    dossier = dossier_of(number)
    title, below = css_text(printed_title(dossier)), css_text(foot(dossier))
    first = css_text(persona_wording("synthese", numero=dossier.number))
    style = f"@page {{ @top-right {{ content: {title}; }} @bottom-left {{ content: {below}; }} }}\n"
    style += f"@page :first {{ @top-right {{ content: {first}; }} }}\n"
    return Response(style, content_type="text/css; charset=utf-8")


@pages.get(f"/dossiers/{NUMBER}/dossier.<any(xlsx, csv, json):form>", endpoint="download")
def download_dossier(number: int, form: str) -> ResponseReturnValue:
    """Send a dossier as a file."""
    dossier = dossier_of(number)
    name, contacts_of = f"dossier-{dossier.number}.{form}", desk().contacts_of
    if form == "json":
        return attachment(name, transfer_object(dossier))
    if form == "csv":
        return attachment(name, dossier_csv(dossier, contacts_of))
    campaigns = campaigns_by_lot(desk().engine, owner(), number)
    return attachment(name, dossier_xlsx(dossier, contacts_of, registers=registers(dossier, campaigns)))


def _header_form(dossier: Dossier | None, form: HeaderForm) -> tuple[str, int]:
    key = request.form.get("cle") or token_urlsafe(12)
    return render_answer(form.faults, "dossiers/fiche.html", dossier=dossier, form=form, key=key)


def _file_form(fault: str) -> tuple[str, int]:
    key = request.form.get("cle") or token_urlsafe(12)
    largest = LARGEST_FILE // 1_000_000
    return render_template("dossiers/importer.html", fault=fault, key=key, largest=largest), 422 if fault else 200


_DELETED = "supprimé"
_FURTHER = ("acheteur", "territoire", "du", "au")
# Columns of the page: sort name, then French title.
SHOWN: Mapping[str, str] = {
    "dossier": "Dossier",
    "acheteur": "Acheteur",
    "etape": "Étape",
    "suivi": "Suivi par",
    "offres": "Offres le",
    "prochaine-le": "Prochaine étape",
    "interested": "Réponses",
    "change": "Changé le",
}


class FilterForm(PageForm):
    """Form of the filters of the list of dossiers."""

    texte = Line("Chercher", kind="search")
    etape = OneOf("Étape", [("", "toutes"), *((stage, stage) for stage in Stage)])
    suivi = Line("Suivi par", kind="search")
    offres = calendar_date("Offres avant le")
    etat = OneOf("État", [("", "ouverts et clos"), *((state, state) for state in (*State, _DELETED))])
    acheteur = Line("Acheteur ou SIRET", kind="search")
    territoire = Line("Territoire", kind="search")
    du = calendar_date("Ouverts depuis le")
    au = calendar_date("Jusqu’au")

    def __init__(self, sent: MultiDict[str, str] | None = None, **data: Any) -> None:
        super().__init__(sent, **data)
        self.acheteur.label.text = persona_wording("client_ou_siret")
        self.offres.label.text = persona_wording("remise_avant")
        self.etape.choices = stage_choices("toutes", self.etape.data)

    @property
    def further(self) -> bool:
        """Return whether one of the filters folded on the page is used."""
        return any(self[name].data or name in self.faults for name in _FURTHER)

    def dossier_filter(self) -> DossierFilter:
        """Return the filter of the form."""
        state = self.etat.data
        return DossierFilter(
            buyer=self.acheteur.data,
            territory=self.territoire.data,
            state=State(state) if state in set(State) else None,
            since=self.du.data,
            until=self.au.data,
            deleted=state == _DELETED,
            text=self.texte.data,
            stage=Stage(self.etape.data) if self.etape.data in set(Stage) else None,
            follower=self.suivi.data,
            due_by=self.offres.data,
        )


@dataclass(frozen=True, slots=True)
class DossierOrder:
    """Sort order of a list, from its address: a name of `columns`, with « - » for descending; empty for last changed first."""

    asked: str
    columns: Mapping[str, DossierColumn]

    @property
    def column(self) -> str:
        """The column sorted by; "" where there is none."""
        name = self.asked.removeprefix("-")
        return name if name in self.columns else ""

    @property
    def last_first(self) -> bool:
        """Return whether the order is descending."""
        return self.asked.startswith("-")

    def aria(self, column: str) -> str:
        """Return the `aria-sort` of a column header; "" where the list is not sorted by it."""
        return "" if column != self.column else "descending" if self.last_first else "ascending"

    def url(self, column: str) -> str:
        """Return the address of the list sorted by `column`, descending where it is already sorted by it."""
        turned = f"-{column}" if column == self.column and not self.last_first else column
        remaining = [
            (name, text) for name, text in request.args.items(multi=True) if name not in ("tri", "page") and text
        ]
        return f"{request.path}?{urlencode([*remaining, ('tri', turned)])}"

    def of(self, dossier_summaries: list[DossierSummary]) -> list[DossierSummary]:
        """Sort dossiers in this order."""
        if not self.column:
            return dossier_summaries
        return sort_dossiers(dossier_summaries, self.columns[self.column], last_first=self.last_first)


def list_asked() -> tuple[FilterForm, DossierOrder, list[DossierSummary]]:
    """Return the filter form of the address, the sort order, and the dossiers that match; none where the form has a fault."""
    form, order = FilterForm(request.args), DossierOrder(request.args.get("tri", ""), COLUMNS)
    return form, order, order.of([] if form.faults else list_dossiers(desk().engine, owner(), form.dossier_filter()))
