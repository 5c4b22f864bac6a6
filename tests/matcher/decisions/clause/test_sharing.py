"""Hours shared between modalities: they add up, keep to the room, and no line is too small to be entrusted."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.clause.sharing import Workforce, equally, join_small, mix, round_to_total
from matcher.domain.kinds import SupplierKind
from matcher.reference.clauses import HIRING, modalities

LEAST = {one.code: one.least_hours for one in modalities()}
SUPPLIED = [one.code for one in modalities() if one.kinds]
ROOMS = st.fixed_dictionaries({code: st.floats(0, 1e6) for code in SUPPLIED})
WORKFORCE = st.builds(Workforce, st.floats(0, 20), st.floats(0, 1e6))
STANDINGS = st.lists(st.dictionaries(st.sampled_from(SUPPLIED), WORKFORCE), max_size=3)
RELEVANCE = st.fixed_dictionaries({kind: st.floats(0, 1) for kind in SupplierKind})
EVEN = dict.fromkeys(SupplierKind, 0.3)


@given(st.floats(1, 1e7), RELEVANCE, STANDINGS)
def test_hours_shared_add_up_and_keep_to_the_room(
    hours: float, relevance: Mapping[SupplierKind, float], standings: list[dict[str, Workforce]]
) -> None:
    shared = mix(hours, relevance, standings)
    assert sum(shared.values()) == pytest.approx(hours)
    assert all(value >= 0 for value in shared.values())
    for code in SUPPLIED:
        room = sum(one[code].hours for one in standings if code in one)
        assert shared[code] <= room * (1 + 1e-9) + 1e-6


def test_the_surest_of_the_trade_are_served_before_the_others_whatever_their_kind() -> None:
    unknown = {"soustraitance-aci": Workforce(5.0, 90_000.0)}
    alone = mix(1_000, EVEN, [{}, {}, unknown])
    beside = mix(1_000, EVEN, [{"soustraitance-stpa": Workforce(0.5, 9_000.0)}, {}, unknown])
    assert beside["soustraitance-stpa"] == pytest.approx(alone["soustraitance-aci"])
    assert beside["soustraitance-aci"] == 0
    narrow = mix(1_000, EVEN, [{"soustraitance-stpa": Workforce(0.5, 200.0)}, {}, unknown])
    assert narrow["soustraitance-stpa"] == pytest.approx(200)
    assert narrow["soustraitance-aci"] == pytest.approx(alone["soustraitance-aci"] - 200)


@given(st.fixed_dictionaries({code: st.floats(0, 1e4) for code in LEAST}), ROOMS)
def test_small_lines_are_joined_and_nothing_is_lost(shared: Mapping[str, float], room: Mapping[str, float]) -> None:
    lines, small = join_small(shared, room)
    assert sum(lines.values()) == pytest.approx(sum(shared.values()))
    for line in small:
        assert line.hours < LEAST[line.code]
        assert (
            line.into == HIRING or lines[line.into] == 0 or lines[line.into] <= max(room[line.into], shared[line.into])
        )
    assert {line.code for line in small}.isdisjoint({code for code, hours in lines.items() if hours >= LEAST[code]})


@pytest.mark.parametrize(
    ("shared", "small", "into"),
    [
        (
            {"geiq": 300.0, "soustraitance-stpa": 9.0, HIRING: 200.0},
            "soustraitance-stpa",
            HIRING,
        ),  # no room at the GEIQ
        ({"geiq": 20.0, "etti": 80.0, "soustraitance-aci": 400.0}, "geiq", "etti"),  # staff with staff
        (
            {"soustraitance-stpa": 90.0, "etti": 80.0, "soustraitance-ei": 140.0},
            "soustraitance-stpa",
            "soustraitance-ei",
        ),
        ({"ai": 30.0, "soustraitance-aci": 40.0}, "soustraitance-aci", "ai"),  # enough for the AI
    ],
)
def test_a_line_of_few_hours_goes_to_another_that_has_room(shared: dict[str, float], small: str, into: str) -> None:
    room = dict.fromkeys(SUPPLIED, 900.0) | {"geiq": 305.0}
    lines, told = join_small(shared, room)
    assert [(one.code, one.into) for one in told][:1] == [(small, into)]
    assert lines[small] == 0
    assert sum(lines.values()) == pytest.approx(sum(shared.values()))


def test_hours_for_a_week_go_to_who_lends_people_for_a_week() -> None:
    shared = {"soustraitance-aci": 26.0, HIRING: 11.0, "etti": 5.0, "ai": 6.0, "geiq": 2.0}
    lines, _ = join_small(shared, dict.fromkeys(SUPPLIED, 900.0))
    assert {code: hours for code, hours in lines.items() if hours} == {"ai": 50.0}
    alone = {"geiq": 50.0}
    assert join_small(alone, {"geiq": 50.0}) == (alone, ())


def test_whole_hours_add_up() -> None:
    assert round_to_total({"a": 33.4, "b": 33.3, "c": 33.3}, 100) == {"a": 34, "b": 33, "c": 33}
    assert equally(1_000, ["c", "a", "b"]) == {"a": 334, "b": 333, "c": 333}
