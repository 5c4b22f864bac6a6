"""Hours shared between modalities: they add up, keep to the room, and no line is too small to be entrusted."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.clause.sharing import equally, joined, mix, whole
from matcher.domain.kinds import SupplierKind
from matcher.reference.clauses import HIRING, modalities

CODES = [one.code for one in modalities()]
ROOMS = st.fixed_dictionaries({one.code: st.floats(0, 1e6) for one in modalities() if one.kinds})


@given(st.floats(1, 1e7), st.fixed_dictionaries({kind: st.floats(0, 1) for kind in SupplierKind}), ROOMS)
def test_hours_shared_add_up_and_keep_to_the_room(
    hours: float, relevance: Mapping[SupplierKind, float], room: Mapping[str, float]
) -> None:
    shared = mix(hours, relevance, room)
    assert sum(shared.values()) == pytest.approx(hours)
    assert all(value >= 0 for value in shared.values())
    assert all(shared[code] <= most * (1 + 1e-9) + 1e-6 for code, most in room.items())


@given(st.fixed_dictionaries({code: st.floats(0, 1e4) for code in CODES}), ROOMS)
def test_small_lines_are_joined_and_nothing_is_lost(shared: Mapping[str, float], room: Mapping[str, float]) -> None:
    lines, small = joined(shared, room, 134.0)
    assert sum(lines.values()) == pytest.approx(sum(shared.values()))
    for line in small:
        assert line.hours < 134
        assert (
            line.into == HIRING or lines[line.into] == 0 or lines[line.into] <= max(room[line.into], shared[line.into])
        )
    assert {line.code for line in small}.isdisjoint({code for code, hours in lines.items() if hours >= 134})


def test_a_line_of_few_hours_goes_to_the_largest_that_has_room() -> None:
    shared = {"geiq": 300.0, "soustraitance-stpa": 9.0, HIRING: 200.0}
    lines, small = joined(shared, {"geiq": 305.0, "soustraitance-stpa": 900.0}, 134.0)
    assert lines == {"geiq": 300.0, "soustraitance-stpa": 0.0, HIRING: 209.0}
    assert [(one.code, one.into) for one in small] == [("soustraitance-stpa", HIRING)]
    alone = {"geiq": 50.0}
    assert joined(alone, {"geiq": 50.0}, 134.0) == (alone, ())


def test_whole_hours_add_up() -> None:
    assert whole({"a": 33.4, "b": 33.3, "c": 33.3}, 100) == {"a": 34, "b": 33, "c": 33}
    assert equally(1_000, ["c", "a", "b"]) == {"a": 334, "b": 333, "c": 333}
