"""A lot as understood, whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.lot import Lot, RawPlace
from matcher.reading.reader import read


def test_a_sentence_becomes_activities_places_kinds_and_lever() -> None:
    reading = read(Lot("Marché réservé aux ESAT : entretien des espaces verts à Maubeuge (article L2113-12)"))
    assert reading.activities[0].code == "espaces-verts.creation-entretien"
    assert [place.name for place in reading.places] == ["Maubeuge"]
    assert reading.kinds_asked == ("ESAT",)
    assert reading.levier_hint == "12"
    assert reading.doubts == ()


def test_what_names_a_lever_hides_no_trade() -> None:
    lot = Lot(
        "Marché de qualification et d’insertion professionnelle ayant pour support le nettoiement d’espaces publics"
    )
    assert read(lot).activities[0].code == "proprete.urbain"
    assert read(lot).levier_hint == "13"
    assert (
        read(Lot("Prestations de qualification et d’insertion professionnelle")).activities[0].code
        == "medico-social.insertion"
    )


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=20), st.text(max_size=20))
def test_any_lot_is_read(objet: str, lieu: str, siret: str) -> None:
    reading = read(Lot(objet, lieux=(RawPlace(lieu),), acheteur_siret=siret))
    assert len(reading.groups) == 20
