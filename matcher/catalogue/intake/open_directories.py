"""Open directories taken from where they are published, each by a work of its own: the whole lists that ask for no token.

A work receives its list into the cache, then imports it in one transaction with its end: one that is killed or stopped is taken up where its
service was, and the catalogue is the one before or the one after.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from importers.importer import SourceError
from importers.online.faults import FetchError
from matcher.catalogue.intake.intake import IntakeRefused
from matcher.catalogue.intake.online_sources import ONLINE, Asked, OnlineSource, import_received
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.late import Freshness
from matcher.db import DatabaseError
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind
from matcher.jobs.works import Work, WorkStore
from matcher.settings import SettingsError

OPEN: tuple[OnlineSource, ...] = tuple(
    source for source in ONLINE.values() if not (source.needs_token or source.by_siret)
)


@dataclass(frozen=True, slots=True)
class OpenDirectory:
    """One of these directories: its age, whether it is `late`, and the last work that took it, None where none is remembered."""

    source: OnlineSource
    age: Freshness
    late: bool
    work: Work | None

    @property
    def going(self) -> bool:
        """Whether it is being taken, or waits for its turn."""
        return self.work is not None and self.work.going


class OpenDirectories:
    """The open directories of one catalogue, which is common to all organisations."""

    def __init__(self, works: WorkStore) -> None:
        self.works = works

    def take(self, names: Iterable[str], person: str = "") -> None:
        """Have these directories taken, each once however many times and on however many servers it is asked. Raises DatabaseError."""
        for name in names:
            asked, key = {"source": name}, _key(name)
            work = self.works.put(None, TAKE.name, asked, person, key=key)
            if not work.going:
                self.works.again(None, key, asked, person)

    def stop(self) -> None:
        """Stop those that are being taken, and forget them; what was received stays in the cache."""
        for source in OPEN:
            self.works.forget(None, _key(source.name), unless=lambda work: not work.going)

    def works_by_name(self) -> Mapping[str, Work]:
        """Return the last work of each, by the name of its source."""
        return {work.asked["source"]: work for work in self.works.of(None, TAKE.name)}


def _key(name: str) -> str:
    return f"annuaire-{name}"


def _taken(hold: Hold) -> Mapping[str, str | int]:
    source = ONLINE[hold.work.asked["source"]]
    received = source.receive(hold.engine, Asked(), hold.tell)

    def end(connection: Connection, report: ImportReport) -> None:
        hold.end(connection, _result(report))

    report = import_received(hold.engine, source.key, received, progress=hold.tell, ending=end, stop=hold.stop)
    return _result(report)


def _result(report: ImportReport) -> dict[str, str | int]:
    return {"says": report.said, "run": report.run}


# One at a time, in the order in which they are asked: the lists of who exists, then those that complete them.
TAKE = WorkKind(
    "annuaire",
    _taken,
    (FetchError, SettingsError, SourceError, ReadRefused, IntakeRefused, DatabaseError),
    days=7,
    alone=True,
)
