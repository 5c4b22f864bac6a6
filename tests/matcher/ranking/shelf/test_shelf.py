"""Facts: a column a supplier, unknown told apart from zero, kept under the name that its reader declares."""

import numpy as np
import pytest

from matcher.ranking.shelf.shelf import FactsMaker, ShelfFact, laid_out
from tests.factories import supplier

LENGTH = ShelfFact("length", lambda one: len(one.name) or np.nan)
EA = ShelfFact("ea", lambda one: "EA" in one.kinds, yes_or_no=True)


def test_a_signal_adds_a_column_of_its_own() -> None:
    shelf = laid_out([supplier("A", kind="EA", id="x:1"), supplier("", kind="AI", id="x:2")], (LENGTH, EA), 1)
    np.testing.assert_array_equal(shelf[LENGTH], np.array([1.0, np.nan], dtype=np.float32))
    assert shelf[EA].tolist() == [True, False]
    assert shelf[EA].dtype == bool


def test_two_facts_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        FactsMaker((LENGTH, ShelfFact("length", lambda _: 0.0)))
