"""Functions that a reader process is asked to call: those that read, and those that never should."""

import datetime as dt
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Refusal(Exception):
    """What is said to the person."""


class Tone(Enum):
    """Of two kinds."""

    HIGH = "haut"
    LOW = "bas"


@dataclass(frozen=True, slots=True)
class Word:
    """A line of a file."""

    text: str
    tone: Tone
    at: dt.time | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A line that is blank."""

    line: int


def words(path: Path, tone: Tone) -> Iterator[Word | Gap]:
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        yield Word(text, tone, dt.time(9, line % 60)) if text else Gap(line)


def summed(path: Path, least: int) -> tuple[int, frozenset[str]]:
    found = path.read_text(encoding="utf-8").split()
    if len(found) < least:
        raise Refusal(f"« {path.name} » : {len(found)} mots ; il en faut {least}.")
    return len(found), frozenset(found)


def process(_path: Path) -> tuple[int, dict[str, str]]:
    print("ce qui est imprimé n’est pas une réponse")  # noqa: T201  # on purpose
    return os.getpid(), dict(os.environ)


def turning(path: Path) -> int:
    while path:
        pass
    return 0


def sleeping(path: Path) -> int:
    path.with_suffix(".pid").write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(600)
    return 0


def eating(_path: Path) -> int:
    return len(bytes(2**32))


def aborting(_path: Path) -> int:
    os.abort()


def broken(path: Path) -> int:
    return {}[path.name]


def talking(_path: Path) -> Iterator[str]:
    while True:
        yield "a" * 1_000


def endless(_path: Path) -> str:
    return "a" * (65 * 2**20)


def other(_path: Path) -> int:
    return "pas un nombre"  # type: ignore[return-value]  # what a process that was taken over may answer


def leaving(_path: Path) -> Iterator[int]:
    yield 1
    sys.stdout.flush()
    os._exit(0)
