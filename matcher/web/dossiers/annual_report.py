"""Page « Bilan de l’année »: annual report on the organisation's social purchases, for reading, printing and as XLSX, CSV or JSON."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.purchases.batch import Studies
from matcher.dossiers.report.answer import FIRST_YEAR, MOST_YEARS, ReportAnswer, annual_report, period_of
from matcher.dossiers.report.document import annual_document
from matcher.dossiers.report.files import annual_object
from matcher.render.table import figures_csv
from matcher.web.frame.app_state import desk, owner, profile
from matcher.web.frame.file_response import attachment, document_attachment
from matcher.web.frame.forms import OneOf, PageForm, integer_field, render_answer

pages = Blueprint("annual_report", __name__)


class ReportForm(PageForm):
    """Form of a period: its last year, and the number of years."""

    annee = integer_field("Année", FIRST_YEAR, date.max.year)
    annees = OneOf("Durée", [("1", "une année"), (str(MOST_YEARS), "deux années")], default="1")

    def url(self, endpoint: str = "annual_report.show", **more: Any) -> str:
        """Return the address of a page or file of this report."""
        return url_for(endpoint, annee=self.annee.data, annees=self.annees.data, **more)


@pages.get("/bilan", endpoint="show")
def show_annual_report() -> ResponseReturnValue:
    """Show the form and the report of a year, by default the current one."""
    form = _form_of_address()
    report = _answer(form)
    document = annual_document(report, form.url()) if report else None
    return render_answer(form.faults, "dossiers/report/bilan.html", form=form, its=report, told=document)


@pages.get("/bilan/bilan.<any(xlsx, csv, json):form>", endpoint="download")
def download_annual_report(form: str) -> ResponseReturnValue:
    """Send the report as a file."""
    report = _answer(_form_of_address()) or abort(400)
    name = f"bilan-{report.report.period.last}.{form}"
    document = annual_document(report)
    if form == "csv":
        return attachment(name, figures_csv(document))
    return document_attachment(name, document, lambda: annual_object(report))


def _form_of_address() -> ReportForm:
    """Return the form of the address, with the current year by default."""
    form = ReportForm(request.args)
    if form.annee.data is None and not form.faults:
        form.annee.data = desk().today().year
    return form


def _answer(form: ReportForm) -> ReportAnswer | None:
    if form.faults:
        return None
    today = desk().today()
    try:
        period = period_of(form.annee.data, int(form.annees.data), today)
    except DecisionRefused as refusal:
        form.faults["annee"] = str(refusal)
        return None
    studies = Studies(desk().works, owner(), desk().today)
    return annual_report(desk().engine, owner(), profile(), desk().shelf(), studies, period, today)
