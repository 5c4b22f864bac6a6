"""What an importer declares about its directory, and how it says that a file cannot be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from importers.record import Item


class SourceError(Exception):
    """A file that cannot be imported at all. The message is French, names the file and place, and says what to do."""

    def __init__(self, path: Path, message: str, line: int | None = None, column: str | None = None) -> None:
        where = f"« {path.name} »"
        if line is not None:
            where += f", ligne {line}"
        if column is not None:
            where += f", colonne « {column} »"
        super().__init__(f"{where} : {message}")
        self.path, self.line, self.column = path, line, column


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and for `tableur` the user's mapping from its own column names to ours."""

    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Importer:
    """One directory. `at_least` is the number of suppliers below which a complete file is surely cut short.

    `obtain` says in French where the file is downloaded and how. `read` writes nothing and raises SourceError only.
    """

    key: str
    title: str
    publisher: str
    url: str
    licence: str
    obtain: str
    holds: str
    at_least: int
    read: Callable[[Source], Iterator[Item]]
