"""Hours of insertion: of one dossier, promised, entered month by month, pasted or dropped; of all its clauses, for who follows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import SEEK_END
from typing import TypeVar

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the types of 3.2

from matcher.decisions.clause.followup import (
    PMSMP,
    HoursKind,
    HoursPromise,
    InsertionHours,
    MonthHours,
    MonthImmersions,
    label_of,
)
from matcher.decisions.clause.followup_document import hours_said, hours_tables
from matcher.decisions.clause.followup_sheet import HoursReading, HoursSheetRefused, SheetHours, read_file, read_pasted
from matcher.domain.french import number as written
from matcher.domain.french import short_month
from matcher.dossiers.clause_contract import proposed_promise
from matcher.dossiers.dossier import Dossier, DossierChange
from matcher.dossiers.files.list_table import TITLE, contract_columns, to_xlsx
from matcher.dossiers.insertion_changes import MOST_PERIODS, PromiseHours, RecordHours, RemoveHours
from matcher.dossiers.store import DossierFilter, DossierSummary, listed_of_all
from matcher.jobs.files import passing_file
from matcher.jobs.reader_process import ReadRefused
from matcher.ownership import OrganisationId
from matcher.reference.clauses import modalities
from matcher.web.dossiers.dossiers import DossierOrder, FilterForm
from matcher.web.dossiers.write import NUMBER, dossier_of, write
from matcher.web.frame.app_state import account, desk, owner
from matcher.web.frame.file_response import sent
from matcher.web.frame.forms import (
    Line,
    OneOf,
    PageForm,
    Yes,
    answered,
    day,
    hours_of_work,
    month_written,
    take_files,
    whole,
)
from matcher.web.frame.paging import Paging, page_number

pages = Blueprint("hours", __name__)

F = TypeVar("F", bound=PageForm)
_MODALITIES = [(its.code, its.label) for its in modalities()]
_MOST_PEOPLE = 100_000
FILE = "fichier"
LARGEST = 2 * 2**20  # bytes of a file: years of lines weigh a tenth of it
_FORM = 2**20
_SURE = "Ces heures sont justes, même bien au-delà de la promesse"


class PromiseForm(PageForm):
    """Form of what a contract promises."""

    hours = hours_of_work(
        "Heures d’insertion promises",
        shown=lambda its: written(its, 2),
        unit="heures",
        hint="Vide si le marché n’en dit pas le nombre.",
    )
    start = day("Début du marché", needed="Dites quand le marché commence.")
    end = day("Fin du marché")


class MonthForm(PageForm):
    """Form of one month by one modality."""

    month = month_written("Mois", needed="Dites le mois, par exemple 03/2026.")
    modality = OneOf("Modalité", _MODALITIES, default=_MODALITIES[0][0])
    planned = hours_of_work("Prévues", unit="heures")
    placed = hours_of_work("Placées", unit="heures")
    done = hours_of_work("Faites", unit="heures")
    people = whole("Nombre de personnes", 0, _MOST_PEOPLE, hint="Un nombre ; aucun nom n’est gardé.")
    pmsmp = whole("PMSMP du mois", 0, MOST_PERIODS, hint="Des périodes d’immersion, jamais comptées en heures.")
    sure = Yes(_SURE)

    def change(self) -> RecordHours:
        """Return the change that the form asks for."""
        line = self.made(MonthHours)
        said = any(its is not None for its in (line.planned, line.placed, line.done, line.people))
        periods = () if self.pmsmp.data is None else (MonthImmersions(line.month, self.pmsmp.data),)
        return RecordHours((line,) if said else (), periods, sure=self.sure.data)


class PasteForm(PageForm):
    """Form of lines copied from a spreadsheet, or of its file."""

    lignes = TextAreaField(
        "Lignes copiées d’un tableur",
        default="",
        description="Avec leurs titres : « Mois », « Modalité », « Prévues », « Placées », « Faites », « Personnes » (un nombre), « PMSMP » ; ou "
        "une colonne par modalité, ou par mois. Une colonne de noms est refusée.",
        render_kw={"rows": 6, "maxlength": 200_000},
    )
    toutes = OneOf("Modalité des lignes qui n’en disent pas", [("", "aucune"), *_MODALITIES])
    sorte = OneOf(
        "Heures d’une colonne par modalité, ou par mois",
        [(kind.value, kind.value) for kind in (HoursKind.DONE, HoursKind.PLACED, HoursKind.PLANNED)],
        default=HoursKind.DONE.value,
    )
    sures = Yes(_SURE)

    def read(self, file: FileStorage | None) -> SheetHours:
        """Return the hours of the file where one was chosen, else of the lines. Raises HoursSheetRefused, ReadRefused."""
        how = HoursReading(self.toutes.data, HoursKind(self.sorte.data))
        if file is None or not file.filename:
            return read_pasted(self.lignes.data or "", how)
        if file.seek(0, SEEK_END) > LARGEST:
            raise HoursSheetRefused(f"Ce fichier est trop gros : {LARGEST // 2**20} Mio au plus.")
        file.seek(0)
        with passing_file(file.filename, file.stream) as path:
            return read_file(path, how)


class RemovalForm(PageForm):
    """Form that takes out the hours of a month by a modality, or its PMSMP."""

    ligne = OneOf("Ce qui est à retirer", [])
    motif = Line("Motif", hint="Gardé au journal.", needed="Dites pourquoi.")

    @classmethod
    def of(cls, its: InsertionHours, sent: MultiDict[str, str] | None = None) -> "RemovalForm":
        """Return the form over the lines of a dossier."""
        form = cls(sent)
        choices = [(_key(change), said) for change, said in _removals(its)]
        form.ligne.choices, form.ligne.known = choices, {value for value, _ in choices}
        return form


take_files(pages, lambda: LARGEST + _FORM, "paste")


@pages.get(f"/dossiers/{NUMBER}/heures")
def show(number: int) -> ResponseReturnValue:
    """Show how the hours stand, and the forms that note them."""
    return _page(dossier_of(number))


@pages.post(f"/dossiers/{NUMBER}/heures/promesse")
def promise(number: int) -> ResponseReturnValue:
    """Say what the contract promises."""
    form = PromiseForm(request.form)

    def made(seen: Dossier) -> list[DossierChange]:
        its = form.made(HoursPromise)
        source = proposed_promise(seen).source_of(its)
        return [PromiseHours(its, source)] if its != seen.insertion.promise else []

    return _written(number, form, made, "start")


@pages.post(f"/dossiers/{NUMBER}/heures/mois")
def record(number: int) -> ResponseReturnValue:
    """Note one month by one modality."""
    form = MonthForm(request.form)
    return _written(number, form, lambda _: [form.change()], "month", "C’est noté.")


@pages.post(f"/dossiers/{NUMBER}/heures/coller")
def paste(number: int) -> ResponseReturnValue:
    """Note the lines that were copied from a spreadsheet, or those of its file: all, or none."""
    form = PasteForm(request.form)
    if form.faults:
        return _page(dossier_of(number), form)
    try:
        read = form.read(request.files.get(FILE))
    except (HoursSheetRefused, ReadRefused) as refusal:
        form.faults["lignes"] = str(refusal)
        return _page(dossier_of(number), form)
    change = RecordHours(read.months, read.immersions, sure=form.sures.data)
    return _written(number, form, lambda _: [change], "lignes", " ".join(["C’est noté.", *read.said]))


@pages.post(f"/dossiers/{NUMBER}/heures/retirer")
def remove(number: int) -> ResponseReturnValue:
    """Take out the hours of a month by a modality, or its PMSMP."""
    form = RemovalForm.of(dossier_of(number).insertion, request.form)

    def made(seen: Dossier) -> list[DossierChange]:
        found = [one for one, _ in _removals(seen.insertion) if _key(one) == form.ligne.data]
        return [RemoveHours(one.month, one.modality, form.motif.data) for one in found]

    return _written(number, form, made, "ligne", "C’est retiré ; le journal le garde.")


def _removals(its: InsertionHours) -> list[tuple[RemoveHours, str]]:
    """What can be taken out, and how it is offered."""
    lines = [(one.month, one.modality, label_of(one.modality)) for one in its.months]
    lines += [(one.month, PMSMP, "PMSMP") for one in its.immersions]
    return [(RemoveHours(month, code, ""), f"{short_month(month)} : {label}") for month, code, label in sorted(lines)]


def _key(its: RemoveHours) -> str:
    return f"{its.month:%Y-%m}.{its.modality}"


def _written(
    number: int, form: PageForm, made: Callable[[Dossier], Sequence[DossierChange]], at: str, said: str = ""
) -> ResponseReturnValue:
    """Write what a form asks for; what refuses it is said under its field `at`."""
    if form.faults:
        return _page(dossier_of(number), form)

    def refused(dossier: Dossier, told: str) -> ResponseReturnValue:
        form.faults[at] = told
        return _page(dossier, form)

    return write(number, made, refused, then="heures", said=said)


def _page(dossier: Dossier, sent: PageForm | None = None) -> tuple[str, int]:
    """The page, with the form that was refused as it was typed."""

    def shown(kind: type[F], fresh: Callable[[], F]) -> F:
        return sent if isinstance(sent, kind) else fresh()

    its, today = dossier.insertion, desk().today()
    proposed = None if its.promise else proposed_promise(dossier)
    return answered(
        sent,
        "dossiers/insertion/heures.html",
        dossier=dossier,
        hours_said=list(hours_said(its, today)),
        hours_tables=hours_tables(its, today),
        promise=shown(PromiseForm, lambda: PromiseForm.showing(its.promise or proposed)),
        proposed=proposed,
        month=shown(MonthForm, MonthForm),
        paste=shown(PasteForm, PasteForm),
        removal=shown(RemovalForm, lambda: RemovalForm.of(its)),
        sent=sent,
    )


PAGE = 60
LATE, UNSAID = "en retard", "à noter"
# Columns of the page, by the name of the order of each, and what it says over it.
SHOWN: Mapping[str, str] = {
    "dossier": "Marché",
    "acheteur": "Acheteur",
    "epci": "EPCI",
    "etape": "Étape",
    "prochaine-le": "Prochaine étape",
    "fin": "Fin du marché",
    "promises": "Promises",
    HoursKind.PLANNED.value: "Prévues",
    HoursKind.DONE.value: "Faites",
    "retard": "Retard",
}


class ContractFilterForm(FilterForm):
    """Form that narrows the contracts: as the list of dossiers, by organisation, and by how their hours stand."""

    organisation = OneOf("Organisation", [("", "toutes")])
    heures = OneOf("Heures", [("", "toutes"), (LATE, LATE), (UNSAID, UNSAID)])

    def wanted(self) -> DossierFilter:
        """Return the filter that the form asks for."""
        return replace(super().wanted(), clause=True)

    def takes(self, line: DossierSummary) -> bool:
        """Whether a contract is of the organisation, and its hours stand as asked."""
        its, today = line.hours, desk().today()
        stands = {LATE: bool(its.late(today)), UNSAID: bool(its.unsaid(today))}.get(self.heures.data, True)
        return stands and self.organisation.data in ("", str(line.owner))


@pages.get("/clauses")
def index() -> ResponseReturnValue:
    """List the contracts: narrowed, sorted by a column, a page at a time."""
    form, order, found = _asked()
    paging, today = Paging(page_number(request.args), PAGE, len(found)), desk().today()
    return answered(
        form.faults,
        "dossiers/insertion/clauses.html",
        lines=[(line, line.hours) for line in paging.of(found)],
        paging=paging,
        form=form,
        order=order,
        columns=SHOWN,
        organisations=_organisations(),
        here=owner(),
        kinds=HoursKind,
        today=today,
        asked={name: texts for name, texts in request.args.lists() if name != "page"},
        narrowed=any(its.data for its in form) or form.faults,
    )


@pages.get("/clauses/clauses.xlsx")
def download() -> ResponseReturnValue:
    """Send the contracts as a workbook, narrowed and sorted as the page."""
    form, order, found = _asked()
    if form.faults:
        abort(400)
    return sent("hours.xlsx", to_xlsx(found, order.columns, TITLE))


def _organisations() -> Mapping[OrganisationId, str]:
    """The organisations that the person is a member of, by name; the one of the request where nobody signs in."""
    person = account()
    return {its.owner: its.organisation for its in person.memberships} if person else {owner(): ""}


def _asked() -> tuple[ContractFilterForm, DossierOrder, list[DossierSummary]]:
    """The form of the address, its order, and the contracts that it asks for: none where it has a fault."""
    organisations, form = _organisations(), ContractFilterForm(request.args)
    choices = [SelectChoice("", "toutes"), *(SelectChoice(str(key), name) for key, name in organisations.items())]
    form.organisation.choices, form.organisation.known = choices, {one.value for one in choices}
    order = DossierOrder(request.args.get("tri", ""), contract_columns(desk().today(), organisations))
    found = [] if form.faults else listed_of_all(desk().engine, organisations, form.wanted())
    return form, order, order.of([line for line in found if form.takes(line)])
