"""Works done one at a time: told as they go, kept with their result, or with why they have none."""

import time
from threading import Event

from matcher.web.works import DEFECT, MOST, Tell, Work, Works


def ended(works: "Works[int, str]", key: str) -> "Work[int, str]":
    deadline = time.monotonic() + 10
    while (work := works.get(key)) is not None and work.going and time.monotonic() < deadline:
        time.sleep(0.005)
    assert work is not None
    return work


def test_one_goes_at_a_time_and_the_next_knows_how_many_are_before() -> None:
    works = Works[int, str](())
    begun, free = Event(), Event()

    def slow(tell: Tell) -> int:
        tell("pas", 1, 2)
        begun.set()
        free.wait(10)
        return 1

    first, second = works.start(slow, "a"), works.start(lambda _: 2, "b")
    assert begun.wait(10)
    going, waiting = works.get(first), works.get(second)
    assert going is not None
    assert (going.step, going.done, going.total, going.asked) == ("pas", 1, 2, "a")
    assert waiting is not None
    assert (waiting.going, waiting.before) == (True, 1)
    free.set()
    assert (ended(works, first).result, ended(works, second).result) == (1, 2)


def test_a_refusal_is_told_and_a_defect_is_not() -> None:
    works = Works[int, str]((ValueError,))

    def refused(_: Tell) -> int:
        raise ValueError("Ligne 3 : dites où.")

    def broken(_: Tell) -> int:
        raise KeyError("secret")

    assert ended(works, works.start(refused, "")).message == "Ligne 3 : dites où."
    assert ended(works, works.start(broken, "")).message == DEFECT


def test_the_oldest_are_forgotten() -> None:
    works = Works[int, str](())
    keys = []
    for n in range(MOST + 3):
        keys.append(works.start(lambda _, n=n: n, ""))  # type: ignore[misc]
        ended(works, keys[-1])
    assert works.get(keys[0]) is None
    assert ended(works, keys[-1]).result == MOST + 2
    assert works.get("absente") is None
