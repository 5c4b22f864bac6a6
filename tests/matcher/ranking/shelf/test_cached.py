"""What is found once about a lot or a shelf is kept with it, and with no other."""

from dataclasses import dataclass

from matcher.ranking.shelf.cached import Remembering


@dataclass(frozen=True)
class Number(Remembering):
    value: int


def test_each_value_finds_its_own_once() -> None:
    asked: list[int] = []

    def double(of: Number) -> int:
        asked.append(of.value)
        return 2 * of.value

    two, three = Number(2), Number(3)
    assert [two.once(double), three.once(double), two.once(double)] == [4, 6, 4]
    assert asked == [2, 3]


def test_what_was_found_changes_neither_equality_nor_text() -> None:
    one, same = Number(1), Number(1)
    one.once(lambda of: of.value)
    assert one == same
    assert repr(one) == repr(same) == "Number(value=1)"
