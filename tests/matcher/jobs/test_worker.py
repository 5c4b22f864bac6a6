"""Workers: works done once and in order, told as they go, taken over where a worker is gone, whatever is killed when."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from sqlalchemy import Engine, text

from matcher.db import open_database, reading, writing
from matcher.jobs.stop import Stopped
from matcher.jobs.worker import DEFECT, Hold, Worker, WorkKind
from matcher.jobs.works import Work, WorkState, WorkStore
from tests.conftest import ROOT
from tests.matcher.jobs.working import KIND
from tests.waiting import LONGEST_S, awaited, tries

TOLD_BY_THE_THREAD = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
KILLS, WORKS, AT_ONCE = tries(16), 40, 3


@pytest.fixture
def works(engine: Engine) -> WorkStore:
    return WorkStore(engine)


def known(works: WorkStore, key: str) -> Work:
    work = works.get(None, key)
    assert work is not None
    return work


def adding(hold: Hold) -> Mapping[str, Any]:
    return {"somme": sum(hold.work.asked["nombres"])}


def refusing(_: Hold) -> Mapping[str, Any]:
    raise ValueError("Ligne 3 : dites où.")


@TOLD_BY_THE_THREAD
def test_results_refusals_and_defects_are_told_and_none_stops_the_others(
    works: WorkStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "matcher.jobs.worker")
    dying: list[Thread] = []

    def broken(_: Hold) -> Mapping[str, Any]:
        dying.append(current_thread())
        raise KeyError("secret")

    kinds = [WorkKind("somme", adding), WorkKind("refus", refusing, (ValueError,)), WorkKind("panne", broken)]
    worker = Worker(works, kinds, at_once=1)
    keys = [works.put(None, kind.name, {"nombres": [1, 2]}).key for kind in (kinds[2], kinds[1], kinds[0])]
    awaited(lambda: [known(works, key).going for key in keys], lambda going: not any(going))
    worker.wait(LONGEST_S)
    assert not dying[0].is_alive(), "its exception is reported before `wait` returns"
    defect, refused, done = (known(works, key) for key in keys)
    assert (defect.state, defect.refusal) == (WorkState.REFUSED, DEFECT)
    assert (refused.state, refused.refusal) == (WorkState.REFUSED, "Ligne 3 : dites où.")
    assert (done.state, done.result) == (WorkState.DONE, {"somme": 3})
    logged = [(record.__dict__["work"], record.__dict__["ending"]) for record in caplog.records]
    assert logged == [(defect.id, "défaut"), (refused.id, "refusé"), (done.id, "fait")]


def test_what_is_told_is_seen_while_it_goes_and_what_is_forgotten_stops(works: WorkStore) -> None:
    begun, free, seen = Event(), Event(), []

    def slow(hold: Hold) -> Mapping[str, Any]:
        hold.tell("pas", 1, 2)
        hold.keep("un", [1])
        begun.set()
        with hold.stop.ending(free.set):
            free.wait(LONGEST_S)
        seen.append(hold.stop.asked)
        hold.tell("pas", 2, 2)
        seen.append("jamais")
        return {}

    worker = Worker(works, [WorkKind("lent", slow)])
    key = works.put(None, "lent", {}).key
    assert begun.wait(LONGEST_S)
    told = awaited(lambda: known(works, key), lambda work: work.done == 1)
    assert (told.step, told.total, works.steps(told)) == ("pas", 2, {"un": [1]})
    assert works.forget(None, key)
    worker.wait(LONGEST_S)
    assert seen == [True]
    assert works.get(None, key) is None


def test_an_effect_whose_lease_is_lost_is_undone(works: WorkStore, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE essai (nombre INTEGER)"))
    key = works.put(None, KIND.name, {"nombre": 7}).key
    work = works.claim({KIND.name}, set(), "un", {})
    assert work is not None
    assert works.claim({KIND.name}, set(), "deux", works.leases()) is not None
    with pytest.raises(Stopped):
        KIND.do(Hold(works, work, "un"))
    assert known(works, key).going
    KIND.do(Hold(works, work, "deux"))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT nombre FROM essai")).scalars().all() == [7]
    assert (known(works, key).state, known(works, key).result) == (WorkState.DONE, {"nombre": 7})


def test_a_worker_that_closes_leaves_its_works_to_the_next(works: WorkStore, engine: Engine) -> None:
    begun = Event()

    def long(hold: Hold) -> Mapping[str, Any]:
        begun.set()
        while True:
            hold.tell("pas", 0, 0)
            time.sleep(0.01)

    first = Worker(works, [WorkKind("somme", long)])
    key = works.put(None, "somme", {"nombres": [4]}).key
    assert begun.wait(LONGEST_S)
    first.close()
    first.wait(LONGEST_S)
    assert known(works, key).state is WorkState.WAITING, "it takes it no more"
    Worker(second := WorkStore(engine), [WorkKind("somme", adding)]).wake()
    assert awaited(lambda: known(second, key), lambda work: not work.going).result == {"somme": 4}


def test_a_worker_takes_what_another_server_was_asked_for_and_what_a_dead_one_left(
    works: WorkStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.jobs.worker.LOOK_S", 0.1)
    left, asked = (works.put(None, "somme", {"nombres": [n]}, str(n)) for n in (1, 2))
    assert works.claim({"somme"}, set(), "mort", {}) is not None
    worker, over = Worker(WorkStore(engine), [WorkKind("somme", adding)], lease_s=0.5), Event()
    watching = Thread(target=worker.watch, args=(over,))
    watching.start()
    for key, result in ((asked.key, 2), (left.key, 1)):
        done = awaited(lambda key=key: known(works, key), lambda work: not work.going)  # type: ignore[misc]
        assert done.result == {"somme": result}
    over.set()
    watching.join(LONGEST_S)
    worker.wait(LONGEST_S)


@contextmanager
def forking(url: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.matcher.jobs.working", url]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def forked(process: "subprocess.Popen[str]") -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())


@pytest.mark.slow(reason="it kills many workers")
def test_workers_killed_at_random_lose_no_work_and_do_none_twice(new_url: str) -> None:
    engine = open_database(new_url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE essai (nombre INTEGER)"))
    works, chance, kills = WorkStore(engine), random.Random(), 0  # noqa: S311  # no secret
    keys = [works.put(None, KIND.name, {"nombre": number}, str(number)).key for number in range(WORKS)]
    with forking(new_url) as process:
        alive = [forked(process) for _ in range(AT_ONCE)]
        while kills < KILLS:
            time.sleep(chance.uniform(0, 0.25))
            struck = chance.randrange(AT_ONCE)
            os.kill(alive[struck], signal.SIGKILL)
            alive[struck], kills = forked(process), kills + 1
            if not (works.waits() or works.leases()):  # all done: there must be something to kill
                keys += [
                    works.put(None, KIND.name, {"nombre": n}, str(n)).key for n in range(len(keys), len(keys) + 20)
                ]
        awaited(lambda: works.waits() or bool(works.leases()), lambda left: not left)
        for one in alive:
            os.kill(one, signal.SIGKILL)
    with reading(engine) as connection:
        done = connection.execute(text("SELECT nombre FROM essai ORDER BY nombre")).scalars().all()
    states = {known(works, key).state for key in keys}
    engine.dispose()
    assert done == list(range(len(keys)))
    assert states == {WorkState.DONE}
