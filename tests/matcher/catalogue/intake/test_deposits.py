"""Files dropped by pages and imported by workers: once each, whichever server does it, and whatever is killed when."""

import io
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.intake.deposits import Deposits, DepositState, import_work
from matcher.catalogue.intake.undo import past_imports
from matcher.catalogue.store.read import load_suppliers
from matcher.db import open_database
from matcher.jobs.files import FileGone
from matcher.jobs.worker import Worker
from matcher.jobs.works import WorkStore
from tests.conftest import ROOT
from tests.factories import siret
from tests.waiting import LONGEST_S, awaited, tries

IMPORT = import_work({})
KILLS, SERVERS, ROWS = tries(4), 2, 40


def sheet(number: int) -> io.BytesIO:
    """A sheet of suppliers that no other number gives."""
    rows = (f"{siret(number * ROWS + row)};Atelier {number} {row};ESAT;59600;Maubeuge" for row in range(1, ROWS + 1))
    return io.BytesIO("\n".join(("SIRET;Nom;Type;Code postal;Commune", *rows)).encode())


def test_a_file_is_read_by_one_server_and_imported_by_the_other(engine: Engine) -> None:
    """Two servers on one database, each with its own cache folder: nothing of a deposit is on a disk."""
    first, second = (WorkStore(engine) for _ in range(2))
    dropped = Deposits(first).drop("liste.csv", sheet(1), "Léa")
    reader = Worker(second, [IMPORT])
    reader.wake()
    ready = awaited(
        lambda: Deposits(first).get(dropped.key), lambda one: one is not None and one.stand is DepositState.READY
    )
    assert ready is not None
    assert (ready.file_name, ready.source, ready.report["created"]) == ("liste.csv", "tableur", ROWS)
    assert past_imports(engine) == []
    reader.wait(LONGEST_S)
    other = Worker(first, [IMPORT])
    for _ in range(2):  # the form, sent twice, to each server
        Deposits(first).confirm(dropped.key)
        Deposits(second).confirm(dropped.key)
    done = awaited(
        lambda: Deposits(second).get(dropped.key), lambda one: one is not None and one.stand is DepositState.DONE
    )
    assert done is not None
    other.wait(LONGEST_S)
    reader.wait(LONGEST_S)
    assert [run.id for run in past_imports(engine)] == [done.run]
    assert len(load_suppliers(engine)) == ROWS
    (work,) = first.of(None, IMPORT.name)
    with pytest.raises(FileGone), first.file(work, "fichier"):
        pass  # imported: it is kept no longer


@pytest.mark.slow(reason="it kills workers that import")
def test_servers_killed_at_random_import_each_file_once(new_url: str, tmp_path: Path) -> None:
    engine = open_database(new_url)
    kept, chance = Deposits(WorkStore(engine)), random.Random()  # noqa: S311  # no secret
    command = [sys.executable, "-m", "tests.matcher.catalogue.intake.importing", new_url]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def server(rank: int) -> int:
            print(tmp_path / str(rank), file=process.stdin, flush=True)
            return int(process.stdout.readline())  # type: ignore[union-attr]  # it is a pipe

        alive = [server(rank) for rank in range(SERVERS)]
        keys: list[str] = []
        for kill in range(KILLS):
            going = [one for key in keys if (one := kept.get(key)) and one.stand is not DepositState.DONE]
            if len(going) < SERVERS:
                keys.append(kept.drop(f"{len(keys)}.csv", sheet(len(keys)), str(len(keys))).key)
            for one in going:
                kept.confirm(one.key)
            time.sleep(chance.uniform(0.1, 0.7))
            os.kill(alive[kill % SERVERS], signal.SIGKILL)
            alive[kill % SERVERS] = server(kill % SERVERS)

        def states() -> set[DepositState]:
            found = [one for key in keys if (one := kept.get(key))]
            for one in found:
                kept.confirm(one.key)
            return {one.stand for one in found}

        assert awaited(states, lambda seen: not seen & {*DepositState} - {DepositState.DONE, DepositState.FAILED}) == {
            DepositState.DONE
        }
        for one in alive:
            os.kill(one, signal.SIGKILL)
        process.stdin.close()
    runs = Counter(run.file_name for run in past_imports(engine))
    assert runs == {f"{number}.csv": 1 for number in range(len(keys))}
    assert len(load_suppliers(engine)) == ROWS * len(keys)
    engine.dispose()
