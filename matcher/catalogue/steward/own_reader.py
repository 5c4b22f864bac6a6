"""Model of trades learned in a catalogue, and the sentences it was learned from: two files beside it, which whoever opens it reads with."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from matcher.db import sqlite_file
from matcher.erasure import Cut
from matcher.private_files import write_private
from matcher.reading.trade.chosen_model import choose_model
from matcher.settings import reader_folder


@dataclass(frozen=True, slots=True)
class ReaderFiles:
    """Files of what a catalogue has learned: its own model, and the corpus file of the sentences behind it. They may not exist."""

    model: Path
    sentences: Path


def reader_files(url: URL) -> ReaderFiles | None:
    """Return where a catalogue has what it learned: beside the file of SQLite, else in the user's data folder, under the name of the base; None
    for one in memory, which keeps nothing."""
    path = sqlite_file(url)
    if path is None and url.get_backend_name() == "sqlite":
        return None
    if path is None:
        address = url.set(password=None).render_as_string()
        path = reader_folder() / f"{url.database or 'catalogue'}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"
    return ReaderFiles(path.with_name(f"{path.name}.lecteur.table"), path.with_name(f"{path.name}.besoins.csv"))


def follow_reader(url: URL) -> None:
    """Read trades, from now on in this process, with the model that the catalogue at an address has learned, as long as it has one."""
    files = reader_files(url)
    choose_model(files.model.absolute() if files else None)


def drop_reader(engine: Engine) -> bool:
    """Take away what a catalogue has learned, and return whether there was anything. Raises OSError."""
    files = reader_files(engine.url)
    paths = [path for path in (files.model, files.sentences) if path.exists()] if files else []
    for path in paths:
        path.unlink(missing_ok=True)
    return bool(paths)


def cut_reader(engine: Engine, cut: Cut, *, dry_run: bool = False) -> int:
    """Take a value out of the sentences learned from: the lines that hold it leave their file, and the model goes, to be learned again.

    Return how many lines held it. Raises OSError.
    """
    files = reader_files(engine.url)
    if files is None or not files.sentences.exists():
        return 0
    lines = files.sentences.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    left = [line for line in lines if cut(line) == line]
    if len(left) < len(lines) and not dry_run:
        files.model.unlink(missing_ok=True)
        write_private(files.sentences, "".join(f"{line}\r\n" for line in left).encode("utf-8-sig"))
    return len(lines) - len(left)
