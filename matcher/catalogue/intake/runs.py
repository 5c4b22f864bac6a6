"""History of imports (table `import_run`): an import's row, and the snapshot of the catalogue's state that an import is checked against."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from importers.importer import SourceError
from matcher.catalogue.identity.compare import RecordKey
from matcher.catalogue.identity.same_supplier import PairDecision
from matcher.catalogue.store.opt_outs import Guard, read_anchors, read_guard
from matcher.catalogue.store.pair_decisions import standing_decisions
from matcher.catalogue.store.read import read_state, read_version
from matcher.catalogue.store.tables import AWARDS, IMPORT_RUNS
from matcher.domain.french import count

_MOST_NAMED = 4


class IntakeState(NamedTuple):
    """All that an import is compared with; equal values mean an unchanged catalogue.

    `versions` identify the suppliers' state, `runs` counts imports begun and undone, `award` is the last award's id.
    """

    versions: tuple[str, str]
    runs: tuple[int, int]
    award: int
    guard: Guard
    decisions: tuple[PairDecision, ...]
    anchors: Mapping[RecordKey, RecordKey]


def read_intake_state(connection: Connection) -> IntakeState:
    """Return the state of the catalogue, inside a transaction."""
    runs = connection.execute(select(func.count(IMPORT_RUNS.c.id), func.count(IMPORT_RUNS.c.undone))).one()
    return IntakeState(
        read_state(connection),
        (runs[0], runs[1]),
        int(connection.execute(select(func.max(AWARDS.c.id))).scalar() or 0),
        read_guard(connection),
        tuple(standing_decisions(connection)),
        read_anchors(connection),
    )


def open_run(
    connection: Connection, key: str, paths: Sequence[Path], now: datetime, *, digest: str = "", complete: bool = False
) -> int:
    """Insert the row of an import of these files, and return its number."""
    values: dict[str, Any] = {
        "source": key,
        "file_name": file_names(paths),
        "sha256": digest,
        "started": now.replace(tzinfo=None),
        "finished": now.replace(tzinfo=None),
        "counts": {},
        "complete": complete,
        "catalogue_version": read_version(connection),
    }
    return int(connection.execute(insert(IMPORT_RUNS).returning(IMPORT_RUNS.c.id), values).scalar_one())


def file_names(paths: Sequence[Path]) -> str:
    """Return the names of the files, only the first ones where there are many (one per notice)."""
    names = [path.name for path in paths]
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    shown = names[: _MOST_NAMED - 1]
    return f"{', '.join(shown)} et {count(len(names) - len(shown), 'autre', 'autres')}"


def standing_run(connection: Connection, run_id: int) -> int:
    """Return the number of an import that is not undone, else 0."""
    query = select(IMPORT_RUNS.c.id).where(IMPORT_RUNS.c.id == run_id, IMPORT_RUNS.c.undone.is_(None))
    return int(connection.execute(query).scalar_one_or_none() or 0)


def close_run(
    connection: Connection,
    run_id: int,
    counts: Mapping[str, int],
    finished: datetime,
    data_date: date | None,
    **values: Any,
) -> None:
    """Update the row of an import with its counts, the catalogue's version and other `values`."""
    fields = {"counts": dict(counts), "finished": finished.replace(tzinfo=None), "data_date": data_date}
    fields |= {"catalogue_version": read_version(connection)} | values
    connection.execute(update(IMPORT_RUNS).where(IMPORT_RUNS.c.id == run_id).values(fields))


def files_digest(paths: Sequence[Path]) -> str:
    """Return the SHA-256 of the file; of several, that of their digests concatenated. Raises SourceError."""
    digests = []
    for path in paths:
        try:
            with path.open("rb") as file:
                digests.append(hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            raise SourceError(path, f"le fichier ne peut pas être lu ({error.strerror}).") from error
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
