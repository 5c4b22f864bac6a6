"""Declaration of an importer (its directory, its licence, how to read it), and the error for a file that cannot be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
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
    """A file to read, and for `tableur` the user's mapping from its own column names to ours; `remembered` are those given before, by header.

    `listing` is the name the user gives to a list of `tableur`, empty to take it from the file's. `wanted` are the SIRETs to keep
    of a register, which is far larger than a catalogue; None keeps all.
    """

    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    listing: str = ""
    wanted: frozenset[str] | None = None


def one_numbering(_ref: str) -> str:
    """Say of every reference that it is of one numbering."""
    return ""


def whole(ref: str) -> str:
    """Return a reference as it is: all of it names the supplier."""
    return ref


class Scope(StrEnum):
    """Subject of the records of a directory."""

    SUPPLIER = "fournisseur"  # it describes a supplier, and makes one where none is known
    ESTABLISHMENT = "établissement"  # a register: it completes the suppliers of its SIRET, and makes none
    ORGANISATION = "organisation"  # it says something of every supplier of its SIREN, and makes none unless asked
    AWARD = "marché"  # a contract that was won: a reference of the suppliers of its winner's number, and makes none


@dataclass(frozen=True, slots=True)
class Publication:
    """Data as their publisher gives them. `obtain` says in French where they are downloaded and how, `holds` what is in them."""

    key: str
    title: str
    publisher: str
    url: str
    licence: str
    obtain: str
    holds: str


@dataclass(frozen=True, slots=True)
class Importer(Publication):
    """One directory. `at_least` is the number of suppliers below which a complete file is surely cut short.

    `read` writes nothing and raises SourceError only. `many_lists`: each file is a list with references of its own. `numbering` names
    which of its numberings a reference is of, where the directory has several: the same structure has a reference in each. `shared`
    is the part of a reference that names the structure, where several numberings hold it.
    """

    at_least: int
    read: Callable[[Source], Iterator[Item]]
    scope: Scope = Scope.SUPPLIER
    many_lists: bool = False
    numbering: Callable[[str], str] = one_numbering
    shared: Callable[[str], str] = whole
