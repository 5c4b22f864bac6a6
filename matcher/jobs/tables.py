"""The tables of background works, and the steps of works there: what each gave, by name. Times are UTC without zone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding, Way
from matcher.ownership import OwnedRow
from matcher.rows import Base, chunks, insert_rows, table_of


class WorkRow(OwnedRow, Base):
    """One work: what was asked and by whom, how far it is, its result or why it has none.

    `turn` is its rank among those that began, 0 until then. `holder` is the worker that has it, empty for none; `lease` moves at each
    of its heartbeats, and `tries` counts those who took it. `of_suppliers`: what it was given may
    speak of a supplier that leaves; a buyer's own accounts are the buyer's.
    """

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
    """One step of a work that is done, and what it gave: a work that is taken again begins after it."""

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
    """One part of a file that a work reads, under the `name` of the field it was dropped in."""

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


# The same, for statements.
WORKS = table_of(WorkRow)
WORK_STEPS = table_of(WorkStepRow)
WORK_FILES = table_of(WorkFileRow)


def read_steps(connection: Connection, work_id: int) -> dict[str, Any]:
    """Return what the steps of a work that are done gave, by name."""
    query = select(WORK_STEPS.c.name, WORK_STEPS.c.value).where(WORK_STEPS.c.work_id == work_id)
    return {row.name: row.value for row in connection.execute(query)}


def write_steps(connection: Connection, work_id: int, steps: Mapping[str, Any], *, of_suppliers: bool) -> None:
    """Keep what steps gave, in the place of those of the same names."""
    for part in chunks(steps):
        connection.execute(delete(WORK_STEPS).where(WORK_STEPS.c.work_id == work_id, WORK_STEPS.c.name.in_(part)))
        own = {"work_id": work_id, "of_suppliers": of_suppliers}
        insert_rows(connection, WORK_STEPS, [{**own, "name": name, "value": steps[name]} for name in part])


def has_step(connection: Connection, work_id: int, name: str) -> bool:
    """Return whether a step of this name is done."""
    query = select(WORK_STEPS.c.name).where(WORK_STEPS.c.work_id == work_id, WORK_STEPS.c.name == name)
    return connection.execute(query).scalar() is not None


def drop_steps(connection: Connection, work_id: int, keep: Callable[[str], bool] = lambda _: False) -> None:
    """Forget the steps of a work but those whose name is to `keep`."""
    names = connection.execute(select(WORK_STEPS.c.name).where(WORK_STEPS.c.work_id == work_id)).scalars()
    for part in chunks([name for name in names if not keep(name)]):
        connection.execute(delete(WORK_STEPS).where(WORK_STEPS.c.work_id == work_id, WORK_STEPS.c.name.in_(part)))
