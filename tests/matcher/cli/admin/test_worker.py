"""`worker` in a process of its own, on works that a page asked for."""

import io
import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import Engine

from matcher.catalogue.intake.deposits import Deposits, DepositState
from matcher.jobs.works import WorkStore
from tests.conftest import ROOT
from tests.waiting import LONGEST_S, awaited


@pytest.mark.slow(reason="it starts an interpreter")
def test_a_worker_does_what_was_asked_elsewhere_until_it_is_stopped(engine: Engine) -> None:
    deposits = Deposits(WorkStore(engine))
    key = deposits.drop("liste.csv", io.BytesIO(b"Nom;Type;Commune\nAtelier;ESAT;Maubeuge\n")).key
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "worker", "--db", url]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE, text=True) as process:
        found = awaited(
            lambda: deposits.get(key), lambda one: one is not None and one.stand is not DepositState.READING
        )
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=LONGEST_S)
    assert found is not None
    assert found.stand is DepositState.READY
    assert said.startswith("Au travail.")
    assert process.returncode == 130
