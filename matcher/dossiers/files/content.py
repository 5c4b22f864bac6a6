"""Raw content of an exported dossier file (JSON, or a workbook that contains it), read in a separate, limited process. This module imports little, as each
such process loads it anew."""

import base64
import json
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from importers.formats.content import load
from importers.formats.workbook_cells import read_cells
from importers.importer import SourceError
from matcher.journal.change import without_unseen

FORMAT, SCHEMA = "entremise/dossier", 2
LARGEST_FILE = 50_000_000  # bytes; room for a hundred lots of five hundred candidates
SHEET = "Reprise"
_TOO_LARGE = f"Ce fichier est trop gros pour un dossier (plus de {LARGEST_FILE // 1_000_000} Mo)."


class DossierFileError(Exception):
    """A file is not a dossier, or is inconsistent. The message is French and gives the remedy."""


def read_content(path: Path) -> Iterator[Any]:
    """Yield the dossier's number in the installation that exported it, then the lines of its journal. Raises DossierFileError."""
    if path.stat().st_size > LARGEST_FILE:
        raise DossierFileError(_TOO_LARGE)
    content = _unpack_json(path) if is_zipfile(path) else path.read_bytes()
    try:
        content_read = json.loads(content.decode("utf-8-sig"), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise DossierFileError(
            "Ce fichier n’est pas du JSON, ni un classeur XLSX : donnez celui que la page du dossier (« Emporter ») ou "
            "« entremise dossier export » a écrit."
        ) from error
    if not isinstance(content_read, dict) or content_read.get("format") != FORMAT:
        raise DossierFileError(f"Ce fichier n’est pas un dossier d’Entremise (format « {FORMAT} » attendu).")
    if content_read.get("schema") not in range(
        1, SCHEMA + 1
    ):  # 1 kept the tables of a decision in another shape, which is read too
        raise DossierFileError("Ce dossier vient d’une version plus récente d’Entremise ; mettez Entremise à jour.")
    lines = content_read.get("journal")
    if not isinstance(lines, list) or not lines:
        raise DossierFileError("Le journal de ce dossier manque ou est vide.")
    yield without_unseen(str(content_read.get("number", "")))
    yield from map(without_unseen, lines)


def _unpack_json(path: Path) -> bytes:
    """Return the JSON packed in the sheet `SHEET` of a workbook. Raises DossierFileError."""
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


def _finite(written: str) -> float:
    if not math.isfinite(value := float(written)):
        raise ValueError(written)
    return value
