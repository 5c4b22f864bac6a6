"""Columns: what goes in comes out, one list of rows at a time; orders of whole numbers: those of a stable sort, and of what a set has seen."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.ranking.shelf.columns import Cells, first_of_each, stable_order


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


@given(st.lists(st.integers(min_value=-5, max_value=5) | st.integers(min_value=-(2**62), max_value=2**62)))
def test_keys_come_in_order_and_equal_ones_as_they_stood(keys: list[int]) -> None:
    assert stable_order(np.array(keys, dtype=np.int64)).tolist() == sorted(range(len(keys)), key=keys.__getitem__)


def test_thousands_of_equal_keys_come_as_they_stood() -> None:
    keys = np.random.default_rng(1).integers(0, 50, 10_000)
    assert stable_order(keys).tolist() == np.argsort(keys, kind="stable").tolist()


@given(st.lists(st.integers(min_value=0, max_value=9)))
def test_each_number_is_found_where_it_stands_first(numbers: list[int]) -> None:
    seen = [place for place, number in enumerate(numbers) if number not in numbers[:place]]
    assert first_of_each(np.array(numbers, dtype=np.intp)).tolist() == seen
