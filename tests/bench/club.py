"""`python -m tests.bench.club`: our planner against a greedy one and one that draws, on invented events of three sizes, then ten no-shows.

All in one go, each measure in a process of its own, so that its peak memory is its own. Seconds are those of the processor: the machine
may be shared. A buyer is worth something to suppliers of its trades, the more so as they are near and good: everybody wants the same few.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from time import process_time

import click
import numpy as np
from scipy.sparse import csr_array

from matcher.club.planner.meetings import Guests, Problem, Room, Timetable
from matcher.club.planner.plan import greedy, plan_meetings, random, replan
from tests.matcher.club.planner.measures import measures

TRADES, KEPT, LEAST, NO_SHOWS = 15, 200, 2, 10
_KIB_IN_MIB = 1024
SIZES = {
    "60 × 173 × 12": (60, 173, 12),
    "1000 × 5000 × 20": (1000, 5000, 20),
    "100 × 200 × 14, pauses, absences, vœux": (100, 200, 14),
}
GOALS = {
    "60 × 173 × 12": "1 s, prouvé",
    "1000 × 5000 × 20": "60 s, 3 Gio, 1 %",
    "100 × 200 × 14, pauses, absences, vœux": "30 s, 1 %",
}
WISHES = "100 × 200 × 14, pauses, absences, vœux"
PLANNERS: dict[str, Callable[[Problem], Timetable]] = {
    "optimal": plan_meetings,
    "optimal, sans minimum": lambda problem: plan_meetings(_without_least(problem)),
    "glouton": greedy,
    "au hasard": lambda problem: random(problem, 0),
}


def _without_least(problem: Problem) -> Problem:
    """The same, where nobody is looked after: what fairness costs, and what greed should be compared with."""
    sides = [replace(side, least=np.zeros_like(side.least)) for side in (problem.buyers, problem.suppliers)]
    return replace(problem, buyers=sides[0], suppliers=sides[1])


def event(name: str) -> Problem:
    """Return an invented event, always the same for a size; `WISHES` with all that makes a day hard."""
    buyers, suppliers, slots = SIZES[name]
    chance = np.random.default_rng(buyers)
    affinity = _affinity(chance, buyers, suppliers)
    sides = [_always(buyers, slots), _always(suppliers, slots)]
    problem = Problem(csr_array(affinity), sides[0], sides[1], Room(np.full(slots, buyers)))
    return _hard(problem, chance) if name == WISHES else problem


def _affinity(chance: np.random.Generator, buyers: int, suppliers: int) -> np.ndarray:
    """Thousandths; nothing under the best `KEPT` of a buyer."""
    asked = chance.random((buyers, TRADES)) < 2.5 / TRADES
    asked[np.arange(buyers), chance.integers(0, TRADES, buyers)] = True
    done = chance.random((suppliers, TRADES)) < 1.5 / TRADES
    done[np.arange(suppliers), chance.integers(0, TRADES, suppliers)] = True
    at = [chance.random((count, 2)) for count in (buyers, suppliers)]
    far = np.hypot(*(at[0][:, None, axis] - at[1][None, :, axis] for axis in (0, 1)))
    trade = np.where(asked.astype(float) @ done.T.astype(float) > 0, 1.0, 0.15)
    good = 0.4 + 0.6 * chance.random(suppliers)
    values = np.clip(trade * good * (0.3 + 0.7 * np.exp(-2 * far)), 0.001, 1).round(3)
    if suppliers > KEPT:
        values[values < np.partition(values, -KEPT, axis=1)[:, [-KEPT]]] = 0
    return values


def _always(count: int, slots: int) -> Guests:
    never = np.zeros(count, dtype=bool)
    return Guests(
        np.ones((count, slots), dtype=bool), np.full(count, slots), np.full(count, LEAST), never + 1, never, never
    )


def _hard(problem: Problem, chance: np.random.Generator) -> Problem:
    """Half of the guests rest at the sixth slot and half at the seventh; three in ten come late, three in ten leave early; wishes, refusals,
    marks, delegations; fewer tables than buyers."""
    values = problem.affinity.toarray()
    values[chance.random(values.shape) < 0.05] = 0
    slots = len(problem.room.tables)
    sides = []
    for side in (problem.buyers, problem.suppliers):
        count = len(side)
        free = side.free.copy()
        early = chance.random(count) < 0.5
        free[early, 5] = free[~early, 6] = False
        for row in range(count):
            come, leave = chance.random(2) < 0.3
            free[row, : chance.integers(1, 5) if come else 0] = False
            free[row, slots - (chance.integers(1, 5) if leave else 0) :] = False
        most = np.where(chance.random(count) < 0.3, chance.integers(4, 9, count), slots)
        people = np.where(chance.random(count) < 0.05, 2, 1)
        step_free, interpreter = (chance.random(count) < share for share in (0.04, 0.02))
        sides.append(Guests(free, most, side.least, people, step_free, interpreter))
    pairs = np.argwhere(values > 0)
    must = tuple((int(one), int(other)) for one, other in pairs[chance.choice(len(pairs), 30, replace=False)])
    room = Room(np.full(slots, 90), accessible=10, interpreters=4)
    return Problem(csr_array(values), sides[0], sides[1], room, must)


def planned(name: str, planner: str) -> dict[str, float]:
    """Seconds of a plan, its measures, its gap and the peak memory in MiB."""
    problem = event(name)
    started = process_time()
    timetable = PLANNERS[planner](problem)
    seconds = process_time() - started
    gap = {"gap": timetable.gap, "bound": timetable.bound}
    return {"seconds": seconds, **asdict(measures(problem, timetable)), **gap, "memory": _peak()}


def replanned(name: str) -> dict[str, float]:
    """Seconds of a new plan when suppliers of the first meetings did not come, and the changes to what remained possible."""
    problem = event(name)
    former = plan_meetings(problem)
    gone = np.unique([meeting.supplier for meeting in former.meetings])[:: len(problem.suppliers) // (2 * NO_SHOWS)]
    free = problem.suppliers.free.copy()
    free[gone[:NO_SHOWS]] = False
    now = replace(problem, suppliers=replace(problem.suppliers, free=free))
    started = process_time()
    timetable, changes = replan(now, former, 0, seconds=1.0)
    seconds = process_time() - started
    lost = sum(not free[meeting.supplier, meeting.slot] for meeting in former.meetings)
    possible = len(former.meetings) - lost
    kept = len(set(former.meetings) & set(timetable.meetings))
    return {
        "seconds": seconds,
        "possible": possible,
        "changed": possible - kept,
        "lost": lost,
        "added": len(changes.added),
        "moved": len(changes.moved),
        "memory": _peak(),
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MIB


def _apart(*given: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.club", *given]
    done: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return done


def compare() -> None:
    """Print the table, line by line as it is measured."""
    heads = ("affinité", "rencontres", "moins servi", "sous m", "attentes", "tables", "écart %", "secondes", "Mio")
    click.echo(f"{'planificateur':<24}" + "".join(f"{head:>13}" for head in heads))
    for name in SIZES:
        click.echo(f"{name} (but : {GOALS[name]})")
        for planner in PLANNERS:
            done = _apart("planned", name, planner)
            served = f"{done['fewest']} ; {done['lowest']:.2f}"
            gap = f"{done['gap'] * 100:.3f}" if planner.startswith("optimal") else ""
            cells = (
                f"{done['total']:.1f}",
                f"{done['meetings']}",
                served,
                f"{done['short']}",
                f"{done['holes']}",
                f"{done['buyer_changes']} ; {done['table_changes']}",
                gap,
                f"{done['seconds']:.2f}",
                f"{done['memory']:.0f}",
            )
            click.echo(f"  {planner:<22}" + "".join(f"{cell:>13}" for cell in cells))
    for name in SIZES:
        done = _apart("replanned", name)
        share = done["changed"] / done["possible"]
        click.echo(
            f"{NO_SHOWS} absents, {name} : {done['lost']} rencontres perdues ; {share:.1%} des {done['possible']} autres changées"
            f" (but : 15 %) ; {done['moved']} déplacées, {done['added']} ajoutées ; {done['seconds']:.2f} s"
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["planned", name, planner]:
            click.echo(json.dumps(planned(name, planner)))
        case ["replanned", name]:
            click.echo(json.dumps(replanned(name)))
        case _:
            compare()
