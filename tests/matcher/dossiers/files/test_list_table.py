"""The list of dossiers as a table: what each column sorts by, and the files."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest

from matcher.dossiers.dossier import Course, DossierHeader, Stage, State
from matcher.dossiers.files.list_table import COLUMNS, dossiers_csv, dossiers_xlsx, sort_dossiers
from matcher.dossiers.store import DossierSummary
from matcher.ownership import FIRST_ORGANISATION

LINE = DossierSummary(
    id=1,
    number="2026-0001",
    header=DossierHeader("Berges", "Ville de Valbrune", "", "Avesnois"),
    state=State.OPEN,
    created=datetime(2026, 11, 16, 13, 32),  # noqa: DTZ001  # UTC without zone, as it is kept
    updated=datetime(2026, 11, 18, 9, 0),  # noqa: DTZ001
    version=3,
    lots=1,
    suppliers=3,
    statuses={"intéressé": 1, "à contacter": 2},
    course=Course(Stage.SOURCING, date(2027, 1, 22), "Élise", "=1+1", date(2026, 12, 1)),
    owner=FIRST_ORGANISATION,
)
LATER = replace(
    LINE, id=2, number="2026-0002", course=Course(Stage.NEED, date(2026, 12, 24), "Zoé"), statuses={"intéressé": 2}
)
UNSAID = replace(LINE, id=3, number="2026-0003", course=Course(), statuses={})


@pytest.mark.parametrize(
    ("column", "ids"),
    [
        ("etape", [2, 1, 3]),
        ("suivi", [1, 2, 3]),
        ("offres", [2, 1, 3]),
        ("prochaine-le", [1, 2, 3]),
        ("interested", [3, 1, 2]),
        ("numero", [1, 2, 3]),
    ],
)
def test_each_column_sorts_and_what_is_not_said_comes_last_either_way(column: str, ids: list[int]) -> None:
    lines = [LINE, LATER, UNSAID]
    assert [line.id for line in sort_dossiers(lines, COLUMNS[column])] == ids
    backwards = sort_dossiers(lines, COLUMNS[column], last_first=True)
    unsaid = [line for line in lines if COLUMNS[column].sorts(line) is None]
    assert backwards[len(lines) - len(unsaid) :] == unsaid
    assert backwards[0].id == [id_ for id_ in ids if id_ not in {line.id for line in unsaid}][-1]


def test_the_files_hold_every_column_and_run_nothing() -> None:
    (row, *_) = csv.DictReader(io.StringIO(dossiers_csv([LINE, UNSAID]).content.decode("utf-8-sig")), delimiter=";")
    assert (row["Numéro"], row["Étape"], row["Suivi par"]) == ("2026-0001", "sourcing", "Élise")
    assert (row["Remise des offres le"], row["Prochaine étape"], row["Prochaine étape le"]) == (
        "2027-01-22",
        "'=1+1",
        "2026-12-01",
    )
    assert (row["Structures retenues"], row["Intéressé"], row["Pas intéressé"]) == ("3", "1", "0")
    book = openpyxl.load_workbook(io.BytesIO(dossiers_xlsx([LINE, UNSAID])))
    cells = [cell for line in book["Dossiers"].iter_rows() for cell in line]
    assert [cell.value for cell in cells[: len(COLUMNS)]] == [its.column.header for its in COLUMNS.values()]
    assert not [cell for cell in cells if cell.data_type == "f"]
    dates = [cell.value for cell in cells if cell.is_date]
    assert dates[:2] == [datetime(2027, 1, 22), datetime(2026, 12, 1)]  # noqa: DTZ001
    assert len(list(openpyxl.load_workbook(io.BytesIO(dossiers_xlsx([])))["Dossiers"].iter_rows())) == 1
