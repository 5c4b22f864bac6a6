"""`make chaos`: every scenario of this folder, then one table; `python -m tests.chaos NAME…` plays some of them.

A scenario is a module with a function `play` that yields its outcomes. Where PostgreSQL is struck, it is a server of the scenario's own.
"""

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator

import click

import tests.chaos
from tests.chaos.outcome import Outcome

HEADER = ("scénario", "coups", "faits", "perdus", "en double", "erreurs")


def scenarios() -> list[str]:
    """Return the names of the modules of this folder that play something."""
    names = (module.name for module in pkgutil.iter_modules(tests.chaos.__path__) if module.name != "__main__")
    return [name for name in names if hasattr(_module(name), "play")]


def played(names: Iterable[str]) -> Iterator[Outcome]:
    """Play scenarios one after the other."""
    for name in names:
        click.echo(f"{name}…", err=True)
        yield from _module(name).play()


def _module(name: str) -> object:
    return importlib.import_module(f"{tests.chaos.__name__}.{name}")


@click.command()
@click.argument("names", nargs=-1, metavar="[SCÉNARIO]…")
def main(names: tuple[str, ...]) -> None:
    """Tue ce qui travaille, et compte ce qui est perdu ou fait deux fois."""
    outcomes = list(played(names or scenarios()))
    width = max(len(one.what) for one in outcomes)
    click.echo(f"{HEADER[0]:<{width}}" + "".join(f"{title:>11}" for title in HEADER[1:]))
    for one in outcomes:
        counts = (one.strikes, one.done, one.lost, one.twice, one.errors)
        click.echo(f"{one.what:<{width}}" + "".join(f"{count:>11}" for count in counts) + f"   {one.said}".rstrip())
    click.echo(f"charge de la machine : {os.getloadavg()[0]:.1f} sur {os.cpu_count()} cœurs")
    sys.exit(not all(one.held for one in outcomes))


if __name__ == "__main__":
    main()
