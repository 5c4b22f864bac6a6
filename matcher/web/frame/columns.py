"""The page where a person maps the columns of an uploaded spreadsheet to known fields; shared by imports, purchases, sites and Club registrations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from importers.formats.column_tally import SeenHeader
from importers.formats.columns import IGNORE, SheetKind, needed_words, sheet_fields
from matcher.catalogue.intake.read_apart import headers_in_subprocess
from matcher.catalogue.store.column_mappings import remember_columns, remembered_columns
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.web.frame.app_state import desk, owner, person
from matcher.web.frame.forms import render_answer


@dataclass(frozen=True, slots=True)
class SeenSheets:
    """Spreadsheets of one `kind` to map: file name and headers of each, by the prefix of its form fields."""

    kind: SheetKind
    files: Mapping[str, tuple[str, Sequence[SeenHeader]]]

    def take(self) -> dict[str, str]:
        """Save the mapping that the form gives for every column; return the faults by form field: with a fault, nothing is saved."""
        columns_by_header: dict[tuple[str, ...], dict[str, str]] = {}
        faults: dict[str, str] = {}
        fields = sheet_fields(self.kind.table)
        for prefix, (file_name, headers) in self.files.items():
            lacking: list[str] = []
            for at, header in enumerate(headers):
                choices = [request.form.get(self.field(prefix, at, place), "") for place in range(len(header.columns))]
                columns_by_header[header.names] = {
                    name: key if key in fields else IGNORE for name, key in zip(header.names, choices, strict=True)
                }
                if not all(set(group) & set(choices) for group in self.kind.needs):
                    lacking.append(self.field(prefix, at, 0))
            if len(lacking) == len(headers):  # else a sheet may be left unread
                fault = f"« {file_name} » : dites quelle colonne donne {needed_words(self.kind)}."
                faults |= dict.fromkeys(lacking, fault)
        if not faults:
            remember_columns(desk().engine, self.kind.table, columns_by_header, now=desk().now())
        return faults

    @staticmethod
    def field(prefix: str, header: int, column: int) -> str:
        """Return the name of the form field of one column."""
        return f"{prefix}_{column}" if header == 0 else f"{prefix}_{header}_{column}"


def columns_asked(seen_sheets: SeenSheets, faults: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """Return the template variables of the form that maps columns."""
    return {
        "asked": seen_sheets,
        "fields": sheet_fields(seen_sheets.kind.table),
        "needed": needed_words(seen_sheets.kind),
        "faults": faults,
        "given": request.form,
    }


def add_columns_page(
    pages: Blueprint,
    sheet: str,
    seen: Callable[..., SeenSheets | None],
    again: Callable[..., object],
    *,
    shown: str,
    back: Callable[..., str] | None = None,
) -> None:
    """Add to `pages` the page that maps the columns of a spreadsheet, at `sheet`/colonnes: endpoints `columns` (GET) and `tell_columns` (POST).

    `seen` returns the spreadsheets of an address, None for nothing to map; `again` re-reads them with the saved mapping. Then the page redirects to
    the endpoint `shown`; its back link leads there too, or to the URL that `back` returns.
    """

    def answer(**place: Any) -> ResponseReturnValue:
        following = url_for(f".{shown}", **place)
        try:
            seen_sheets = seen(**place)
        except (ReadRefused, FileGone) as refusal:
            flash(str(refusal), "refus")
            seen_sheets = None
        if seen_sheets is None:
            return redirect(following, 303)
        faults = seen_sheets.take() if request.method == "POST" else {}
        if request.method == "POST" and not faults:
            again(**place)
            return redirect(following, 303)
        return render_answer(
            faults,
            "frame/colonnes.html",
            back=back(**place) if back else following,
            **columns_asked(seen_sheets, faults),
        )

    pages.add_url_rule(f"{sheet}/colonnes", "columns", answer, methods=["GET"])
    pages.add_url_rule(f"{sheet}/colonnes", "tell_columns", answer, methods=["POST"])


def add_columns_page_of_work(
    pages: Blueprint, address: str, work_kind: str, name: str, sheet_kind: SheetKind, *, shown: str
) -> None:
    """Add to `pages` the page that maps the columns of the file `name` of a work (background job), whose `key` is in the address. The work then
    runs again, with today as its date `on`."""

    def read_sheets(key: str) -> SeenSheets | None:
        work = desk().works.get(owner(), key, work_kind)
        if work is None or name not in work.files:
            return None
        with desk().works.file(work, name) as path:
            headers = headers_in_subprocess(path, sheet_kind, remembered_columns(desk().engine, sheet_kind.table))
        return SeenSheets(sheet_kind, {"colonne": (work.files[name].name, headers)})

    def again(key: str) -> None:
        if work := desk().works.get(owner(), key, work_kind):
            desk().works.again(owner(), key, {**work.asked, "on": desk().today().isoformat()}, person())

    add_columns_page(pages, address, read_sheets, again, shown=shown)
