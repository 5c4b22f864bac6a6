"""Lazy loading, so that the program starts fast: click commands imported only when they are used, and exception classes only where already imported."""

import gc
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import click


class Later(click.Command):
    """Placeholder of a command that its group imports on use: `place` is `module:name`, where `matcher.cli.<module>` holds `<name>_command`. With a
    `short_help`, listing the commands does not import it either."""

    def __init__(self, place: str, short_help: str = "") -> None:
        super().__init__(None, short_help=short_help)
        self.place = place

    def command(self) -> click.Command:
        """Import the command; its modules last to the end, so that no garbage is looked for among them, now or later."""
        pauses = gc.isenabled() and f"matcher.cli.{self.place.partition(':')[0]}" not in sys.modules
        if pauses:
            gc.disable()
        try:
            command: click.Command = import_object(f"matcher.cli.{self.place}_command")
            if pauses:
                gc.freeze()
        finally:
            if pauses:
                gc.enable()
        return command

    def get_short_help_str(self, limit: int = 45) -> str:
        return self.short_help or self.command().get_short_help_str(limit)


def import_object(path: str) -> Any:
    """Import and return the object at `module:variable`, with the full name of the module."""
    module, _, variable = path.partition(":")
    return getattr(import_module(module), variable)


def loaded_exceptions(paths: Iterable[str]) -> tuple[Any, ...]:
    """Return, for an `except` clause, the exception classes at these `module:variable` whose module is loaded; the others cannot have been raised."""
    return tuple(import_object(path) for path in paths if path.partition(":")[0] in sys.modules)
