"""Small events that are hard (half of the time away, few tables, accessible places, interpreters): equal to trying everything, and beyond
what can be tried to what an integer program that shares nothing with the planner finds."""

import numpy as np
import pytest
from ortools.sat.python import cp_model
from scipy.sparse import csr_array

from matcher.club.planner.meetings import Guests, Problem, Room
from matcher.club.planner.plan import plan
from tests.matcher.club.cases import assert_holds, worth
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
    return Problem(csr_array(values), sides[0], sides[1], room, must)


@pytest.mark.parametrize("seed", range(30))
def test_small_hard_events_are_planned_as_well_as_can_be(seed: int) -> None:
    problem = hard(seed, 3, 3, 3)
    found = plan(problem)
    assert_holds(problem, found)
    assert found.proven
    assert worth(problem, found.meetings) == max(worth(problem, meetings) for meetings in timetables(problem))


# Affinities of `hard` are so many parts of one.
TWENTIETHS = 20


def best_worth(problem: Problem) -> tuple[int, int, float]:
    """Return what the best timetable is worth, as `worth` counts it, by one integer program: a variable a pair and slot."""
    model = cp_model.CpModel()
    sides, room = (problem.buyers, problem.suppliers), problem.room
    slots = range(len(room.tables))
    values = np.rint(problem.affinity.toarray() * TWENTIETHS).astype(int)
    pairs = [(int(one), int(other)) for one, other in np.argwhere(values > 0)]
    meet = {(*pair, slot): model.new_bool_var("") for pair in pairs for slot in slots}
    for one, other in pairs:
        model.add_at_most_one(meet[one, other, slot] for slot in slots)
    for slot in slots:
        marks = {name: [getattr(side, name) for side in sides] for name in ("step_free", "interpreter")}
        here = [(pair, meet[*pair, slot]) for pair in pairs]
        model.add(sum(its for _, its in here) <= int(room.tables[slot]))
        for name, most in (
            ("step_free", min(room.accessible, int(room.tables[slot]))),
            ("interpreter", room.interpreters),
        ):
            marked = [its for (one, other), its in here if marks[name][0][one] or marks[name][1][other]]
            model.add(sum(marked) <= most)
    points = []
    for side, guests in enumerate(sides):
        for row in range(len(guests)):
            own = {
                slot: [its for (*pair, at), its in meet.items() if pair[side] == row and at == slot] for slot in slots
            }
            for slot in slots:
                model.add(sum(own[slot]) <= int(guests.people[row] * guests.free[row, slot]))
            model.add(sum(map(sum, own.values())) <= int(guests.most[row]))
            least = int(guests.least[row])
            first = [model.new_bool_var("") for _ in range(least)]
            model.add(sum(first) <= sum(map(sum, own.values())))
            points += [(least - nth) * got for nth, got in enumerate(first)]
    must = sum(its for (one, other, _), its in meet.items() if (one, other) in problem.must)
    value = sum(int(values[one, other]) * its for (one, other, _), its in meet.items())
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    point = int(values.sum()) + 1
    model.maximize(must * point * 1_000 + sum(points) * point + value)
    assert solver.solve(model) == cp_model.OPTIMAL
    return int(solver.value(must)), int(solver.value(sum(points))), solver.value(value) / TWENTIETHS


@pytest.mark.parametrize("seed", range(6))
def test_an_integer_program_finds_nothing_better(seed: int) -> None:
    problem = hard(seed, 8, 12, 5)
    found = plan(problem)
    assert found.proven
    assert worth(problem, found.meetings) == pytest.approx(best_worth(problem))


def test_a_hard_event_says_its_gap() -> None:
    problem = hard(1, 20, 30, 8)
    found = plan(problem)
    assert_holds(problem, found)
    assert found.gap < 0.01
