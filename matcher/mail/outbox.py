"""The outbox: messages as rows with a state, each written before and after the moment when it cannot be called back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, select, update

from matcher.db import reading, writing
from matcher.mail.links import Correspondence, drop_link, new_secret, open_link
from matcher.mail.tables import MESSAGES
from matcher.rows import chunks, insert_rows
from matcher.tokens import new_token

# Where the link goes in a text: it is drawn as the message leaves, so that the database never holds one that opens.
LINK = "{lien}"
_TOKEN_BITS = 128


class MessageState(StrEnum):
    """State of a message. A run that dies between the first byte of its text and the answer to the last leaves `SENDING`: it may have left,
    and is not sent again."""

    TO_SEND = "à envoyer"
    SENDING = "peut-être envoyé"
    SENT = "envoyé"
    REFUSED = "refusé"
    RETURNED = "revenu"
    HANDED = "remis au publipostage"
    CANCELLED = "annulé"


# Those that may have reached someone.
GONE = frozenset({MessageState.SENDING, MessageState.SENT, MessageState.HANDED})


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message to be sent: for whom, where, what; each `LINK` of `text` becomes its link."""

    holder: int
    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message of the outbox, with its state; `token` is part of its Message-ID, the same at each attempt."""

    id: int
    token: str
    kind: Correspondence
    holder: int
    address: str
    subject: str
    text: str
    state: MessageState
    said: str
    tries: int
    changed: datetime


def queue_messages(
    connection: Connection, kind: Correspondence, batch: int, messages: Iterable[QueuedMessage], now: datetime
) -> None:
    """Add messages to a batch, inside a transaction."""
    at = now.replace(tzinfo=None)
    rows = [
        {
            "token": new_token(_TOKEN_BITS),
            "kind": kind.value,
            "batch": batch,
            "holder": one.holder,
            "address": one.address,
            "subject": one.subject,
            "text": one.text,
            "state": MessageState.TO_SEND.value,
            "said": "",
            "tries": 0,
            "queued": at,
            "changed": at,
        }
        for one in messages
    ]
    insert_rows(connection, MESSAGES, rows)


def of_batch(
    connection: Connection, kind: Correspondence, batch: int, state: MessageState | None = None
) -> list[OutboxMessage]:
    """Return the messages of a batch, or those in one state, in the order in which they were queued, inside a transaction."""
    own = (MESSAGES.c.kind == kind.value) & (MESSAGES.c.batch == batch)
    if state is not None:
        own &= MESSAGES.c.state == state.value
    rows = connection.execute(select(MESSAGES).where(own).order_by(MESSAGES.c.id)).all()
    return [
        OutboxMessage(
            row.id,
            row.token,
            kind,
            row.holder,
            row.address,
            row.subject,
            row.text,
            MessageState(row.state),
            row.said,
            row.tries,
            row.changed,
        )
        for row in rows
    ]


def to_send(engine: Engine, kind: Correspondence, batch: int) -> list[OutboxMessage]:
    """Return the messages of a batch that wait."""
    with reading(engine) as connection:
        return of_batch(connection, kind, batch, MessageState.TO_SEND)


def claim(engine: Engine, message: OutboxMessage, secret: str, now: datetime) -> bool:
    """Mark a message as leaving, which no other run can then do, and open the link that it bears; False where it waits no more."""
    return _leave(engine, message, {MessageState.TO_SEND}, MessageState.SENDING, secret, now)


def hand_message(engine: Engine, message: OutboxMessage, now: datetime) -> str | None:
    """Mark a message as handed to whoever sends by other means, once more where it was, and return the secret of a link; None where it
    has left by itself."""
    secret = new_secret()
    before = {MessageState.TO_SEND, MessageState.HANDED}
    return secret if _leave(engine, message, before, MessageState.HANDED, secret, now) else None


def settle_message(
    engine: Engine, message: OutboxMessage, state: MessageState, reason: str, secret: str, now: datetime
) -> None:
    """Write what became of a message that was leaving; the link of one that did not leave is forgotten."""
    with writing(engine) as connection:
        _write(connection, message, {MessageState.SENDING}, state, reason, now)
        if state is not MessageState.SENT:
            drop_link(connection, secret)


def note_reply(engine: Engine, message: OutboxMessage, state: MessageState, reason: str, now: datetime) -> None:
    """Write the answer of the server to a message before its text: it waits for the next run, or is refused."""
    with writing(engine) as connection:
        _write(connection, message, {MessageState.TO_SEND}, state, reason, now)


def note_returned(connection: Connection, kind: Correspondence, holder: int, reason: str, now: datetime) -> bool:
    """Write that the messages of a holder came back, as a person read it; whether any could have."""
    own = (MESSAGES.c.kind == kind.value) & (MESSAGES.c.holder == holder) & MESSAGES.c.state.in_(GONE)
    values = {"state": MessageState.RETURNED.value, "said": reason, "changed": now.replace(tzinfo=None)}
    return connection.execute(update(MESSAGES).where(own).values(values)).rowcount > 0


def cancel(connection: Connection, kind: Correspondence, holders: Collection[int], reason: str, now: datetime) -> int:
    """Have the messages of these holders that wait never leave; return how many."""
    values = {"state": MessageState.CANCELLED.value, "said": reason, "changed": now.replace(tzinfo=None)}
    done = 0
    for part in chunks(sorted(holders)):
        own = (MESSAGES.c.kind == kind.value) & MESSAGES.c.holder.in_(part)
        own &= MESSAGES.c.state == MessageState.TO_SEND.value
        done += connection.execute(update(MESSAGES).where(own).values(values)).rowcount
    return done


def forget_messages(connection: Connection, kind: Correspondence, holders: Collection[int]) -> None:
    """Erase the address and the text of the messages of these holders; those that wait never leave."""
    for part in chunks(sorted(holders)):
        own = (MESSAGES.c.kind == kind.value) & MESSAGES.c.holder.in_(part)
        connection.execute(update(MESSAGES).where(own).values(address="", text="", said=""))


def living(connection: Connection, kind: Correspondence, batches: Collection[int]) -> frozenset[int]:
    """Return the holders of the messages of these batches that have left or still wait: those that were called off are left out."""
    own = (MESSAGES.c.kind == kind.value) & MESSAGES.c.batch.in_(batches)
    own &= MESSAGES.c.state != MessageState.CANCELLED.value
    return frozenset(connection.execute(select(MESSAGES.c.holder).where(own)).scalars())


def _leave(
    engine: Engine,
    message: OutboxMessage,
    before: Collection[MessageState],
    state: MessageState,
    secret: str,
    now: datetime,
) -> bool:
    with writing(engine) as connection:
        if not _write(connection, message, before, state, "", now):
            return False
        open_link(connection, message.kind, message.holder, secret, now)
        return True


def _write(
    connection: Connection,
    message: OutboxMessage,
    before: Collection[MessageState],
    state: MessageState,
    reason: str,
    now: datetime,
) -> bool:
    """Change the state of a message that is in one of those before; False where it is not, and then nothing is written."""
    own = (MESSAGES.c.id == message.id) & MESSAGES.c.state.in_(before)
    tried = MESSAGES.c.tries + int(state is not MessageState.SENDING)
    values = {"state": state.value, "said": reason, "changed": now.replace(tzinfo=None), "tries": tried}
    return connection.execute(update(MESSAGES).where(own).values(values)).rowcount == 1
