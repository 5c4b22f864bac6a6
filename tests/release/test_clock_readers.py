"""The tests that read the clock are found by several processes, a case of each, and run again on a later day."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.waiting import LONGEST_S

TESTS = """
import subprocess, sys
import pytest
from matcher import clock

@pytest.fixture
def day():
    return clock.today()

def test_reads():
    assert clock.now()

@pytest.mark.parametrize("case", ["a b", "c"])
def test_asks_a_fixture(day, case):
    assert day

def test_starts_a_program_in_python():
    assert subprocess.run([sys.executable, "-c", ""]).returncode == 0

def test_starts_another_program():
    assert subprocess.run(["true"]).returncode == 0

def test_reads_none():
    assert clock
"""


def test_the_list_is_of_those_that_read_and_pytest_reads_it(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_some.py").write_text(TESTS, encoding="utf-8")

    def run(*asked: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist.plugin", *asked],
            cwd=tmp_path,
            env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
            | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("-p", "tests.release.clock_readers", "-n", "2")
    readers = ["test_asks_a_fixture[a b]", "test_reads", "test_starts_a_program_in_python"]
    assert (tmp_path / "build" / "clock_readers.txt").read_text(encoding="utf-8").splitlines() == [
        f"test_some.py::{name}" for name in readers
    ]
    assert "3 passed" in run("@build/clock_readers.txt")
