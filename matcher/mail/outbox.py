"""Outbox table of e-mails: queues messages, and changes their state (to send, sending, sent, refused…) in a transaction before and after the sending."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from matcher.db import reading, writing
from matcher.mail.links import Correspondence, drop_link, new_secret, open_link
from matcher.mail.tables import MESSAGES
from matcher.rows import chunks, insert_rows
from matcher.tokens import new_token

# Placeholder of the link in a text: the secret is drawn when the message is sent, so that the database never holds a working link.
LINK = "{lien}"
_TOKEN_BITS = 128


class MessageState(StrEnum):
    """State of a message. If a run dies while the text is being sent, the message stays `SENDING`: it may have been sent, and is not sent again."""

    TO_SEND = "à envoyer"
    SENDING = "peut-être envoyé"
    SENT = "envoyé"
    REFUSED = "refusé"
    RETURNED = "revenu"
    HANDED = "remis au publipostage"
    CANCELLED = "annulé"


_States = Collection[MessageState]
# States of messages that may have reached someone.
SENT_STATES = frozenset({MessageState.SENDING, MessageState.SENT, MessageState.HANDED})


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message to send: its `holder` (the row id that its link opens), address, subject and text; each `LINK` in the text is replaced by the link."""

    holder: int
    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message of the outbox. `reason`: why it is in its state, as the server, a person or the program has it, possibly empty; `token`: its part of the
    Message-ID, the same at each attempt; `tries`: changes of state other than to `SENDING`; `changed`: UTC, without zone."""

    id: int
    token: str
    kind: Correspondence
    holder: int
    address: str
    subject: str
    text: str
    state: MessageState
    reason: str
    tries: int
    changed: datetime


def queue_messages(
    connection: Connection, kind: Correspondence, batch: int, messages: Iterable[QueuedMessage], now: datetime
) -> None:
    """Add messages to a batch, inside a transaction."""
    at = now.replace(tzinfo=None)
    common: dict[str, Any] = {"kind": kind.value, "batch": batch, "state": MessageState.TO_SEND.value, "said": ""}
    common |= {"tries": 0, "queued": at, "changed": at}
    rows = [{"token": new_token(_TOKEN_BITS), **asdict(message), **common} for message in messages]
    insert_rows(connection, MESSAGES, rows)


def of_batch(
    connection: Connection, kind: Correspondence, batch: int, state: MessageState | None = None
) -> list[OutboxMessage]:
    """Return the messages of a batch, or only those in one state, in the order of queueing, inside a transaction."""
    own = (MESSAGES.c.kind == kind.value) & (MESSAGES.c.batch == batch)
    if state is not None:
        own &= MESSAGES.c.state == state.value
    rows = connection.execute(select(MESSAGES).where(own).order_by(MESSAGES.c.id)).all()
    messages = []
    for row in rows:
        letter, last_reply = (row.address, row.subject, row.text), (row.said, row.tries, row.changed)
        current = MessageState(row.state)
        messages.append(OutboxMessage(row.id, row.token, kind, row.holder, *letter, current, *last_reply))
    return messages


def to_send(engine: Engine, kind: Correspondence, batch: int) -> list[OutboxMessage]:
    """Return the waiting messages of a batch."""
    with reading(engine) as connection:
        return of_batch(connection, kind, batch, MessageState.TO_SEND)


def claim(engine: Engine, message: OutboxMessage, secret: str, now: datetime) -> bool:
    """Mark a waiting message as `SENDING`, so that no other run sends it, and store its link; False if it no longer waits."""
    return _leave(engine, message, {MessageState.TO_SEND}, MessageState.SENDING, secret, now)


def hand_message(engine: Engine, message: OutboxMessage, now: datetime) -> str | None:
    """Mark a message as handed over for a mail merge outside (possibly again), and return the secret of its new link; None in any other state."""
    secret = new_secret()
    before = {MessageState.TO_SEND, MessageState.HANDED}
    return secret if _leave(engine, message, before, MessageState.HANDED, secret, now) else None


def settle_message(
    engine: Engine, message: OutboxMessage, state: MessageState, reason: str, secret: str, now: datetime
) -> None:
    """Store how the attempt to send a message ended: sent, refused, or to be sent by the next run; delete its link unless it was sent."""
    with writing(engine) as connection:
        _write(connection, message, {MessageState.SENDING}, state, reason, now)
        if state is not MessageState.SENT:
            drop_link(connection, secret)


def note_reply(engine: Engine, message: OutboxMessage, state: MessageState, reason: str, now: datetime) -> None:
    """Store why a waiting message was not sent, before its text: a reply of the server, an address erased or unwritable. `state`: to be sent by the next
    run, refused or cancelled."""
    with writing(engine) as connection:
        _write(connection, message, {MessageState.TO_SEND}, state, reason, now)


def note_returned(connection: Connection, kind: Correspondence, holder: int, reason: str, now: datetime) -> bool:
    """Mark the messages of a holder that may have arrived (`SENT_STATES`) as returned undelivered, as reported by a person; False if it has none."""
    own = (MESSAGES.c.kind == kind.value) & (MESSAGES.c.holder == holder) & MESSAGES.c.state.in_(SENT_STATES)
    values = {"state": MessageState.RETURNED.value, "said": reason, "changed": now.replace(tzinfo=None)}
    return connection.execute(update(MESSAGES).where(own).values(values)).rowcount > 0


def cancel(connection: Connection, kind: Correspondence, holders: Collection[int], reason: str, now: datetime) -> int:
    """Cancel the waiting messages of these holders; return how many."""
    values = {"state": MessageState.CANCELLED.value, "said": reason, "changed": now.replace(tzinfo=None)}
    cancelled = 0
    for part in chunks(sorted(holders)):
        own = (MESSAGES.c.kind == kind.value) & MESSAGES.c.holder.in_(part)
        own &= MESSAGES.c.state == MessageState.TO_SEND.value
        cancelled += connection.execute(update(MESSAGES).where(own).values(values)).rowcount
    return cancelled


def forget_messages(connection: Connection, kind: Correspondence, holders: Collection[int]) -> None:
    """Erase the address, text and reason of the messages of these holders, not the subject; `send_batch` cancels those that wait, without address."""
    for part in chunks(sorted(holders)):
        own = (MESSAGES.c.kind == kind.value) & MESSAGES.c.holder.in_(part)
        connection.execute(update(MESSAGES).where(own).values(address="", text="", said=""))


def living(connection: Connection, kind: Correspondence, batches: Collection[int]) -> frozenset[int]:
    """Return the holders of all messages of these batches, except cancelled ones."""
    own = (MESSAGES.c.kind == kind.value) & MESSAGES.c.batch.in_(batches)
    own &= MESSAGES.c.state != MessageState.CANCELLED.value
    return frozenset(connection.execute(select(MESSAGES.c.holder).where(own)).scalars())


def _leave(
    engine: Engine, message: OutboxMessage, before: _States, state: MessageState, secret: str, now: datetime
) -> bool:
    with writing(engine) as connection:
        if not _write(connection, message, before, state, "", now):
            return False
        open_link(connection, message.kind, message.holder, secret, now)
        return True


def _write(
    connection: Connection, message: OutboxMessage, before: _States, state: MessageState, reason: str, now: datetime
) -> bool:
    """Change the state of a message if it is in a state of `before` (compare-and-set); return False and write nothing otherwise."""
    own = (MESSAGES.c.id == message.id) & MESSAGES.c.state.in_(before)
    tried = MESSAGES.c.tries + int(state is not MessageState.SENDING)
    values = {"state": state.value, "said": reason, "changed": now.replace(tzinfo=None), "tries": tried}
    return connection.execute(update(MESSAGES).where(own).values(values)).rowcount == 1
