"""Page « Journal de sécurité »: the audit journal (acts, refusals, exports) filtered by a form, page by page, and as a CSV file."""

from collections.abc import Iterator
from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from matcher.accounts import audit
from matcher.accounts.audit import AuditFilter, AuditKind, AuditLine, audit_csv
from matcher.accounts.store import LONGEST_NAME
from matcher.cleaning.numbers import whole_number
from matcher.domain.french import number
from matcher.web.frame.app_state import account, desk, owner
from matcher.web.frame.file_response import attachment
from matcher.web.frame.forms import Line, OneOf, PageForm, calendar_date, render_answer

pages = Blueprint("audit", __name__)

PAGE = 100
# Most lines of a file; beyond, the page asks for a shorter period.
MOST_IN_FILE = 100_000
_HIGHEST_ID = 2**31 - 1


class JournalForm(PageForm):
    """Form of the journal's filters: person, kind, period."""

    qui = Line("De qui", most=LONGEST_NAME, kind="search")
    nature = OneOf("Nature", [("", "toutes"), *((its, its) for its in AuditKind)])
    du = calendar_date("Depuis le")
    au = calendar_date("Jusqu’au")

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the fault of a period that ends before it begins."""
        if self.du.data and self.au.data and self.au.data < self.du.data:
            yield "au", "La période finit avant de commencer."

    def audit_filter(self) -> AuditFilter:
        """Return the filter of the form, and of `avant` in the address: only lines older than that number."""
        kind = self.nature.data
        before = whole_number(request.args.get("avant", ""), range(1, _HIGHEST_ID))
        known = AuditKind(kind) if kind in set(AuditKind) else None
        return AuditFilter(self.qui.data or "", known, self.du.data, self.au.data, before)


@pages.get("/comptes/journal", endpoint="show")
def show_journal() -> ResponseReturnValue:
    """Show the filtered lines that the person may read, the latest first."""
    return _page(JournalForm(request.args))


@pages.get("/comptes/journal.csv", endpoint="download")
def download_journal() -> ResponseReturnValue:
    """Send all the filtered lines as a CSV file; with a fault of the form, or too many lines, show the page."""
    form = JournalForm(request.args)
    acts = [] if form.faults else _lines(form.audit_filter(), MOST_IN_FILE + 1)
    if len(acts) > MOST_IN_FILE:
        form.faults["du"] = f"Plus de {number(MOST_IN_FILE)} lignes : choisissez une période plus courte."
    if form.faults:
        return _page(form)
    return attachment(f"journal-{desk().today()}.csv", audit_csv(acts))


def _page(form: JournalForm) -> ResponseReturnValue:
    acts = [] if form.faults else _lines(form.audit_filter(), PAGE + 1)
    lines, filters = acts[:PAGE], {its.name: text for its in form if (text := request.args.get(its.name))}
    older = f"?{urlencode({**filters, 'avant': lines[-1].id})}" if len(acts) > PAGE else ""
    return render_answer(
        form.faults,
        "accounts/journal.html",
        form=form,
        lines=lines,
        older=older,
        later=f"?{urlencode(filters)}" if "avant" in request.args else "",
        narrowed=bool(filters),
        asked=filters,
        several=len({line.organisation for line in lines if line.organisation}) > 1,
    )


def _lines(audit_filter: AuditFilter, most: int) -> list[AuditLine]:
    """Return the lines of all organisations for an administrator of the installation, else of the own organisation."""
    engine, person = desk().engine, account()
    if person is None or person.installation:
        return audit.read_whole_journal(engine, audit_filter, most=most)
    return audit.read_journal(engine, owner(), audit_filter, most=most)
