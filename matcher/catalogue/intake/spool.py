"""Temporary files for the records of an import, so that only a batch is in memory: a sequential one (`Spool`) and a mapping by key (`TupleFile`)."""

import json
import marshal
from array import array
from collections.abc import Callable, Iterator, Mapping
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Self, TypeVar

from matcher.catalogue.identity.compare import RecordKey
from matcher.catalogue.intake.report import Where

T = TypeVar("T", bound=tuple[Any, ...])

# Size in bytes of the write buffer.
_WRITTEN_AT_ONCE = 2**18


class Spool:
    """Sequence of (payload, line) in a temporary file, read in the order of addition. The file is anonymous and ends with the process.

    Raises OSError where the temporary folder is full.
    """

    def __init__(self) -> None:
        self._file = TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="\n")  # noqa: SIM115  # closed by __exit__
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def add(self, payload: str, where: Where = 0) -> None:
        """Append a payload, which is JSON without line ends."""
        self._file.write(f"{json.dumps(where)}\t{payload}\n")
        self._count += 1

    def __iter__(self) -> Iterator[tuple[str, Where]]:
        """Yield (payload, where) from the first; nothing may be added during the iteration."""
        self._file.seek(0)
        for line in self._file:
            where, _, payload = line.rstrip("\n").partition("\t")
            yield payload, json.loads(where)


class TupleFile(Mapping[RecordKey, T]):
    """Mapping from record key to a named tuple of plain values, in order of addition; only the keys and offsets are in memory.

    `make` is the tuple type's `_make`. The file is anonymous and ends with the process. Raises OSError where the temporary folder is full.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._file = TemporaryFile("w+b", buffering=0)  # noqa: SIM115  # closed by __exit__
        self._rank: dict[RecordKey, int] = {}
        self._keys: list[RecordKey] = []
        self._starts = array("q", [0])
        self._waiting = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, key: RecordKey, value: T) -> None:
        """Store the tuple of a new key."""
        written = marshal.dumps(tuple(value))
        self._waiting += written
        self._rank[key] = len(self._keys)
        self._keys.append(key)
        self._starts.append(self._starts[-1] + len(written))
        if len(self._waiting) > _WRITTEN_AT_ONCE:
            self._write()

    def shared_key(self, key: RecordKey) -> RecordKey:
        """Return the equal key object already stored, else this one, so that two mappings share it in memory."""
        rank = self._rank.get(key)
        return key if rank is None else self._keys[rank]

    def __contains__(self, key: object) -> bool:
        return key in self._rank

    def __iter__(self) -> Iterator[RecordKey]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, key: RecordKey) -> T:
        rank = self._rank[key]
        if self._waiting:
            self._write()
        self._file.seek(self._starts[rank])
        read = self._file.read(self._starts[rank + 1] - self._starts[rank])
        return self._make(marshal.loads(read))  # noqa: S302  # bytes of this process, in a file without a name

    def _write(self) -> None:
        self._file.seek(0, 2)
        while self._waiting:
            del self._waiting[: self._file.write(self._waiting)]
