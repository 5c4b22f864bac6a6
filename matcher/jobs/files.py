"""Stores the files that a person uploads for a background job: in the database, or in the folder `ENTREMISE_FILES`, which all servers share."""

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
# A row holds so much of a file: copying the database reads pages of many rows at once.
_PART_BYTES = 64 * 1024
_LEFT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file of a work: its safe name, and its size in bytes."""

    name: str
    size: int


class FileGone(Exception):
    """An uploaded file is no longer stored. The message is French and gives the remedy."""


def safe_name(file_name: str) -> str:
    """Return a browser's file name made safe: no folders, plain characters, at most 120; « fichier » if nothing is left."""
    return _UNSAFE.sub("_", Path(file_name.replace("\\", "/")).name)[-120:].strip(". ") or "fichier"


def keep_file(connection: Connection, own: Mapping[str, Any], key: str, file_name: str, stream: IO[bytes]) -> int:
    """Store a file in the transaction that creates its work, and return its size in bytes; `own` are the columns of its rows, but part and content. Raises
    OSError if the disk is full."""
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
    """Give an uploaded file that is read at once as a temporary path with its own name, deleted after the block. Raises OSError."""
    with tempfile.TemporaryDirectory(dir=private_folder(FOLDERS["travaux"].path)) as folder:
        path = Path(folder) / safe_name(file_name)
        with open_private(path, "wb") as file:
            shutil.copyfileobj(stream, file)
        yield path


@contextmanager
def opened_file(engine: Engine, work_id: int, key: str, name: str, file_name: str) -> Iterator[Path]:
    """Give a stored file of a work as a path with its own name, for the duration of the block. Raises FileGone, DatabaseError, OSError."""
    if files_folder() is not None:
        stored = next(iter(_folder(key, name).glob("*")), None)
        if stored is None:
            raise _gone_error(file_name)
        yield stored
        return
    with tempfile.TemporaryDirectory(dir=private_folder(FOLDERS["travaux"].path)) as folder:
        path = Path(folder) / file_name
        if not _write_to(engine, work_id, name, path):
            raise _gone_error(file_name)
        yield path


def drop_files(connection: Connection, work_id: int, key: str) -> None:
    """Delete the files of a work."""
    connection.execute(delete(WORK_FILES).where(WORK_FILES.c.work_id == work_id))
    shutil.rmtree(FOLDERS["travaux"].path / key, ignore_errors=True)


def drop_left_over(keys: Collection[str]) -> None:
    """Delete the folders that killed works left over a day ago, except those of the works `keys`."""
    for path in FOLDERS["travaux"].path.glob("*"):
        with suppress(OSError):  # deleted meanwhile, or a failing disk: the next sweep tries again
            if path.name not in keys and seconds_since_written(path) > _LEFT_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _write_to(engine: Engine, work_id: int, name: str, path: Path) -> bool:
    own = (WORK_FILES.c.work_id == work_id) & (WORK_FILES.c.name == name)
    query, part = select(WORK_FILES.c.content).where(own), 0
    with reading(engine) as connection, open_private(path, "wb") as file:
        while (content := connection.execute(query.where(WORK_FILES.c.part == part)).scalar()) is not None:
            file.write(content)
            part += 1
    return part > 0


def _folder(key: str, name: str) -> Path:
    return FOLDERS["travaux"].path / key / name


def _gone_error(file_name: str) -> FileGone:
    return FileGone(f"« {file_name} » n’est plus gardé : déposez-le de nouveau.")
