"""Removal of a supplier from dossiers and campaigns, by its numbers; called by `catalogue.steward.privacy` inside its transaction."""

from datetime import datetime

from sqlalchemy import Connection

from matcher.dossiers.asking.leaving import leave_campaigns
from matcher.dossiers.changes import WithdrawSupplier
from matcher.dossiers.store import DOSSIERS
from matcher.dossiers.withdrawn import muted


def leave_dossiers(connection: Connection, keys: frozenset[str], who: str, now: datetime) -> None:
    """Take a supplier that leaves (all its keys) out of every dossier: its number, rank and points stay, its name and words go; and out of
    every campaign."""
    leave_campaigns(connection, keys, now)
    for owner, number in DOSSIERS.everyones(connection):
        if DOSSIERS.rewrite(connection, owner, number, lambda change: muted(change, keys)):
            DOSSIERS.change(
                connection,
                owner,
                number,
                lambda dossier: [WithdrawSupplier(key) for key in sorted(keys & dossier.names.keys())],
                who=who,
                now=now,
            )
