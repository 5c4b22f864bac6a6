"""A shelf as one file, read where it lies: a header in JSON, then its arrays, one after the other, as they are in memory.

A file is trusted only where it is whole: its key is the one asked for, and its digest that of what follows. Nothing in it is
executed. docs/decisions/0007 gives the layout.
"""

import hashlib
import json
import mmap
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from matcher.private_files import private_folder
from matcher.ranking.shelf.shelf import Shelf

MAGIC = b"ENTREMISE RAYON\n"
_DIGEST = hashlib.sha256
_SIZE = _DIGEST().digest_size
# Where each array begins, so that the processor reads it in whole lines.
ALIGNMENT = 64


def write_shelf(shelf: Shelf, path: Path, key: str) -> None:
    """Write a shelf to `path` under `key`: whole or not at all, and for this user alone. Raises OSError."""
    arrays, values = dict[str, NDArray[Any]](), dict[str, Any]()
    for name, value in _parts(shelf):
        if isinstance(value, np.ndarray):
            arrays[name] = np.ascontiguousarray(value)
        else:
            values[name] = value
    header = json.dumps({"key": key, "values": values, "arrays": _places(arrays)}, ensure_ascii=False).encode()
    private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + bytes(_SIZE))
            digest = _DIGEST()
            for piece in _pieces(header, arrays):
                digest.update(piece)
                file.write(piece)
            file.seek(len(MAGIC))
            file.write(digest.digest())
        Path(name).replace(path)
    finally:  # moved, it is no longer there: what is left is a file half written
        Path(name).unlink(missing_ok=True)


def read_shelf(path: Path, key: str) -> Shelf | None:
    """Return the shelf that `path` holds under `key`; None where there is no file, or it is of another key, or not whole."""
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header, body = _header(content)
        if header["key"] != key or not _whole(content):
            return None
        arrays = {
            name: np.frombuffer(content, dtype, int(np.prod(shape)), body + start).reshape(shape)
            for name, (dtype, shape, start) in header["arrays"].items()
        }
        shelf: Shelf = _built(Shelf, arrays, header["values"])
    except (OSError, ValueError, KeyError, TypeError):  # what any file that is not a shelf may raise
        return None
    return shelf


def _header(content: mmap.mmap) -> tuple[dict[str, Any], int]:
    """The header, and where the arrays begin."""
    start = len(MAGIC) + _SIZE
    if content[: len(MAGIC)] != MAGIC:
        raise ValueError("not a shelf")
    end = start + 8 + int.from_bytes(content[start : start + 8], "little")
    header: dict[str, Any] = json.loads(content[start + 8 : end])
    return header, _aligned(end)


def _whole(content: mmap.mmap) -> bool:
    with memoryview(content) as view, view[len(MAGIC) + _SIZE :] as rest:
        return _DIGEST(rest).digest() == content[len(MAGIC) : len(MAGIC) + _SIZE]


def _pieces(header: bytes, arrays: Mapping[str, NDArray[Any]]) -> Iterator[bytes | memoryview]:
    """What follows the digest: the header's length and text, then each array at its place."""
    yield len(header).to_bytes(8, "little")
    yield header
    at = len(MAGIC) + _SIZE + 8 + len(header)
    yield bytes(_aligned(at) - at)
    for array in arrays.values():
        if array.nbytes:
            yield array.reshape(-1).view(np.uint8).data
        yield bytes(_aligned(array.nbytes) - array.nbytes)


def _places(arrays: Mapping[str, NDArray[Any]]) -> dict[str, tuple[str, tuple[int, ...], int]]:
    """The type, the shape and the place of each array, counted from the first one."""
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, array.shape, at)
        at += _aligned(array.nbytes)
    return places


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _parts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The arrays and plain values inside a dataclass, by their path."""
    for field in fields(value):
        inner, path = getattr(value, field.name), f"{name}.{field.name}".lstrip(".")
        if not field.init:
            continue
        if is_dataclass(inner):
            yield from _parts(inner, path)
        elif isinstance(inner, Mapping):
            yield from ((f"{path}.{key}", part) for key, part in inner.items())
        else:
            yield path, inner


def _built(of: Any, arrays: Mapping[str, Any], values: Mapping[str, Any], name: str = "") -> Any:
    """The dataclass of which `_parts` gave the parts."""
    hints = get_type_hints(of)
    given = {}
    for field in fields(of):
        path = f"{name}.{field.name}".lstrip(".")
        if not field.init:
            continue
        if is_dataclass(hints[field.name]):
            given[field.name] = _built(hints[field.name], arrays, values, path)
        elif get_origin(hints[field.name]) is Mapping:
            inside = f"{path}."
            given[field.name] = {key.removeprefix(inside): its for key, its in arrays.items() if key.startswith(inside)}
        elif path in arrays:
            given[field.name] = arrays[path]
        else:
            value = values[path]
            given[field.name] = tuple(value) if isinstance(value, list) else value
    return of(**given)
