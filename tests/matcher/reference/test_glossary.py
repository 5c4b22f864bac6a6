"""Examples of needs: each is read as the trade that the table gives it, and needs no more than a place."""

from matcher.reference.glossary import need_examples
from tests.matcher.reading.answers import is_answered


def test_each_example_is_understood_as_its_trade() -> None:
    assert need_examples()
    for example in need_examples():
        assert is_answered(example.need, example.activity), example.need
