"""« Suivi des clauses »: the contracts with a social clause of every organisation that a facilitator is a member of, and their file."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the types of 3.2

from matcher.dossiers.files.contract_table import TITLE, contract_columns
from matcher.dossiers.files.list_table import to_xlsx
from matcher.dossiers.insertion.hours import HoursKind
from matcher.dossiers.store import DossierFilter, DossierSummary, listed_of_all
from matcher.ownership import OrganisationId
from matcher.web.dossiers.dossier_list import DossierOrder, FilterForm
from matcher.web.frame.app_state import account, desk, owner
from matcher.web.frame.file_response import sent
from matcher.web.frame.forms import OneOf
from matcher.web.frame.paging import Paging, page_number

pages = Blueprint("clauses", __name__)

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
    answer = render_template(
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
    return answer, 422 if form.faults else 200


@pages.get("/clauses/clauses.xlsx")
def download() -> ResponseReturnValue:
    """Send the contracts as a workbook, narrowed and sorted as the page."""
    form, order, found = _asked()
    if form.faults:
        abort(400)
    return sent("clauses.xlsx", to_xlsx(found, order.columns, TITLE))


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
