"""Steps of works in the database: what each gave, by name; written by a worker as it goes, or added beside by a person."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from matcher.jobs.tables import WorkStepRow
from matcher.rows import chunks, insert_rows, table_of

_STEPS = table_of(WorkStepRow)


def read_steps(connection: Connection, work_id: int) -> dict[str, Any]:
    """Return what the steps of a work that are done gave, by name."""
    query = select(_STEPS.c.name, _STEPS.c.value).where(_STEPS.c.work_id == work_id)
    return {row.name: row.value for row in connection.execute(query)}


def write_steps(connection: Connection, work_id: int, steps: Mapping[str, Any], *, of_suppliers: bool) -> None:
    """Keep what steps gave, in the place of those of the same names."""
    for part in chunks(steps):
        connection.execute(delete(_STEPS).where(_STEPS.c.work_id == work_id, _STEPS.c.name.in_(part)))
        own = {"work_id": work_id, "of_suppliers": of_suppliers}
        insert_rows(connection, _STEPS, [{**own, "name": name, "value": steps[name]} for name in part])


def has_step(connection: Connection, work_id: int, name: str) -> bool:
    """Whether a step of this name is done."""
    query = select(_STEPS.c.name).where(_STEPS.c.work_id == work_id, _STEPS.c.name == name)
    return connection.execute(query).scalar() is not None


def drop_steps(connection: Connection, work_id: int, keep: Callable[[str], bool] = lambda _: False) -> None:
    """Forget the steps of a work but those whose name is to `keep`."""
    names = connection.execute(select(_STEPS.c.name).where(_STEPS.c.work_id == work_id)).scalars()
    for part in chunks([name for name in names if not keep(name)]):
        connection.execute(delete(_STEPS).where(_STEPS.c.work_id == work_id, _STEPS.c.name.in_(part)))
