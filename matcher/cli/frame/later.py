"""Commands imported when they are called."""

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import click


class Later(click.Command):
    """A command that its group imports when it is asked for: `place` is its `module:variable` in matcher.cli, without « _command ».

    With a `short_help`, a list of commands does not import it either.
    """

    def __init__(self, place: str, short_help: str = "") -> None:
        super().__init__(None, short_help=short_help)
        self.place = place

    def command(self) -> click.Command:
        """Import the command."""
        command: click.Command = import_place(f"matcher.cli.{self.place}_command")
        return command

    def get_short_help_str(self, limit: int = 45) -> str:
        return self.short_help or self.command().get_short_help_str(limit)


def import_place(place: str) -> Any:
    """Return what `module:variable` names."""
    module, _, variable = place.partition(":")
    return getattr(import_module(module), variable)


def already_imported(places: Iterable[str]) -> tuple[Any, ...]:
    """Return what these `module:variable` name, those left out whose module nothing has imported: it has raised nothing either."""
    return tuple(import_place(place) for place in places if place.partition(":")[0] in sys.modules)
