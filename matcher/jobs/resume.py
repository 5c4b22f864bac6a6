"""Answers kept on disk line after line, so that a stopped job resumes where it was."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

from matcher.clock import seconds_since_written
from matcher.private_files import open_private, private_folder

# What was left unfinished is not kept longer.
_KEPT_SECONDS = 7 * 24 * 3600


def name_of(*parts: object) -> str:
    """Return what names a work: the same parts, the same name."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


class LineAnswers(Protocol):
    """Answers by what names their line: those that are `held`, and where the next are kept."""

    @property
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Those that an earlier run gave."""

    @property
    def keep(self) -> Callable[[str, Mapping[str, Any]], object]:
        """Return the function that keeps one more answer."""


class KeptAnswers:
    """The answers of one work, by what names their line, in the file `path`; a context, that closes it.

    A file of another work, or one whose last line was cut as it was written, gives what can be used of it and no more. `path` None keeps
    nothing. No name of a supplier is written: ids alone, so that one who is forgotten is so here too.
    """

    def __init__(self, path: Path | None, work: str) -> None:
        self.path = path
        self._work = work
        self._file: IO[bytes] | None = None
        self.held: Mapping[str, Mapping[str, Any]] = {}

    def __enter__(self) -> "KeptAnswers":
        if self.path is not None:
            private_folder(self.path.parent)
            self.held, sound = self._read(self.path)
            self._file = open_private(self.path, "r+b" if sound else "wb")
            self._file.truncate(sound)
            self._file.seek(sound)
            if not sound:
                self._write({"work": self._work})
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, line: str, answer: Mapping[str, Any]) -> None:
        """Write an answer down at once. Raises OSError where the disk is full."""
        self._write({"line": line, "answer": answer})

    def _write(self, value: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
            self._file.flush()

    def _read(self, path: Path) -> tuple[dict[str, Mapping[str, Any]], int]:
        """The answers of this work that were written whole, and up to which byte."""
        answers: dict[str, Mapping[str, Any]] = {}
        sound = 0
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError), path.open("rb") as file:
            if json.loads(first := file.readline()).get("work") != self._work:
                return {}, 0
            sound = len(first)
            while (line := file.readline()).endswith(b"\n"):
                entry = json.loads(line)
                answers[str(entry["line"])] = entry["answer"]
                sound += len(line)
        return answers, sound


def forget_old(folder: Path) -> None:
    """Delete what was left unfinished in a folder for a week."""
    for path in folder.glob("*.jsonl"):
        with suppress(OSError):
            if seconds_since_written(path) > _KEPT_SECONDS:
                path.unlink()
