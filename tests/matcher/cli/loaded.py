"""A process that does commands one after another, each in a child of its own: `python -P loaded.py PROGRAM`.

The modules of the commands are loaded once, for all: no two import each other (`tests/test_architecture.py`), so their order does not matter.
A line of its input is a JSON object (words, folder, environment, and the files to read from, to write to, and to complain to); it answers each with
the code at which the child ended.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import sys
from collections.abc import Mapping, Sequence

import matcher.cli


def main(program: str) -> None:
    """Do what each line asks."""
    for module in pkgutil.walk_packages(matcher.cli.__path__, "matcher.cli."):
        importlib.import_module(module.name)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if child := os.fork():
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201
            continue
        surround(order["folder"], order["environment"], order["files"])
        sys.argv = [program, *order["words"]]
        runpy.run_path(program, run_name="__main__")  # as it ends, so does the child
        return


def surround(folder: str, environment: Mapping[str, str], files: Sequence[str]) -> None:
    """Have this process work in a folder, with this environment, on these files in the place of its three streams."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, (path, how) in enumerate(zip(files, (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)):
        opened = os.open(path, how | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate(("r", "w", "w"))
    )


if __name__ == "__main__":
    main(sys.argv[1])
