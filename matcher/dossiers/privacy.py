"""Erasure of personal data in dossiers and campaigns: anonymise a supplier that leaves the catalogue, and remove what rested on erased answers. Called inside
the transactions of `catalogue.steward.privacy` and `answers.erasing`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from matcher.answers.erasing import ErasedFact
from matcher.catalogue.store.tables import OPT_OUTS
from matcher.dossiers.asking.campaign import LEFT
from matcher.dossiers.asking.tables import ANSWERS, ASKED
from matcher.dossiers.changes import WithdrawSupplier
from matcher.dossiers.store import DOSSIERS
from matcher.dossiers.withdrawn import mute_change, without_facts
from matcher.mail.links import Correspondence, revoke_links
from matcher.mail.outbox import cancel
from matcher.rows import chunks


def leave_campaigns(connection: Connection, keys: frozenset[str], now: datetime) -> None:
    """Take a leaving supplier (all its ids) out of every campaign: cancel its messages, revoke its links, delete its answers."""
    holders = [
        asked
        for part in chunks(sorted(keys))
        for asked in connection.execute(select(ASKED.c.id).where(ASKED.c.supplier_id.in_(part))).scalars()
    ]
    cancel(connection, Correspondence.CAMPAIGN, holders, LEFT, now)
    revoke_links(connection, Correspondence.CAMPAIGN, holders, now)
    for part in chunks(holders):
        connection.execute(delete(ANSWERS).where(ANSWERS.c.asked_id.in_(part)))
        connection.execute(update(ASKED).where(ASKED.c.id.in_(part)).values(left_out=LEFT))


def leave_dossiers(connection: Connection, keys: frozenset[str], author: str, now: datetime) -> None:
    """Anonymise a leaving supplier (all its ids) in every dossier (its number, rank and points stay, its name and words go), and take it out of every
    campaign."""
    leave_campaigns(connection, keys, now)
    for owner, number in DOSSIERS.everyones(connection):
        if DOSSIERS.rewrite(connection, owner, number, lambda change: mute_change(change, keys)):
            DOSSIERS.change(
                connection,
                owner,
                number,
                lambda dossier: [WithdrawSupplier(key) for key in sorted(keys & dossier.names.keys())],
                author=author,
                now=now,
            )


def mute_again(connection: Connection) -> int:
    """Anonymise, in every journal, suppliers that left but whose words an earlier version had kept; return the number of journals changed."""
    opted_out = frozenset(connection.execute(select(OPT_OUTS.c.key)).scalars())
    journals = DOSSIERS.everyones(connection) if opted_out else ()
    return sum(DOSSIERS.rewrite(connection, *its, lambda change: mute_change(change, opted_out)) for its in journals)


def mute_facts(connection: Connection, erased: Sequence[ErasedFact]) -> None:
    """Remove from every frozen list and decision what rested on erased facts (shared answers of suppliers)."""
    by_key: dict[str, list[ErasedFact]] = defaultdict(list)
    for fact in erased:
        for key in fact.keys:
            by_key[key].append(fact)
    for owner, number in DOSSIERS.everyones(connection) if by_key else ():
        DOSSIERS.rewrite(connection, owner, number, lambda change: without_facts(change, by_key))
