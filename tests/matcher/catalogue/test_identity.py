from random import Random

from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue.identity import Keys, group


def test_a_siret_makes_the_supplier_else_a_finess_number_else_the_reference() -> None:
    groups = group(
        [Keys("a", "1", "S1", "F1"), Keys("b", "1", "S1", ""), Keys("c", "1", "", "F2"), Keys("c", "2", "", "")]
    )
    assert groups == {
        ("a", "1"): "siret:S1",
        ("b", "1"): "siret:S1",
        ("c", "1"): "finess:F2",
        ("c", "2"): "c:2",
    }


def test_a_finess_number_alone_joins_the_siret_that_another_record_ties_it_to() -> None:
    groups = group([Keys("a", "1", "", "F1"), Keys("b", "1", "S1", "F1")])
    assert set(groups.values()) == {"siret:S1"}


def test_a_finess_number_tied_to_two_sirets_joins_neither() -> None:
    groups = group([Keys("a", "1", "", "F1"), Keys("b", "1", "S1", "F1"), Keys("b", "2", "S2", "F1")])
    assert groups["a", "1"] == "finess:F1"


KEYS = st.lists(
    st.builds(
        Keys,
        source=st.sampled_from("ab"),
        ref=st.text("123", min_size=1, max_size=2),
        siret=st.sampled_from(["", "S1", "S2", "S3"]),
        finess=st.sampled_from(["", "F1", "F2", "F3"]),
    ),
    unique_by=lambda keys: (keys.source, keys.ref),
    max_size=12,
)


@given(KEYS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(records: list[Keys], random: Random) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)
    groups = group(records)
    assert group(shuffled) == groups
    assert len(groups) == len(records)
    for one in records:
        for other in records:
            if one.siret and one.siret == other.siret:
                assert groups[one.source, one.ref] == groups[other.source, other.ref]
