"""Storage of the crawl of suppliers' websites: pages with their state, and suggestions (values read on a page) until a person confirms or refuses each."""

import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from importers.online.faults import folder_of
from importers.online.services import url_origin
from matcher.catalogue.store.opt_outs import read_guard
from matcher.catalogue.store.tables import FINESS_NUMBERS, RECORDS
from matcher.erasure import FOLDERS, Holding
from matcher.rows import Base, table_of

WAITING = "à lire"


class SuggestionState(StrEnum):
    """State of a suggestion: proposed, until a person confirms or refuses it."""

    PROPOSED = "proposée"
    CONFIRMED = "confirmée"
    REFUSED = "refusée"


class WebsitePageRow(Base):
    """One page of a website: `site` is its host, `state` « à lire » or a PageOutcome, `asked` when (UTC without zone)."""

    __tablename__ = "website_page"
    __table_args__ = (UniqueConstraint("site", "url"),)
    holding = Holding(
        "adresses des pages lues sur les sites de fournisseurs", keys=("state",), whole=True, supplier=True
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site: Mapped[str]
    url: Mapped[str]
    state: Mapped[str]
    asked: Mapped[datetime | None]


class SuggestionRow(Base):
    """A value that a web page gives for a supplier: `champ` and `value` as in the team's corrections, `sentence` the page's words. `shared` where
    the page is about several establishments. `who` settled it, empty while it is proposed."""

    __tablename__ = "suggestion"
    __table_args__ = (UniqueConstraint("supplier_id", "champ", "value"),)
    holding = Holding(
        "ce que le site d’un fournisseur dit de lui (métier et sa phrase, téléphone, courriel), et qui l’a confirmé ou refusé",
        keys=("supplier_id", "champ", "state"),
        dates=("found",),
        whole=True,
        supplier=True,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[str]
    champ: Mapped[str]
    value: Mapped[str]
    sentence: Mapped[str]
    url: Mapped[str]
    found: Mapped[date]
    shared: Mapped[bool]
    state: Mapped[str]
    who: Mapped[str]


_PAGES = table_of(WebsitePageRow)
_SUGGESTIONS = table_of(SuggestionRow)


@dataclass(frozen=True, slots=True)
class WebsitePage:
    """A page of a website: `state` is « à lire » or its outcome, `asked` the time it was read (UTC without zone)."""

    id: int
    site: str
    url: str
    state: str
    asked: datetime | None


@dataclass(frozen=True, slots=True)
class PageValue:
    """A value that a page gives for a supplier, not stored yet: `champ` and `value` as in the team's corrections, and the page's words; `shared`
    where the page is about several establishments."""

    supplier_id: str
    champ: str
    value: str
    sentence: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SiteSuggestion:
    """A stored suggestion that waits for a person."""

    id: int
    champ: str
    value: str
    sentence: str
    url: str
    found: date
    shared: bool


def site_of(url: str) -> str:
    """Return the host of a website without « www. », empty where there is none."""
    origin = url_origin(url)
    return origin[1].removeprefix("www.") if origin else ""


def pages_of(connection: Connection, site: str) -> list[WebsitePage]:
    """Return the known pages of a site, in reading order."""
    rows = connection.execute(select(_PAGES).where(_PAGES.c.site == site).order_by(_PAGES.c.id))
    return [WebsitePage(row.id, row.site, row.url, row.state, row.asked) for row in rows]


def begin_site(connection: Connection, site: str, urls: Iterable[str]) -> None:
    """Delete the pages of a site, and queue these."""
    connection.execute(delete(_PAGES).where(_PAGES.c.site == site))
    add_pages(connection, site, urls)


def add_pages(connection: Connection, site: str, urls: Iterable[str]) -> None:
    """Queue more pages of a site."""
    rows = [{"site": site, "url": url, "state": WAITING, "asked": None} for url in urls]
    if rows:
        connection.execute(insert(_PAGES), rows)


def end_page(connection: Connection, page_id: int, state: str, now: datetime) -> None:
    """Write the outcome of a page. `now` is UTC."""
    done = {"state": state, "asked": now.replace(tzinfo=None)}
    connection.execute(update(_PAGES).where(_PAGES.c.id == page_id).values(done))


def suggest(connection: Connection, mentions: Sequence[PageValue], url: str, on: date) -> list[PageValue]:
    """Store the values that a page gives as suggestions, and return the new ones. A known suggestion, answered or not, stays; forgotten values are left out."""
    forgotten = read_guard(connection).forgotten
    new: list[PageValue] = []
    for each in mentions:
        if forgotten.cut(each.value) != each.value:
            continue
        same = (_SUGGESTIONS.c.champ == each.champ, _SUGGESTIONS.c.value == each.value)
        mine = select(_SUGGESTIONS.c.id, _SUGGESTIONS.c.shared).where(_is_of(each.supplier_id), *same)
        known = connection.execute(mine).first()
        values = {
            "sentence": forgotten.cut(each.sentence),
            "url": forgotten.cut(url),
            "found": on,
            "shared": each.shared,
        }
        if known is None:
            own = {"supplier_id": each.supplier_id, "champ": each.champ, "value": each.value}
            connection.execute(
                insert(_SUGGESTIONS), {**own, **values, "state": SuggestionState.PROPOSED.value, "who": ""}
            )
            new.append(each)
        elif known.shared and not each.shared:
            connection.execute(update(_SUGGESTIONS).where(_SUGGESTIONS.c.id == known.id).values(values))
    return new


def suggestions_of(connection: Connection, supplier_id: str) -> tuple[SiteSuggestion, ...]:
    """Return the suggestions for a supplier that wait for a person, trades first."""
    rows = connection.execute(_waiting(), {"supplier": supplier_id})
    return tuple(
        SiteSuggestion(row.id, row.champ, row.value, row.sentence, row.url, row.found, row.shared) for row in rows
    )


def settle_suggestion(connection: Connection, number: int, state: SuggestionState, author: str) -> None:
    """Store a person's answer to a suggestion."""
    settled = {"state": state.value, "who": author}
    connection.execute(update(_SUGGESTIONS).where(_SUGGESTIONS.c.id == number).values(settled))


def count_suggestions(connection: Connection) -> dict[str, int]:
    """Return how many suggestions wait, by the id that their supplier had when they were made."""
    count = select(_SUGGESTIONS.c.supplier_id, func.count()).where(_is_proposed()).group_by(_SUGGESTIONS.c.supplier_id)
    return {row[0]: row[1] for row in connection.execute(count.order_by(_SUGGESTIONS.c.supplier_id))}


def leave_websites(connection: Connection, keys: Collection[str], sites: Iterable[str]) -> None:
    """Delete the suggestions for a supplier that leaves, by any of its keys, and the pages and files of its sites. Raises OSError."""
    connection.execute(delete(_SUGGESTIONS).where(_SUGGESTIONS.c.supplier_id.in_(keys)))
    for site in filter(None, sites):
        connection.execute(delete(_PAGES).where(_PAGES.c.site == site))
        folder = FOLDERS["sites"].path / folder_of(site)
        if folder.exists():
            shutil.rmtree(folder)


@cache
def _waiting() -> Select[Any]:
    """SQL: the suggestions for `supplier` that wait, trades first; built once for all its pages."""
    mine = (_is_of(bindparam("supplier")), _is_proposed())
    return select(_SUGGESTIONS).where(*mine).order_by(_SUGGESTIONS.c.champ, _SUGGESTIONS.c.id)


def _is_of(supplier_id: str | BindParameter[str]) -> ColumnElement[bool]:
    """SQL condition: a suggestion is about this supplier, under its id or a former one."""
    finess = select("finess:" + FINESS_NUMBERS.c.number).where(FINESS_NUMBERS.c.supplier_id == supplier_id)
    records = select(RECORDS.c.source + ":" + RECORDS.c.ref).where(RECORDS.c.supplier_id == supplier_id)
    key = _SUGGESTIONS.c.supplier_id
    return or_(key == supplier_id, key.in_(finess), key.in_(records))


def _is_proposed() -> ColumnElement[bool]:
    return _SUGGESTIONS.c.state == SuggestionState.PROPOSED.value
