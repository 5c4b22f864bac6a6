"""Codes of badges: each of one participant of one event, read as they are typed, and never another's by one slip."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from matcher.club.meeting_day.changes import Amend, Miss, WithdrawParticipant
from matcher.club.meeting_day.entrance import SIGNS, CheckIn, UndoCheckIn, badge_code, is_code, key_of
from tests.matcher.club.day import BUYERS, after, full

EVENTS, KEYS = st.integers(1, 2**31 - 1), st.integers(1, 100_000)


@given(EVENTS, KEYS)
def test_a_code_is_read_back_however_it_is_typed(event: int, key: int) -> None:
    code = badge_code(event, key)
    assert key_of(event, code) == key_of(event, f" {code.lower().replace('-', '')} ") == key
    assert key_of(event + 1, code) is None


def test_no_two_of_an_event_have_one_code() -> None:
    assert len({badge_code(1, key) for key in range(1, 20_001)}) == 20_000
    assert all(len(badge_code(1, key)) == 5 for key in range(1, 12_000))


@given(EVENTS, st.integers(1, 12_000))
def test_one_sign_misread_or_two_swapped_name_nobody(event: int, key: int) -> None:
    code = badge_code(event, key).replace("-", "")
    slips = {code[:at] + sign + code[at + 1 :] for at, sign in product(range(len(code)), SIGNS)}
    slips |= {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(code) - 1)}
    assert all(key_of(event, slip) is None for slip in slips - {code})


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_none(text: str) -> None:
    found = key_of(1, text)
    assert found is None or (is_code(text) and found >= 0)


def test_who_is_there_twice_is_let_in_once_and_an_absence_takes_it_back() -> None:
    event = after(full(), CheckIn(2, 540), Amend((replace(BUYERS[1], same_as=1),)))
    assert event.here == {1: 540}
    assert after(event, UndoCheckIn(1)).here == {}
    assert after(full(), CheckIn(2), Miss(2)).here == {}
    assert after(full(), CheckIn(2), WithdrawParticipant(2)).here == {}
