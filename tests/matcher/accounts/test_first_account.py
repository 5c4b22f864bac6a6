"""The link that opens the first account: its token alone, for an hour."""

from datetime import UTC, datetime, timedelta

from matcher.accounts.first_account import LASTS, draw_link

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def test_a_link_knows_its_token_for_an_hour_and_keeps_it_nowhere() -> None:
    token, link = draw_link(NOW)
    other, _ = draw_link(NOW)
    assert token not in repr(link)
    assert link.opens(token, NOW + LASTS - timedelta(seconds=1))
    assert not link.opens(token, NOW + LASTS)
    assert not any(link.opens(wrong, NOW) for wrong in (other, link.token_hash, "", "é\udcff"))
