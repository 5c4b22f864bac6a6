"""Values put together by key, in the order in which they come."""

from matcher.domain.grouping import group_pairs


def test_keys_and_values_keep_their_order() -> None:
    found = group_pairs([("b", 1), ("a", 2), ("b", 3), ("b", 1)])
    assert list(found.items()) == [("b", [1, 3, 1]), ("a", [2])]


def test_nothing_makes_no_group() -> None:
    assert group_pairs(iter(())) == {}
