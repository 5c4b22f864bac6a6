"""Lazy loading: commands whose module is imported only when they are called, so that the program starts fast."""

import gc
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import click


class Later(click.Command):
    """Placeholder of a command that its group imports on use: `place` is `module:variable` in matcher.cli, without « _command ».

    With a `short_help`, listing the commands does not import it either.
    """

    def __init__(self, place: str, short_help: str = "") -> None:
        super().__init__(None, short_help=short_help)
        self.place = place

    def command(self) -> click.Command:
        """Import the command; its modules last to the end, so that no garbage is looked for among them, now or later."""
        if is_new := f"matcher.cli.{self.place.partition(':')[0]}" not in sys.modules:
            gc.disable()
        command: click.Command = import_place(f"matcher.cli.{self.place}_command")
        if is_new:
            gc.freeze()
            gc.enable()
        return command

    def get_short_help_str(self, limit: int = 45) -> str:
        return self.short_help or self.command().get_short_help_str(limit)


def import_place(place: str) -> Any:
    """Import and return the object that `module:variable` names."""
    module, _, variable = place.partition(":")
    return getattr(import_module(module), variable)


def already_imported(places: Iterable[str]) -> tuple[Any, ...]:
    """Return the objects that these `module:variable` name, for modules imported already only: an exception class not imported cannot have been raised."""
    return tuple(import_place(place) for place in places if place.partition(":")[0] in sys.modules)
