"""Columns: what goes in comes out, one list of rows at a time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.ranking.shelf.columns import Cells


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(0, 30), st.integers(-1, 8))))
def test_cells_are_found_by_column_and_those_of_no_column_left_out(given_cells: set[tuple[int, int]]) -> None:
    cells = Cells()
    for row, column in sorted(given_cells):
        cells.add(row, column)
    postings, order = cells.by_column(cells.columns, 9)
    for column in range(9):
        rows = sorted(row for row, its in given_cells if its == column)
        assert postings.of(column).tolist() == rows
        assert all(postings.holds(column, row) == (row in rows) for row in range(31))
    assert len(order) == sum(column >= 0 for _, column in given_cells)
