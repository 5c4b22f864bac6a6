"""JSON lines: what a number, a text and an object become, and what cannot be written."""

import json
from collections.abc import Iterator
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.render.json_text import json_lines

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(PLAIN, max_size=3))
def test_a_line_is_read_as_what_it_was_made_of(values: list[object]) -> None:
    lines = json_lines(iter(values)).decode("utf-8").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == values
    assert lines[-1] == ""


def test_what_is_no_number_is_null_and_half_a_character_is_refused() -> None:
    assert json_lines([{"a": float("nan"), "b": float("-inf")}]) == b'{"a":null,"b":null}\n'
    with pytest.raises(UnicodeEncodeError):
        json_lines(["\ud800"])
    with pytest.raises(TypeError):
        json_lines([object()])


def test_each_object_is_let_go_of_once_it_is_written() -> None:
    class Line(dict[str, int]):
        """An object that a weak reference can follow."""

    made: list[ref[Line]] = []

    def lines() -> Iterator[Line]:
        for number in range(9):
            assert sum(line() is not None for line in made) <= 1
            line = Line(number=number)
            made.append(ref(line))
            yield line

    assert json_lines(lines()).count(b"\n") == len(made) == 9
