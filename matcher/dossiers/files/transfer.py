"""Export and import of a whole dossier between installations: its journal as JSON, or packed in a sheet of its workbook, and the background job that imports
it."""

import base64
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from matcher.dossiers.changes import ACTIONS, Bring
from matcher.dossiers.dossier import Dossier
from matcher.dossiers.files.content import FORMAT, SCHEMA, DossierFileError, read_content
from matcher.dossiers.store import bring
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused, apart
from matcher.jobs.stop import Stop
from matcher.jobs.worker import Hold, WorkKind
from matcher.journal.change import ChangeRefused, FrozenError, JournalEntry, change_of, line_row
from matcher.render.described_file import json_text
from matcher.render.table import Column

SHEET_COLUMN = Column(
    "Entremise relit ce dossier d’après cette feuille seule : n’y changez rien. Ce qui est changé dans les autres n’est pas repris.",
    130,
)
# Characters a cell: it fits the column's width, so that no row is taller than another.
_PART = 120


@dataclass(frozen=True, slots=True)
class Brought:
    """A dossier read from a file: its journal, and its number in the installation that exported it."""

    number: str
    lines: tuple[JournalEntry, ...]


def transfer_object(dossier: Dossier) -> dict[str, Any]:
    """Return the whole dossier as JSON, for `read_dossier` in any installation. It contains no contact."""
    journal = [{**line_row(line), "at": line.at.isoformat()} for line in dossier.journal]
    return {
        "format": FORMAT,
        "schema": SCHEMA,
        "number": dossier.number,
        "title": dossier.header.title,
        "journal": journal,
    }


def sheet_rows(dossier: Dossier) -> Iterator[tuple[str]]:
    """Yield the rows of the sheet `SHEET`: the same JSON, compressed and in base64, cut in rows of one cell."""
    packed = base64.b64encode(zlib.compress(json_text(transfer_object(dossier)).encode("utf-8"))).decode("ascii")
    for at in range(0, len(packed), _PART):
        yield (packed[at : at + _PART],)


def read_dossier(path: Path, *, stop: Stop | None = None) -> Brought:
    """Read an exported dossier (JSON or workbook) in a separate process; the consistency of its journal is checked later, when it is replayed. Raises
    ReadRefused for a file that is not a dossier, DossierFileError for an invalid line of its journal, and Stopped."""
    number, *lines = apart(read_content, DossierFileError, stop=stop)(path)
    entries = []
    for place, line in enumerate(lines, start=1):
        try:
            at = datetime.fromisoformat(line["at"])
            at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
            author, action, data = line["who"], line["action"], line["data"]
            if (
                line["number"] != place
                or not isinstance(author, str)
                or not author.strip()
                or not isinstance(data, dict)
            ):
                raise DossierFileError(f"Ligne {place} du journal : numéro, auteur ou données inattendus.")
            entries.append(JournalEntry(place, at, author, change_of(ACTIONS, str(action), data).tidy()))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise DossierFileError(
                f"Ligne {place} du journal : il manque une date, un auteur ou une action."
            ) from error
        except ChangeRefused as error:
            raise DossierFileError(f"Ligne {place} du journal : {error}") from error
    return Brought(str(number), tuple(entries))


FILE = "fichier"


def _import_in_worker(hold: Hold) -> Mapping[str, int]:
    with hold.file(FILE) as path:
        brought = read_dossier(path, stop=hold.stop)

    def end(connection: Connection, made: Dossier) -> None:
        hold.end(connection, {"dossier": made.id})

    changes, at = [Bring(brought.number)], hold.work.since.replace(tzinfo=UTC)
    made = bring(hold.engine, hold.owner, brought.lines, changes, author=hold.work.asked["who"], now=at, ending=end)
    return {"dossier": made.id}


BRING = WorkKind("dossier", _import_in_worker, (ReadRefused, DossierFileError, ChangeRefused, FrozenError, FileGone))
