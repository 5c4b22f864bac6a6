"""Files written whole or not at all, and files and folders that their owner alone may open: 0600 and 0700, whatever the umask."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

_FILE, _FOLDER = 0o600, 0o700


def private_folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, for their owner alone; return it. Raises OSError."""
    for folder in reversed((path, *path.parents)):
        if not folder.is_dir():
            folder.mkdir(_FOLDER, exist_ok=True)
    return path


def open_private(path: Path, mode: str) -> IO[Any]:
    """Open a file to write it; one that it makes is its owner's alone. Raises OSError."""
    encoding = None if "b" in mode else "utf-8"
    return open(path, mode, encoding=encoding, opener=_private)  # Path.open takes no opener; whoever asks closes


def write_private(path: Path, content: bytes) -> None:
    """Write a file of its owner's alone, whole or not at all. Raises OSError."""
    _write_beside(path, content, _private)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file as others may read it, whole or not at all: one that is there stays as it was, and keeps who may open it.

    A pipe or a device is written as it is. Raises OSError.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
    else:
        _write_beside(path.resolve(), content)  # of a link, the file that it names


def _write_beside(path: Path, content: bytes, opener: Callable[[str, int], int] | None = None) -> None:
    """Write a file beside its place, then put it there."""
    # Two machines that share a folder may give their processes the same number.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{uuid4().hex[:8]}.tmp")
    try:
        with open(unfinished, "wb", opener=opener) as file:  # Path.open takes no opener
            file.write(content)
        if opener is None and path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    finally:  # a full disk has its room back
        unfinished.unlink(missing_ok=True)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, _FILE)
