from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue.identity.compare import Registered, Traits
from matcher.catalogue.identity.records import to_payload
from matcher.catalogue.identity.traits import pack, traits_in, traits_of, unpack
from matcher.domain.kinds import SupplierKind
from tests.factories import clean

TEXTS = st.text(max_size=8)


@given(
    st.builds(
        Traits,
        *[TEXTS] * 5,
        doubtful=st.booleans(),
        names=st.lists(TEXTS).map(tuple),
        kinds=st.lists(st.sampled_from(SupplierKind)).map(tuple),
        registered=st.none()
        | st.builds(
            Registered,
            as_of=st.none() | st.dates(),
            open=st.none() | st.booleans(),
            closed=st.none() | st.dates(),
            successor=TEXTS,
        ),
        **dict.fromkeys(("address", "post_code", "insee", "city", "phone", "website"), TEXTS),
    )
)
def test_packed_traits_are_the_traits(traits: Traits) -> None:
    found = unpack(traits.key, pack(traits))
    assert found == traits
    assert all(type(kind) is SupplierKind for kind in found.kinds)


def test_a_payload_tells_the_traits_of_its_record() -> None:
    record = clean("1", kinds=(SupplierKind.ESAT,), brand="Le Pré", insee="75056", post_code="75013", siret="1" * 14)
    assert traits_in(to_payload(record)) == traits_of(record)
    assert traits_of(record).insee == "75113"


def test_a_payload_tells_what_its_record_says_as_a_register() -> None:
    record = clean(
        "1", source="sirene", as_of=date(2026, 1, 2), open=False, closed=date(2025, 3, 12), successor="2" * 14
    )
    assert traits_in(to_payload(record)) == traits_of(record)
    assert traits_of(record).registered == Registered(date(2026, 1, 2), False, date(2025, 3, 12), "2" * 14)
