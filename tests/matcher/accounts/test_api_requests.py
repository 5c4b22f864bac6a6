"""Writings asked under a key, on both databases: made once, whatever happens in between."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from matcher.accounts.api_requests import KEPT, KeyPending, KeyReused, make_once

NOW = datetime(2026, 11, 16, 9, 0)  # noqa: DTZ001


def test_what_is_asked_again_is_made_once_in_a_day(engine: Engine) -> None:
    assert make_once(engine, "a", "x", lambda: 7, now=NOW) == (7, False)
    assert make_once(engine, "a", "x", lambda: 8, now=NOW + timedelta(hours=23)) == (7, True)
    assert make_once(engine, "b", "x", lambda: 9, now=NOW) == (9, False)
    with pytest.raises(KeyReused):
        make_once(engine, "a", "y", lambda: 8, now=NOW)
    assert make_once(engine, "a", "y", lambda: 8, now=NOW + KEPT) == (8, False)


def test_what_is_under_way_is_not_made_beside_it(engine: Engine) -> None:
    def within() -> int:
        with pytest.raises(KeyPending):
            make_once(engine, "a", "x", lambda: 8, now=NOW + timedelta(seconds=59))
        at = NOW + timedelta(minutes=1)  # it was stopped, for all one knows
        return make_once(engine, "a", "x", lambda: 9, now=at)[0]

    assert make_once(engine, "a", "x", within, now=NOW) == (9, False)


def test_a_key_is_free_again_where_nothing_was_made(engine: Engine) -> None:
    def fails() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_once(engine, "a", "x", fails, now=NOW)
    assert make_once(engine, "a", "y", lambda: 8, now=NOW) == (8, False)
