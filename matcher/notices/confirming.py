"""Stores a person's answer to « which family of suppliers is this lot reserved for? », where its notices leave it open.

It is stored as one more notice of the contract, whose source is TEAM, so that later imports do not overwrite it.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine

from matcher.catalogue.identity.trust import TEAM
from matcher.db import writing
from matcher.domain.notice import NoticeKind, PublishedLot, PublishedNotice, ReservedFor
from matcher.domain.reading import Lot
from matcher.notices.intake import take_own
from matcher.notices.pairing import pair_lots
from matcher.notices.reserving import LEVERS
from matcher.notices.store import KeptLot
from matcher.ranking.shelf.shelf import Shelf

# Families that a person may choose; SOCIAL_ECONOMY has a code of its own in notices, and is never in doubt.
SAYABLE = (ReservedFor.HANDICAP, ReservedFor.INSERTION, ReservedFor.EITHER)


def said_by_team(lot: KeptLot, notices: Iterable[PublishedNotice]) -> PublishedNotice | None:
    """Return the team's notice about a lot, among the notices of its contract; None without one."""
    return next((notice for notice in notices if (notice.source, notice.ref) == (TEAM, _ref(lot))), None)


def _ref(lot: KeptLot) -> str:
    return f"{lot.contract}#{lot.published.number}"


def confirm_family(engine: Engine, shelf: Shelf, lot: KeptLot, family: ReservedFor, author: str, now: datetime) -> None:
    """Store that `author` declares a lot reserved for a family, then match the lot again with the catalogue; `now` is UTC without zone."""
    number = lot.published.number
    own = PublishedLot(number, lot.published.title, Lot("", levier=LEVERS[family]), reserved=family)
    notice = PublishedNotice(
        source=TEAM,
        ref=_ref(lot),
        kind=NoticeKind.CORRECTION,
        lots=(own,),
        published=now.date(),
        title=f"réservation précisée par {author} : {family}",
    )
    with writing(engine) as connection:
        take_own(connection, lot.contract, notice, now)
    pair_lots(engine, shelf, now=now)
