"""Event store: journals of changes in the database, with optimistic locking (a writer of an outdated version gets JournalConflict), and the
rewriting of stored changes to erase personal data."""

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
    """No journal has this number. The message is French."""


class JournalConflict(Exception, Generic[S]):
    """Another person changed the state since it was read; nothing is written. `current` is the present state, `missed` the changes since, `mine`
    the state as read plus the changes not written."""

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
    """Mixin with the columns of a journal line, immutable but for erasure. Times are UTC without zone."""

    number: Mapped[int] = mapped_column(primary_key=True, sort_order=1)
    at: Mapped[datetime] = mapped_column(sort_order=2)
    who: Mapped[str] = mapped_column(sort_order=3)
    action: Mapped[str] = mapped_column(sort_order=4)
    data: Mapped[dict[str, Any]] = mapped_column(sort_order=5)


@dataclass(frozen=True, slots=True)
class Journals(Generic[S]):
    """Repository of the journals of one noun (dossiers, meeting days). `lines` holds the changes, by journal number (column `of`); `heads` holds
    the owner of each, and copies what lists show (`shown`, version, times). `masked` removes from a state what must not be read any more; `unknown`
    is the message for a number without a journal, or of another organisation."""

    blank: type[S]
    actions: Actions[S]
    heads: Table
    lines: Table
    of: Column[int]
    shown: Callable[[S], dict[str, Any]]
    unknown: str
    masked: Callable[[Connection, S], S] = lambda _, state: state

    def open(self, connection: Connection, owner: OrganisationId, fill: Callable[[S], S]) -> S:
        """Create a journal under the next number, with the changes that `fill` makes to a blank state. Raises ChangeRefused."""
        taken = connection.execute(select(func.max(self.heads.c.id))).scalar() or 0
        state = fill(self.blank(taken + 1))
        connection.execute(insert(self.heads), {"id": state.id, "organisation_id": owner, **self.row(state)})
        self._add(connection, state, first=0)
        return state

    def read(self, connection: Connection, owner: OrganisationId, number: int) -> S:
        """Return the state of a journal. Raises JournalUnknown."""
        if not (lines := self._lines(connection, owner, number)):
            raise JournalUnknown(self.unknown.format(number))
        return self.masked(connection, replay(self.blank(number), lines))

    def version(self, connection: Connection, owner: OrganisationId, number: int) -> int:
        """Return the version of a journal, from its head. Raises JournalUnknown."""
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
        """Write the changes that `make` returns for the present state, all or none; if `version` is given, only if it is the present one.

        Raises JournalConflict, ChangeRefused or JournalUnknown.
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
        """Rewrite the stored changes that `muted` shortens, for erasure only; return whether there were any."""
        lines = self._lines(connection, owner, number)
        rewritten = [(line.number, plain(shorter)) for line in lines if (shorter := muted(line.change)) != line.change]
        for at, data in rewritten:
            own = (self.of == number) & (self.lines.c.number == at)
            connection.execute(update(self.lines).where(own).values(data=data))
        return bool(rewritten)

    def everyones(self, connection: Connection) -> list[tuple[OrganisationId, int]]:
        """Return (owner, number) of all journals of all organisations, for erasure only."""
        query = select(self.heads.c.organisation_id, self.heads.c.id).order_by(self.heads.c.id)
        return [(OrganisationId(owner), number) for owner, number in connection.execute(query)]

    def without(self, change: Change[S], cut: Cut) -> Change[S]:
        """Return a change with its texts shortened by `cut`, which erases values."""
        return change_of(self.actions, change.action, without_value(plain(change), cut))

    def row(self, state: S) -> dict[str, Any]:
        """Return the columns of a state's head."""
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
