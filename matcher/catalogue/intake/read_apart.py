"""Parsing of untrusted files in a separate reader process (`jobs.reader_process`): importers, recognition of a source, headers of sheets."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from importers import REGISTRY
from importers.formats.column_tally import SeenHeader, seen_headers
from importers.formats.columns import ColumnMapping, SheetKind
from importers.importer import Importer, Source, SourceError
from importers.recognise import recognise
from matcher.jobs.reader_child import ReadingLimits
from matcher.jobs.reader_process import PAGE, apart
from matcher.jobs.stop import Stop

# Importers offered on the import page: not Sirene (too large), and the generic sheet last.
OFFERED: tuple[Importer, ...] = (
    *(importer for key, importer in REGISTRY.items() if key not in ("sirene", "tableur")),
    REGISTRY["tableur"],
)


def importer_in_subprocess(key: str, *, limits: ReadingLimits = PAGE, stop: Stop | None = None) -> Importer:
    """Return a registered importer whose reading runs in a reader process: it raises ReadRefused in place of SourceError, or Stopped."""
    importer = REGISTRY[key]
    return replace(importer, read=apart(importer.read, SourceError, limits=limits, stop=stop))


def recognise_in_subprocess(source: Source, keys: Sequence[str], stop: Stop) -> str:
    """Return the key of the importer that understands most of a file, by a reader process. Raises ReadRefused or Stopped."""
    return apart(recognise, SourceError, stop=stop)(source, keys)


def headers_in_subprocess(
    path: Path, kind: SheetKind, columns: ColumnMapping, *, limits: ReadingLimits = PAGE, stop: Stop | None = None
) -> tuple[SeenHeader, ...]:
    """Return the column headers of a file and samples of their columns, by a reader process. Raises ReadRefused or Stopped."""
    return apart(seen_headers, SourceError, limits=limits, stop=stop)(path, kind, columns)
