"""Writes and sends the e-mails of watches (saved searches of lots): new, corrected, soon closed and cancelled lots, at most one message a day each.

Messages are queued in the outbox in the transaction that records their lots; a run that is interrupted is completed by the next, without duplicates.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from textwrap import wrap

from sqlalchemy import Connection, Engine, delete, func, insert, select

from matcher.accounts.organisations import controller_of, load_organisation
from matcher.db import reading, writing
from matcher.domain.french import count, typeset
from matcher.mail.delivery import Clock, Delivery, Letterhead, send_batch
from matcher.mail.outbox import LINK, QueuedMessage, cancel, queue_messages
from matcher.mail.rights import rights
from matcher.notices.deadlines import PARIS
from matcher.notices.store import lots_by_number
from matcher.notices.watching.lot_words import LotWords, lot_words
from matcher.notices.watching.tables import WATCHES_TOLD
from matcher.notices.watching.watched import (
    LotNews,
    NewsKind,
    SupplierGone,
    ToldLot,
    WatchedLots,
    news,
    read_watched_lots,
    sides,
)
from matcher.notices.watching.watches import KIND, LotVerdict, Pace, Watch, live_watches, read_verdicts, still
from matcher.ownership import OrganisationId
from matcher.ranking.shelf.shelf import Shelf
from matcher.settings import Controller, SettingsError, SmtpSettings

WIDTH = 44
# Lots written in full in a message; the page has the others.
MOST_TOLD = 8
_ORIGIN = "la veille que {} a ouverte pour vous"
_GROUND = "intérêt légitime, faire connaître les marchés ouverts (article 6.1.f du RGPD)"
_PACES = {
    Pace.DAILY: "Un message par jour au plus, rien s’il n’y a rien.",
    Pace.WEEKLY: "Un message par semaine au plus, rien s’il n’y a rien.",
}


@dataclass(frozen=True, slots=True)
class LotTold:
    """A lot of a message: the reason why it is in, its words, and `unsure`: it may not be of the reader's trade."""

    kind: NewsKind
    words: LotWords
    unsure: bool = False


def watch_subject(title: str, lots: Sequence[LotTold]) -> str:
    """Return the subject of a message: the number of lots, the watch's title, and the first deadline."""
    fresh = sum(lot.kind is NewsKind.NEW for lot in lots)
    what = count(fresh, "lot") if fresh else f"du nouveau sur {count(len(lots), 'lot')}"
    due = [lot.words for lot in lots if lot.words.deadline and lot.kind is not NewsKind.CANCELLED]
    first = min(due, key=lambda words: words.deadline or datetime.max.replace(tzinfo=UTC), default=None)
    return typeset(" ".join(f"{what} pour {title}{f', à rendre dès le {first.margin}' if first else ''}".split()))


def watch_letter(title: str, lots: Sequence[LotTold], by: Controller, *, sender: str, pace: Pace, months: int) -> str:
    """Return the plain text of a message; `by` is the data controller, `months` how long personal data is kept. URLs stand on lines of their own."""
    more = len(lots) - MOST_TOLD
    unsure = sum(lot.unsure for lot in lots)
    to_confirm = f" Métier à confirmer pour {count(unsure, 'lot')} : est-ce bien le vôtre ?" if unsure else ""
    law = rights(by, origin=_ORIGIN.format(sender), ground=_GROUND, duration=f"{months} mois")
    parts = [
        ["Bonjour,"],
        _wrap_text(f"{count(len(lots), 'lot')} pour {title}.{to_confirm}"),
        *(list(_lot(lot)) for lot in lots[:MOST_TOLD]),
        [*_wrap_text(f"Et {count(more, 'autre')}, sur votre page :"), LINK] if more > 0 else [],
        [*_wrap_text("Tous vos lots, ce qui a été écarté, l’agenda :"), LINK],
        _wrap_text(_PACES[pace]),
        ["Ne plus recevoir ces messages :", f"{LINK}#retirer"],
        ["-- ", *(line for sentence in law for line in _wrap_text(sentence))],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _lot(lot: LotTold) -> Iterator[str]:
    words = lot.words
    until = f"À RENDRE LE {words.until}, {words.left}" if words.until else words.left.upper()
    if lot.kind is NewsKind.CANCELLED:
        until = "ANNULÉ : ne répondez plus à ce lot."
    elif lot.kind is not NewsKind.NEW:
        until = f"{lot.kind.value.upper()}. {until}"
    yield from _wrap_text(until)
    yield from _wrap_text(words.title)
    for line in (", ".join(words.facts), *_reasons(lot)):
        yield from _wrap_text(line, "  ")
    yield f"  {LINK}/lots/{words.id}"


def _reasons(lot: LotTold) -> Iterator[str]:
    if lot.kind is NewsKind.CANCELLED:
        return
    words = lot.words
    for label, reasons in (
        ("Pourquoi", words.suits),
        ("Contre", words.against),
        ("Manque", (*words.missing, *words.lacks)),
    ):
        if reasons:
            yield f"{label} : {' '.join(reasons)}"
    if words.partners:
        yield f"Avec qui : {' '.join(map(str, words.partners))}"


def _wrap_text(text: str, indent: str = "") -> list[str]:
    """Wrap a text to lines of `WIDTH` characters; longer words are not cut, no-break spaces do not break."""
    return wrap(
        typeset(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


# Path of a watch's page, under the server's address.
PLACE = "veille"
# Hour for which a message of a future day computes the time left.
MORNING = time(6, tzinfo=PARIS)
_LATE = "remplacé par un message plus récent"


@dataclass(slots=True)
class WatchRun:
    """Result of one run: messages written, watches without news, reasons for not writing by watch title, and the counts of the sending."""

    written: int = 0
    without_news: int = 0
    unwritten: dict[str, str] = field(default_factory=dict)
    sent: Delivery = field(default_factory=lambda: Delivery(0, 0, 0))


@dataclass(frozen=True, slots=True)
class _Content:
    """Content of a message, read before it is written: its news, the day of the watch's last message (`last`), and the lots of the watch."""

    news: Sequence[LotNews]
    last: date | None
    lots: WatchedLots


def send_watches(
    engine: Engine, shelf: Shelf, day: date, server: SmtpSettings, address: str, *, months: int, clock: Clock
) -> WatchRun:
    """Write the messages of a day and send all that wait; `address` is the public URL of the pages. A second run on the same day writes nothing twice
    and sends the rest. A watch whose organisation has no data controller is listed in `unwritten`. Raises MailRefused."""
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
            run.written, run.without_news = run.written + done, run.without_news + (not done)
    for owner, controller in by.items():
        letterhead = Letterhead(server.sender, controller.name, controller.contact, f"{address}/{PLACE}")
        delivery = send_batch(engine, KIND, owner, server, letterhead, clock=clock)
        sent, later = run.sent.sent + delivery.sent, run.sent.later + delivery.later
        run.sent = Delivery(sent, later, run.sent.refused + delivery.refused, delivery.stopped)
        if delivery.stopped:
            break
    return run


def told_before(connection: Connection, watch_id: int) -> Mapping[int, ToldLot]:
    """Return, by lot id, the state of each lot in the last message of a watch about it."""
    query = select(WATCHES_TOLD).where(WATCHES_TOLD.c.watch_id == watch_id).order_by(WATCHES_TOLD.c.day)
    return {row.lot_id: ToldLot(row.mark, row.near) for row in connection.execute(query)}


def _write(
    engine: Engine, shelf: Shelf, watch: Watch, day: date, by: Controller, *, months: int, now: datetime
) -> bool:
    """Queue the message of a watch for a day and record its lots, in one transaction; return False if there is nothing to write. An earlier message not
    yet sent is cancelled and its lots are written again in this one."""
    at = max(now, datetime.combine(day, MORNING))
    with writing(engine) as connection:
        last = _last(connection, watch)
        if last is not None and last >= day:
            return False
        if cancel(connection, KIND, [watch.id], _LATE, now):
            own = (WATCHES_TOLD.c.watch_id == watch.id) & (WATCHES_TOLD.c.day == last)
            connection.execute(delete(WATCHES_TOLD).where(own))
            last = _last(connection, watch)
        if last is not None and (day - last).days < watch.pace.days:
            return False
    with reading(engine) as connection:
        shown = read_watched_lots(connection, watch, at)
        lots = told_before(connection, watch.id)
        verdicts = read_verdicts(connection, watch)
        refused = {lot_id for lot_id, verdict in verdicts.items() if verdict is LotVerdict.REFUSED}
        before = lots_by_number(connection, lots.keys() - refused)
        content = _Content(news([item.lot for item in shown.shown], lots, before, at), _last(connection, watch), shown)
    if not content.news:
        return False
    message = _message(engine, shelf, watch, content, by, months=months, at=at)
    with writing(engine) as connection:
        # Another run has written meanwhile, or the reader has stopped the messages.
        if _last(connection, watch) != content.last or not still(connection, watch):
            return False
        rows = [
            {"watch_id": watch.id, "lot_id": item.lot.id, "day": day, "mark": item.told.mark, "near": item.told.near}
            for item in content.news
        ]
        connection.execute(insert(WATCHES_TOLD), rows)
        queue_messages(connection, KIND, watch.owner, [message], now)
    return True


def _message(
    engine: Engine, shelf: Shelf, watch: Watch, content: _Content, by: Controller, *, months: int, at: datetime
) -> QueuedMessage:
    """Return the message of a watch; the reasons of the lots written in full are computed now."""
    full = content.news[:MOST_TOLD]
    lots = [item.lot for item in full]
    reasons = sides(shelf, content.lots.supplier_id, lots, at.date()) if watch.supplier_id else [None] * len(full)
    reasons = [*reasons, *[None] * (len(content.news) - len(full))]
    unsure = {lot.id for lot in content.lots.shown if lot.unsure}
    lots_told = [
        LotTold(item.kind, lot_words(item.lot, at, side), item.lot.id in unsure)
        for item, side in zip(content.news, reasons, strict=True)
    ]
    organisation = load_organisation(engine, watch.owner).its.name or by.name
    text = watch_letter(watch.title, lots_told, by, sender=organisation, pace=watch.pace, months=months)
    return QueuedMessage(watch.id, watch.address, watch_subject(watch.title, lots_told), text)


def _last(connection: Connection, watch: Watch) -> date | None:
    query = select(func.max(WATCHES_TOLD.c.day)).where(WATCHES_TOLD.c.watch_id == watch.id)
    last_day: date | None = connection.execute(query).scalar()
    return last_day
