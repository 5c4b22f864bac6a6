"""A dossier as a file that makes it again, anywhere: JSON, or a sheet of its workbook that holds the same; and the work that does."""

import base64
import json
import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from sqlalchemy import Connection

from importers.formats.content import load
from importers.formats.workbook_cells import read_cells
from importers.importer import SourceError
from matcher.dossiers.changes import ACTIONS, Bring
from matcher.dossiers.dossier import Dossier
from matcher.dossiers.store import bring
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused, apart
from matcher.jobs.stop import Stop
from matcher.jobs.worker import Hold, WorkKind
from matcher.journal.change import ChangeRefused, FrozenError, JournalEntry, change_of, kept, without_unseen
from matcher.render.json_text import json_text
from matcher.render.table import Column

FORMAT, SCHEMA = "entremise/dossier", 2
LARGEST_FILE = 50_000_000  # octets: a hundred lots of five hundred candidates hold in it
SHEET = "Reprise"
SHEET_COLUMN = Column(
    "Entremise relit ce dossier d’après cette feuille seule : n’y changez rien. Ce qui est changé dans les autres n’est pas repris.",
    130,
)
_TOO_LARGE = f"Ce fichier est trop gros pour un dossier (plus de {LARGEST_FILE // 1_000_000} Mo)."
# As wide as the column: no line of the sheet is higher than another.
_PART = 120


class DossierFileError(Exception):
    """A file that is no dossier, or that does not hold together. The message is French and says what to do."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A dossier read from a file: its journal, and the number it had there."""

    number: str
    lines: tuple[JournalEntry, ...]


def transfer_object(dossier: Dossier) -> dict[str, Any]:
    """Return the dossier whole, its frozen lists and its journal, as `read_dossier` reads it again anywhere. No contact is in it."""
    journal = [{**kept(line), "at": line.at.isoformat()} for line in dossier.journal]
    return {
        "format": FORMAT,
        "schema": SCHEMA,
        "number": dossier.number,
        "title": dossier.header.title,
        "journal": journal,
    }


def sheet_rows(dossier: Dossier) -> Iterator[tuple[str]]:
    """Yield the rows of the sheet `SHEET`, under `SHEET_COLUMN`: the same JSON packed, in lines of one cell."""
    packed = base64.b64encode(zlib.compress(json_text(transfer_object(dossier)).encode("utf-8"))).decode("ascii")
    for at in range(0, len(packed), _PART):
        yield (packed[at : at + _PART],)


def read_dossier(path: Path, *, stop: Stop | None = None) -> Brought:
    """Read the file of a `transfer_object`, or a workbook with `sheet_rows`, in a reader process; whether its journal holds is seen when it
    is replayed.

    Raises ReadRefused for a file that is no dossier, DossierFileError for a line of its journal that is none, and Stopped.
    """
    number, *lines = apart(_told, DossierFileError, stop=stop)(path)
    return Brought(str(number), tuple(_event(at, line) for at, line in enumerate(lines, start=1)))


def _told(path: Path) -> Iterator[Any]:
    """Yield the number of a dossier in the file that holds it, then the lines of its journal."""
    if path.stat().st_size > LARGEST_FILE:
        raise DossierFileError(_TOO_LARGE)
    content = _unpacked(path) if is_zipfile(path) else path.read_bytes()
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise DossierFileError(
            "Ce fichier n’est pas du JSON, ni un classeur XLSX : donnez celui que la page du dossier (« Emporter ») ou "
            "« entremise dossier export » a écrit."
        ) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise DossierFileError(f"Ce fichier n’est pas un dossier d’Entremise (format « {FORMAT} » attendu).")
    if found.get("schema") not in range(
        1, SCHEMA + 1
    ):  # 1 kept the tables of a decision in another shape, which is read too
        raise DossierFileError("Ce dossier vient d’une version plus récente d’Entremise ; mettez Entremise à jour.")
    lines = found.get("journal")
    if not isinstance(lines, list) or not lines:
        raise DossierFileError("Le journal de ce dossier manque ou est vide.")
    yield without_unseen(str(found.get("number", "")))
    yield from map(without_unseen, lines)


def _unpacked(path: Path) -> bytes:
    """Return the JSON that a workbook holds in its sheet `SHEET`. Raises DossierFileError."""
    try:
        sheets, _ = read_cells(load(path))
    except SourceError as error:
        raise DossierFileError(str(error)) from error
    parts = [cells[0] for sheet, _ in sheets if sheet.name == SHEET for _, cells in sheet.rows[1:]]
    if not parts:
        raise DossierFileError(
            f"Ce classeur n’a pas la feuille « {SHEET} » d’un dossier : exportez-le à nouveau en XLSX, ou donnez son JSON."
        )
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(base64.b64decode("".join(parts), validate=True), LARGEST_FILE)
    except (ValueError, zlib.error) as error:
        raise DossierFileError(
            f"La feuille « {SHEET} » a été modifiée : exportez à nouveau le dossier, ou donnez son JSON."
        ) from error
    if unpacking.unconsumed_tail:
        raise DossierFileError(_TOO_LARGE)
    if not unpacking.eof:
        raise DossierFileError(
            f"La feuille « {SHEET} » est coupée : exportez à nouveau le dossier, ou donnez son JSON."
        )
    return content


def _event(number: int, line: Any) -> JournalEntry:
    try:
        at = datetime.fromisoformat(line["at"])
        at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
        who, action, data = line["who"], line["action"], line["data"]
        if line["number"] != number or not isinstance(who, str) or not who.strip() or not isinstance(data, dict):
            raise DossierFileError(f"Ligne {number} du journal : numéro, auteur ou données inattendus.")
        return JournalEntry(number, at, who, change_of(ACTIONS, str(action), data).tidied())
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DossierFileError(f"Ligne {number} du journal : il manque une date, un auteur ou une action.") from error
    except ChangeRefused as error:
        raise DossierFileError(f"Ligne {number} du journal : {error}") from error


def _finite(written: str) -> float:
    if not math.isfinite(value := float(written)):
        raise ValueError(written)
    return value


FILE = "fichier"


def _brought(hold: Hold) -> Mapping[str, int]:
    with hold.file(FILE) as path:
        brought = read_dossier(path, stop=hold.stop)

    def end(connection: Connection, made: Dossier) -> None:
        hold.end(connection, {"dossier": made.id})

    changes, at = [Bring(brought.number)], hold.work.since.replace(tzinfo=UTC)
    made = bring(hold.engine, hold.owner, brought.lines, changes, who=hold.work.asked["who"], now=at, ending=end)
    return {"dossier": made.id}


BRING = WorkKind("dossier", _brought, (ReadRefused, DossierFileError, ChangeRefused, FrozenError, FileGone))
