"""The extent of a sheet is that of its filled cells, in each format, as whoever reads the cells would find it."""

import io
import zipfile
from pathlib import Path

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.formats.limits import MAX_CELLS, MAX_ROWS
from importers.formats.workbook_extent import ExtentRefused, extents_of_ole, extents_of_zip
from tests.importers.reading import write_ods, write_xlsx

CELLS = st.dictionaries(
    st.tuples(st.integers(0, 40), st.integers(0, 30)),
    st.one_of(st.integers(1, 9), st.sampled_from(["été", "x y"])),
    min_size=1,
    max_size=12,
)
ODS = '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><table:table table:name="A">{}</table:table></office:document-content>'


def rows_of(cells: dict[tuple[int, int], object]) -> list[list[object]]:
    height, width = (1 + max(at[side] for at in cells) for side in (0, 1))
    return [[cells.get((row, column), "") for column in range(width)] for row in range(height)]


@given(cells=CELLS)
@settings(max_examples=25)
def test_the_extent_is_that_of_the_filled_cells(
    cells: dict[tuple[int, int], object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("classeur") / "c"
    last = tuple(1 + max(at[side] for at in cells) for side in (0, 1))
    rows = rows_of(cells)
    with zipfile.ZipFile(write_xlsx(path, [[value or None for value in row] for row in rows])) as archive:
        (extent,) = extents_of_zip(archive).values()
    assert (extent.name, extent.rows, extent.columns) == ("Structures", *last)
    book = xlwt.Workbook()
    sheet = book.add_sheet("Structures")
    for (row, column), value in cells.items():
        sheet.write(row, column, value)
    book.save(str(path))
    (found,) = extents_of_ole(path.read_bytes())
    assert (found.rows, found.columns) == last
    path.unlink()
    with zipfile.ZipFile(write_ods(path, rows)) as archive:
        (extent,) = extents_of_zip(archive).values()
    assert (extent.rows, extent.columns) <= last


def ods(rows: str) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(), "w")
    archive.writestr("content.xml", ODS.format(rows))
    return archive


def test_empty_rows_and_cells_that_are_repeated_to_the_end_of_an_ods_are_no_cells() -> None:
    filled = '<table:table-row><table:table-cell table:number-columns-repeated="3"/><table:table-cell><text:p>x</text:p></table:table-cell>'
    rest = f'<table:table-row table:number-rows-repeated="{MAX_ROWS - 1}"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    with ods(f'{filled}<table:table-cell table:number-columns-repeated="16380"/></table:table-row>{rest}') as archive:
        extent = extents_of_zip(archive)["A"]
    assert (extent.rows, extent.columns) == (1, 4)


@pytest.mark.parametrize(
    "rows",
    [
        f'<table:table-row table:number-rows-repeated="{MAX_CELLS}"><table:table-cell table:value-type="float"/></table:table-row>',
        '<table:table-row><table:table-cell table:number-columns-repeated="4000000000" table:value-type="float"/></table:table-row>',
        '<table:table-row table:number-rows-repeated="4000000000"/>',
        '<table:table-row table:number-rows-repeated="100000"><table:table-cell table:number-columns-repeated="21" table:formula="of:=1"/></table:table-row>',
    ],
)
def test_what_an_ods_repeats_counts(rows: str) -> None:
    with ods(rows) as archive, pytest.raises(ExtentRefused, match="la feuille « A » va jusqu’à la ligne"):
        extents_of_zip(archive)


def test_a_damaged_stream_ends_where_its_bytes_end(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("A").write(2, 1, "x")
    book.save(str(tmp_path / "a.xls"))
    whole = (tmp_path / "a.xls").read_bytes()
    with pytest.raises(OSError, match="OLE"):
        extents_of_ole(whole[:600])


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
def test_no_part_of_a_workbook_declares_entities(part: str, tmp_path: Path) -> None:
    """Each of them swells, or reaches outside, in a reader that lets it."""
    spoiled = zipfile.ZipFile(io.BytesIO(), "w")
    with zipfile.ZipFile(write_xlsx(tmp_path / "c.xlsx", [["Nom", "x"]])) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                content = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]>' + (
                    content.partition(b"?>")[2] or content
                )
            spoiled.writestr(name, content)
    with spoiled, pytest.raises(ValueError, match="a document type"):
        extents_of_zip(spoiled)
