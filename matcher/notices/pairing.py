"""Matches published lots with the suppliers of the catalogue and stores the result, so that the pages of lots and of suppliers only read rows.

For each waiting lot: read its text, rank the suppliers of the shelf (the catalogue loaded as arrays), write the lot's values and its suppliers.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, bindparam, delete, select, update

from matcher.catalogue.store.tables import SupplierRow
from matcher.db import reading, writing
from matcher.domain.notice import PublishedLot
from matcher.domain.reading import Reading
from matcher.need.answer import lay_on_shelf
from matcher.notices.clean import completed
from matcher.notices.matching import LotMatches, matches
from matcher.notices.store import open_lots
from matcher.notices.tables import LotMatchRow, NoticeRow, PublishedLotRow
from matcher.ranking.known import BANDS
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.place.areas import departements_of
from matcher.reading.trade.doubt import shown_activities
from matcher.rows import chunks, insert_rows, table_of
from matcher.typed_values import convert_value

# Lots per transaction: the write is short, and an interruption loses a second or two of work.
PART = 250

_NOTICES, _LOTS, _MATCHES, _SUPPLIERS = map(table_of, (NoticeRow, PublishedLotRow, LotMatchRow, SupplierRow))


class _Compared(NamedTuple):
    """A lot (`said`: its content, completed with its contract's object if its own words give no trade), its reading, and the suppliers that it suits."""

    id: int
    hash: str
    open: bool
    said: dict[str, Any]
    reading: Reading
    trades: list[str]
    matches: LotMatches


def pair_lots(
    engine: Engine,
    shelf: Shelf,
    *,
    now: datetime,
    again: bool = False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> int:
    """Match the lots that were never matched and, with `again`, those open at `now` (UTC without zone) matched with an older catalogue; return how many. The
    stored suppliers of closed lots, and suppliers no longer in the catalogue, are deleted first. After an interruption, the next call goes on."""
    chosen: ColumnElement[bool] = _LOTS.c.matched.is_(None)
    if again:
        chosen |= open_lots(now) & (_LOTS.c.matched != shelf.version)
    with writing(engine) as connection:
        waiting = list(connection.execute(select(_LOTS.c.id).where(chosen).order_by(_LOTS.c.id)).scalars())
        still_open = select(_LOTS.c.id).where(open_lots(now))
        stale = _MATCHES.c.lot_id.not_in(still_open) | _MATCHES.c.supplier_id.not_in(select(_SUPPLIERS.c.id))
        connection.execute(delete(_MATCHES).where(stale))
    title = _NOTICES.c.said["title"].as_string().label("title")
    contents = select(_LOTS.c.id, _LOTS.c.hash, _LOTS.c.said, open_lots(now).label("open"), title)
    contents = contents.join(_NOTICES, _NOTICES.c.id == _LOTS.c.notice_id).order_by(_LOTS.c.id)
    done = 0
    for ids in chunks(waiting, PART):
        with reading(engine) as connection:
            rows = connection.execute(contents.where(_LOTS.c.id.in_(ids))).all()
        comparisons = [_compare_lot(shelf, row, now) for row in rows]
        with writing(engine) as connection:
            _write(connection, comparisons, shelf)
        done += len(comparisons)
        progress("rapprochement", done, len(waiting))
    return done


def _compare_lot(shelf: Shelf, row: Any, now: datetime) -> _Compared:
    published = convert_value(row.said, PublishedLot)
    lot, lot_reading = completed(published.lot, row.title)
    compared = replace(published, lot=lot, trade_unsure=not lot_reading.understood)
    payload = row.said if compared == published else msgspec.to_builtins(compared)
    # Of a trade that is not sure, only what is likely enough to be shown.
    trades = lot_reading.asked if lot_reading.understood else [guess.code for guess in shown_activities(lot_reading)]
    suited = matches(lay_on_shelf(lot_reading, shelf, now.date()))
    return _Compared(row.id, row.hash, row.open, payload, lot_reading, list(trades), suited)


def _write(connection: Connection, comparisons: Sequence[_Compared], shelf: Shelf) -> None:
    """Write the values read of these lots and their suppliers; a lot whose hash has changed meanwhile is left to be matched again."""
    current = select(_LOTS.c.id, _LOTS.c.hash).where(_LOTS.c.id.in_([lot.id for lot in comparisons]))
    hashes = {row.id: row.hash for row in connection.execute(current)}
    same = [lot for lot in comparisons if hashes.get(lot.id) == lot.hash]
    if not same:
        return
    values = [
        {
            "own": lot.id,
            "matched": shelf.version,
            "said": lot.said,
            "activities": lot.trades,
            "departements": sorted({code for place in lot.reading.places for code in departements_of(place)}),
            "amount": lot.reading.euros,
            "months": lot.reading.months,
            "connu": lot.matches.connu,
            "indice": lot.matches.indice,
            "credible": lot.matches.credible,
            "reservable": dict(lot.matches.reservable),
        }
        for lot in same
    ]
    connection.execute(update(_LOTS).where(_LOTS.c.id == bindparam("own")), values)
    connection.execute(delete(_MATCHES).where(_MATCHES.c.lot_id.in_([lot.id for lot in same])))
    suppliers: list[dict[str, Any]] = []
    for lot in same:
        suited = lot.matches
        columns = (suited.rows, suited.band, suited.place, suited.score, suited.lead, suited.wanted)
        suppliers += [
            {
                "lot_id": lot.id,
                "supplier_id": shelf.ids[row],
                "band": BANDS[band].value,
                "place": place,
                "score": score,
                "lead": lead,
                "wanted": wanted,
            }
            for row, band, place, score, lead, wanted in zip(*(column.tolist() for column in columns), strict=True)
            if lot.open
        ]
    insert_rows(connection, _MATCHES, suppliers)
