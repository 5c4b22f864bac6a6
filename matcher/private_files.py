"""Writes files atomically, and creates files and folders that only their owner may open (0600, 0700), whatever the umask."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

_FILE, _FOLDER = 0o600, 0o700


def private_folder(path: Path) -> Path:
    """Create a folder and its missing parents, private to their owner; return it. Raises OSError."""
    for folder in reversed((path, *path.parents)):
        if not folder.is_dir():
            folder.mkdir(_FOLDER, exist_ok=True)
    return path


def open_private(path: Path, mode: str) -> IO[Any]:
    """Open a file for writing; a new one is private to its owner. Raises OSError."""
    encoding = None if "b" in mode else "utf-8"
    return open(path, mode, encoding=encoding, opener=_private)  # Path.open takes no opener; whoever asks closes


def write_private(path: Path, content: bytes) -> None:
    """Write a private file atomically. Raises OSError."""
    _write_beside(path, content, _private)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically with usual permissions; an existing file keeps its permissions.

    A pipe or a device is written directly. Raises OSError."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
    else:
        _write_beside(path.resolve(), content)  # follow a symbolic link


def _write_beside(path: Path, content: bytes, opener: Callable[[str, int], int] | None = None) -> None:
    """Write a temporary file beside the target, then rename it."""
    # The PID is not unique where machines share a folder.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{uuid4().hex[:8]}.tmp")
    try:
        with open(unfinished, "wb", opener=opener) as file:  # Path.open takes no opener
            file.write(content)
        if opener is None and path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    finally:  # frees the space on a full disk
        unfinished.unlink(missing_ok=True)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, _FILE)
