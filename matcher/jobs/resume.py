"""Appends a job's answer for each input line to a JSON lines file, so that an interrupted job resumes where it was."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

from matcher.clock import seconds_since_written
from matcher.private_files import open_private, private_folder

# Unfinished jobs are deleted after a week.
_KEPT_SECONDS = 7 * 24 * 3600


def name_of(*parts: object) -> str:
    """Return the name of a work: a digest of its parts."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


class LineAnswers(Protocol):
    """Answers by the key of their line: those `held` from earlier runs, and the function that stores one more."""

    @property
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The answers of earlier runs."""

    @property
    def keep(self) -> Callable[[str, Mapping[str, Any]], object]:
        """The function that stores one more answer."""


class KeptAnswers:
    """The answers of one work, by the key of their line, in the file `path`; a context manager that opens and closes it. The file of another work is
    overwritten, and an unfinished last line is dropped. With `path` None, nothing is stored. Suppliers are written by id, never by name, so that erasing a
    supplier needs no change here."""

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
        """Append an answer and flush. Raises OSError if the disk is full."""
        self._write({"line": line, "answer": answer})

    def _write(self, value: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
            self._file.flush()

    def _read(self, path: Path) -> tuple[dict[str, Mapping[str, Any]], int]:
        """Return (the complete answers of this work, the length in bytes of the sound part of the file)."""
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
    """Delete the files of unfinished jobs not written for a week."""
    for path in folder.glob("*.jsonl"):
        with suppress(OSError):
            if seconds_since_written(path) > _KEPT_SECONDS:
                path.unlink()
