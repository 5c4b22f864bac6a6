"""Family that a lot is reserved for, given by a person where its notices do not: kept as a notice of the team, so that no import loses it."""

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

# Families that a person may say; « entreprises de l’économie sociale et solidaire » is told by its own code, never in doubt.
SAYABLE = (ReservedFor.HANDICAP, ReservedFor.INSERTION, ReservedFor.EITHER)


def said_by_team(lot: KeptLot, notices: Iterable[PublishedNotice]) -> PublishedNotice | None:
    """Return the notice of the team about a lot, among those of its contract; None without one."""
    return next((one for one in notices if (one.source, one.ref) == (TEAM, _ref(lot))), None)


def _ref(lot: KeptLot) -> str:
    return f"{lot.contract}#{lot.published.number}"


def confirm_family(engine: Engine, shelf: Shelf, lot: KeptLot, family: ReservedFor, author: str, now: datetime) -> None:
    """Keep that a lot is reserved for this family, signed by `author`, and compare it again with the catalogue; `now` is UTC without zone."""
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
