"""Files dropped on a page: each in a folder of its own, beside a small JSON that says where it stands."""

import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine

from matcher.private_files import open_private, private_folder, write_private

_STATE, _FILE = "etat.json", "fichier"  # beside the folder that holds the file, whatever its name
_KEY = re.compile(r"[0-9a-f]{16}")
_UNSAFE = re.compile(r"[^\w.\- ()]+")


def safe_name(file_name: str, unnamed: str) -> str:
    """Return a file's name as it can be kept, whatever a browser says: without its folders, of plain characters; `unnamed` where nothing is left."""
    return _UNSAFE.sub("_", Path(file_name.replace("\\", "/")).name)[-120:].strip(". ") or unnamed


class Dropped:
    """The files of one catalogue, in a folder of its own inside `folder`."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.folder = folder / hashlib.sha256(engine.url.render_as_string().encode()).hexdigest()[:16]

    def keep(self, file_name: str, stream: IO[bytes]) -> tuple[str, str, int]:
        """Keep a file and return (key, name, bytes). Raises OSError where the disk is full."""
        key = secrets.token_hex(8)
        name = safe_name(file_name, "fichier")
        path = self.path(key, name)
        private_folder(path.parent)
        with open_private(path, "wb") as file:
            shutil.copyfileobj(stream, file)
        return key, name, path.stat().st_size

    def path(self, key: str, name: str) -> Path:
        """Return where a file is kept."""
        return self.folder / key / _FILE / name

    def beside(self, key: str, name: str) -> Path:
        """Return where something about a file may be written."""
        return self.folder / key / name

    def write(self, key: str, state: Mapping[str, Any]) -> None:
        """Write where a file stands, whole or not at all."""
        write_private(self.folder / key / _STATE, json.dumps(state, ensure_ascii=False).encode())

    def read(self, key: str) -> dict[str, Any] | None:
        """Return where a file stands, None where there is none or it cannot be read."""
        with suppress(OSError, ValueError):
            if _KEY.fullmatch(key):
                state = json.loads((self.folder / key / _STATE).read_text(encoding="utf-8"))
                return state if isinstance(state, dict) else None
        return None

    def newest(self) -> list[str]:
        """Return the keys of the files, the last that changed first."""
        return [path.parent.name for path in sorted(self.folder.glob(f"*/{_STATE}"), key=_written_at, reverse=True)]

    def old(self, seconds: float) -> list[str]:
        """Return the keys of those that have not changed for so long."""
        limit = time.time() - seconds
        return [path.parent.name for path in self.folder.glob(f"*/{_STATE}") if _written_at(path) < limit]

    def forget(self, key: str) -> None:
        """Delete a file and all that is beside it."""
        if _KEY.fullmatch(key):
            shutil.rmtree(self.folder / key, ignore_errors=True)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
