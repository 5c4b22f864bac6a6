"""Checks the pages of a JSON API, and writes the records of many pages to one cache file atomically."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from importers.online.faults import FetchError
from importers.online.fetch import open_cache_file

Keys = Mapping[str, type | tuple[type, ...]]


def check_page(page: Path, title: str, keys: Keys) -> dict[str, Any]:
    """Return the JSON object of a page, checked to have these keys and types. Raises FetchError for anything else, and deletes it from the cache, so that the
    next run does not reuse it."""
    try:
        document = json.loads(page.read_bytes())
    except (ValueError, RecursionError):  # nested too deep
        document = None
    if not isinstance(document, dict) or not all(isinstance(document.get(key), of) for key, of in keys.items()):
        page.unlink(missing_ok=True)
        named = ", ".join(f"« {key} »" for key in keys)
        raise FetchError(
            f"{title} : la réponse n’est pas une page de l’API ({named}). L’API a peut-être changé ; rien n’a été importé."
        )
    return document


def save_lines(path: Path, lines: Iterable[str]) -> Path:
    """Write a cache file atomically, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with open_cache_file(part, "w") as file:
            file.writelines(lines)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def json_line(document: object) -> str:
    """Return a document as one line of JSON."""
    return json.dumps(document, ensure_ascii=False) + "\n"
