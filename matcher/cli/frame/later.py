"""Commands imported when they are called."""

import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any

import click


class Later(MutableMapping[str, click.Command]):
    """Commands by name, written `module:variable` where their module is to be imported when the command is asked for."""

    def __init__(self, places: Mapping[str, str | click.Command]) -> None:
        self._known = dict(places)

    def __getitem__(self, name: str) -> click.Command:
        known = self._known[name]
        if isinstance(known, str):
            known = imported(known)
        self._known[name] = known
        return known

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def imported(place: str) -> Any:
    """Return what `module:variable` names."""
    module, _, variable = place.partition(":")
    return getattr(import_module(module), variable)


def already_imported(places: Iterable[str]) -> tuple[Any, ...]:
    """Return what these `module:variable` name, those left out whose module nothing has imported: it has raised nothing either."""
    return tuple(imported(place) for place in places if place.partition(":")[0] in sys.modules)
