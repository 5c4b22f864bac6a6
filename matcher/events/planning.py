"""An event’s timetable, made and made again: the catalogue says what pairs are worth, the planner who meets when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Engine

from matcher.catalogue.store import load_these
from matcher.events.affinity import affinities
from matcher.events.changes import Freeze
from matcher.events.event import Booking, Change, Event, Plan, Rival
from matcher.events.measures import Measures, measures
from matcher.events.planner import plan
from matcher.events.replanning import replan
from matcher.events.rivals import greedy, random
from matcher.events.schedule import clock
from matcher.events.setting import Setting, met_before
from matcher.events.shelf import present_shelf
from matcher.events.store import earlier

# The draw of the random planner that a timetable is compared with: the same each time.
SEED = 1
REPLAN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Moves:
    """What is to be told once a timetable has changed: meetings that no longer take place, that moved (before, after), that are new."""

    cancelled: tuple[Booking, ...] = ()
    moved: tuple[tuple[Booking, Booking], ...] = ()
    added: tuple[Booking, ...] = ()

    def __len__(self) -> int:
        return len(self.cancelled) + len(self.moved) + len(self.added)


def setting_of(engine: Engine, event: Event, *, today: date) -> Setting:
    """Return an event laid out, its suppliers as the catalogue knows them now; an event without a day is asked `today`."""
    buyers, suppliers = event.seated(suppliers=False), event.seated(suppliers=True)
    known = {one.id: one for one in load_these(engine, {one.supplier_id for one in suppliers if one.supplier_id})}
    shelf, rows = present_shelf(suppliers, known)
    counted = affinities(buyers, suppliers, shelf, rows, event.header.day or today)
    return Setting(event, counted, met_before(event, earlier(engine, event)))


def planned(setting: Setting, *, seconds: float) -> Plan:
    """Return the best timetable found within `seconds`, beside what simpler planners reach."""
    problem = setting.problem
    rivals = (("la meilleure paire d’abord", greedy(problem)), ("au hasard", random(problem, SEED)))
    return replace(
        setting.frozen(plan(problem, seconds=seconds), anew=True),
        rivals=tuple(_rival(name, measures(problem, timetable)) for name, timetable in rivals),
    )


def replanned(setting: Setting, *, from_slot: int) -> tuple[Plan, Moves]:
    """Return the timetable that changes the event’s the least from this slot on (`setting` says who is there now), and the changes.

    Raises ValueError where the event has no timetable.
    """
    former = setting.event.plan
    if former is None:
        raise ValueError("nothing to plan again")
    timetable, _ = replan(setting.problem, setting.timetable(former), from_slot, seconds=REPLAN_SECONDS)
    made = replace(setting.frozen(timetable, anew=False), mended=True)
    return made, moves(former, made)


def placed(setting: Setting, buyer: int, supplier: int, slot: int, table: int | None) -> tuple[Plan, Moves]:
    """Return the timetable where this pair (keys) is put in this slot by hand, and held there, and what the others change for it.

    Without a `table` the pair keeps its own, or takes the first that is free. Raises ValueError where the event has no timetable.
    """
    former = setting.event.plan
    if former is None:
        raise ValueError("nothing to move in")
    others = tuple(one for one in former.bookings if one.pair != {buyer, supplier})
    taken = {one.table for one in others if one.slot == slot}
    own = [one.table for one in former.bookings if one.pair == {buyer, supplier}]
    tables = [*own, *range(1, setting.event.rules.tables + 1)]
    chosen = table or next((one for one in tables if one not in taken), tables[0])
    held = replace(setting.booking(slot, chosen, buyer, supplier), held=True)
    event = replace(setting.event, plan=replace(former, bookings=(*others, held)))
    made, _ = replanned(Setting(event, setting.affinities, setting.met), from_slot=0)
    return made, moves(former, made)


def after_change(
    engine: Engine, event: Event, change: Change, *, from_slot: int, today: date
) -> tuple[list[Change], Moves]:
    """Return an absence or an arrival with the timetable that follows from it, to be written together; alone where there is none."""
    if event.plan is None:
        return [change], Moves()
    changed = change.applied(event)
    made, told = replanned(setting_of(engine, changed, today=today), from_slot=from_slot)
    return ([change, Freeze(made, change.says(changed))] if told else [change]), told


def moves(before: Plan | None, after: Plan | None) -> Moves:
    """Return what changed between two timetables, in order of slot and table."""
    was = {one.pair: one for one in before.bookings} if before else {}
    now = {one.pair: one for one in after.bookings} if after else {}
    return Moves(
        cancelled=tuple(one for pair, one in was.items() if pair not in now),
        moved=tuple((one, now[pair]) for pair, one in was.items() if pair in now and _place(now[pair]) != _place(one)),
        added=tuple(one for pair, one in now.items() if pair not in was),
    )


def told(event: Event, changed: Moves) -> list[str]:
    """Return each change as a French sentence."""
    return [
        *(f"annulé : {_pair(event, one)}, {_when(event, one)}" for one in changed.cancelled),
        *(f"déplacé : {_pair(event, one)}, de {_when(event, one)} à {_when(event, new)}" for one, new in changed.moved),
        *(f"nouveau : {_pair(event, one)}, {_when(event, one)}" for one in changed.added),
    ]


def since(event: Event, version: int) -> Moves:
    """Return what changed in the timetable since this version of the event."""
    frozen: Sequence[Plan] = [line.change.plan for line in event.journal[:version] if isinstance(line.change, Freeze)]
    return moves(frozen[-1] if frozen else None, event.plan)


def _rival(name: str, reached: Measures) -> Rival:
    return Rival(name, reached.total, reached.meetings, reached.fewest, reached.short)


def _place(one: Booking) -> tuple[int, int]:
    return one.slot, one.table


def _pair(event: Event, one: Booking) -> str:
    return f"{event.name_of(one.buyer)} et {event.name_of(one.supplier)}"


def _when(event: Event, one: Booking) -> str:
    return f"{clock(event.schedule.starts[one.slot])}, table {one.table}"
