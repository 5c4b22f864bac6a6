from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue.identity.records import from_payload, to_payload
from matcher.catalogue.intake.spool import Spool
from tests.factories import clean

TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)


@given(st.lists(st.tuples(TEXTS, st.integers(1) | TEXTS)))
def test_what_is_added_is_given_back_in_order_each_time(added: list[tuple[str, int | str]]) -> None:
    with Spool() as spool:
        for name, where in added:
            spool.add(to_payload(clean("1", name=name)), where)
        assert len(spool) == len(added)
        for _ in range(2):
            assert [(from_payload(payload).name, where) for payload, where in spool] == added


def test_a_name_with_odd_ends_of_line_is_one_payload() -> None:
    record = clean("1\t2", name="a\u2028b\x85c\r\nd\ud800")
    with Spool() as spool:
        spool.add(to_payload(record), "liste\n.csv:3")
        assert [(from_payload(payload), where) for payload, where in spool] == [(record, "liste\n.csv:3")]
