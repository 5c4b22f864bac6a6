"""Memory-mapped files of arrays: writes a dataclass of numpy arrays to a file (JSON header, then raw arrays) and maps it back without copying.

A file is used only if its key is the expected one and its SHA-256 matches. Nothing in it is executed. Processes that map the same file share its memory.
docs/decisions/0007 gives the layout."""

import hashlib
import json
import mmap
import os
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints, overload

import numpy as np
from numpy.typing import NDArray

from matcher.private_files import private_folder

MAGIC = b"ENTREMISE TABLE\n"
_DIGEST = hashlib.sha256
_SIZE = _DIGEST().digest_size
# Alignment of each array in bytes, that of a processor cache line.
ALIGNMENT = 64


Ints = NDArray[np.int32]
Offsets = NDArray[np.int64]
Bytes = NDArray[np.uint8]

T = TypeVar("T")


@dataclass(frozen=True, eq=False, slots=True)
class Strings(Sequence[str]):
    """n concatenated UTF-8 texts: text i is `blob[starts[i]:starts[i + 1]]`, decoded on demand."""

    starts: Offsets
    blob: Bytes

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        if isinstance(row, slice):
            return [self[i] for i in range(*row.indices(len(self)))]
        at = row if row >= 0 else row + len(self)
        return self.blob[self.starts[at] : self.starts[at + 1]].tobytes().decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        whole = self.blob.tobytes()
        return (whole[start:end].decode("utf-8") for start, end in pairwise(self.starts.tolist()))


class StringsMaker:
    """Builds `Strings` from texts added one by one."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._starts = array("q", [0])
        self._blob = bytearray()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Add the next text."""
        self._blob += text.encode("utf-8")
        self._starts.append(len(self._blob))

    def made(self) -> Strings:
        """Return the column; no text may be added afterwards."""
        return Strings(np.array(self._starts, dtype=np.int64), np.frombuffer(self._blob, dtype=np.uint8))


def load_or_build(of: type[T], path: Path, key: str, build: Callable[[], T]) -> T:
    """Return the table cached at `path` under `key`, else build and cache it; if several processes ask at once, one builds and the others wait.

    Works without a cache if the folder is not writable."""
    table = read_mapped_table(of, path, key)
    if table is not None:
        return table
    with _one_builder(path):
        table = read_mapped_table(of, path, key)  # another process may have built it meanwhile
        if table is None:
            table = build()
            with suppress(OSError):
                write_mapped_table(table, path, key)
                table = read_mapped_table(of, path, key) or table  # the builder shares the mapped memory too
    return table


@contextmanager
def _one_builder(path: Path) -> Iterator[None]:
    """Hold a file lock beside `path`, if possible, so that only one process builds it."""
    from filelock import FileLock  # imported only if something must be built

    with ExitStack() as stack:
        with suppress(OSError, NotImplementedError):
            private_folder(path.parent)
            stack.enter_context(FileLock(path.with_name(f"{path.name}.verrou"), mode=0o600))
        yield


def digest_of(paths: Iterable[Path]) -> str:
    """Return a digest of files, used as the key of a table built from them. Raises OSError."""
    digest = _DIGEST()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_mapped_table(table: Any, path: Path, key: str) -> None:
    """Write a dataclass of arrays and plain values to `path` under `key`, atomically and readable only by this user. Raises OSError."""
    arrays, values = dict[str, NDArray[Any]](), dict[str, Any]()
    places, at = dict[str, tuple[str, tuple[int, ...], int]](), 0  # of each array: its type, its shape, where it begins
    for name, value in _parts(table):
        if isinstance(value, np.ndarray):
            block = arrays[name] = np.ascontiguousarray(value)
            places[name] = (block.dtype.str, block.shape, at)
            at += _align(block.nbytes)
        else:
            values[name] = value
    header = json.dumps({"key": key, "values": values, "arrays": places}, ensure_ascii=False).encode()
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
    finally:  # still there only if it was not moved, i.e. half written
        Path(name).unlink(missing_ok=True)


def read_mapped_table(of: type[T], path: Path, key: str) -> T | None:
    """Return the table at `path`; None if there is no file, or it has another key or is damaged."""
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header, body = _header(content)
        with memoryview(content) as view, view[len(MAGIC) + _SIZE :] as rest:
            is_damaged = _DIGEST(rest).digest() != content[len(MAGIC) : len(MAGIC) + _SIZE]
        if is_damaged or header["key"] != key:
            return None
        arrays = {
            name: np.frombuffer(content, dtype, int(np.prod(shape)), body + start).reshape(shape)
            for name, (dtype, shape, start) in header["arrays"].items()
        }
        table: T = _rebuild(of, arrays, header["values"])
    except (OSError, ValueError, KeyError, TypeError):  # what any file that is not a table may raise
        return None
    return table


def table_digest(path: Path) -> bytes:
    """Return the digest stored in a table's file. Raises OSError."""
    with path.open("rb") as file:
        file.seek(len(MAGIC))
        return file.read(_SIZE)


def _header(content: mmap.mmap) -> tuple[dict[str, Any], int]:
    """Return the header, and the offset of the arrays."""
    start = len(MAGIC) + _SIZE
    if content[: len(MAGIC)] != MAGIC:
        raise ValueError("not a table")
    end = start + 8 + int.from_bytes(content[start : start + 8], "little")
    header: dict[str, Any] = json.loads(content[start + 8 : end])
    return header, _align(end)


def _pieces(header: bytes, arrays: Mapping[str, NDArray[Any]]) -> Iterator[bytes | memoryview]:
    """Yield the bytes after the digest: the header's length and text, then each aligned array."""
    yield len(header).to_bytes(8, "little")
    yield header
    at = len(MAGIC) + _SIZE + 8 + len(header)
    yield bytes(_align(at) - at)
    for block in arrays.values():
        if block.nbytes:
            yield block.reshape(-1).view(np.uint8).data
        yield bytes(_align(block.nbytes) - block.nbytes)


def _align(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _parts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted path, value) of the arrays and plain values inside a dataclass, recursively."""
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


def _rebuild(of: Any, arrays: Mapping[str, Any], values: Mapping[str, Any], name: str = "") -> Any:
    """Rebuild a dataclass from its `_parts`."""
    hints = get_type_hints(of)
    values_of_fields = {}
    for field in fields(of):
        path = f"{name}.{field.name}".lstrip(".")
        if not field.init:
            continue
        if is_dataclass(hints[field.name]):
            values_of_fields[field.name] = _rebuild(hints[field.name], arrays, values, path)
        elif get_origin(hints[field.name]) is Mapping:
            inside = f"{path}."
            values_of_fields[field.name] = {
                key.removeprefix(inside): its for key, its in arrays.items() if key.startswith(inside)
            }
        elif path in arrays:
            values_of_fields[field.name] = arrays[path]
        else:
            value = values[path]
            values_of_fields[field.name] = tuple(value) if isinstance(value, list) else value
    return of(**values_of_fields)
