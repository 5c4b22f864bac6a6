"""Calls of tokens, on both databases: counted by every server as one, and by each alone while the database is busy."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from matcher.accounts.calls import SHARED_EVERY, TokenCalls
from matcher.accounts.tables import API_CALLS
from matcher.accounts.throttle import WINDOW
from matcher.db import reading, writing

NOW = datetime(2026, 11, 16, 9, 0, 30, tzinfo=UTC)
TOKEN, OTHER = 7, 8


def test_what_one_server_answers_another_counts(engine: Engine) -> None:
    first, second = TokenCalls(engine, most=10), TokenCalls(engine, most=10)
    assert [first.take(TOKEN, NOW).left for _ in range(6)] == [9, 8, 7, 6, 5, 4]
    later = NOW + SHARED_EVERY
    assert first.take(TOKEN, later).left == 3
    assert [second.take(TOKEN, later).left for _ in range(2)] == [3, 2]  # the last call of the first is not written yet
    again = later + SHARED_EVERY
    assert (second.take(TOKEN, again).left, first.take(TOKEN, again).left) == (1, 0)
    assert second.take(OTHER, again).left == 9
    assert second.take(TOKEN, again + SHARED_EVERY).refused


def test_calls_come_back_as_their_minute_leaves_the_window(engine: Engine) -> None:
    its = TokenCalls(engine, most=2)
    assert not any(its.take(TOKEN, NOW).refused for _ in range(2))
    refused = its.take(TOKEN, NOW + timedelta(minutes=5))
    assert (refused.refused, refused.left) == (True, 0)
    then = NOW + timedelta(minutes=5) + refused.back
    assert its.take(TOKEN, then - timedelta(seconds=1)).refused
    assert not its.take(TOKEN, then).refused

    def counted() -> set[int]:
        with reading(engine) as connection:
            return {row.token_id for row in connection.execute(select(API_CALLS))}

    its.take(OTHER, then)
    assert counted() == {TOKEN}  # of another server, whose clock is behind, it may still be counted
    its.take(OTHER, then + 2 * WINDOW)
    assert counted() == set()  # what has long been out of the window is erased


def test_the_clock_of_another_server_is_not_trusted(engine: Engine) -> None:
    ahead, behind = (TokenCalls(engine, most=2) for _ in range(2))
    far, near = NOW + timedelta(hours=3), NOW + timedelta(minutes=1)
    for at in (far, far, far + SHARED_EVERY):
        ahead.take(TOKEN, at)
    assert [behind.take(TOKEN, NOW).left for _ in range(2)] == [1, 0]
    refused = behind.take(TOKEN, NOW + SHARED_EVERY)
    assert refused.refused
    assert refused.back <= WINDOW
    other = TokenCalls(engine, most=1)
    other.take(OTHER, near)
    other.take(OTHER, near + SHARED_EVERY)
    late = TokenCalls(engine, most=1).take(OTHER, NOW)
    assert (late.refused, late.back) == (True, WINDOW)


def test_a_clock_set_back_goes_on_sharing(engine: Engine) -> None:
    its = TokenCalls(engine, most=9)
    its.take(TOKEN, NOW + timedelta(hours=1))
    assert its.take(TOKEN, NOW).left == 8
    its.take(TOKEN, NOW + SHARED_EVERY)
    assert TokenCalls(engine, most=9).take(TOKEN, NOW + SHARED_EVERY).left == 7


def test_a_server_counts_alone_while_the_database_is_busy(engine: Engine) -> None:
    its = TokenCalls(engine, most=3)
    with writing(engine, lock="entremise_calls"):
        for calls in (2, 1, 0):
            assert its.take(TOKEN, NOW).left == calls
            if engine.dialect.name == "postgresql":
                break  # whose servers wait for each other the time of a few lines
    after = NOW + SHARED_EVERY
    quota = its.take(TOKEN, after)
    assert quota.refused == (engine.dialect.name == "sqlite")
    with reading(engine) as connection:
        made = connection.execute(select(API_CALLS.c.calls).where(API_CALLS.c.token_id == TOKEN)).scalars().all()
    assert sum(made) == (3 if engine.dialect.name == "sqlite" else 1)
