"""Long work: one after the other or side by side, told as it goes, kept with its result, or with why it has none."""

from collections.abc import Callable
from threading import Event

import pytest

from matcher.jobs.queue import DEFECT, MOST, Job, Tell, Turn, WorkQueue, Works
from matcher.jobs.stop import Stop
from tests.waiting import LONGEST_S, awaited

TOLD_BY_THE_THREAD = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


def ended(works: "Works[int, str]", key: str) -> "Job[int, str]":
    before = works.get(key)
    assert before is not None
    before.line.wait(LONGEST_S)
    work = works.get(key)
    assert work is not None
    return work


def refused(_: Tell, _stop: Stop) -> int:
    raise ValueError("Ligne 3 : dites où.")


def broken(_: Tell, _stop: Stop) -> int:
    raise KeyError("secret")


@TOLD_BY_THE_THREAD
def test_a_line_keeps_its_order_and_a_defect_in_one_does_not_stop_the_others() -> None:
    line, made, free = WorkQueue(), [], Event()
    line.put(lambda _: free.wait(LONGEST_S))
    for n in range(3):
        line.put(lambda _, n=n: made.append(n / (n - 1)))  # type: ignore[misc]
    line.wait(0.01)
    assert made == []
    free.set()
    line.wait(LONGEST_S)
    assert made == [0, 2]


def test_one_goes_at_a_time_and_the_next_knows_how_many_are_before() -> None:
    works = Works[int, str](())
    begun, free = Event(), Event()

    def slow(tell: Tell, _: Stop) -> int:
        tell("pas", 1, 2)
        begun.set()
        free.wait(LONGEST_S)
        return 1

    works.start("first", slow, "a")
    works.start("second", lambda *_: 2 if free.is_set() else 0, "b")
    assert begun.wait(LONGEST_S)
    going, waiting = works.get("first"), works.get("second")
    assert going is not None
    assert (going.step, going.done, going.total, going.asked) == ("pas", 1, 2, "a")
    assert waiting is not None
    assert (waiting.going, waiting.before) == (True, 1)
    free.set()
    assert (ended(works, "first").result, ended(works, "second").result) == (1, 2)


@TOLD_BY_THE_THREAD
def test_a_refusal_is_told_and_a_defect_is_not() -> None:
    works = Works[int, str]((ValueError,))
    works.start("refused", refused, "")
    works.start("broken", broken, "")
    assert ended(works, "refused").message == "Ligne 3 : dites où."
    assert ended(works, "broken").message == DEFECT


def test_the_oldest_are_forgotten() -> None:
    works = Works[int, str](())
    for n in range(MOST + 3):
        works.start(str(n), lambda *_, n=n: n, "")  # type: ignore[misc]
        ended(works, str(n))
    assert works.get("0") is None
    assert [n for n in range(MOST + 3) if works.get(str(n))] == list(range(3, MOST + 3))
    assert ended(works, str(MOST + 2)).result == MOST + 2
    assert works.get("absente") is None


def test_apart_each_goes_on_by_itself_and_is_not_started_twice() -> None:
    works, gate, started = Works[str, int]((), apart=True), Event(), []

    def long(_: Tell, _stop: Stop) -> str:
        started.append(1)
        gate.wait(LONGEST_S)
        return "fait"

    for _ in range(2):
        works.start("x", long, 1).line.wait(0.01)
    going = works.take("x")
    assert going is not None
    assert going.going
    assert going.seconds >= 0
    assert works.take("y") is None
    works.start("y", lambda *_: "fait aussi", 2).line.wait(LONGEST_S)
    other = works.take("y")
    assert other is not None
    assert other.result == "fait aussi"
    gate.set()
    going.line.wait(LONGEST_S)
    assert started == [1]
    done = works.take("x")
    assert done is not None
    assert (done.result, done.started) == ("fait", going.started)


@TOLD_BY_THE_THREAD
@pytest.mark.parametrize(
    ("make", "result", "message"),
    [(lambda *_: 1, 1, ""), (refused, None, "Ligne 3 : dites où."), (broken, None, DEFECT)],
)
def test_what_has_ended_is_taken_once(make: Callable[[Tell, Stop], int], result: int | None, message: str) -> None:
    works = Works[int, str]((ValueError,), apart=True)
    works.start("x", make, "").line.wait(LONGEST_S)
    taken = works.take("x")
    assert taken is not None
    assert (taken.going, taken.result, taken.message) == (False, result, message)
    assert works.take("x") is None


def test_apart_nothing_is_forgotten_before_it_is_taken() -> None:
    works = Works[int, str]((), apart=True)
    for n in range(MOST + 3):
        works.start(str(n), lambda *_, n=n: n, "").line.wait(LONGEST_S)  # type: ignore[misc]
    assert [work.result for n in range(MOST + 3) if (work := works.take(str(n)))] == list(range(MOST + 3))


def held(line: WorkQueue, person: str) -> tuple[Turn, Event, Event]:
    """A work that goes on until it is let go: its turn, whether it has begun, what lets it go."""
    begun, free = Event(), Event()

    def work(_: Stop) -> None:
        begun.set()
        free.wait(LONGEST_S)

    return line.put(work, person), begun, free


def test_persons_take_turns_one_work_at_a_time_each() -> None:
    line, done = WorkQueue(at_once=2), []
    (_, begun, free), (_, also, let_go) = held(line, "Léa"), held(line, "Ali")
    assert begun.wait(LONGEST_S)
    assert also.wait(LONGEST_S)
    turns = {
        name: line.put(lambda _, name=name: done.append(name), name[:3])  # type: ignore[misc]
        for name in ("Léa 2", "Léa 3", "Ali 2", "Zoé 1", "Zoé 2")
    }
    assert [line.before(turns[name]) for name in ("Zoé 1", "Léa 2", "Ali 2", "Zoé 2", "Léa 3")] == [2, 3, 4, 5, 6]
    let_go.set()
    seen = awaited(lambda: list(done), lambda seen: len(seen) == 3)
    assert seen == ["Zoé 1", "Ali 2", "Zoé 2"]  # all but those of Léa, who has one that goes on
    free.set()
    line.wait(LONGEST_S)
    assert done[3:] == ["Léa 2", "Léa 3"]
    assert {line.before(turn) for turn in turns.values()} == {0}


def test_a_work_that_waits_is_stopped_before_it_begins_and_one_that_goes_at_its_next_step() -> None:
    works = Works[int, str](())
    begun, free, done = Event(), Event(), []

    def stepping(tell: Tell, _: Stop) -> int:
        begun.set()
        free.wait(LONGEST_S)
        tell("pas", 1, 2)
        done.append("pas")
        return 1

    works.start("goes", stepping, "")
    works.start("waits", lambda *_: done.append("attend") or 1, "")
    assert begun.wait(LONGEST_S)
    assert works.stop("waits")
    assert works.stop("goes")
    assert not works.stop("goes")
    free.set()
    works.line.wait(LONGEST_S)
    assert (done, works.get("goes"), works.get("waits")) == ([], None, None)
