"""The link that opens the first account: its token alone, under its key, for an hour."""

from datetime import UTC, datetime, timedelta

from matcher.accounts.first_account import LASTS, draw_link, link_opens

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
KEY = b"k" * 32


def test_a_link_opens_for_an_hour_under_its_key_alone() -> None:
    token = draw_link(KEY, NOW)
    assert link_opens(KEY, token, NOW + LASTS - timedelta(seconds=1))
    assert not link_opens(KEY, token, NOW + LASTS)
    assert not link_opens(b"l" * 32, token, NOW)
    late = draw_link(KEY, NOW + LASTS)
    forged = f"{late.partition('.')[0]}.{token.partition('.')[2]}"
    assert not any(link_opens(KEY, wrong, NOW) for wrong in (forged, token[:-1], f"{token}x", "", "é\udcff"))
