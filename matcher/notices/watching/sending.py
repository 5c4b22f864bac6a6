"""Messages of watches: written once for a day, a lot once for a reader, and sent through the outbox: cut at any moment, a run is taken up by the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import Connection, Engine, delete, func, insert, select

from matcher.accounts.organisations import controller_of, load
from matcher.db import reading, writing
from matcher.mail.delivery import Clock, Delivery, Letterhead, send_batch
from matcher.mail.outbox import QueuedMessage, cancel, queue
from matcher.notices.deadlines import PARIS
from matcher.notices.store import lots_of
from matcher.notices.watching.letter import MOST_TOLD, LotTold, letter, subject
from matcher.notices.watching.lot_words import lot_words
from matcher.notices.watching.news import LotNews, ToldLot, news
from matcher.notices.watching.tables import WATCHES_TOLD
from matcher.notices.watching.watched import SupplierGone, WatchedLots, sides, watched
from matcher.notices.watching.watches import KIND, LotVerdict, Watch, live_watches, still, verdicts
from matcher.ownership import OrganisationId
from matcher.ranking.shelf.shelf import Shelf
from matcher.settings import Controller, SettingsError, SmtpSettings

# Where the page of a link is, under the address of the pages.
PLACE = "veille"
# The hour at which a message of a day that is to come says what is left.
MORNING = time(6, tzinfo=PARIS)
_LATE = "remplacé par un message plus récent"


@dataclass(slots=True)
class WatchRun:
    """Result of one run: messages written, watches with nothing to tell, those not written and why (by title); and what became of the messages."""

    written: int = 0
    quiet: int = 0
    unwritten: dict[str, str] = field(default_factory=dict)
    sent: Delivery = field(default_factory=lambda: Delivery(0, 0, 0))


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be told by a watch on a day, as it was read before it is written: `last` is the day of its last message."""

    news: Sequence[LotNews]
    last: date | None
    lots: WatchedLots


def send_watches(
    engine: Engine, shelf: Shelf, day: date, server: SmtpSettings, address: str, *, months: int, clock: Clock
) -> WatchRun:
    """Write the messages of a day and send all that wait; `address` is where others open the pages. The same day again writes nothing twice and
    sends what is left. An organisation that says nobody who answers for the data is told so, and does not stop the others. Raises MailRefused."""
    run = WatchRun()
    by: dict[OrganisationId, Controller] = {}
    with reading(engine) as connection:
        live = live_watches(connection)
    written_to: set[tuple[str, str]] = set()
    for watch in live:
        reader = (watch.supplier_id or f"veille {watch.id}", watch.address)
        if reader in written_to:
            run.unwritten[watch.title] = "une autre organisation écrit déjà à cette adresse pour ce fournisseur"
            continue
        written_to.add(reader)
        try:
            by.setdefault(watch.owner, controller_of(engine, watch.owner))
            done = _write(engine, shelf, watch, day, by[watch.owner], months=months, now=clock())
        except SettingsError as lacking:
            run.unwritten[watch.title] = str(lacking)
        except SupplierGone:
            run.unwritten[watch.title] = "le fournisseur n’est plus au catalogue"
        else:
            run.written, run.quiet = run.written + done, run.quiet + (not done)
    for owner, its in by.items():
        letterhead = Letterhead(server.sender, its.name, its.contact, f"{address}/{PLACE}")
        one = send_batch(engine, KIND, owner, server, letterhead, clock=clock)
        so_far = run.sent
        run.sent = Delivery(so_far.sent + one.sent, so_far.later + one.later, so_far.refused + one.refused, one.stopped)
        if one.stopped:
            break
    return run


def told_before(connection: Connection, watch_id: int) -> Mapping[int, ToldLot]:
    """Return what the messages of a watch told last of each lot."""
    rows = connection.execute(
        select(WATCHES_TOLD).where(WATCHES_TOLD.c.watch_id == watch_id).order_by(WATCHES_TOLD.c.day)
    )
    return {row.lot_id: ToldLot(row.mark, row.near) for row in rows}


def _write(
    engine: Engine, shelf: Shelf, watch: Watch, day: date, by: Controller, *, months: int, now: datetime
) -> bool:
    """Write the message of a watch for a day, in one transaction with what it tells; whether there was anything to tell. What was written before
    and has not left is written anew with the rest: nobody reads two messages in a morning."""
    at = max(now, datetime.combine(day, MORNING))
    with writing(engine) as connection:
        last = _last(connection, watch)
        if last is not None and last >= day:
            return False
        if cancel(connection, KIND, [watch.id], _LATE, now):
            connection.execute(
                delete(WATCHES_TOLD).where(WATCHES_TOLD.c.watch_id == watch.id, WATCHES_TOLD.c.day == last)
            )
            last = _last(connection, watch)
        if last is not None and (day - last).days < watch.pace.days:
            return False
    found = _found(engine, watch, at)
    if not found.news:
        return False
    message = _message(engine, shelf, watch, found, by, months=months, at=at)
    with writing(engine) as connection:
        if _last(connection, watch) != found.last or not still(
            connection, watch
        ):  # another run wrote, or its reader said stop
            return False
        rows = [
            {"watch_id": watch.id, "lot_id": one.lot.id, "day": day, "mark": one.told.mark, "near": one.told.near}
            for one in found.news
        ]
        connection.execute(insert(WATCHES_TOLD), rows)
        queue(connection, KIND, watch.owner, [message], now)
    return True


def _found(engine: Engine, watch: Watch, at: datetime) -> _Found:
    with reading(engine) as connection:
        shown = watched(connection, watch, at)
        told = told_before(connection, watch.id)
        refused = {lot_id for lot_id, said in verdicts(connection, watch).items() if said is LotVerdict.REFUSED}
        before = lots_of(connection, told.keys() - refused)
        found = news([one.lot for one in shown.shown], told, before, at)
        return _Found(found, _last(connection, watch), shown)


def _message(
    engine: Engine, shelf: Shelf, watch: Watch, found: _Found, by: Controller, *, months: int, at: datetime
) -> QueuedMessage:
    """The message of a watch; the reasons of the lots that it tells in full are computed now."""
    whole = found.news[:MOST_TOLD]
    those = [one.lot for one in whole]
    reasons = sides(shelf, found.lots.supplier_id, those, at.date()) if watch.supplier_id else [None] * len(whole)
    reasons = [*reasons, *[None] * (len(found.news) - len(whole))]
    unsure = {one.id for one in found.lots.shown if one.unsure}
    told = [
        LotTold(one.kind, lot_words(one.lot, at, side), one.lot.id in unsure)
        for one, side in zip(found.news, reasons, strict=True)
    ]
    who = load(engine, watch.owner).its.name or by.name
    text = letter(watch.title, told, by, who=who, pace=watch.pace, months=months)
    return QueuedMessage(watch.id, watch.address, subject(watch.title, told), text)


def _last(connection: Connection, watch: Watch) -> date | None:
    found: date | None = connection.execute(
        select(func.max(WATCHES_TOLD.c.day)).where(WATCHES_TOLD.c.watch_id == watch.id)
    ).scalar()
    return found
