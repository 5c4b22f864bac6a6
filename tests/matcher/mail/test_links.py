"""Secret links: what opens, until when, and that nothing tells a forged one from a revoked one."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from matcher.db import reading, writing
from matcher.mail.links import LASTS, draw, drop, holder_of, opening, revoke
from matcher.mail.tables import LinkRow
from matcher.rows import table_of

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
_24_BYTES = 32  # characters of base 64


def test_a_link_opens_for_its_holder_sixty_days_and_its_secret_is_not_kept(engine: Engine) -> None:
    with writing(engine) as connection:
        first, second = draw(connection, 7, NOW), draw(connection, 7, NOW)
    assert len(first) == _24_BYTES
    assert first != second
    until = (NOW + timedelta(days=60)).replace(tzinfo=None)
    with reading(engine) as connection:
        assert holder_of(connection, first, NOW) == holder_of(connection, second, NOW) == (7, until)
        assert holder_of(connection, first, NOW + LASTS - timedelta(seconds=1)) == (7, until)
        assert holder_of(connection, first, NOW + LASTS) is None
        assert first not in str(connection.execute(select(table_of(LinkRow))).all())


def test_what_is_revoked_dropped_forged_or_endless_opens_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        first, second, other, lost = (draw(connection, holder, NOW) for holder in (7, 7, 8, 9))
        assert revoke(connection, [7], NOW) == 2
        assert revoke(connection, [7], NOW) == 0
        drop(connection, lost)
    with reading(engine) as connection:
        assert opening(connection, [7, 8, 9]) == {8}
        opened = [
            holder_of(connection, one, NOW) for one in (first, second, lost, "", "x" * 32, "é" * 500_000, other[:-1])
        ]
        assert opened == [None] * 7
        assert holder_of(connection, other, NOW) is not None
