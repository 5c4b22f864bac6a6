"""Work done in a thread: waited for a while, one at a time, its end said once, its defect never left to wait."""

from threading import Event

import pytest

from matcher.lots.dossier import ChangeRefused
from matcher.web.background import Works


def test_a_short_work_has_ended_when_its_page_answers() -> None:
    works = Works()
    works.start("x", lambda: "fait", patience=5)
    assert works.going("x") is None
    ended = works.ended("x")
    assert ended is not None
    assert (ended.said, ended.refused) == ("fait", False)
    assert works.ended("x") is None  # said once


def test_a_long_work_goes_on_and_is_not_started_twice() -> None:
    works, gate, started = Works(), Event(), []

    def long() -> str:
        started.append(1)
        gate.wait(10)
        return "fait"

    for _ in range(2):
        works.start("x", long, patience=0.01)
    going = works.going("x")
    assert going is not None
    assert going.seconds == 0
    assert works.ended("x") is None
    assert works.going("y") is None
    gate.set()
    going.thread.join(5)
    assert started == [1]
    assert works.ended("x") is going


def test_a_refusal_is_said() -> None:
    def refused() -> str:
        raise ChangeRefused("Non.")

    works = Works()
    works.start("x", refused, patience=5)
    ended = works.ended("x")
    assert ended is not None
    assert (ended.said, ended.refused) == ("Non.", True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_is_told_and_nobody_waits_for_ever() -> None:
    def broken() -> str:
        raise ZeroDivisionError

    works = Works()
    works.start("x", broken, patience=5)
    ended = works.ended("x")
    assert ended is not None
    assert ended.refused
    assert "de notre côté" in ended.said
