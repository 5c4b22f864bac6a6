"""Sources that are fetched online, and are older than their own rhythm."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, func, or_, select

from importers import REGISTRY
from importers.importer import Scope
from matcher.catalogue.store.tables import IMPORT_RUNS
from matcher.db import reading
from matcher.reference.source_rules import source_rules

# A part of a list leaves the rest as old as it was; of the others, every import is a part.
_LISTS = tuple(key for key, importer in REGISTRY.items() if importer.scope in (Scope.SUPPLIER, Scope.ORGANISATION))


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of one source that is fetched: the day of its last whole import, None where there is none, and its rhythm in days."""

    key: str
    title: str
    last: date | None
    days: int

    def late(self, today: date) -> bool:
        """Return whether it is to be taken again; one that was never imported is."""
        return self.last is None or self.last + timedelta(days=self.days) <= today


def last_import_times(engine: Engine, *conditions: ColumnElement[bool]) -> dict[str, datetime]:
    """Return when each source was last imported, in UTC without zone, by key: of the imports that stand, and meet the conditions."""
    query = select(IMPORT_RUNS.c.source, func.max(IMPORT_RUNS.c.finished).label("finished")).where(
        IMPORT_RUNS.c.undone.is_(None), *conditions
    )
    with reading(engine) as connection:
        return {row.source: row.finished for row in connection.execute(query.group_by(IMPORT_RUNS.c.source))}


def freshness(engine: Engine) -> list[Freshness]:
    """Return the sources that are fetched online with their age, in the order of the registry."""
    last = last_import_times(engine, or_(IMPORT_RUNS.c.complete, IMPORT_RUNS.c.source.not_in(_LISTS)))
    rules = source_rules()
    return [
        Freshness(key, importer.title, last[key].date() if key in last else None, days)
        for key, importer in REGISTRY.items()
        if (days := rules[key].days) is not None
    ]
