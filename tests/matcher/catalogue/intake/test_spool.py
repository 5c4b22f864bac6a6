import tracemalloc
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue.identity.records import from_payload, to_payload
from matcher.catalogue.intake.spool import Spool, TupleFile
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


class Value(NamedTuple):
    number: int
    text: str
    packed: bytes


KEYS = st.tuples(TEXTS, TEXTS)


@given(st.dictionaries(KEYS, st.builds(Value, st.integers(), TEXTS, st.binary(max_size=20))), KEYS)
def test_tuples_are_found_by_their_keys_in_the_order_they_were_added(
    added: dict[tuple[str, str], Value], other: tuple[str, str]
) -> None:
    with TupleFile(Value._make) as file:
        for rank, (key, value) in enumerate(added.items(), start=1):
            file.add(key, value)
            if rank % 3 == 0:
                assert file[key] == value
        assert list(file.items()) == list(added.items())
        assert (len(file), file.get(other), other in file) == (len(added), added.get(other), other in added)
        assert all(file.shared_key((key[0], key[1])) is held for key, held in zip(added, file, strict=True))
        assert file.shared_key(other) == other


def test_of_tuples_the_keys_alone_are_in_memory() -> None:
    tracemalloc.start()
    try:
        with TupleFile(Value._make) as file:
            for number in range(20_000):
                file.add(("essai", f"B{number}"), Value(number, "texte " * 100, bytes(400)))
            held, _ = tracemalloc.get_traced_memory()
            assert file["essai", "B12345"].number == 12_345
    finally:
        tracemalloc.stop()
    assert held < 20_000 * 400
