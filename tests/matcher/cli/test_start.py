"""How a command starts: it waits for nothing that it does not use."""

import subprocess
import sys

import pytest

from matcher.cli.app import COMMANDS, REFUSALS, cli
from matcher.cli.later import imported

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


@pytest.mark.parametrize("module", ["matcher.cli.app", "matcher.cli.lots"])
def test_a_search_does_not_wait_for_what_reads_directories(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_every_command_and_refusal_is_where_the_table_says() -> None:
    for name in COMMANDS:
        assert cli.commands[name].name == name
    assert all(issubclass(imported(place), Exception) for place in REFUSALS)
