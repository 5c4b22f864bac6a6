"""An address that writes where nobody signs in waits as one that fails to sign in does, and counts apart from it."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from matcher.accounts.throttle import MOST_BY_ADDRESS, WINDOW, knock

AT = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001


def test_an_address_waits_once_it_has_called_too_often(engine: Engine) -> None:
    for number in range(MOST_BY_ADDRESS):
        assert knock(engine, "porte", "192.0.2.1", now=AT + timedelta(seconds=number)) == timedelta()
    late = AT + timedelta(minutes=1)
    assert knock(engine, "porte", "192.0.2.1", now=late) == AT + WINDOW - late
    assert knock(engine, "porte", "192.0.2.2", now=late) == timedelta()
    assert knock(engine, "autre", "192.0.2.1", now=late) == timedelta()
    assert knock(engine, "porte", "192.0.2.1", now=AT + WINDOW) == timedelta()


def test_one_network_of_ipv6_is_one_address(engine: Engine) -> None:
    assert knock(engine, "porte", "2001:db8::1", now=AT, most=1) == timedelta()
    assert knock(engine, "porte", "2001:db8::2", now=AT, most=1) > timedelta()
    assert knock(engine, "porte", "2001:db8:1::2", now=AT, most=1) == timedelta()
