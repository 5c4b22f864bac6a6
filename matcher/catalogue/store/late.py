"""Freshness of the sources fetched online: the day of the data of the last whole import of each, and whether it is older than the source's update interval."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, func, or_, select

from importers import REGISTRY
from importers.importer import Scope
from matcher.catalogue.store.tables import IMPORT_RUNS
from matcher.db import reading
from matcher.domain.french import day
from matcher.reference.source_rules import source_rules

# Mark in the counts of an import: its files are what the publisher gives that day.
FETCHED = "fetched"
# Sources that are whole lists: only a complete import refreshes them. Others (registers, awards) are always imported in parts.
_LISTS = tuple(key for key, importer in REGISTRY.items() if importer.scope in (Scope.SUPPLIER, Scope.ORGANISATION))


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of an online source: the day of its last import (None: never), the day from which its last whole import counts (None: never), and its
    update interval in days.

    That day is the import's where the publisher was asked, else the day of the data: a file kept for years is not recent.
    """

    key: str
    title: str
    taken: date | None
    last: date | None
    days: int

    @property
    def when(self) -> str:
        """French words: the day of the last import, then that of its data or that it is not known to be whole; empty where there was none."""
        if self.taken is None:
            return ""
        if self.last is None:
            return f"le {day(self.taken)}, d’un fichier qui n’a pas été dit complet"
        return f"le {day(self.taken)}" + ("" if self.last == self.taken else f", données du {day(self.last)}")

    def late(self, today: date) -> bool:
        """Return whether it should be fetched again: too old, or never imported."""
        return self.last is None or self.last + timedelta(days=self.days) <= today


def last_import_times(engine: Engine) -> dict[str, datetime]:
    """Return the time of each source's last import, not undone; UTC without zone, by source key."""
    query = select(IMPORT_RUNS.c.source, func.max(IMPORT_RUNS.c.finished).label("finished"))
    query = query.where(IMPORT_RUNS.c.undone.is_(None))
    with reading(engine) as connection:
        return {row.source: row.finished for row in connection.execute(query.group_by(IMPORT_RUNS.c.source))}


def freshness(engine: Engine) -> list[Freshness]:
    """Return the freshness of the online sources, in the order of the registry."""
    rules, taken = source_rules(), last_import_times(engine)
    online = {key: days for key in REGISTRY if (days := rules[key].days) is not None}
    whole = or_(IMPORT_RUNS.c.complete, IMPORT_RUNS.c.source.not_in(_LISTS))
    query = select(IMPORT_RUNS).where(IMPORT_RUNS.c.undone.is_(None), IMPORT_RUNS.c.source.in_(online), whole)
    last: dict[str, date] = {}
    with reading(engine) as connection:
        for run in connection.execute(query.order_by(IMPORT_RUNS.c.id)):
            by_hand = run.source in _LISTS and not run.counts.get(FETCHED)
            last[run.source] = (run.data_date if by_hand else None) or run.finished.date()
    return [
        Freshness(key, REGISTRY[key].title, taken[key].date() if key in taken else None, last.get(key), days)
        for key, days in online.items()
    ]
