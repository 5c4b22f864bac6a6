"""Temporary file of the records being imported, so that an import never holds more than a part of them in memory."""

import json
from collections.abc import Iterator
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from matcher.catalogue.intake.report import Where


class Spool:
    """Payloads in the order they were added, each with where it was read. The file has no name and ends with the process.

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
        """Add a payload, which is JSON without line ends."""
        self._file.write(f"{json.dumps(where)}\t{payload}\n")
        self._count += 1

    def __iter__(self) -> Iterator[tuple[str, Where]]:
        """Yield (payload, where) from the first; nothing may be added meanwhile."""
        self._file.seek(0)
        for line in self._file:
            where, _, payload = line.rstrip("\n").partition("\t")
            yield payload, json.loads(where)
