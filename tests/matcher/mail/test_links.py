"""Secret links: what opens, until when, and that nothing tells a forged one from a revoked one."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from matcher.db import reading, writing
from matcher.mail.links import Correspondence, draw, drop_link, holder_of, holders_with_link, revoke_links
from matcher.mail.tables import LinkRow
from matcher.rows import table_of

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
KIND = Correspondence.CAMPAIGN
_24_BYTES = 32  # characters of base 64


def test_a_link_opens_for_its_holder_as_long_as_its_kind_lasts_and_its_secret_is_not_kept(engine: Engine) -> None:
    with writing(engine) as connection:
        first, second = draw(connection, KIND, 7, NOW), draw(connection, KIND, 7, NOW)
    assert len(first) == _24_BYTES
    assert first != second
    until = (NOW + timedelta(days=60)).replace(tzinfo=None)
    with reading(engine) as connection:
        assert holder_of(connection, KIND, first, NOW) == holder_of(connection, KIND, second, NOW) == (7, until)
        assert holder_of(connection, KIND, first, NOW + KIND.lasts - timedelta(seconds=1)) == (7, until)
        assert holder_of(connection, KIND, first, NOW + KIND.lasts) is None
        assert first not in str(connection.execute(select(table_of(LinkRow))).all())


def test_what_is_revoked_dropped_forged_or_endless_opens_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        first, second, other, lost = (draw(connection, KIND, holder, NOW) for holder in (7, 7, 8, 9))
        assert revoke_links(connection, KIND, [7], NOW) == 2
        assert revoke_links(connection, KIND, [7], NOW) == 0
        drop_link(connection, lost)
    with reading(engine) as connection:
        assert holders_with_link(connection, KIND, [7, 8, 9]) == {8}
        opened = [
            holder_of(connection, KIND, one, NOW)
            for one in (first, second, lost, "", "x" * 32, "é" * 500_000, other[:-1])
        ]
        assert opened == [None] * 7
        assert holder_of(connection, KIND, other, NOW) is not None


def test_a_number_is_another_holder_in_another_kind(engine: Engine) -> None:
    with writing(engine) as connection:
        mine, watch = draw(connection, KIND, 7, NOW), draw(connection, Correspondence.WATCH, 7, NOW)
        assert revoke_links(connection, KIND, [7], NOW) == 1
    with reading(engine) as connection:
        assert holders_with_link(connection, KIND, [7]) == frozenset()
        assert holders_with_link(connection, Correspondence.WATCH, [7]) == {7}
        assert holder_of(connection, KIND, watch, NOW) is holder_of(connection, Correspondence.WATCH, mine, NOW) is None
        assert holder_of(connection, Correspondence.WATCH, watch, NOW + timedelta(days=1000)) is not None
