"""Lots that a batch is given: those of a file, of a folder of Parquet, or of the notices published in a period."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from matcher.batch.parquet import parquet_lots
from matcher.db import reading
from matcher.domain.need import Need
from matcher.jobs.reader_process import COMMAND, apart
from matcher.need.fields import LotRow, LotsError, needs_of, read_lots
from matcher.notices.clean import completed
from matcher.notices.store import KeptLot, LotFilter, lots

_NO_PARQUET = (
    "« {name} » ne contient aucun fichier .parquet. Attendu : un dossier de fichiers Parquet, un lot par ligne."
)


def lots_given(path: Path) -> Iterator[Need]:
    """Yield the needs of a JSON lines file, or of the Parquet files of a folder in the order of their names.

    Raises LotsError and ReadRefused.
    """
    if not path.is_dir():
        return read_lots(path)
    files = sorted(path.glob("*.parquet"))
    if not files:
        raise LotsError(_NO_PARQUET.format(name=path.name))
    return needs_of(_rows(files))


def _rows(files: list[Path]) -> Iterator[LotRow]:
    read = apart(parquet_lots, LotsError, limits=COMMAND)
    for file in files:
        for line, fields in enumerate(read(file), start=1):
            yield LotRow(file.name, line, f"{file.stem}-{line}", fields)


def lots_published(engine: Engine, since: date, until: date) -> Iterator[Need]:
    """Yield the lots of the notices published from one day to another, both included, each under its number in the catalogue; one that was
    not compared yet is completed as `annonces match` would."""
    with reading(engine) as connection:
        kept = lots(connection, LotFilter(since=since, until=until))
    return (_need(one) for one in sorted(kept, key=lambda one: one.id))


def _need(kept: KeptLot) -> Need:
    its = kept.published.lot
    lot = its if kept.connu is not None else completed(its, kept.notice.title)[0]
    return Need(replace(lot, lot_id=str(kept.id)))
