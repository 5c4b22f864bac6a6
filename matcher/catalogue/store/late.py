"""Freshness of the sources fetched online: the day of the last whole import of each, and whether it is older than the source's update interval."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, func, or_, select

from importers import REGISTRY
from importers.importer import Scope
from matcher.catalogue.store.tables import IMPORT_RUNS
from matcher.db import reading
from matcher.reference.source_rules import source_rules

# Sources that are whole lists: only a complete import refreshes them. Others (registers, awards) are always imported in parts.
_LISTS = tuple(key for key, importer in REGISTRY.items() if importer.scope in (Scope.SUPPLIER, Scope.ORGANISATION))


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of an online source: the day of its last whole import (None: never), and its update interval in days."""

    key: str
    title: str
    last: date | None
    days: int

    def late(self, today: date) -> bool:
        """Return whether it should be fetched again: too old, or never imported."""
        return self.last is None or self.last + timedelta(days=self.days) <= today


def last_import_times(engine: Engine, *conditions: ColumnElement[bool]) -> dict[str, datetime]:
    """Return the time of each source's last import, not undone, that meets the conditions; UTC without zone, by source key."""
    query = select(IMPORT_RUNS.c.source, func.max(IMPORT_RUNS.c.finished).label("finished")).where(
        IMPORT_RUNS.c.undone.is_(None), *conditions
    )
    with reading(engine) as connection:
        return {row.source: row.finished for row in connection.execute(query.group_by(IMPORT_RUNS.c.source))}


def freshness(engine: Engine) -> list[Freshness]:
    """Return the freshness of the online sources, in the order of the registry."""
    last = last_import_times(engine, or_(IMPORT_RUNS.c.complete, IMPORT_RUNS.c.source.not_in(_LISTS)))
    rules = source_rules()
    return [
        Freshness(key, importer.title, last[key].date() if key in last else None, days)
        for key, importer in REGISTRY.items()
        if (days := rules[key].days) is not None
    ]
