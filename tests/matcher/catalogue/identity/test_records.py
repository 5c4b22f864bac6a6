from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from importers import REGISTRY
from importers.importer import Scope
from matcher.catalogue.identity.compare import RegisterState, Traits
from matcher.catalogue.identity.records import (
    REGISTERS,
    ClaimedActivity,
    from_payload,
    pack,
    payload_hash,
    to_payload,
    traits_in,
    traits_of,
    unpack,
)
from matcher.domain.kinds import SupplierKind
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Evidence
from tests.factories import clean, siret

FULL = clean(
    "1",
    kinds=(K.ESAT, K.EA),
    siret="90000012300014",
    lat=50.28,
    lon=3.97,
    approximate=True,
    claims=(("libre", "Espaces verts"),),
    activities=(ClaimedActivity("espaces-verts.entretien", "Espaces verts", Evidence.DECLARED),),
    workers=0.0,
    area_codes=("dep:59",),
    labels=("RSEi",),
    active=False,
    as_of=date(2025, 3, 4),
    flags=("commune introuvable",),
)


def test_a_record_comes_back_as_it_was_written() -> None:
    for record in (
        FULL,
        clean("2"),
        clean("4", name="", siret="90000012300014"),
        clean("3", active=True, workers=12.5),
    ):
        assert from_payload(to_payload(record)) == record


def test_equal_records_give_equal_text() -> None:
    assert to_payload(from_payload(to_payload(FULL))) == to_payload(FULL)
    assert payload_hash(to_payload(FULL)) != payload_hash(to_payload(clean("1")))


def test_the_state_survives_its_payload() -> None:
    record = clean(
        "r", source="sirene", name="", open=False, closed=date(2024, 3, 12), successor=siret(2), headcount="NN"
    )
    assert from_payload(to_payload(record)) == record
    assert from_payload(to_payload(clean("r", source="sirene", name="", open=True))).open is True


def test_registers_are_the_importers_that_complete_establishments() -> None:
    assert {key for key, importer in REGISTRY.items() if importer.scope is Scope.ESTABLISHMENT} == set(REGISTERS)
    assert list(REGISTRY)[-2:] == list(REGISTERS), "the last to name a supplier"


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
            RegisterState,
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
    assert traits_of(record).registered == RegisterState(date(2026, 1, 2), False, date(2025, 3, 12), "2" * 14)
