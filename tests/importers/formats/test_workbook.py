"""The cells of a workbook as text, with their lines."""

import datetime as dt
from pathlib import Path

from importers.formats import load
from importers.formats.workbook import read_sheets
from tests.importers.reading import write_xlsx


def test_dates_booleans_and_lines_of_a_workbook(tmp_path: Path) -> None:
    noon = dt.datetime(2024, 5, 1, 12)  # noqa: DTZ001 (a workbook knows no time zone)
    path = write_xlsx(tmp_path / "l.xlsx", [[], [], ["Nom", "Siret"], [dt.date(2024, 5, 1), True], [3, None], [noon]])
    (sheet,) = read_sheets(load(path))
    assert sheet.rows == [
        (3, ["Nom", "Siret"]),
        (4, ["2024-05-01", "oui"]),
        (5, ["3", ""]),
        (6, ["2024-05-01 12:00:00", ""]),
    ]
