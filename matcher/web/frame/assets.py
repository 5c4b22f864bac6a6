"""Addresses of static files that change with their content, so that a browser may keep them for good."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app, url_for


def asset(name: str) -> str:
    """Return the address of a static file, with a mark of its content. Raises FileNotFoundError where there is none."""
    folder = current_app.static_folder
    return url_for("static", filename=name, v=_mark(Path(folder or "") / name))


@lru_cache(maxsize=64)
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
