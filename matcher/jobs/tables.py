"""Database tables of background works (jobs), their steps and their files; and queries of the steps. Times are UTC without zone.

A step is a finished part of a work, with its value as JSON: a work taken over by another worker skips it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding, Way
from matcher.ownership import OwnedRow
from matcher.rows import Base, chunks, insert_rows, table_of


class WorkRow(OwnedRow, Base):
    """One work: its request (`asked`) and who made it, its progress, its result or why it was refused. `turn` is its rank in the order of starts, 0 before.
    `holder` is the id of its worker, empty for none; `lease` is a counter that each heartbeat increments, `tries` the number of workers that have taken it.
    `of_suppliers`: its input may contain data of suppliers, to erase if one withdraws."""

    __tablename__ = "work"
    holding = Holding(
        "travaux de fond : qui demande, quoi (nom du fichier déposé, réglages), avancement, résultat ou refus, jusqu’à ce qu’ils soient lus",
        keys=("key", "kind", "state", "holder"),
        supplier=True,
        supplier_if="of_suppliers",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(index=True)
    person: Mapped[str]
    asked: Mapped[dict[str, Any]]
    files: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    turn: Mapped[int]
    holder: Mapped[str]
    lease: Mapped[int]
    tries: Mapped[int]
    step: Mapped[str]
    done: Mapped[int]
    total: Mapped[int]
    result: Mapped[dict[str, Any]]
    refusal: Mapped[str]
    since: Mapped[datetime]
    of_suppliers: Mapped[bool]


class WorkStepRow(Base):
    """One finished step of a work, and its value."""

    __tablename__ = "work_step"
    holding = Holding(
        "étapes faites d’un travail : ce qui est lu d’un fichier, réponse à chaque ligne, ce qu’une personne en dit et son nom",
        supplier=True,
        supplier_if="of_suppliers",
    )

    work_id: Mapped[int] = mapped_column(ForeignKey("work.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    of_suppliers: Mapped[bool]


class WorkFileRow(Base):
    """One part of an uploaded file of a work; `name` is the form field it was uploaded in."""

    __tablename__ = "work_file"
    holding = Holding(
        "fichiers déposés sur les pages, le temps du travail qui les lit",
        Way.COPIES,
        supplier=True,
        supplier_if="of_suppliers",
    )

    work_id: Mapped[int] = mapped_column(ForeignKey("work.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    of_suppliers: Mapped[bool]


WORKS = table_of(WorkRow)
WORK_STEPS = table_of(WorkStepRow)
WORK_FILES = table_of(WorkFileRow)


def read_steps(connection: Connection, work_id: int) -> dict[str, Any]:
    """Return the values of a work's finished steps, by name."""
    query = select(WORK_STEPS.c.name, WORK_STEPS.c.value).where(WORK_STEPS.c.work_id == work_id)
    return {row.name: row.value for row in connection.execute(query)}


def write_steps(connection: Connection, work_id: int, steps: Mapping[str, Any], *, of_suppliers: bool) -> None:
    """Upsert the values of steps, by name."""
    for part in chunks(steps):
        connection.execute(delete(WORK_STEPS).where(WORK_STEPS.c.work_id == work_id, WORK_STEPS.c.name.in_(part)))
        own = {"work_id": work_id, "of_suppliers": of_suppliers}
        insert_rows(connection, WORK_STEPS, [{**own, "name": name, "value": steps[name]} for name in part])


def has_step(connection: Connection, work_id: int, name: str) -> bool:
    """Return True if a step of this name is finished."""
    query = select(WORK_STEPS.c.name).where(WORK_STEPS.c.work_id == work_id, WORK_STEPS.c.name == name)
    return connection.execute(query).scalar() is not None


def drop_steps(connection: Connection, work_id: int, keep: Callable[[str], bool] = lambda _: False) -> None:
    """Delete the steps of a work, except those whose name `keep` accepts."""
    names = connection.execute(select(WORK_STEPS.c.name).where(WORK_STEPS.c.work_id == work_id)).scalars()
    for part in chunks([name for name in names if not keep(name)]):
        connection.execute(delete(WORK_STEPS).where(WORK_STEPS.c.work_id == work_id, WORK_STEPS.c.name.in_(part)))
