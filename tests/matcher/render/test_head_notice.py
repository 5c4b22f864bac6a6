"""The notice at the head of what leaves: tables, workbooks, JSON; and nothing where there is none."""

import io
import json
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from matcher.render.described_file import json_file
from matcher.render.head_notice import set_head_notice, with_notice
from matcher.render.table import Column, csv_of, new_workbook, write_sheet

NOTICE = "Exemple inventé : un essai."
COLUMNS = (Column("Nom", 20),)


@pytest.fixture
def noticed() -> Iterator[None]:
    set_head_notice(NOTICE)
    yield
    set_head_notice("")


def workbook() -> bytes:
    with new_workbook("Liste") as (book, content):
        write_sheet(book, "Liste", COLUMNS, [["ESAT"]])
    return content.getvalue()


@pytest.mark.usefixtures("noticed")
def test_each_file_begins_with_the_notice() -> None:
    assert csv_of(COLUMNS, [["ESAT"]]).content.decode("utf-8-sig").splitlines() == [NOTICE, "Nom", "ESAT"]
    first, *others = load_workbook(io.BytesIO(workbook())).worksheets
    assert (first["B1"].value, [sheet.title for sheet in others]) == (NOTICE, ["Liste"])
    assert list(json.loads(json_file({"nom": "ESAT"}).content)) == ["exemple", "nom"]
    assert with_notice(["ESAT"]) == ["ESAT"]


def test_without_a_notice_each_file_is_as_it_was() -> None:
    assert csv_of(COLUMNS, [["ESAT"]]).content.decode("utf-8-sig").splitlines() == ["Nom", "ESAT"]
    assert load_workbook(io.BytesIO(workbook())).sheetnames == ["Liste"]
    assert json.loads(json_file({"nom": "ESAT"}).content) == {"nom": "ESAT"}
