"""News of dossiers for who comes back: what is due in each, which of their structures have closed, how many have answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Engine, func, select

from matcher.catalogue.store.followed import followed
from matcher.db import reading
from matcher.dossiers.asking.tables import ANSWERS, ASKED, CAMPAIGNS
from matcher.dossiers.dossier import Entry
from matcher.dossiers.store import load
from matcher.dossiers.todo import todo
from matcher.ownership import OrganisationId, owned_by
from matcher.ranking.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True)
class DossierNews:
    """News of one dossier: the first thing `due` in each lot, as a French sentence, and the names of the structures kept that have `closed`."""

    due: tuple[str, ...]
    closed: tuple[str, ...]


def news_of(engine: Engine, owner: OrganisationId, number: int, shelf: Shelf, today: date) -> DossierNews:
    """Return the news of a dossier on the catalogue of `today`. Raises JournalUnknown."""
    dossier = load(engine, owner, number)
    first = [next(iter(todo(lot, today, dossier.header.deadline)), None) for lot in dossier.lots]
    living = [entry for lot in dossier.lots for entry in lot.entries if not entry.withdrawn]
    now = followed(engine, {entry.match.id for entry in living})
    return DossierNews(
        due=tuple(each.says for each in first if each is not None and each.due),
        closed=tuple(dict.fromkeys(_closed(living, now, shelf))),
    )


def answers_since(engine: Engine, owner: OrganisationId, day: date) -> int:
    """Return how many structures have answered a campaign of an organisation since a day, included."""
    asked = ANSWERS.join(ASKED, ASKED.c.id == ANSWERS.c.asked_id)
    joined = asked.join(CAMPAIGNS, CAMPAIGNS.c.id == ASKED.c.campaign_id)
    since = ANSWERS.c.at >= datetime.combine(day, time.min)
    query = select(func.count()).select_from(joined).where(owned_by(CAMPAIGNS, owner), since)
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def _closed(living: list[Entry], now: dict[str, str], shelf: Shelf) -> Iterator[str]:
    """The names of those that a register says closed."""
    for entry in living:
        row = shelf.find(now.get(entry.match.id, entry.match.id))
        if row is not None and shelf.suppliers[row].closed_reason:
            yield entry.match.name
