"""Pages « Importer un répertoire »: upload a file of suppliers or notices, show what is understood (dry run), import it, list and undo past imports."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from importers.importer import Publication
from importers.tableur import KIND
from matcher.accounts.audit import add_audit_line
from matcher.accounts.tables import ACCOUNTS
from matcher.catalogue.identity.trust import TEAM, short_title, source_title
from matcher.catalogue.intake import read_apart as directories
from matcher.catalogue.intake.deposits import LARGEST, STEPS, WORKING, Busy, Deposit, Deposits, DepositState
from matcher.catalogue.intake.online_sources import OPEN
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.undo import UndoRefused, past_imports
from matcher.catalogue.steward.rows_without_kind import count_waiting
from matcher.cleaning.dates import clean_date
from matcher.clock import now
from matcher.domain.french import count
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.works import Work
from matcher.notices import dropped_files
from matcher.notices.undoing import undo_any_import
from matcher.web.frame.app_state import desk, name_act, person
from matcher.web.frame.columns import SeenSheets, add_columns_page
from matcher.web.frame.forms import take_files

pages = Blueprint("imports", __name__)

_FORM = 100_000  # bytes of the form besides its file
_LONGEST_NAME = 80
_SHEET = "tableur"  # the spreadsheet importer, whose columns a person may map
OFFERED: tuple[Publication, ...] = (*directories.OFFERED, *dropped_files.OFFERED.values())
_BY_KEY = {importer.key: importer for importer in OFFERED}
# Outcomes of an import with their words, in display order.
OUTCOMES = (
    (RecordOutcome.CREATED, "créées", "nouvelles dans le catalogue"),
    (RecordOutcome.UPDATED, "modifiées", "au moins un champ qui change"),
    (RecordOutcome.UNCHANGED, "inchangées", "déjà connues, identiques"),
    (RecordOutcome.MERGED, "fusionnées", "jointes à un fournisseur déjà connu"),
    (
        RecordOutcome.REVIEW,
        "à revoir",
        "peut-être un fournisseur déjà connu, ou structure sans type inclusif : à décider",
    ),
)


take_files(pages, lambda: LARGEST + _FORM, "drop")


def record_import(connection: Connection, work: Work, result: Mapping[str, Any]) -> None:
    """Add the import of a dropped file to the audit journal, under the account that confirmed it; none where nobody signs in."""
    if connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == work.person)).scalar() is None:
        return
    file, run = work.files["fichier"].name, result["report"].get("run")
    lines = count(result["report"].get("read", 0), "ligne lue", "lignes lues")
    detail = f"{result['source']}, {file} : {lines}"
    target = f"import {run}" if run else ""
    add_audit_line(connection, at=now(), author=work.person, action="importe un fichier", target=target, detail=detail)


def deposits() -> Deposits:
    """Return the store of uploaded files waiting for import."""
    return Deposits(desk().works)


@pages.get("/catalogue/imports", endpoint="index")
def list_imports() -> str:
    """Show the upload form, the files that wait, and the past imports."""
    return _index("")


@pages.post("/catalogue/imports", endpoint="drop")
def drop_deposit() -> ResponseReturnValue:
    """Save an uploaded file and start reading it; 409 for the sample catalogue, which takes none."""
    if desk().notice():
        return _index(""), 409
    file = request.files.get("fichier")
    if file is None or not file.filename:
        return _index("Choisissez un fichier."), 422
    try:
        deposit = deposits().drop(file.filename, file.stream, person())
    except Busy as busy:
        return _index(str(busy)), 409
    name_act("dépose un fichier à importer", deposit.file_name)
    return redirect(url_for("imports.show", key=deposit.key), 303)


@pages.get("/catalogue/imports/<key>", endpoint="show")
def show_deposit(key: str) -> str:
    """Show an uploaded file: what was understood, what it would change, or the progress and result of its import."""
    deposit = _deposit(key)
    report = deposit.report
    return render_template(
        "catalogue/depot.html",
        deposit=deposit,
        working=deposit.stand in WORKING,
        importer=_BY_KEY.get(deposit.source),
        of_notices=deposit.source in dropped_files.OFFERED,
        report=report,
        data_date=date.fromisoformat(report["data_date"]) if report.get("data_date") else None,
        newer=date.fromisoformat(report["newer"]) if report.get("newer") else None,
        outcomes=[(outcome.value, words, what, report.get(outcome.value, 0)) for outcome, words, what in OUTCOMES],
        imported=report.get("read", 0) - report.get("refused", 0) - report.get("unchanged", 0),
        offered=OFFERED,
        steps=STEPS,
        sheet=_SHEET,
        in_doubt=_unmapped_columns(deposit),
        waiting=count_waiting(desk().engine),
    )


@pages.post("/catalogue/imports/<key>/essai", endpoint="again")
def read_deposit_again(key: str) -> ResponseReturnValue:
    """Read the file again, as a file of another directory or as a complete list."""
    name_act("relit un fichier déposé", _deposit(key).file_name)
    source = request.form.get("annuaire", "")
    if source not in _BY_KEY:
        abort(400)
    complete = request.form.get("complet") == "oui"
    listing = request.form.get("liste", "").strip()[:_LONGEST_NAME]
    data_date = clean_date(request.form.get("donnees", "")).value
    if data_date and data_date > desk().today():
        flash("La date des données est dans l’avenir : elle n’est pas reprise.", "refus")
        data_date = None
    deposits().again(key, source, complete=complete, listing=listing, data_date=data_date, person=person())
    return redirect(url_for("imports.show", key=key), 303)


@pages.post("/catalogue/imports/<key>/confirmation", endpoint="confirm")
def confirm_import(key: str) -> ResponseReturnValue:
    """Start the import of the file, once even if sent twice."""
    file_name = _deposit(key).file_name
    confirmed = deposits().confirm(key, person(), older=request.form.get("ancien") == "oui")
    name_act("demande un import" if confirmed else "", file_name)
    return redirect(url_for("imports.show", key=key), 303)


@pages.post("/catalogue/imports/<key>/abandon", endpoint="abandon")
def abandon_deposit(key: str) -> ResponseReturnValue:
    """Stop reading the file and delete it; the catalogue does not change."""
    deposit = deposits().get(key)
    abandoned = deposits().abandon(key)
    name_act("oublie un fichier déposé" if abandoned else "", deposit.file_name if deposit else "")
    if abandoned:
        flash("Le fichier est oublié. Rien n’a été importé.")
    return redirect(url_for("imports.index"), 303)


@pages.post("/catalogue/imports/<int:number>/retour", endpoint="undo")
def take_import_back(number: int) -> ResponseReturnValue:
    """Undo an import."""
    try:
        undone = undo_any_import(desk().engine, number, now=desk().now().replace(tzinfo=None))
    except UndoRefused as refusal:
        first = ", puis ".join(f"l’import {each}" for each in refusal.first)
        flash(
            f"Un import plus récent repose sur celui-ci. Défaites d’abord {first}." if first else str(refusal), "refus"
        )
    else:
        name_act("défait un import", f"import {undone.run.id}, {undone.run.file_name} : {undone.sentence}")
        flash(f"L’import {undone.run.id} est défait : {undone.sentence}.")
    return redirect(url_for("imports.index") + "#histoire", 303)


def _unmapped_columns(deposit: Deposit) -> list[str]:
    """Return the filled columns of a spreadsheet ready to import that are mapped to no field for no known reason."""
    if deposit.source != _SHEET or deposit.stand is not DepositState.READY:
        return []
    try:
        headers = deposits().headers(deposit.key)
    except (ReadRefused, FileGone):
        return []
    columns = (column for header in headers for column in header.columns)
    return [column.name for column in columns if column.filled and not column.field and not column.why]


add_columns_page(
    pages,
    "/catalogue/imports/<key>",
    lambda key: (
        None  # nothing to map while a file is read, or once it is imported
        if (deposit := _deposit(key)).stand in (*WORKING, DepositState.DONE)
        else SeenSheets(KIND, {"colonne": (deposit.file_name, deposits().headers(key))})
    ),
    lambda key: deposits().again(
        key,
        _SHEET,
        complete=(deposit := _deposit(key)).complete,
        listing=deposit.listing,
        person=person(),
        data_date=date.fromisoformat(deposit.data_date) if deposit.data_date else None,
    ),
    shown="show",
)


def _index(fault: str) -> str:
    return render_template(
        "catalogue/imports.html",
        fault=fault,
        largest=LARGEST // 2**20,
        unfinished=deposits().list_unfinished(),
        stands=DepositState,
        offered=OFFERED,
        open=[short_title(source.key) for source in OPEN],
        runs=[run for run in past_imports(desk().engine) if run.source != TEAM],
        title=source_title,
        waiting=count_waiting(desk().engine),
    )


def _deposit(key: str) -> Deposit:
    return deposits().get(key) or abort(404)
