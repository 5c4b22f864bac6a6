"""Files of a catalogue's own trade model (the model and the sentences it was trained on, stored next to the database): located, used for reading,
deleted, or cleared of a forgotten value."""

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
    """Paths of a catalogue's own model and of the corpus file it was trained on. The files may not exist."""

    model: Path
    sentences: Path


def reader_files(url: URL) -> ReaderFiles | None:
    """Return the paths for a catalogue: beside its SQLite file, else in the user's data folder; None for a database in memory, which stores none."""
    path = sqlite_file(url)
    if path is None and url.get_backend_name() == "sqlite":
        return None
    if path is None:
        address = url.set(password=None).render_as_string()
        path = reader_folder() / f"{url.database or 'catalogue'}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"
    return ReaderFiles(path.with_name(f"{path.name}.lecteur.table"), path.with_name(f"{path.name}.besoins.csv"))


def follow_reader(url: URL) -> None:
    """From now on in this process, read trades with the model of the catalogue at `url`, whenever it has one."""
    files = reader_files(url)
    choose_model(files.model.absolute() if files else None)


def drop_reader(engine: Engine) -> bool:
    """Delete a catalogue's own model and sentences; return whether there were any. Raises OSError."""
    files = reader_files(engine.url)
    paths = [path for path in (files.model, files.sentences) if path.exists()] if files else []
    for path in paths:
        path.unlink(missing_ok=True)
    return bool(paths)


def cut_reader(engine: Engine, cut: Cut, *, dry_run: bool = False) -> int:
    """Delete the training sentences that contain a value, and the model trained on them; return how many lines contained it.

    `cut` returns a text without the value. Raises OSError.
    """
    files = reader_files(engine.url)
    if files is None or not files.sentences.exists():
        return 0
    lines = files.sentences.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    remaining = [line for line in lines if cut(line) == line]
    if len(remaining) < len(lines) and not dry_run:
        files.model.unlink(missing_ok=True)
        write_private(files.sentences, "".join(f"{line}\r\n" for line in remaining).encode("utf-8-sig"))
    return len(lines) - len(remaining)
