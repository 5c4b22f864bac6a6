"""Files and folders that their owner alone may open: 0600 and 0700, whatever the umask."""

import os
from pathlib import Path
from typing import IO, Any

_FILE, _FOLDER = 0o600, 0o700


def private_folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, for their owner alone; return it. Raises OSError."""
    for one in reversed((path, *path.parents)):
        if not one.is_dir():
            one.mkdir(_FOLDER, exist_ok=True)
    return path


def open_private(path: Path, mode: str) -> IO[Any]:
    """Open a file to write it; one that it makes is its owner's alone. Raises OSError."""
    encoding = None if "b" in mode else "utf-8"
    return open(
        path, mode, encoding=encoding, opener=lambda name, flags: os.open(name, flags, _FILE)
    )  # Path.open takes no opener; whoever asks closes


def write_private(path: Path, content: bytes) -> None:
    """Write a file of its owner's alone, whole or not at all. Raises OSError."""
    unfinished = path.with_name(f"{path.name}.tmp")
    try:
        with open_private(unfinished, "wb") as file:
            file.write(content)
        unfinished.replace(path)
    except OSError:  # a full disk has its room back
        unfinished.unlink(missing_ok=True)
        raise
