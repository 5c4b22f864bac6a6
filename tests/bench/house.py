"""`make house`: the figures of the house, counted on the tree as it is. Each has a test that keeps it where it is.

`python -m tests.bench.house FOLDER`: the places of a folder of matcher or importers that the rules of plain words point to.
"""

import json
import sys
import tempfile
from datetime import UTC, datetime
from graphlib import CycleError
from pathlib import Path

import click

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.need.answer import answer_to
from matcher.need.fields import need_from
from tests.conftest import ROOT, SHARED
from tests.matcher.ranking.test_reasons import said_both_ways
from tests.release.test_words import (
    doubled_functions,
    modules,
    participle_functions,
    questioning_docstrings,
    small_helpers,
    telling_docstrings,
    vague_names,
)
from tests.test_architecture import doubled_classes, full_folders, imports_in_order, riddles

SUITES = (("needs_dev", 10), ("ranking_dev", 20))
DIRECTORIES = (("emplois", "les_emplois_marche.json"), ("finess", "finess_esat_ea_2021.csv"))


def main() -> None:
    """Print each figure beside its goal."""
    lines = {
        "folders of more than 21 files": (len(full_folders()), 0),
        "circles of imports between files": (_circles(), 0),
        "class names with two meanings": (len(doubled_classes()), 0),
        "first sentences that are riddles": (len(riddles()), 0),
        "names that are pronouns or participles": (len(vague_names()), 60),
        "docstrings that begin with a question": (len(questioning_docstrings()), 0),
        "docstrings where code tells, says, knows or hears": (len(telling_docstrings()), 150),
        "functions named by a participle": (len(participle_functions()), 30),
        "names of public functions in more than one module": (len(doubled_functions()), 40),
        "private functions of three statements used once": (len(small_helpers()), 200),
        "lines of matcher and importers": (sum(_lines(str(path)) for path, _ in modules()), 93_000),
        "files of matcher and importers": (sum(1 for _ in modules()), 640),
        "lines of README": (_lines("README.md"), 110),
        "lines of docs/evaluation.md": (_lines("docs/evaluation.md"), 150),
        "faces of the walk of CONTRIBUTING": (_faces(), 7),
        **_rows(),
    }
    for what, (found, goal) in lines.items():
        click.echo(f"{what:64} {found:>12}   goal {goal}")


def list_places(folder: str) -> None:
    """Print each rule of plain words, how many places it points to under a folder, and the places."""
    doubled = [f"{path} {name}" for name, paths in doubled_functions().items() for path in paths]
    for rule, places in {
        "vague names": vague_names(),
        "docstrings that begin with a question": questioning_docstrings(),
        "docstrings where code tells": telling_docstrings(),
        "functions named by a participle": participle_functions(),
        "public functions whose name is in other modules too": doubled,
        "private functions of three statements used once": small_helpers(),
    }.items():
        here = [place for place in places if place.startswith(folder)]
        click.echo(f"{rule}: {len(here)}")
        for place in here:
            click.echo(f"    {place}")


def _circles() -> int:
    try:
        imports_in_order()
    except CycleError:
        return 1
    return 0


def _lines(name: str) -> int:
    return len((ROOT / name).read_text(encoding="utf-8").splitlines())


def _faces() -> int:
    walk = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## One need")[1].split("## ")[0]
    return sum(line[:1].isdigit() for line in walk.splitlines())


def _rows() -> dict[str, tuple[str, str]]:
    """Rows of real needs where one signal speaks for and against; nothing where the real directories are absent."""
    if not (SHARED / "data").is_dir():
        return {}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{(Path(folder) / 'catalogue.sqlite').as_posix()}")
        for key, name in DIRECTORIES:
            run_import(engine, REGISTRY[key], [Source(SHARED / "data/sources" / name)], now=datetime.now(UTC))
        shelf = load_shelf(engine)
        engine.dispose()
        for suite, top in SUITES:
            texts = (SHARED / f"eval/{suite}.jsonl").read_text(encoding="utf-8").splitlines()
            rows = [match for text in texts for match in answer_to(need_from(json.loads(text)), shelf, top).matches]
            both = sum(bool(said_both_ways(row)) for row in rows)
            found[f"rows of {suite} where a signal speaks for and against"] = (f"{both} of {len(rows)}", "0")
    return found


if __name__ == "__main__":
    list_places(sys.argv[1]) if len(sys.argv) > 1 else main()
