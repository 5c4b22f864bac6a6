"""Workers killed at random while they do works on PostgreSQL: each work has its effect once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import text

from matcher.db import open_database, reading, writing
from matcher.jobs.works import WorkStore
from tests.bench.own_postgresql import own_postgresql
from tests.chaos.outcome import Outcome
from tests.matcher.jobs.working import KIND
from tests.waiting import awaited

SEED, KILLS, AT_ONCE, WORKS = 20261128, 50, 2, 20


def play() -> Iterator[Outcome]:
    """Kill a worker fifty times."""
    with own_postgresql() as server:
        yield _killed(server.url)


def _killed(url: str) -> Outcome:
    engine = open_database(url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE essai (nombre INTEGER)"))
    works, chance, asked = WorkStore(engine), random.Random(SEED), 0  # noqa: S311  # no secret
    command = [sys.executable, "-m", "tests.matcher.jobs.working", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        alive = [_forked(process) for _ in range(AT_ONCE)]
        for _ in range(KILLS):
            if not (works.waits() or works.leases()):  # all done: there must be something to kill
                for number in range(asked, asked + WORKS):
                    works.put(None, KIND.name, {"nombre": number}, str(number))
                asked += WORKS
            time.sleep(chance.uniform(0, 0.5))
            struck = chance.randrange(AT_ONCE)
            os.kill(alive[struck], signal.SIGKILL)
            alive[struck] = _forked(process)
        awaited(lambda: works.waits() or bool(works.leases()), lambda left: not left)
        for one in alive:
            os.kill(one, signal.SIGKILL)
    with reading(engine) as connection:
        done = Counter(connection.execute(text("SELECT nombre FROM essai")).scalars())
    engine.dispose()
    return Outcome("travaux, kill -9 d’un ouvrier", KILLS, asked, asked - len(done), done.total() - len(done))


def _forked(process: "subprocess.Popen[str]") -> int:
    if process.stdin is None or process.stdout is None:
        raise LookupError("a process without pipes")
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())
