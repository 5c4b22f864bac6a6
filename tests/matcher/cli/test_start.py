"""How a command starts: it waits for nothing that it does not use."""

import subprocess
import sys
from pathlib import Path

import pytest

from matcher.cli.app import COMMANDS, REFUSALS, cli
from matcher.cli.frame.later import imported

HEAVY = (
    "scipy",
    "pyproj",
    "bs4",
    "lxml",
    "requests",
    "phonenumbers",
    "xlsxwriter",
    "python_calamine",
    "alembic",
)


@pytest.mark.parametrize("module", ["matcher.cli.app", "matcher.cli.need.match"])
def test_a_search_does_not_wait_for_what_reads_directories(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_every_command_and_refusal_is_where_the_table_says() -> None:
    for name in COMMANDS:
        assert cli.commands[name].name == name
    for place in REFUSALS:
        assert issubclass(refusal := imported(place), Exception)
        assert refusal.__module__ == place.partition(":")[0], "what is raised must have imported it"


def test_a_refusal_waits_for_no_other_command(tmp_path: Path) -> None:
    code = "import sys; from matcher.cli.app import _run; print(_run(sys.argv[1:]), 'matcher.web' in sys.modules)"
    lots = tmp_path / "lots.jsonl"
    lots.write_text("{", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", code, "read", "--lots", str(lots)], capture_output=True, text=True)
    assert done.stdout.split() == ["1", "False"]
    assert "lots.jsonl" in done.stderr
