"""Steps of works in the database: what each gave, by name; written by a worker as it goes, or added beside by a person."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from matcher.jobs.tables import WORK_STEPS
from matcher.rows import chunks, insert_rows


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
