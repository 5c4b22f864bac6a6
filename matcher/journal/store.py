"""Journals in the database: opened, read, changed one writer at a time, rewritten to forget. Nothing that one writes is lost to another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import Column, Connection, Table, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from matcher.domain.french import count, moment
from matcher.erasure import Cut, without_value
from matcher.journal.change import Actions, Change, JournalEntry, S, append, change_of, line_row, plain, replay
from matcher.ownership import OrganisationId, owned_by, under_owned


class JournalUnknown(Exception):
    """There is no journal of this number. The message is French."""


class JournalConflict(Exception, Generic[S]):
    """Another person has changed a state since it was read. Nothing is written, and nothing is lost: `current` is the state now,
    `missed` what was done to it meanwhile, `mine` the state as read with what could not be written.
    """

    def __init__(self, current: S, missed: Sequence[JournalEntry], mine: S) -> None:
        self.current, self.missed, self.mine = current, tuple(missed), mine
        last = current.journal[-1]
        since = count(len(self.missed), "changement")
        super().__init__(
            f"{last.who} a modifié {current.called} le {moment(last.at)} : {last.change.says(current)}. "
            f"{since} depuis la version {current.version - len(self.missed)}. Rien n’est perdu, et votre changement "
            f"n’est pas écrit : relisez {current.called} (version {current.version}), puis recommencez."
        )


class JournalLine:
    """Columns of one line of a journal: never changed, but to forget what must be forgotten. Times are UTC without zone."""

    number: Mapped[int] = mapped_column(primary_key=True, sort_order=1)
    at: Mapped[datetime] = mapped_column(sort_order=2)
    who: Mapped[str] = mapped_column(sort_order=3)
    action: Mapped[str] = mapped_column(sort_order=4)
    data: Mapped[dict[str, Any]] = mapped_column(sort_order=5)


@dataclass(frozen=True, slots=True)
class Journals(Generic[S]):
    """The journals of one noun. `lines` are the truth, those of one journal under its number (`of`); `heads` hold the owner of each, and repeat
    what a list shows (`shown`), beside its version and its times. `masked` takes out of a state what may no longer be read; `unknown` is
    the message for a number without a journal, be it another organisation's.
    """

    blank: type[S]
    actions: Actions[S]
    heads: Table
    lines: Table
    of: Column[int]
    shown: Callable[[S], dict[str, Any]]
    unknown: str
    masked: Callable[[Connection, S], S] = lambda _, state: state

    def open(self, connection: Connection, owner: OrganisationId, fill: Callable[[S], S]) -> S:
        """Keep what `fill` makes of a blank state, under the next number. Raises ChangeRefused."""
        taken = connection.execute(select(func.max(self.heads.c.id))).scalar() or 0
        made = fill(self.blank(taken + 1))
        connection.execute(insert(self.heads), {"id": made.id, "organisation_id": owner, **self.row(made)})
        self._add(connection, made, first=0)
        return made

    def read(self, connection: Connection, owner: OrganisationId, number: int) -> S:
        """Return the state of a journal. Raises JournalUnknown."""
        if not (lines := self._lines(connection, owner, number)):
            raise JournalUnknown(self.unknown.format(number))
        return self.masked(connection, replay(self.blank(number), lines))

    def version(self, connection: Connection, owner: OrganisationId, number: int) -> int:
        """Return the version of a journal, which a list repeats. Raises JournalUnknown."""
        own = (self.heads.c.id == number) & owned_by(self.heads, owner)
        current: int | None = connection.execute(select(self.heads.c.version).where(own)).scalar()
        if current is None:
            raise JournalUnknown(self.unknown.format(number))
        return current

    def check(self, connection: Connection, owner: OrganisationId, number: int) -> None:
        """Raise JournalUnknown where this organisation has no journal of this number."""
        self.version(connection, owner, number)

    def change(
        self,
        connection: Connection,
        owner: OrganisationId,
        number: int,
        make: Callable[[S], Sequence[Change[S]]],
        *,
        author: str,
        now: datetime,
        version: int | None = None,
    ) -> S:
        """Write the changes that `make` gives for the state, all of them or none; where a `version` is given, for that one alone.

        Raises JournalConflict where it is no longer that version, ChangeRefused, JournalUnknown.
        """
        current = self.read(connection, owner, number)
        if version is not None and current.version != version:
            seen = current.at_version(max(1, min(version, current.version)))
            mine = append(seen, *make(seen), at=now, author=author)
            raise JournalConflict(current, current.journal[seen.version :], mine)
        changed = append(current, *make(current), at=now, author=author)
        self._add(connection, changed, first=current.version)
        return changed

    def rewrite(
        self, connection: Connection, owner: OrganisationId, number: int, muted: Callable[[Change[S]], Change[S]]
    ) -> bool:
        """Write again the changes that `muted` shortens; return whether there were any. Only to forget what must be forgotten."""
        lines = self._lines(connection, owner, number)
        rewritten = [(line.number, plain(less)) for line in lines if (less := muted(line.change)) != line.change]
        for at, data in rewritten:
            own = (self.of == number) & (self.lines.c.number == at)
            connection.execute(update(self.lines).where(own).values(data=data))
        return bool(rewritten)

    def everyones(self, connection: Connection) -> list[tuple[OrganisationId, int]]:
        """Return whose each journal is, and its number, across all organisations. Only to forget what must be forgotten."""
        query = select(self.heads.c.organisation_id, self.heads.c.id).order_by(self.heads.c.id)
        return [(OrganisationId(owner), number) for owner, number in connection.execute(query)]

    def without(self, change: Change[S], cut: Cut) -> Change[S]:
        """Return a change without what `cut` takes out of its texts."""
        return change_of(self.actions, change.action, without_value(plain(change), cut))

    def row(self, state: S) -> dict[str, Any]:
        """Return what a list repeats of a state."""
        return {"version": state.version, "created": state.created, "updated": state.updated, **self.shown(state)}

    def _lines(self, connection: Connection, owner: OrganisationId, number: int) -> list[JournalEntry]:
        own = (self.of == number) & under_owned(self.of, self.heads, owner)
        query = select(self.lines).where(own).order_by(self.lines.c.number)
        return [
            JournalEntry(row.number, row.at, row.who, change_of(self.actions, row.action, row.data))
            for row in connection.execute(query).all()
        ]

    def _add(self, connection: Connection, state: S, *, first: int) -> None:
        rows = [{self.of.name: state.id, **line_row(line)} for line in state.journal[first:]]
        if rows:
            connection.execute(insert(self.lines), rows)
            connection.execute(update(self.heads).where(self.heads.c.id == state.id).values(**self.row(state)))
