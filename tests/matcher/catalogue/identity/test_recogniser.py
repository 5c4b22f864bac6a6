"""Sure needs a number, or the town and the whole name, and one organisation alone; otherwise options that say why, or nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.catalogue.identity.compare import Traits
from matcher.catalogue.identity.recogniser import Certainty, ListedSupplier, Recogniser, WrittenSupplier
from matcher.domain.kinds import SupplierKind

LENS, ARRAS, MARSEILLE_15, MARSEILLE_16 = "62498", "62041", "13215", "13216"


def listed(siret: str, name: str, insee: str, *others: str, kind: SupplierKind = SupplierKind.ACI) -> ListedSupplier:
    traits = Traits("emplois", siret, siret=siret, siren=siret[:9], names=(name, *others), kinds=(kind,), insee=insee)
    return ListedSupplier.of(f"siret:{siret}", siret, name, [traits])


ALIZE = [
    listed(f"319000071000{n}", "ESAT ALIZE", insee, kind=SupplierKind.ESAT)
    for n, insee in (("39", LENS), ("70", ARRAS))
]
ORNE = listed("41071771400035", "ORNE SERVICES", LENS)
BRIGADES = listed("40065991800017", "ASSOC LES BRIGADES VERTES", ARRAS, "Brigad’Artois")
TWINS = [listed(siret, "ASSOC LE RELAIS DES DUNES", LENS) for siret in ("34315777100014", "34356040500023")]
DUNES = listed("53069516200012", "RELAIS DES DUNES NORD", ARRAS)
WORKSHOPS = listed("83248651800018", "LES ATELIERS", ARRAS)
QUARTER = listed("51894360000024", "REGIE DU LITTORAL", MARSEILLE_15)
KNOWN = Recogniser([*ALIZE, ORNE, BRIGADES, *TWINS, DUNES, WORKSHOPS, QUARTER])


def certainty(name: str, **its: str) -> Certainty:
    return KNOWN.recognise(WrittenSupplier(name, **its)).certainty


@pytest.mark.parametrize(
    ("written", "siret"),
    [
        (WrittenSupplier("Autre nom", number="410 717 714 00035"), ORNE.siret),
        (WrittenSupplier(number="410717714"), ORNE.siret),
        (WrittenSupplier("Les Brigades Vertes", city="ARRAS CEDEX 9"), BRIGADES.siret),
        (WrittenSupplier("Brigad'Artois", post_code="62000"), BRIGADES.siret),
        (WrittenSupplier("Brigad'Artois", city="62000 ARRAS"), BRIGADES.siret),
        (WrittenSupplier("ASSOC LES BRIGADES V", city="Arras"), BRIGADES.siret),
        (WrittenSupplier("Esat Alize", city="Arras"), ALIZE[1].siret),
        (WrittenSupplier("REGIE DU LITTORAL", city="Marseille"), QUARTER.siret),
        (WrittenSupplier("REGIE DU LITTORAL", city="Marseille", post_code="13015"), QUARTER.siret),
    ],
)
def test_a_number_or_the_town_and_the_whole_name_are_sure(written: WrittenSupplier, siret: str) -> None:
    found = KNOWN.recognise(written)
    assert found.certainty is Certainty.SURE
    assert [option.supplier.siret for option in found.options] == [siret]
    assert found.options[0].evidence


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("ESAT ALIZE", ""),  # a name alone is never sure
        ("ESAT ALIZE", "Paris"),
        ("EA ALIZE", "Arras"),  # of another kind
        ("LE RELAIS DES DUNES", "Lens"),  # two organisations
        ("ATELIERS", "Arras"),  # what all names hold
        ("REGIE DU LITTORAL", "Marseille 16"),
    ],
)
def test_anything_less_is_to_be_confirmed(name: str, town: str) -> None:
    assert certainty(name, city=town) is Certainty.TO_CONFIRM


def test_the_beginning_of_a_name_has_twelve_letters() -> None:
    assert certainty("RELAIS DES DUN", city="Arras") is Certainty.SURE
    assert certainty("RELAIS DES DU", city="Arras") is not Certainty.SURE


def test_two_suppliers_of_one_name_are_two_options() -> None:
    found = KNOWN.recognise(WrittenSupplier("RELAIS DES DUNES", city="Lens"))
    assert {option.supplier for option in found.options[:2]} == set(TWINS)
    assert "commune" in found.options[0].evidence


@pytest.mark.parametrize("name", ["ONET SERVICES", "DIVERS", "", "-", "MME DURAND", "PAYPAL"])
def test_a_stranger_is_nobody(name: str) -> None:
    assert certainty(name) is Certainty.UNKNOWN
    assert certainty(name, city="Lens") is Certainty.UNKNOWN


def test_another_establishment_of_an_organisation_is_to_be_confirmed() -> None:
    found = KNOWN.recognise(WrittenSupplier("Orne Services", number="41071771400027"))
    assert (found.certainty, found.options[0].supplier) == (Certainty.TO_CONFIRM, ORNE)


def test_the_number_of_a_stranger_refuses_its_homonyms() -> None:
    stranger = WrittenSupplier("ORNE SERVICES", number="55208131766522", city="Lens")
    assert KNOWN.recognise(stranger).certainty is Certainty.UNKNOWN
    assert KNOWN.recognise(WrittenSupplier("ORNE SERVICES", number="12345", city="Lens")).sure == ORNE


def test_what_a_person_settled_comes_first_for_every_spelling_of_it() -> None:
    written = WrittenSupplier("Le relais des dunes", city="LENS")
    answered = Recogniser([*TWINS, ORNE], {written.key: TWINS[1].id, WrittenSupplier("ORNE SERVICES").key: ""})
    assert answered.recognise(WrittenSupplier("LE RELAIS-DES-DUNES ", city="Lens Cedex")).sure == TWINS[1]
    assert answered.recognise(WrittenSupplier("Orne services")).certainty is Certainty.UNKNOWN
    gone = Recogniser([ORNE], {written.key: TWINS[1].id})
    assert gone.recognise(written).sure is None


def test_an_address_of_a_person_is_no_key() -> None:
    assert WrittenSupplier("marie.durand@orange.fr").key == ""


def test_an_empty_catalogue_knows_nobody() -> None:
    assert Recogniser([]).recognise(WrittenSupplier("ESAT ALIZE", city="Lens")).certainty is Certainty.UNKNOWN


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=10), st.text(max_size=30))
def test_whatever_is_written_gets_an_answer(name: str, number: str, code: str, city: str) -> None:
    found = KNOWN.recognise(WrittenSupplier(name, number, code, city))
    assert len(found.options) <= 4
    assert bool(found.options) is (found.certainty is not Certainty.UNKNOWN)
    assert found == KNOWN.recognise(WrittenSupplier(name, number, code, city))


def test_a_score_is_whole_only_where_it_is_sure() -> None:
    sure = KNOWN.recognise(WrittenSupplier("Esat Alize", city="Arras"))
    near = KNOWN.recognise(WrittenSupplier("ESAT ALIZE"))
    elsewhere = KNOWN.recognise(WrittenSupplier(number="410 717 714 00043"))
    assert [its.score for its in sure.options] == [100]
    for found in (near, elsewhere):
        scores = [its.score for its in found.options]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score < 100 for score in scores)


def test_names_that_begin_so_are_suggested() -> None:
    assert KNOWN.suggest("reg", 5) == [QUARTER]
    assert KNOWN.suggest("Les Brigades V", 5) == [BRIGADES]
    assert len(KNOWN.suggest("Esat Ali", 1)) == 1
    assert KNOWN.suggest("", 5) == KNOWN.suggest("zz", 5) == []


@pytest.mark.parametrize(
    "name",
    [
        "BRIGADES VERTES (VIRT)",
        "525093 LES BRIGADES VERTES NE PLUS JETER",
        "LES BRIGADES VERTES - SITE DE LILLE",
        "F104477 - ASSOC LES BRIGADES VERTES",
        "MARCHE DE PAIN LES BRIGADES VERTES A RELANCER",
    ],
)
def test_what_a_ledger_adds_hides_nobody_and_makes_nobody_sure(name: str) -> None:
    for city in ("", "ARRAS"):
        found = KNOWN.recognise(WrittenSupplier(name, city=city))
        assert BRIGADES.siret in {option.supplier.siret for option in found.options}
        assert found.certainty is Certainty.TO_CONFIRM


@pytest.mark.parametrize("name", ["OUVERTURES DE FRANCE", "GARAGE DES ATELIERS DU SOLEIL", "VERTES"])
def test_common_words_among_others_propose_nobody(name: str) -> None:
    assert certainty(name) is Certainty.UNKNOWN
