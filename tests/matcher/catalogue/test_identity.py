from random import Random

from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue.evidence import Traits
from matcher.catalogue.identity import group


def test_a_siret_makes_the_supplier_else_a_finess_number_else_the_reference() -> None:
    groups = group(
        [Traits("a", "1", "S1", "F1"), Traits("b", "1", "S1", ""), Traits("c", "1", "", "F2"), Traits("c", "2", "", "")]
    ).ids
    assert groups == {
        ("a", "1"): "siret:S1",
        ("b", "1"): "siret:S1",
        ("c", "1"): "finess:F2",
        ("c", "2"): "c:2",
    }


def test_a_finess_number_alone_joins_the_siret_that_another_record_ties_it_to() -> None:
    groups = group([Traits("a", "1", "", "F1"), Traits("b", "1", "S1", "F1")]).ids
    assert set(groups.values()) == {"siret:S1"}


def test_a_finess_number_tied_to_two_sirets_joins_neither() -> None:
    groups = group([Traits("a", "1", "", "F1"), Traits("b", "1", "S1", "F1"), Traits("b", "2", "S2", "F1")]).ids
    assert groups["a", "1"] == "finess:F1"


KEYS = st.lists(
    st.builds(
        Traits,
        source=st.sampled_from("ab"),
        ref=st.text("123", min_size=1, max_size=2),
        siret=st.sampled_from(["", "S1", "S2", "S3"]),
        finess=st.sampled_from(["", "F1", "F2", "F3"]),
    ),
    unique_by=lambda keys: (keys.source, keys.ref),
    max_size=12,
)


@given(KEYS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(records: list[Traits], random: Random) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)
    groups = group(records).ids
    assert group(shuffled).ids == groups
    assert len(groups) == len(records)
    for one in records:
        for other in records:
            if one.siret and one.siret == other.siret:
                assert groups[one.source, one.ref] == groups[other.source, other.ref]
