"""Small events that are hard (half of the time away, few tables, accessible places, interpreters): equal to trying everything, and beyond
what can be tried to what an integer program that shares nothing with the planner finds."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from matcher.club.planner.meetings import BuyerNeed, Guests, Problem, Room
from matcher.club.planner.plan import plan_meetings
from tests.matcher.club.cases import assert_holds, worth
from tests.matcher.club.planner.integer_program import best_worth
from tests.matcher.club.planner.test_plan import timetables


def hard(seed: int, buyers: int, suppliers: int, slots: int) -> Problem:
    """Return an event drawn with a seed."""
    chance = np.random.default_rng(seed)
    values = np.where(chance.random((buyers, suppliers)) < 0.8, chance.integers(1, 20, (buyers, suppliers)) / 20, 0)
    sides = [
        Guests(
            free=chance.random((count, slots)) < 0.6,
            most=chance.integers(1, slots + 1, count),
            least=chance.integers(0, 3, count),
            people=np.where(chance.random(count) < 0.1, 2, 1),
            step_free=chance.random(count) < 0.1,
            interpreter=chance.random(count) < 0.1,
        )
        for count in (buyers, suppliers)
    ]
    must = tuple((int(one), int(other)) for one, other in np.argwhere(values > 0) if chance.random() < 0.05)
    room = Room(np.full(slots, max(1, buyers // 2)), accessible=1, interpreters=1)
    doing = chance.random((2 * buyers, suppliers)) < 2 / suppliers
    needs = tuple(BuyerNeed(line // 2, tuple(np.flatnonzero(does).tolist())) for line, does in enumerate(doing))
    return Problem(csr_array(values), sides[0], sides[1], room, must, needs)


@pytest.mark.parametrize("seed", range(30))
def test_small_hard_events_are_planned_as_well_as_can_be(seed: int) -> None:
    problem = hard(seed, 3, 3, 3)
    found = plan_meetings(problem)
    assert_holds(problem, found)
    assert found.proven
    assert worth(problem, found.meetings) == max(worth(problem, meetings) for meetings in timetables(problem))


@pytest.mark.parametrize("seed", range(20))
def test_an_integer_program_finds_nothing_better(seed: int) -> None:
    problem = hard(seed, 8, 12, 5)
    found = plan_meetings(problem)
    assert found.proven
    assert worth(problem, found.meetings) == pytest.approx(best_worth(problem))


def test_a_hard_event_says_its_gap() -> None:
    problem = hard(1, 20, 30, 8)
    found = plan_meetings(problem)
    assert_holds(problem, found)
    assert found.gap < 0.01
