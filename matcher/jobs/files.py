"""Files dropped on a page for a work to read: in the database, or in the folder that `ENTREMISE_FILES` names, which all servers then share."""

import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, delete, insert, select

from matcher.clock import seconds_since_written
from matcher.db import reading
from matcher.erasure import FOLDERS
from matcher.jobs.tables import WORK_FILES
from matcher.private_files import open_private, private_folder
from matcher.settings import files_folder

_UNSAFE = re.compile(r"[^\w.\- ()]+")
# Small enough for pages of rows to be read at once where a catalogue is copied.
_PART_BYTES = 64 * 1024
_LEFT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that a work was given: its name, as it could be kept, and its bytes."""

    name: str
    size: int


class FileGone(Exception):
    """A dropped file that is no longer there. The message is French and gives what to do."""


def safe_name(file_name: str, unnamed: str) -> str:
    """Return a file's name as it can be kept, whatever a browser sends: without its folders, of plain characters; `unnamed` where nothing is left."""
    return _UNSAFE.sub("_", Path(file_name.replace("\\", "/")).name)[-120:].strip(". ") or unnamed


def keep_file(connection: Connection, own: Mapping[str, Any], key: str, file_name: str, stream: IO[bytes]) -> int:
    """Keep a file, of which `own` are the columns but its parts, inside the transaction that asks for its work, and return its bytes.

    Raises OSError where the disk is full.
    """
    if files_folder() is not None:
        path = _folder(key, own["name"]) / file_name
        private_folder(path.parent)
        with open_private(path, "wb") as file:
            shutil.copyfileobj(stream, file)
        return path.stat().st_size
    size = part = 0
    while (content := stream.read(_PART_BYTES)) or not part:
        connection.execute(insert(WORK_FILES), {**own, "part": part, "content": content})
        size, part = size + len(content), part + 1
    return size


@contextmanager
def passing_file(file_name: str, stream: IO[bytes]) -> Iterator[Path]:
    """Give a dropped file that is read at once and kept nowhere as a path that has its own name, for as long as the block lasts. Raises
    OSError."""
    with tempfile.TemporaryDirectory(dir=private_folder(FOLDERS["travaux"].path)) as folder:
        path = Path(folder) / safe_name(file_name, "fichier")
        with open_private(path, "wb") as file:
            shutil.copyfileobj(stream, file)
        yield path


@contextmanager
def opened_file(engine: Engine, work_id: int, key: str, name: str, file_name: str) -> Iterator[Path]:
    """Give a file of a work as a path that has its own name, for as long as the block lasts. Raises FileGone, DatabaseError, OSError."""
    if files_folder() is not None:
        stored = next(iter(_folder(key, name).glob("*")), None)
        if stored is None:
            raise _gone(file_name)
        yield stored
        return
    with tempfile.TemporaryDirectory(dir=private_folder(FOLDERS["travaux"].path)) as folder:
        path = Path(folder) / file_name
        if not _written(engine, work_id, name, path):
            raise _gone(file_name)
        yield path


def drop_files(connection: Connection, work_id: int, key: str) -> None:
    """Delete the files of a work."""
    connection.execute(delete(WORK_FILES).where(WORK_FILES.c.work_id == work_id))
    shutil.rmtree(FOLDERS["travaux"].path / key, ignore_errors=True)


def drop_left_over(keys: Collection[str]) -> None:
    """Delete what works that were killed have left for a day in the folder, those of these keys excepted."""
    for path in FOLDERS["travaux"].path.glob("*"):
        with suppress(OSError):  # deleted meanwhile by its reader; or a full disk, which the next sweep may find freed
            if path.name not in keys and seconds_since_written(path) > _LEFT_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _written(engine: Engine, work_id: int, name: str, path: Path) -> bool:
    own = (WORK_FILES.c.work_id == work_id) & (WORK_FILES.c.name == name)
    query, part = select(WORK_FILES.c.content).where(own), 0
    with reading(engine) as connection, open_private(path, "wb") as file:
        while (content := connection.execute(query.where(WORK_FILES.c.part == part)).scalar()) is not None:
            file.write(content)
            part += 1
    return part > 0


def _folder(key: str, name: str) -> Path:
    return FOLDERS["travaux"].path / key / name


def _gone(file_name: str) -> FileGone:
    return FileGone(f"« {file_name} » n’est plus gardé : déposez-le de nouveau.")
