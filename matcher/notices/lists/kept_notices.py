"""Queries of the notices as they were published, the last that came in first; never what the team says of a lot, which is no notice."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select

from matcher.catalogue.identity.trust import TEAM
from matcher.domain.notice import PublishedNotice
from matcher.notices.tables import NOTICES

_SAID = NOTICES.c.said


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice as it is kept: its number, and the contract that it is of."""

    id: int
    contract: str
    said: PublishedNotice


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Choice of notices; what is empty or None chooses nothing. `buyer` is a SIRET or a SIREN, `since` a first day of publication."""

    contract: str = ""
    source: str = ""
    buyer: str = ""
    since: date | None = None


def notices(
    connection: Connection, chosen: NoticeFilter, most: int | None = None, before: int | None = None
) -> list[KeptNotice]:
    """Return the notices that a filter chooses, the last that came in first; those that came in `before` one, by its number."""
    query = _query()
    if before is not None:
        query = query.where(NOTICES.c.id < before)
    if chosen.contract:
        query = query.where(NOTICES.c.contract == chosen.contract)
    if chosen.source:
        query = query.where(NOTICES.c.source == chosen.source)
    if chosen.buyer:
        query = query.where(_SAID["buyer"].as_string().startswith(chosen.buyer, autoescape=True))
    if chosen.since is not None:  # kept in ISO, which sorts as days do
        query = query.where(_SAID["published"].as_string() >= chosen.since.isoformat())
    return [_kept(row) for row in connection.execute(query.order_by(NOTICES.c.id.desc()).limit(most))]


def notice(connection: Connection, number: int) -> KeptNotice | None:
    """Return one notice by its number, None where there is none."""
    row = connection.execute(_query().where(NOTICES.c.id == number)).first()
    return _kept(row) if row else None


def _query() -> Select[Any]:
    return select(NOTICES.c.id, NOTICES.c.contract, _SAID).where(NOTICES.c.source != TEAM)


def _kept(row: Row[Any]) -> KeptNotice:
    return KeptNotice(row.id, row.contract, msgspec.convert(row.said, PublishedNotice))
