"""Marks of the open pages of a day: made for all participants in one pass over what was said."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from matcher.club.meeting_day.meeting_day import Acceptance, Bond, MeetingDay, OwnNote, Result, Tie
from matcher.club.results.own_page import OwnPages, mark_of_page, marks_of_pages
from tests.matcher.club.day import DAY, frozen, full


class _Passes(tuple[Any, ...]):
    """A tuple that counts how often all of it is read."""

    passes = 0

    def __iter__(self) -> Iterator[Any]:
        self.passes += 1
        return super().__iter__()

    def __contains__(self, item: object) -> bool:
        self.passes += 1
        return super().__contains__(item)


class _PassesOfWords(dict[Any, Any]):
    """The same for words that are found by what they are said of."""

    passes = 0

    def __iter__(self) -> Iterator[Any]:
        self.passes += 1
        return super().__iter__()

    def values(self) -> Any:
        self.passes += 1
        return super().values()

    def items(self) -> Any:
        self.passes += 1
        return super().items()


def _said() -> MeetingDay:
    """A day of which each meeting is accepted and noted by both sides."""
    event = frozen(full())
    sides = [its for one in event.bookings for its in ((one.buyer, one.supplier), (one.supplier, one.buyer))]
    return replace(
        event,
        notes={side: OwnNote(*side, Result.QUOTE, "rappeler") for side in sides},
        accepted={(one.buyer, one.supplier): Acceptance(one.buyer, one.supplier, one.slot) for one in event.bookings},
        bonds=(Bond(Tie.NEVER, 4, 1), Bond(Tie.MUST, 1, 5)),
    )


def test_marks_of_all_pages_are_one_pass_over_what_was_said() -> None:
    event = _said()
    assert event.plan is not None
    words: dict[str, Any] = {name: _PassesOfWords(getattr(event, name)) for name in ("notes", "accepted")}
    told = words | {"bonds": _Passes(event.bonds)}
    bookings = _Passes(event.plan.bookings)
    counted = replace(event, plan=replace(event.plan, bookings=bookings), **told)
    marks = marks_of_pages(counted, DAY)
    assert len(set(marks.values())) == len(event.participants)
    assert marks == {key: mark_of_page(OwnPages(event), key, DAY) for key in event.by_key}
    assert max(one.passes for one in (*told.values(), bookings)) <= 2 < len(event.participants)
