"""Simpler planner that a timetable is compared with, and the result of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rival:
    """Result of one planner on a day: its total, its meetings, the `fewest` meetings of those who come, how many participants have fewer
    than their least (`short`), how many wishes are `kept` and needs `answered`. None where an older timetable did not count them."""

    name: str
    total: float
    meetings: int
    fewest: int
    short: int
    kept: int | None = None
    answered: int | None = None
