"""Removal of suppliers and persons from dossiers; called by `catalogue.steward.privacy` inside its transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from matcher.catalogue.store.forgotten import Forgotten
from matcher.dossiers.changes import WithdrawSupplier, change_of
from matcher.dossiers.dossier import append
from matcher.dossiers.store import add_events, read, write_row
from matcher.dossiers.tables import DossierEventRow
from matcher.dossiers.withdrawn import muted, without
from matcher.journal.kept_change import data_of
from matcher.rows import table_of

_EVENTS = table_of(DossierEventRow)


def leave_dossiers(connection: Connection, keys: frozenset[str], who: str, now: datetime) -> None:
    """Take a supplier that leaves (all its keys) out of every dossier: its number, rank and points stay, its name and words go."""
    held: set[int] = set()
    for row in connection.execute(select(_EVENTS)).all():
        change = change_of(row.action, row.data)
        if (without := muted(change, keys)) is not change:
            held.add(row.dossier_id)
            _write(connection, row, data_of(without), row.who)
    for dossier_id in sorted(held):
        dossier = changed = read(connection, dossier_id)
        for key in sorted(keys & dossier.names.keys()):
            changed = append(changed, WithdrawSupplier(key), at=now, who=who)
        add_events(connection, changed, first=dossier.version)


def forget_in_dossiers(connection: Connection, forgotten: Forgotten) -> int:
    """Take a forgotten value out of every dossier, whoever wrote it; return how many lines of journals it was in."""
    changed = 0
    touched: set[int] = set()
    for row in connection.execute(select(_EVENTS)).all():
        data, who = without(row.data, forgotten), without(row.who, forgotten)
        if (data, who) != (row.data, row.who):
            _write(connection, row, data, who)
            touched.add(row.dossier_id)
            changed += 1
    for dossier_id in sorted(touched):
        write_row(connection, read(connection, dossier_id))
    return changed


def _write(connection: Connection, row: Any, data: Any, who: str) -> None:
    own = (_EVENTS.c.dossier_id == row.dossier_id) & (_EVENTS.c.number == row.number)
    connection.execute(update(_EVENTS).where(own).values(data=data, who=who))
