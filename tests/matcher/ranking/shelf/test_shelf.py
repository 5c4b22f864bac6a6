"""Facts: a column a supplier, unknown told apart from zero, kept under the name that its reader declares; what is computed once."""

from dataclasses import dataclass

import numpy as np
import pytest

from matcher.ranking.shelf.shelf import FactsMaker, Remembering, ShelfFact, lay_out_columns
from tests.factories import supplier

LENGTH = ShelfFact("length", lambda one: len(one.name) or np.nan)
EA = ShelfFact("ea", lambda one: "EA" in one.kinds, yes_or_no=True)


def test_a_signal_adds_a_column_of_its_own() -> None:
    shelf = lay_out_columns([supplier("A", kind="EA", id="x:1"), supplier("", kind="AI", id="x:2")], (LENGTH, EA), 1)
    np.testing.assert_array_equal(shelf[LENGTH], np.array([1.0, np.nan], dtype=np.float32))
    assert shelf[EA].tolist() == [True, False]
    assert shelf[EA].dtype == bool


def test_two_facts_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        FactsMaker((LENGTH, ShelfFact("length", lambda _: 0.0)))


@dataclass(frozen=True)
class Number(Remembering):
    value: int


def test_each_value_finds_its_own_once() -> None:
    asked: list[int] = []

    def double(of: Number) -> int:
        asked.append(of.value)
        return 2 * of.value

    two, three = Number(2), Number(3)
    assert [two.once(double), three.once(double), two.once(double)] == [4, 6, 4]
    assert asked == [2, 3]


def test_what_was_found_changes_neither_equality_nor_text() -> None:
    one, same = Number(1), Number(1)
    one.once(lambda of: of.value)
    assert one == same
    assert repr(one) == repr(same) == "Number(value=1)"
