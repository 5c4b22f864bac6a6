"""A watch as its pages show it, and as its files give it: lots in words, the reasons computed as they are asked, kept while nothing has changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Response, request

from matcher.db import reading
from matcher.notices.store import KeptLot
from matcher.notices.supplier_side import SupplierSide
from matcher.notices.watching.feed import atom
from matcher.notices.watching.files import deadlines_ics, watch_table
from matcher.notices.watching.lot_words import LotWords, lot_words
from matcher.notices.watching.watched import (
    NoticesRead,
    SupplierGone,
    WatchedLot,
    WatchedLots,
    mark,
    notices_read,
    sides,
    watched,
)
from matcher.notices.watching.watches import Watch
from matcher.ranking.shelf.card import Card
from matcher.render.described_file import DescribedFile
from matcher.render.workbook import table_csv, table_workbook
from matcher.web.frame.app_state import desk
from matcher.web.frame.cache import remembered
from matcher.web.frame.file_response import sent

# What is said to be due soon.
_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ShownLot:
    """A lot of a watch and its words."""

    of: WatchedLot
    words: LotWords


@dataclass(frozen=True, slots=True)
class ShownWatch:
    """A watch on a moment: its `lots` are all that its page lists, `more` are left out, its reader refused `refused`; `soon` of the listed close
    within a week, `together` ask for a partner, `unsure` may not be of the supplier's trade. `card` is the
    supplier's, None where the watch is over all lots."""

    watch: Watch
    card: Card | None
    lots: tuple[ShownLot, ...]
    more: int
    refused: tuple[ShownLot, ...]
    soon: int
    together: int
    unsure: int
    read: NoticesRead


def shown(watch: Watch) -> ShownWatch:
    """Return a watch as its page shows it now. Raises SupplierGone."""
    now = desk().clock()
    found = _watched(watch, now)
    words = _worded(found, now)
    with reading(desk().engine) as connection:
        read = notices_read(connection, now.date())
    return ShownWatch(
        watch=watch,
        card=_card(found.supplier_id) if found.supplier_id else None,
        lots=tuple(ShownLot(one, its) for one, its in zip(found.shown, words, strict=True)),
        more=found.more,
        refused=tuple(ShownLot(one, lot_words(one.lot, now)) for one in found.refused),
        soon=sum(_closes(one.lot, now) for one in found.shown),
        together=sum(bool(its.lacks) for its in words),
        unsure=sum(one.unsure for one in found.shown),
        read=read,
    )


def reasons(supplier_id: str, those: Sequence[KeptLot], now: datetime) -> list[SupplierSide]:
    """Return what lots are to a supplier, each computed once while neither it nor the catalogue changes. Raises SupplierGone."""
    shelf, day = desk().shelf(), now.date()
    known: dict[tuple[int, str], SupplierSide] = remembered("raisons", (shelf.version, supplier_id, day), dict)
    keys = [(one.id, mark(one)) for one in those]
    new = {key: one for key, one in zip(keys, those, strict=True) if key not in known}
    known.update(zip(new, sides(shelf, supplier_id, list(new.values()), day), strict=True))
    return [known[key] for key in keys]


def watch_file(watch: Watch, name: str, form: str, address: str) -> Response:
    """Return the lots of a watch as a file called `name`, « atom », « ics », « csv » or « xlsx »: whoever asks again for what has not changed is
    answered without a word computed. Raises SupplierGone."""
    now = desk().clock()
    found = _watched(watch, now)
    state = _state(found, now, address)
    slot: dict[str, Any] = remembered("veilles", (watch.id, watch.supplier_id, form), dict)
    if slot.get("state") != state:
        # The moment of the new content is never that of the former: whoever knows only dates is told that it changed.
        slot.update(state=state, made=now, content=_FORMS[form](watch, found, _worded(found, now), address))
    answer = sent(f"{name}.{form}", slot["content"])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(state)
    answer.last_modified = slot["made"]
    answer.make_conditional(request)
    return answer


def _card(supplier_id: str) -> Card:
    """The card of a supplier. Raises SupplierGone."""
    row = desk().shelf().find(supplier_id)
    if row is None:
        raise SupplierGone
    return desk().shelf().suppliers[row]


def _watched(watch: Watch, now: datetime) -> WatchedLots:
    with reading(desk().engine) as connection:
        return watched(connection, watch, now)


def _worded(found: WatchedLots, now: datetime) -> list[LotWords]:
    those = [one.lot for one in found.shown]
    its = reasons(found.supplier_id, those, now) if found.supplier_id else [None] * len(those)
    return [lot_words(lot, now, side) for lot, side in zip(those, its, strict=True)]


def _state(found: WatchedLots, now: datetime, address: str) -> str:
    listed = [(one.id, mark(one.lot), one.band, one.lot.changed) for one in found.shown]
    told = (desk().shelf().version, found.supplier_id, now.date(), address, listed)
    return sha256(repr(told).encode()).hexdigest()[:32]


def _closes(lot: KeptLot, now: datetime) -> bool:
    deadline = lot.published.deadline
    return deadline is not None and deadline.at - now < _SOON


def _atom(watch: Watch, found: WatchedLots, words: Sequence[LotWords], address: str) -> bytes:
    entries = [(its, one.lot.changed) for its, one in zip(words, found.shown, strict=True)]
    return atom(f"Lots pour {watch.title}", address, watch.id, entries, watch.opened)


def _ics(_: Watch, found: WatchedLots, words: Sequence[LotWords], address: str) -> bytes:
    return deadlines_ics([(one.lot, its) for one, its in zip(found.shown, words, strict=True)], address)


_FORMS: dict[str, Callable[[Watch, WatchedLots, Sequence[LotWords], str], bytes | DescribedFile]] = {
    "atom": _atom,
    "ics": _ics,
    "csv": lambda _, __, words, ___: table_csv(watch_table(words)),
    "xlsx": lambda _, __, words, ___: table_workbook(watch_table(words)),
}
