"""Examples of needs: each is read as the trade that the table gives it, and needs no more than a place."""

from matcher.domain.reading import Lot
from matcher.reading.reader import read
from matcher.reference.examples import need_examples


def test_each_example_is_understood_as_its_trade() -> None:
    assert need_examples()
    for example in need_examples():
        reading = read(Lot(example.need))
        assert reading.activities[0].code == example.activity
        assert reading.sure
