"""Run as a script in a process of its own: a workbook on standard input, its sheets as JSON on standard output.

The Rust reader aborts the whole process on some damaged or malicious files; here it takes down nothing but itself.
"""

import datetime as dt
import io
import json
import sys

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

_MAX_MEMORY = 3 * 2**30


def cell_text(value: object) -> str:
    """Return a cell as a person would type it: integers in full and without `.0`, dates in ISO, text as it is."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return str(value)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))


def _sheets(data: bytes) -> list[dict[str, object]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets: list[dict[str, object]] = []
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
            continue
        cells = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        rows = [
            (line, [cell_text(value) for value in row])
            for line, row in enumerate(cells, 1)
            if any(value != "" for value in row)
        ]
        sheets.append({"name": sheet.name, "rows": rows})
    return sheets


def main() -> None:
    """Answer `{"sheets": […]}`, `{"refused": "password"}` or `{"refused": "unreadable"}`."""
    _limit_memory()
    answer: dict[str, object]
    try:
        answer = {"sheets": _sheets(sys.stdin.buffer.read())}
    except PasswordError:
        answer = {"refused": "password"}
    except CalamineError:
        answer = {"refused": "unreadable"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
