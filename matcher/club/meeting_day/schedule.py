"""Schedule of a meeting day: slots of equal length around breaks, hours of presence, in minutes since midnight; and their French wording."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from matcher.cleaning.hours import (
    AFTER_BREAK,
    AFTERNOON,
    BEFORE_BREAK,
    DAY_MINUTES,
    MORNING,
    NO_MORNING,
    NOON,
    Presence,
)
from matcher.domain.french import NO_BREAK

MOST_SLOTS = 60
# From this length a break around noon separates a morning from an afternoon, however short.
LUNCH_MINUTES = 45
# Periods as (start, end) in minutes, in order.
Hours = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Break:
    """A break without meetings: from `start`, for `minutes`."""

    start: int
    minutes: int
    label: str = "pause"

    @property
    def end(self) -> int:
        """End of the break."""
        return self.start + self.minutes


@dataclass(frozen=True)
class Schedule:
    """`slots` slots in a row from `start`, of `minutes` each, `between` minutes apart; a slot that would overlap a break starts after it."""

    start: int
    slots: int
    minutes: int
    breaks: tuple[Break, ...] = ()
    between: int = 0

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Start of each slot."""
        starts: list[int] = []
        at = self.start
        for _ in range(self.slots):
            for rest in sorted(self.breaks, key=lambda one: one.start):
                if rest.start < at + self.minutes and at < rest.end:
                    at = rest.end
            starts.append(at)
            at += self.minutes + self.between
        return tuple(starts)

    @property
    def end(self) -> int:
        """End of the last slot; the start where there is none."""
        return self.starts[-1] + self.minutes if self.slots else self.start

    def slot_from(self, minute: int) -> int:
        """Return the first slot that starts at this minute or after; the number of slots where none does."""
        return next((slot for slot, start in enumerate(self.starts) if start >= minute), self.slots)

    def during(self, arrival: int | None, departure: int | None, away: Hours = ()) -> list[bool]:
        """Return, for each slot, whether it lies entirely between arrival and departure (None: no limit) and outside the absences `away`."""
        first = 0 if arrival is None else arrival
        last = self.end if departure is None else departure
        return [
            first <= start
            and start + self.minutes <= last
            and not any(leaves < start + self.minutes and start < returns for leaves, returns in away)
            for start in self.starts
        ]

    def hours_of(self, presence: Presence) -> Presence | None:
        """Resolve words of presence that depend on the day (« matin », « après la pause ») to minutes; None where « la pause » is not exactly
        one break. The morning of a day without an afternoon is the whole day."""
        if len(self.breaks) != 1 and not {AFTER_BREAK, BEFORE_BREAK}.isdisjoint(presence.words):
            return None
        around_noon = (rest for rest in self.breaks if rest.start < AFTERNOON and rest.end > NOON)
        midday = max(around_noon, key=lambda one: one.minutes, default=Break(NOON, 0))
        pause = self.breaks[0] if self.breaks else midday
        two_halves = self.end > AFTERNOON or (midday.end < self.end and midday.minutes >= LUNCH_MINUTES)
        ends = {MORNING: midday.start if two_halves else None, BEFORE_BREAK: pause.start}
        starts = {NO_MORNING: midday.end, AFTER_BREAK: pause.end}
        arrival = narrowest(max, presence.arrival, *(starts.get(word) for word in presence.words))
        departure = narrowest(min, presence.departure, *(ends.get(word) for word in presence.words))
        return Presence(arrival, departure, presence.away)

    def presence_fault(self, arrival: int | None, departure: int | None, away: Hours = ()) -> str:
        """Fault of hours of presence on that day, as a French sentence; empty for none."""
        if arrival is not None and departure is not None and departure <= arrival:
            return f"Le départ ({clock(departure)}) vient après l’arrivée ({clock(arrival)})."
        if not self.slots or any(self.during(arrival, departure, away)):
            return ""
        there = presence_said(arrival, departure, away)
        return f"Aucun rendez-vous ne tient {there} : ils vont de {clock(self.starts[0])} à {clock(self.end)}."

    @property
    def fault(self) -> str:
        """Fault of the schedule, as a French sentence; empty for none."""
        if not 0 <= self.slots <= MOST_SLOTS:
            return f"Un événement a de 0 à {MOST_SLOTS} créneaux : {self.slots} demandés."
        if not 1 <= self.minutes <= DAY_MINUTES or self.between < 0:
            return "Un rendez-vous dure une minute au moins, et les tables changent en zéro minute au moins."
        if any(rest.minutes < 1 for rest in self.breaks):
            return "Une pause dure une minute au moins."
        if self.start < 0 or self.end > DAY_MINUTES:
            return f"Le dernier rendez-vous finirait après minuit : moins de créneaux ({self.slots}), ou plus courts."
        return ""


def clock(minute: int) -> str:
    """Return a minute of the day as a French hour: 545 → « 9 h 05 »."""
    return f"{minute // 60}{NO_BREAK}h{NO_BREAK}{minute % 60:02d}"


def presence_said(arrival: int | None, departure: int | None, away: Hours = ()) -> str:
    """Return hours of presence in words: « dès 9 h 40 jusqu’à 11 h 00, absent de 10 h 00 à 10 h 30 »; empty for all day."""
    hours = (("dès", arrival), ("jusqu’à", departure))
    there = " ".join(f"{word} {clock(hour)}" for word, hour in hours if hour is not None)
    return ", ".join(filter(None, (there, *(f"absent de {hours}" for hours in absences_said(away)))))


def absences_said(away: Hours) -> tuple[str, ...]:
    """Return absences in words: « 10 h 00 à 10 h 30 »."""
    return tuple(f"{clock(leaves)} à {clock(returns)}" for leaves, returns in away)


def absent_together(first: Hours, second: Hours) -> Hours:
    """Return the intersection of two persons' absences: when nobody of the two is there."""
    shared = ((max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second)
    return tuple(sorted({hours for hours in shared if hours[0] < hours[1]}))


def narrowest(choice: Callable[..., int | None], *hours: int | None) -> int | None:
    """Return `choice` (min or max) of the hours that are not None; None where all are."""
    return choice((hour for hour in hours if hour is not None), default=None)


def widest(choice: Callable[..., int], *hours: int | None) -> int | None:
    """Return `choice` (min or max) of the hours; None (no limit) where any of them is None."""
    known_hours = [hour for hour in hours if hour is not None]
    return choice(known_hours) if len(known_hours) == len(hours) else None
