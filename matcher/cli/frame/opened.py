"""A dossier, a campaign or an event that a command names by its number, with the catalogue that holds it and who writes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from sqlalchemy import Engine

from matcher.cli.frame.options import catalogue, owner, together
from matcher.ownership import OrganisationId


@dataclass(frozen=True)
class Opened:
    """A dossier, a campaign or an event, by its number; its catalogue is opened where it is first asked for. `who` changes it as it was at
    `version`, None for as it is."""

    number: int
    database: str | None
    who: str = ""
    version: int | None = None

    @cached_property
    def engine(self) -> Engine:
        """The catalogue."""
        return catalogue(self.database)

    @cached_property
    def owner(self) -> OrganisationId:
        """The organisation that it is read and written for. Raises RequestRefused, AccountRefused."""
        return owner(self.engine)


def opening(kind: type[Opened], *options: Callable[[Any], Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """These options (`--db`, and those of who changes something), given with the number to a command as what they open, `opened`."""

    def given_opened(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_opened(
            number: int, database: str | None, who: str = "", version: int | None = None, **given: Any
        ) -> None:
            command(opened=kind(number, database, who, version), **given)

        return together(*options)(with_opened)

    return given_opened
