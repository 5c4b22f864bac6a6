"""A notebook, the smallest state that a journal can make: its words, in the order in which they were written."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from matcher.journal.change import CLOSED, NEW, Change, ChangeRefused, Delete, Journaled, Restore, append, by_action

AT = datetime(2026, 11, 16, 13, 32)  # noqa: DTZ001
WHO = "A. Exemple"


@dataclass(frozen=True, slots=True)
class Notebook(Journaled):
    """Words written one after the other."""

    called: ClassVar[str] = "le carnet"

    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Begin(Change[Notebook], action="créer", when=frozenset({NEW})):
    """Open the notebook."""

    def apply(self, notebook: Notebook, at: datetime, who: str) -> Notebook:
        return notebook

    def says(self, notebook: Notebook) -> str:
        return "ouvre le carnet"


@dataclass(frozen=True, slots=True)
class Write(Change[Notebook], action="écrire"):
    """Write a word."""

    word: str

    def apply(self, notebook: Notebook, at: datetime, who: str) -> Notebook:
        if not self.word:
            raise ChangeRefused("Donnez un mot.")
        return replace(notebook, words=(*notebook.words, self.word))

    def says(self, notebook: Notebook) -> str:
        return f"écrit « {self.word} »"


@dataclass(frozen=True, slots=True)
class Shut(Change[Notebook], action="clore"):
    """Close the notebook."""

    def apply(self, notebook: Notebook, at: datetime, who: str) -> Notebook:
        return replace(notebook, state=CLOSED)

    def says(self, notebook: Notebook) -> str:
        return "clôt le carnet"


ACTIONS = by_action((Begin, Write, Shut, Delete, Restore))


def opened(*words: str) -> Notebook:
    """A notebook that holds these words."""
    return append(Notebook(1), Begin(), *map(Write, words), at=AT, author=WHO)
