"""`python -m tests.bench.words [FOLDER]`: what the rules of plain words point to, in a folder of matcher or importers, a line each."""

import sys

import click

from tests.release.test_words import (
    doubled_functions,
    participle_functions,
    questioning_docstrings,
    small_helpers,
    telling_docstrings,
    vague_names,
)


def main(folder: str = "") -> None:
    """Print each rule, how many places it points to under a folder, and the places."""
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


if __name__ == "__main__":
    main(*sys.argv[1:])
