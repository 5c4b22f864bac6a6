"""`worker` in a process of its own, on works that a page asked for, watched by its log and its metrics."""

import io
import json
import os
import signal
import socket
import subprocess
import sys

import pytest
import requests
from sqlalchemy import Engine

from matcher.catalogue.intake.deposits import Deposits, DepositState
from matcher.jobs.works import WorkStore
from matcher.settings import LOG_VARIABLE, METRICS_VARIABLE
from tests.conftest import ROOT
from tests.waiting import LONGEST_S, awaited


@pytest.mark.slow(reason="it starts an interpreter")
def test_a_worker_does_what_was_asked_elsewhere_until_it_is_stopped(engine: Engine) -> None:
    deposits = Deposits(WorkStore(engine))
    key = deposits.drop("liste.csv", io.BytesIO(b"Nom;Type;Commune\nAtelier;ESAT;Maubeuge\n")).key
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "worker", "--db", url]
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    watched = {**os.environ, LOG_VARIABLE: "json", METRICS_VARIABLE: address}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=watched, stdout=pipe, stderr=pipe, text=True) as process:
        found = awaited(
            lambda: deposits.get(key), lambda one: one is not None and one.stand is not DepositState.READING
        )
        metrics = requests.get(f"http://{address}/metrics", timeout=LONGEST_S).text
        process.send_signal(signal.SIGINT)
        said, logged = process.communicate(timeout=LONGEST_S)
    assert found is not None
    assert found.stand is DepositState.READY
    assert said.startswith("Au travail.")
    assert 'entremise_works{state="failed"} 0.0' in metrics
    work, command_line = [json.loads(line) for line in logged.splitlines()[:2]]
    assert (work["message"], work["kind"], work["ending"]) == ("travail", "import", "fait")
    assert (command_line["command"], command_line["ending"]) == ("entremise worker", "KeyboardInterrupt")
    assert process.returncode == 130
