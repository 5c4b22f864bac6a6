"""A process that forks workers on demand, for tests that kill them: `python -m tests.matcher.jobs.working URL`.

At each line of its input it forks a worker that works until it is killed, and prints its number. A work marks each of its steps, then has an effect:
a row of `essai`, in the transaction of its result.
"""

import gc
import os
import signal
import sys
import time
from collections.abc import Mapping
from threading import Event

from sqlalchemy import text

from matcher.db import open_database, writing
from matcher.jobs import worker as worker_module
from matcher.jobs.worker import Hold, Worker, WorkKind
from matcher.jobs.works import WorkStore

STEPS = 4


def count(hold: Hold) -> Mapping[str, int]:
    """Do the steps that are not done, then write the effect and the result together."""
    done = hold.steps()
    for step in range(STEPS):
        if str(step) not in done:
            time.sleep(0.03)
            hold.keep(str(step), os.getpid())
            hold.tell("pas", step + 1, STEPS)
    result = {"nombre": hold.work.asked["nombre"]}
    with writing(hold.engine) as connection:
        connection.execute(text("INSERT INTO essai (nombre) VALUES (:nombre)"), result)
        hold.end(connection, result)
    return result


KIND = WorkKind("essai", count)


def work(url: str) -> None:
    """Work until killed, and take over works that have stood still for a second. It looks for them at once: a worker lives no longer here
    than the two seconds that it waits elsewhere, and would be killed idle."""
    worker_module.LOOK_S = 0.05
    worker = Worker(WorkStore(open_database(url)), [KIND], lease_s=1)
    worker.watch(Event())


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed are buried at once
    gc.freeze()
    for _ in sys.stdin:
        if child := os.fork():
            os.write(1, f"{child}\n".encode())
        else:
            work(sys.argv[1])
