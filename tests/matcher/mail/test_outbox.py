"""The outbox: what is handed to a mail merge, cancelled, returned, and two runs at once."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from matcher.db import reading, writing
from matcher.mail.links import Correspondence
from matcher.mail.outbox import (
    MessageState,
    QueuedMessage,
    cancel,
    claim,
    hand_message,
    living,
    note_returned,
    of_batch,
    queue_messages,
    settle_message,
    to_send,
)

KIND = Correspondence.CAMPAIGN
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def fill(engine: Engine, *holders: int) -> None:
    with writing(engine) as connection:
        messages = [QueuedMessage(one, f"a{one}@b.example", "Objet", "{lien}") for one in holders]
        queue_messages(connection, KIND, 1, messages, NOW)


def test_a_message_is_claimed_once(engine: Engine) -> None:
    fill(engine, 1)
    (message,) = to_send(engine, KIND, 1)
    assert claim(engine, message, "a", NOW)
    assert not claim(engine, message, "b", NOW)
    assert hand_message(engine, message, NOW) is None
    assert to_send(engine, KIND, 1) == []


def test_what_was_handed_is_handed_again_and_sent_by_no_run(engine: Engine) -> None:
    fill(engine, 1)
    (message,) = to_send(engine, KIND, 1)
    assert hand_message(engine, message, NOW) != hand_message(engine, message, NOW)
    assert not claim(engine, message, "a", NOW)


def test_a_message_that_waits_is_cancelled_and_one_that_left_comes_back(engine: Engine) -> None:
    fill(engine, 1, 2, 3)
    first, second, _ = to_send(engine, KIND, 1)
    for message in (first, second):
        assert claim(engine, message, message.token, NOW)
        settle_message(engine, message, MessageState.SENT, "250 OK", message.token, NOW)
    with writing(engine) as connection:
        assert cancel(connection, KIND, [1, 3], "retirée", NOW) == 1
        assert note_returned(connection, KIND, 1, "boîte pleine", NOW)
        assert not note_returned(connection, KIND, 3, "boîte pleine", NOW), "it never left"
    with reading(engine) as connection:
        held = of_batch(connection, KIND, 1)
        assert living(connection, KIND, [1]) == {1, 2}
    assert [(one.state, one.reason) for one in held] == [
        (MessageState.RETURNED, "boîte pleine"),
        (MessageState.SENT, "250 OK"),
        (MessageState.CANCELLED, "retirée"),
    ]


def test_a_number_is_another_batch_and_holder_in_another_kind(engine: Engine) -> None:
    other = Correspondence.MEETING
    fill(engine, 1)
    with writing(engine) as connection:
        assert of_batch(connection, other, 1) == []
        assert living(connection, other, [1]) == frozenset()
        assert cancel(connection, other, [1], "retirée", NOW) == 0
    assert to_send(engine, other, 1) == []
    (message,) = to_send(engine, KIND, 1)
    assert claim(engine, message, "a", NOW)
    with writing(engine) as connection:
        assert not note_returned(connection, other, 1, "boîte pleine", NOW)
