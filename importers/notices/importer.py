"""Declaration of an importer of notices: who publishes them, under which licence, how to obtain them, how a file is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.importer import Publication
from importers.notices.record import NoticeItem


@dataclass(frozen=True, slots=True)
class NoticeImporter(Publication):
    """One publisher's format.

    `read` writes nothing, raises SourceError for a file of which nothing can be read, and gives a RefusedRow for a notice that cannot be.
    """

    read: Callable[[Path], Iterator[NoticeItem]]
