"""Importers of directories, and headers of sheets, read in a reader process."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from importers import REGISTRY
from importers.formats.column_tally import SeenHeader, seen_headers
from importers.formats.columns import SheetKind, ToldColumns
from importers.importer import Importer, Source, SourceError
from importers.recognise import recognise
from matcher.jobs.reader_child import ReadingLimits
from matcher.jobs.reader_process import PAGE, apart
from matcher.jobs.stop import Stop

# Sirene is far larger than a page can take, and has its own command; the sheet that reads anything comes last.
OFFERED: tuple[Importer, ...] = (
    *(importer for key, importer in REGISTRY.items() if key not in ("sirene", "tableur")),
    REGISTRY["tableur"],
)


def importer_apart(key: str, *, limits: ReadingLimits = PAGE, stop: Stop | None = None) -> Importer:
    """Return an importer of the registry that reads in a reader process: it raises ReadRefused rather than SourceError, and Stopped."""
    importer = REGISTRY[key]
    return replace(importer, read=apart(importer.read, SourceError, limits=limits, stop=stop))


def recognise_apart(source: Source, keys: Sequence[str], stop: Stop) -> str:
    """Return which of these importers understands most of a file, found in a reader process. Raises ReadRefused, and Stopped."""
    return apart(recognise, SourceError, stop=stop)(source, keys)


def headers_apart(
    path: Path, kind: SheetKind, columns: ToldColumns, *, limits: ReadingLimits = PAGE, stop: Stop | None = None
) -> tuple[SeenHeader, ...]:
    """Return the headers of a file and what their columns hold, read in a reader process. Raises ReadRefused, and Stopped."""
    return apart(seen_headers, SourceError, limits=limits, stop=stop)(path, kind, columns)
