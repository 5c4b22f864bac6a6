"""`python -m tests.bench.servers`: the memory that a server has for itself, beside another on the same catalogue (Linux alone).

6,000 invented suppliers, on SQLite. Each server answers the form, then lists of candidates, with the heaps that `deploy/` gives it.
"""

import os
import re
import tempfile
from itertools import islice
from pathlib import Path

import click
import requests

from matcher.settings import CACHE_VARIABLE
from tests.bench.load import SUPPLIERS, filled, requests_of, served
from tests.bench.rows import write_directory

PAGES, GOAL_MIB = 12, 150
HEAPS = {"MALLOC_ARENA_MAX": "2"}
_KIB_IN_MIB = 1024


def private_mib(process: int) -> float:
    """Return the memory that a process shares with no other, in MiB."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    return sum(map(int, re.findall(r"^Private_\w+:\s+(\d+) kB", told, re.MULTILINE))) / _KIB_IN_MIB


def asked(site: str, ids: list[str]) -> None:
    """Ask a server what one person does."""
    for _, address in islice(requests_of(1, ids), PAGES):
        requests.get(site + address, timeout=60).raise_for_status()


def main() -> None:
    """Serve twice, ask both, and print what each weighs."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ[CACHE_VARIABLE] = str(folder / "cache")
        url = f"sqlite:///{(folder / 'serveurs.sqlite').as_posix()}"
        ids = filled(url, write_directory(folder / "annuaire.csv", SUPPLIERS))
        with served(url, **HEAPS) as (one, first), served(url, **HEAPS) as (other, second):
            asked(one, ids)
            asked(other, ids)
            mine, its = private_mib(first), private_mib(second)
            click.echo(f"mémoire propre d’un serveur : {mine:.0f} Mio ; d’un second : {its:.0f} Mio (but : {GOAL_MIB})")


if __name__ == "__main__":
    main()
