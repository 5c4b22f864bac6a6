"""Comparison of published lots with the catalogue: each read once, its suppliers kept, so that a page of either side reads rows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, bindparam, delete, select, update

from matcher.catalogue.store.tables import SupplierRow
from matcher.db import reading, writing
from matcher.domain.notice import PublishedLot
from matcher.domain.reading import Reading
from matcher.need.answer import laid
from matcher.notices.matching import LotMatches, matches
from matcher.notices.store import open_lots
from matcher.notices.tables import LotMatchRow, PublishedLotRow
from matcher.ranking.known import BANDS
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.place.areas import departements_of
from matcher.reading.reader import read
from matcher.rows import chunks, insert_rows, table_of

# Lots compared between two writes: few enough that a write is short, and that a cut loses a second or two of work.
PART = 250

_LOTS, _MATCHES, _SUPPLIERS = table_of(PublishedLotRow), table_of(LotMatchRow), table_of(SupplierRow)


def pair_lots(
    engine: Engine,
    shelf: Shelf,
    *,
    now: datetime,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> int:
    """Compare with a catalogue the lots that wait for it, and those open at `now` (UTC without zone) that another state of it was compared
    with; return how many. A part is written whole: what is cut is taken up by the next call."""
    with reading(engine) as connection:
        waiting = list(connection.execute(_waiting(shelf.version, now)).scalars())
    done = 0
    for ids in chunks(waiting, PART):
        columns = (_LOTS.c.id, _LOTS.c.hash, _LOTS.c.said)
        with reading(engine) as connection:
            rows = connection.execute(select(*columns).where(_LOTS.c.id.in_(ids)).order_by(_LOTS.c.id)).all()
        found = [(row, *_compared(shelf, row.said, now)) for row in rows]
        with writing(engine) as connection:
            _write(connection, found, shelf)
        done += len(found)
        progress("rapprochement", done, len(waiting))
    with writing(engine) as connection:  # those that left the catalogue
        connection.execute(delete(_MATCHES).where(_MATCHES.c.supplier_id.not_in(select(_SUPPLIERS.c.id))))
    return done


def _waiting(version: int, now: datetime) -> Select[tuple[int]]:
    stale = _LOTS.c.matched.is_(None) | (open_lots(now) & (_LOTS.c.matched != version))
    return select(_LOTS.c.id).where(stale).order_by(_LOTS.c.id)


def _compared(shelf: Shelf, said: Mapping[str, Any], now: datetime) -> tuple[Reading, LotMatches]:
    its = read(msgspec.convert(said, PublishedLot).lot)
    return its, matches(laid(its, shelf, now.date()))


def _write(connection: Connection, found: Sequence[tuple[Any, Reading, LotMatches]], shelf: Shelf) -> None:
    """Write what a part of the lots was read as and who may answer; a lot that has changed meanwhile still waits."""
    update_one = update(_LOTS).where(_LOTS.c.id == bindparam("own"), _LOTS.c.hash == bindparam("seen"))
    connection.execute(update_one, [_told(row, its, suits, shelf.version) for row, its, suits in found])
    connection.execute(delete(_MATCHES).where(_MATCHES.c.lot_id.in_([row.id for row, *_ in found])))
    insert_rows(
        connection,
        _MATCHES,
        [
            {
                "lot_id": row.id,
                "supplier_id": shelf.ids[one],
                "band": BANDS[band].value,
                "score": round(score, 2),
                "rank": rank,
            }
            for row, _, suits in found
            for rank, (one, band, score) in enumerate(
                zip(suits.rows.tolist(), suits.band.tolist(), suits.score.tolist(), strict=True), start=1
            )
        ],
    )


def _told(row: Any, its: Reading, suits: LotMatches, version: int) -> dict[str, Any]:
    return {
        "own": row.id,
        "seen": row.hash,
        "matched": version,
        "activities": list(its.asked),
        "departements": sorted({code for place in its.places for code in departements_of(place)}),
        "amount": its.euros,
        "months": its.months,
        "connu": suits.connu,
        "indice": suits.indice,
        "eligible": max(suits.reservable.values()),
    }
