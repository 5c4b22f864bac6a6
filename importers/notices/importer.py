"""Declaration of an importer of notices: who publishes them, under which licence, how to obtain them, how a file is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.notices.record import NoticeItem


@dataclass(frozen=True, slots=True)
class NoticeImporter:
    """One publisher's format. `obtain` says in French where the file is downloaded and how, `holds` what is in it.

    `read` writes nothing, raises SourceError for a file of which nothing can be read, and gives a RefusedRow for a notice that cannot be.
    """

    key: str
    title: str
    publisher: str
    url: str
    licence: str
    obtain: str
    holds: str
    read: Callable[[Path], Iterator[NoticeItem]]
