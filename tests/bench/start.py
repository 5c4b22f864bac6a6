"""`python -m tests.bench.start [TREE…]`: processor seconds of the first commands that one types, and of an import of real records.

Each is run by this tree and by those that are given (the folder of another version, as `git worktree add` makes it), in turns, so that a busy
machine weighs on all: the best of the turns is printed, and how many times another tree's it is. A run before them fills the caches.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from matcher.settings import CACHE_VARIABLE, DATABASE_VARIABLE
from tests.conftest import ROOT, SHARED

TURNS = 3
RECORDS = SHARED / "data/sources/les_emplois_marche.json"
NEED = ("match", "--objet", "Nettoyage des bureaux", "--lieu", "Lille")
# What is typed, and the most seconds of processor that it may take; None where it is set against another version.
COMMANDS: dict[tuple[str, ...], float | None] = {
    ("--version",): 0.15,
    ("--help",): 0.6,
    NEED: 0.8,
    ("import", "emplois", str(RECORDS)): None,
}


def spent(tree: Path, words: Sequence[str], folder: Path, base: str) -> float:
    """Return the processor seconds of one command of a tree, its children's included."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("ENTREMISE")},
        "PYTHONPATH": str(tree),
        CACHE_VARIABLE: str(folder / "cache"),
        DATABASE_VARIABLE: f"sqlite:///{(folder / base).as_posix()}",
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call = [sys.executable, "-c", "from matcher.cli.app import main; main()", *words]
    subprocess.run(call, check=True, capture_output=True, cwd=folder, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def turn(tree: Path, folder: Path, number: int) -> list[float]:
    """Return what each command takes: all on the catalogue that the first turn fills, an import on a new one of its own."""
    seconds = []
    for words in COMMANDS:
        base = f"{number}.sqlite" if words[0] == "import" else "0.sqlite"
        if words[0] == "import":
            spent(
                tree, ("stats",), folder, base
            )  # the tables are made apart: there is one migration a change, and more each week
        seconds.append(spent(tree, words, folder, base))
    return seconds


def compare(trees: Sequence[Path], folder: Path) -> None:
    """Print a line a command."""
    for at, tree in enumerate(trees):
        (folder / str(at)).mkdir()
        spent(tree, ("import", "emplois", str(RECORDS)), folder / str(at), "0.sqlite")
        turn(tree, folder / str(at), 1)
    turns = [[turn(tree, folder / str(at), 2 + number) for at, tree in enumerate(trees)] for number in range(TURNS)]
    for place, (words, most) in enumerate(COMMANDS.items()):
        best = [min(done[at][place] for done in turns) for at in range(len(trees))]
        goal = f" (but : {most:.2f})" if most else ""
        others = "".join(
            f" ; {best[0] / other:.2f} fois {tree.name}" for tree, other in zip(trees[1:], best[1:], strict=True)
        )
        click.echo(f"{words[0]:<10} {best[0]:.2f} s de processeur{goal}{others}")


if __name__ == "__main__":
    if not RECORDS.is_file():
        raise SystemExit(f"« {RECORDS} » n’est pas à côté du projet.")
    with tempfile.TemporaryDirectory() as made:
        compare([ROOT, *(Path(path).resolve() for path in sys.argv[1:])], Path(made))
