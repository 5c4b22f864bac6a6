"""Removal of a supplier from dossiers and campaigns, by its numbers; called by `catalogue.steward.privacy` inside its transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from matcher.dossiers.asking.leaving import leave_campaigns
from matcher.dossiers.changes import WithdrawSupplier, change_of
from matcher.dossiers.dossier import append
from matcher.dossiers.store import add_events, read
from matcher.dossiers.tables import DossierEventRow
from matcher.dossiers.withdrawn import muted
from matcher.journal.kept_change import data_of
from matcher.rows import table_of

_EVENTS = table_of(DossierEventRow)


def leave_dossiers(connection: Connection, keys: frozenset[str], who: str, now: datetime) -> None:
    """Take a supplier that leaves (all its keys) out of every dossier: its number, rank and points stay, its name and words go; and out of
    every campaign."""
    leave_campaigns(connection, keys, now)
    held: set[int] = set()
    for row in connection.execute(select(_EVENTS)).all():
        change = change_of(row.action, row.data)
        if (without := muted(change, keys)) is not change:
            held.add(row.dossier_id)
            _write(connection, row, data_of(without))
    for dossier_id in sorted(held):
        dossier = changed = read(connection, dossier_id)
        for key in sorted(keys & dossier.names.keys()):
            changed = append(changed, WithdrawSupplier(key), at=now, who=who)
        add_events(connection, changed, first=dossier.version)


def _write(connection: Connection, row: Any, data: Any) -> None:
    own = (_EVENTS.c.dossier_id == row.dossier_id) & (_EVENTS.c.number == row.number)
    connection.execute(update(_EVENTS).where(own).values(data=data))
