"""Integer program of a whole timetable, which shares nothing with the planner: what this one is compared with."""

import numpy as np
from ortools.sat.python import cp_model

from matcher.club.planner.meetings import Problem

# Affinities are counted in so many parts of one.
PARTS = 20


def best_worth(problem: Problem, *, seconds: float = 600.0, needs_alone: bool = False) -> tuple[int, int, int, float]:
    """Return what the best timetable is worth, as `worth` counts it, by one integer program: a variable a pair and slot.

    `needs_alone`: of wishes and needs, the pairs that count for neither left out; whatever they are worth they change nothing of that.
    Raises ArithmeticError where it is not proved within `seconds` of the processor.
    """
    model = cp_model.CpModel()
    sides, room = (problem.buyers, problem.suppliers), problem.room
    slots = range(len(room.tables))
    values = np.rint(problem.affinity.toarray() * PARTS).astype(int)
    pairs = [(int(one), int(other)) for one, other in np.argwhere(problem.affinity.toarray() != 0)]
    if needs_alone:
        counts = {*problem.must, *((need.buyer, one) for need in problem.needs for one in need.suppliers)}
        pairs = [pair for pair in pairs if pair in counts]
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
    served = []
    for need in problem.needs:
        served.append(model.new_bool_var(""))
        own = [its for (one, other, _), its in meet.items() if one == need.buyer and other in need.suppliers]
        model.add(served[-1] <= sum(own))
    must = sum(its for (one, other, _), its in meet.items() if (one, other) in problem.must)
    value = sum(int(values[one, other]) * its for (one, other, _), its in meet.items())
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = seconds
    point = 1 if needs_alone else int(values.sum()) + 1
    first = must * 1_000_000 + sum(served) * 1_000
    model.maximize(first if needs_alone else first * point + sum(points) * point + value)
    if solver.solve(model) != cp_model.OPTIMAL:
        raise ArithmeticError("not proved in time")
    first = (int(solver.value(figure)) for figure in (must, sum(served), sum(points)))
    return *first, solver.value(value) / PARTS
