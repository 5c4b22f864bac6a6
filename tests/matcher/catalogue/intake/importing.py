"""A process that forks servers' workers on demand, for tests that kill them: `python -m tests.matcher.catalogue.intake.importing URL`.

At each line of its input, the cache folder of a server, it forks a worker that imports what was dropped until it is killed, and prints its number.
"""

import gc
import os
import signal
import sys
from threading import Event

from matcher.catalogue.intake.deposits import import_work
from matcher.catalogue.intake.lookups import shipped_lookups
from matcher.db import open_database
from matcher.jobs import worker
from matcher.jobs.worker import Worker
from matcher.jobs.works import WorkStore
from matcher.settings import CACHE_VARIABLE

if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    shipped_lookups()
    gc.freeze()
    for line in sys.stdin:
        if child := os.fork():
            os.write(1, f"{child}\n".encode())
        else:
            os.environ[CACHE_VARIABLE] = line.strip()
            worker.LOOK_S = (
                0.05  # it lives no longer here than the two seconds that it waits elsewhere, and would be killed idle
            )
            Worker(WorkStore(open_database(sys.argv[1])), [import_work({})], lease_s=1).watch(Event())
