"""Comparison of published lots with the catalogue: each read once, its suppliers kept, so that a page of either side reads rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Select, bindparam, delete, select, update

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
from matcher.rows import chunks, insert_rows, table_of

# Lots compared between two writes: few enough that a write is short, and that a cut loses a second or two of work.
PART = 250

_NOTICES, _LOTS, _MATCHES, _SUPPLIERS = map(table_of, (NoticeRow, PublishedLotRow, LotMatchRow, SupplierRow))


class _Compared(NamedTuple):
    """A lot as it was read from its row, completed with the object of its notice where its own words give no trade, and the suppliers that it suits."""

    id: int
    hash: str
    open: bool
    said: dict[str, Any]
    reading: Reading
    matches: LotMatches


def pair_lots(
    engine: Engine,
    shelf: Shelf,
    *,
    now: datetime,
    again: bool = False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> int:
    """Compare with a catalogue the lots that wait for it and, `again`, those open at `now` (UTC without zone) that another state of it was
    compared with; return how many. A part is written whole: what is cut is taken up by the next call. Whoever may answer is kept while a lot
    is open."""
    with writing(engine) as connection:
        waiting = list(connection.execute(_waiting(shelf.version if again else None, now)).scalars())
        still = select(_LOTS.c.id).where(open_lots(now))
        closed = _MATCHES.c.lot_id.not_in(still) | _MATCHES.c.supplier_id.not_in(select(_SUPPLIERS.c.id))
        connection.execute(delete(_MATCHES).where(closed))
    done = 0
    for ids in chunks(waiting, PART):
        with reading(engine) as connection:
            rows = connection.execute(_asked(ids, now)).all()
        comparisons = [_compared(shelf, row, now) for row in rows]
        with writing(engine) as connection:
            _write(connection, comparisons, shelf)
        done += len(comparisons)
        progress("rapprochement", done, len(waiting))
    return done


def _waiting(version: int | None, now: datetime) -> Select[Any]:
    """The lots that were never compared; with a version, the open ones that another was compared with too."""
    chosen: ColumnElement[bool] = _LOTS.c.matched.is_(None)
    if version is not None:
        chosen |= open_lots(now) & (_LOTS.c.matched != version)
    return select(_LOTS.c.id).where(chosen).order_by(_LOTS.c.id)


def _asked(ids: Sequence[int], now: datetime) -> Select[Any]:
    """Return the query of what is read of these lots to compare them, with the title of the notice of each."""
    columns = (_LOTS.c.id, _LOTS.c.hash, _LOTS.c.said, open_lots(now).label("open"))
    query = select(*columns, _NOTICES.c.said["title"].as_string().label("title"))
    return query.join(_NOTICES, _NOTICES.c.id == _LOTS.c.notice_id).where(_LOTS.c.id.in_(ids)).order_by(_LOTS.c.id)


def _compared(shelf: Shelf, row: Any, now: datetime) -> _Compared:
    published = msgspec.convert(row.said, PublishedLot)
    lot, reading = completed(published.lot, row.title)
    payload = row.said if lot == published.lot else msgspec.to_builtins(replace(published, lot=lot))
    return _Compared(row.id, row.hash, row.open, payload, reading, matches(lay_on_shelf(reading, shelf, now.date())))


def _write(connection: Connection, comparisons: Sequence[_Compared], shelf: Shelf) -> None:
    """Write what a part of the lots was read as and who may answer; a lot that has changed meanwhile still waits."""
    now_told = select(_LOTS.c.id, _LOTS.c.hash).where(_LOTS.c.id.in_([one.id for one in comparisons]))
    hashes = {row.id: row.hash for row in connection.execute(now_told)}
    same = [one for one in comparisons if hashes.get(one.id) == one.hash]
    if not same:
        return
    connection.execute(update(_LOTS).where(_LOTS.c.id == bindparam("own")), [_told(one, shelf.version) for one in same])
    connection.execute(delete(_MATCHES).where(_MATCHES.c.lot_id.in_([one.id for one in same])))
    insert_rows(connection, _MATCHES, [row for one in same if one.open for row in _rows(one, shelf)])


def _told(comparison: _Compared, version: int) -> dict[str, Any]:
    reading = comparison.reading
    return {
        "own": comparison.id,
        "matched": version,
        "said": comparison.said,
        "activities": list(reading.asked),
        "departements": sorted({code for place in reading.places for code in departements_of(place)}),
        "amount": reading.euros,
        "months": reading.months,
        "connu": comparison.matches.connu,
        "indice": comparison.matches.indice,
        "credible": comparison.matches.credible,
        "reservable": dict(comparison.matches.reservable),
    }


def _rows(comparison: _Compared, shelf: Shelf) -> Iterator[dict[str, Any]]:
    lot_matches = comparison.matches
    columns = (
        lot_matches.rows,
        lot_matches.band,
        lot_matches.place,
        lot_matches.score,
        lot_matches.lead,
        lot_matches.wanted,
    )
    for row, band, place, score, lead, wanted in zip(*(column.tolist() for column in columns), strict=True):
        yield {
            "lot_id": comparison.id,
            "supplier_id": shelf.ids[row],
            "band": BANDS[band].value,
            "place": place,
            "score": score,
            "lead": lead,
            "wanted": wanted,
        }
