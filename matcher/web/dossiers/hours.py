"""Pages of the hours of insertion (social clauses) of a dossier's contracts: promise, monthly hours, import, corrections; and list of all clauses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the types of 3.2

from matcher.decisions.clause.followup import SILENT_MONTHS, HoursKind, HoursPromise, InsertionHours
from matcher.decisions.clause.followup_columns import HoursSheetRefused
from matcher.decisions.clause.followup_document import followed_said, hours_tables
from matcher.dossiers.clause_contract import followed_contracts, promised_lots, proposed_promise, sheet_changes
from matcher.dossiers.dossier import WHOLE, Dossier, DossierChange
from matcher.dossiers.files.list_table import contract_columns, contracts_xlsx
from matcher.dossiers.insertion_changes import MoveHours, Over, PromiseHours
from matcher.dossiers.store import DossierFilter, DossierSummary, list_dossiers_of_all
from matcher.jobs.reader_process import ReadRefused
from matcher.ownership import OrganisationId
from matcher.reference.wordings import persona_wording
from matcher.web.dossiers.dossiers import DossierOrder, FilterForm
from matcher.web.dossiers.hours_forms import (
    LARGEST,
    CorrectionForm,
    MonthForm,
    MoveForm,
    PasteForm,
    PromiseForm,
    RemovalForm,
)
from matcher.web.dossiers.write import HOURS, NUMBER, dossier_of, write_dossier
from matcher.web.frame.app_state import account, desk, owner
from matcher.web.frame.file_response import attachment
from matcher.web.frame.forms import OneOf, PageForm, render_answer, take_files
from matcher.web.frame.paging import Paging, page_number

pages = Blueprint("hours", __name__)

F = TypeVar("F", bound=PageForm)
FILE = "fichier"
_FORM = 2**20

take_files(pages, lambda: LARGEST + _FORM, "paste")


@pages.get(f"/dossiers/{NUMBER}/heures", endpoint="show")
def show_hours(number: int) -> ResponseReturnValue:
    """Show the progress of a contract's hours, and the forms to enter them."""
    return _page(dossier_of(number))


@pages.post(f"/dossiers/{NUMBER}/heures/promesse")
def promise(number: int) -> ResponseReturnValue:
    """Store the hours that a contract promises."""
    form = PromiseForm(request.form)

    def list_changes(seen: Dossier) -> list[DossierChange]:
        promised, lot = form.make(HoursPromise), _lot(seen)
        source = proposed_promise(seen, lot).source_of(promised)
        return [PromiseHours(promised, source, lot)] if promised != _hours(seen).promise else []

    return _write_form(number, form, list_changes, "start")


@pages.post(f"/dossiers/{NUMBER}/heures/mois", endpoint="record")
def record_month(number: int) -> ResponseReturnValue:
    """Store the hours of one month for one modality (way to provide them)."""
    form = MonthForm(request.form)
    return _write_form(number, form, lambda seen: [form.change(_lot(seen))], "month")


@pages.post(f"/dossiers/{NUMBER}/heures/coller", endpoint="paste")
def paste_hours(number: int) -> ResponseReturnValue:
    """Import lines pasted from a spreadsheet, or its file: all lines, or none."""
    dossier = dossier_of(number)
    form = PasteForm.of(dossier, request.form)
    if form.faults:
        return _page(dossier, form)
    try:
        read = form.read(dossier, request.files.get(FILE))
    except (HoursSheetRefused, ReadRefused) as refusal:
        form.faults["lignes"] = str(refusal)
        return _page(dossier, form)
    over = Over(form.deja_notees.data)
    _, noted = sheet_changes(dossier, read, over, sure=form.sures.data)
    sentence = " ".join(["C’est noté.", *read.said, *noted])
    return _write_form(
        number, form, lambda seen: sheet_changes(seen, read, over, sure=form.sures.data)[0], "lignes", sentence
    )


@pages.post(f"/dossiers/{NUMBER}/heures/corriger", endpoint="correct")
def correct_hours(number: int) -> ResponseReturnValue:
    """Add hours to a month, or subtract some."""
    dossier = dossier_of(number)
    form = CorrectionForm.of(_hours(dossier), request.form)
    return _write_form(number, form, lambda seen: [*form.changes(_hours(seen), _lot(seen))], "ecart", "C’est corrigé.")


@pages.post(f"/dossiers/{NUMBER}/heures/retirer", endpoint="remove")
def remove_hours(number: int) -> ResponseReturnValue:
    """Remove the hours of a month for a modality, or its PMSMP (trial periods of work)."""
    form = RemovalForm.of(_hours(dossier_of(number)), request.form)
    sentence = "C’est retiré ; le journal le garde."
    return _write_form(number, form, lambda seen: [*form.changes(_hours(seen), _lot(seen))], "ligne", sentence)


@pages.post(f"/dossiers/{NUMBER}/heures/rattacher")
def move(number: int) -> ResponseReturnValue:
    """Store which lot the entered hours belong to."""
    dossier = dossier_of(number)
    form = MoveForm.of(dossier, _lot(dossier), request.form)
    return _write_form(
        number, form, lambda seen: [MoveHours(_lot(seen), int(form.vers.data))], "vers", "C’est rattaché."
    )


def _lot(dossier: Dossier) -> int:
    """Return the lot of the requested contract; by default the first with entered or promised hours, else the whole dossier."""
    lots = (*sorted(dossier.followed), *promised_lots(dossier))
    typed = request.values.get("contrat", "")
    if typed in map(str, lots):
        return int(typed)
    with_hours = (lot for lot in lots if dossier.followed or proposed_promise(dossier, lot).hours is not None)
    return next(with_hours, lots[-1])


def _hours(dossier: Dossier) -> InsertionHours:
    return dossier.followed.get(_lot(dossier), InsertionHours())


def _write_form(
    number: int,
    form: PageForm,
    list_changes: Callable[[Dossier], Sequence[DossierChange]],
    at: str,
    text: str = "C’est noté.",
) -> ResponseReturnValue:
    """Store the changes of a form; a refusal is shown under its field `at`."""
    if form.faults:
        return _page(dossier_of(number), form)

    def show_refusal(dossier: Dossier, sentence: str) -> ResponseReturnValue:
        form.faults[at] = sentence
        return _page(dossier, form)

    return write_dossier(number, list_changes, show_refusal, then=HOURS, notice=text)


def _page(dossier: Dossier, sent: PageForm | None = None) -> tuple[str, int]:
    """Render the page of a contract, with the refused form as typed, if any."""

    def form_of(kind: type[F], fresh: Callable[[], F]) -> F:
        return sent if isinstance(sent, kind) else fresh()

    lot, hours, today = _lot(dossier), _hours(dossier), desk().today()
    contracts = followed_contracts(dossier)
    here = [one for one in contracts if one.lot == lot]
    overview = hours_tables(contracts, today)[:1] if len(contracts) > 1 else ()
    proposed = None if hours.promise else proposed_promise(dossier, lot)
    lots = {one.number: one.heading for one in dossier.lots} | {WHOLE: "Tout le dossier"}
    return render_answer(
        sent,
        "dossiers/insertion/heures.html",
        dossier=dossier,
        lot=lot,
        choices=[(one, lots[one]) for one in dict.fromkeys((*sorted(dossier.followed), *promised_lots(dossier)))],
        whole_said=list(followed_said(contracts, today))[:1] if overview else [],
        beside=overview,
        hours=hours,
        hours_said=list(followed_said(here, today)),
        hours_tables=[table for table in hours_tables(here, today) if not (overview and table.ranged)],
        promise=form_of(PromiseForm, lambda: PromiseForm.showing(hours.promise or proposed)),
        proposed=proposed,
        month=form_of(MonthForm, MonthForm),
        paste=form_of(PasteForm, lambda: PasteForm.of(dossier)),
        removal=form_of(RemovalForm, lambda: RemovalForm.of(hours)),
        correction=form_of(CorrectionForm, lambda: CorrectionForm.of(hours)),
        moving=form_of(MoveForm, lambda: MoveForm.of(dossier, lot)),
        sent=sent,
    )


PAGE = 60
LATE, UNSAID, SILENT = "en retard", "à noter", f"rien noté depuis {SILENT_MONTHS} mois"
# Columns of the list of clauses: sort name, then French title.
SHOWN: Mapping[str, str] = {
    "contrat": "Marché",
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
    """Form of the filters of contracts: those of dossiers, the organisation, and the state of their hours."""

    organisation = OneOf("Organisation", [("", "toutes")])
    heures = OneOf("Heures", [("", "toutes"), *((it, it) for it in (LATE, UNSAID, SILENT))])

    def dossier_filter(self) -> DossierFilter:
        """Return the filter of the form, restricted to dossiers with a clause."""
        return replace(super().dossier_filter(), clause=True)

    def takes(self, line: DossierSummary) -> bool:
        """Return whether a contract passes the filters."""
        hours, today = line.hours, desk().today()
        silent = hours.silence(today) >= SILENT_MONTHS
        stands = {LATE: bool(hours.late(today)), UNSAID: bool(hours.unsaid(today)), SILENT: silent}
        here = self.organisation.data in ("", str(line.owner))
        return here and stands.get(self.heures.data, True) and self.dossier_filter().takes(line)


@pages.get("/clauses", endpoint="index")
def list_clauses() -> ResponseReturnValue:
    """List the contracts with a clause: filtered, sorted by a column, page by page."""
    form, order, dossier_summaries = _contracts_asked()
    paging, today = Paging(page_number(request.args), PAGE, len(dossier_summaries)), desk().today()
    return render_answer(
        form.faults,
        "dossiers/insertion/clauses.html",
        lines=[(line, line.contracts[0], line.hours) for line in paging.of(dossier_summaries)],
        silent_months=SILENT_MONTHS,
        paging=paging,
        form=form,
        order=order,
        columns={**SHOWN, "acheteur": persona_wording("client")},
        organisations=_organisations(),
        here=owner(),
        kinds=HoursKind,
        today=today,
        asked={name: texts for name, texts in request.args.lists() if name != "page"},
        narrowed=any(field.data for field in form) or form.faults,
    )


@pages.get("/clauses/clauses.xlsx", endpoint="download")
def download_clauses() -> ResponseReturnValue:
    """Send the contracts as a workbook, filtered and sorted as on the page."""
    form, order, dossier_summaries = _contracts_asked()
    if form.faults:
        abort(400)
    return attachment("hours.xlsx", contracts_xlsx(dossier_summaries, order.columns, _organisations()))


def _organisations() -> Mapping[OrganisationId, str]:
    """Return the names of the organisations of the signed-in person, by id; without accounts, the only one."""
    person = account()
    return {member.owner: member.organisation for member in person.memberships} if person else {owner(): ""}


def _contracts_asked() -> tuple[ContractFilterForm, DossierOrder, list[DossierSummary]]:
    """Return the filter form of the address, the sort order, and the contracts that match; none where the form has a fault."""
    organisations, form = _organisations(), ContractFilterForm(request.args)
    choices = [SelectChoice("", "toutes"), *(SelectChoice(str(key), name) for key, name in organisations.items())]
    form.organisation.choices, form.organisation.known = choices, {one.value for one in choices}
    order = DossierOrder(request.args.get("tri", ""), contract_columns(desk().today(), organisations))
    dossier_summaries = [] if form.faults else list_dossiers_of_all(desk().engine, organisations, form.dossier_filter())
    return form, order, order.of([one for line in dossier_summaries for one in line.by_contract() if form.takes(one)])
