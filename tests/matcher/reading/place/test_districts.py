"""Arrondissements as buyers write them: ordinals, abbreviations, postal codes, names of groups; and what only looks like one."""

import pytest

from matcher.domain.reading import Lot, RawPlace
from matcher.reading.place.districts import Districts, read_districts
from matcher.reading.place.places import read_places

PARIS, LYON, MARSEILLE = "75056", "69123", "13055"


def ranks(text: str, *cities: str) -> list[int]:
    return [int(code[-2:]) for code in read_districts(text, cities or (PARIS,)).codes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ménage des mairies des 15e et 16e arrondissements", [15, 16]),
        ("SA3 MEVEM INSERTION 13EME - LOT2 - MARCHE MIXTE", [13]),
        ("AFFICHAGE ET NETTOYAGE DES PANNEAUX ASSOCIATIFS 14E ARDT", [14]),
        ("INSERTION SOCIO PROFESSIONNELLE 3 ET 4 ART", [3, 4]),
        ("SERVICES D’INSERTION LOT 13: 19EM ARR", [19]),
        ("INSERTION 17EME LOT 5", [17]),
        ("INSERTION D'HABITANTS DU 10 ENTRETIEN HORTICOLE", [10]),
        ("PRESTATIONS HORTICOLES MA17", [17]),
        ("ESPACES VERTS V.P 10 LOT2", [10]),
        ("PEINTURES INTÉRIEURES 141-221 BD MAC DONALD 75019", [19]),
        ("ENTRETIEN EP PARIS CENTRE DPE_LOT1", [1, 2, 3, 4]),
        ("Nettoyage au 3e étage", []),
        ("2e tranche, 1er semestre, 2ème lot", []),
        ("2ème Complément : maçonnerie", []),
        ("Hôpitaux Universitaires Paris Centre : peinture", []),
        ("28 rue de la Grange, 75033 Paris cedex 1", []),
        ("Fourniture de 12 tables", []),
    ],
)
def test_what_a_text_of_paris_names(text: str, expected: list[int]) -> None:
    assert ranks(text) == expected
    assert read_districts(text, (PARIS,)).doubt == ""


def test_the_other_cities_have_their_own() -> None:
    assert ranks("Square Daisy Martin, 69003", LYON) == [83]
    assert ranks("Serrurerie, 4ème et 5ème arrondissements", MARSEILLE) == [4, 5]
    assert ranks("Square Daisy Martin, 69003", PARIS) == []


def test_nothing_is_read_where_the_city_is_not_certain() -> None:
    assert read_districts("Insertion 13EME") == Districts()
    assert read_districts("Paris et Lyon, 3e arrondissement") == Districts()


def test_one_that_does_not_exist_is_said() -> None:
    assert read_districts("Nettoyage, 21e arrondissement", (PARIS,)).doubt == "Paris n’a pas de 21e arrondissement."


@pytest.mark.parametrize(
    ("written", "town"),
    [
        ("Lille 12e", "Lille"),
        ("Toulouse 3ème arrondissement", "Toulouse"),
        ("Nantes (3e arr.)", "Nantes"),
        ("12e arrondissement de Lille", "Lille"),
    ],
)
def test_a_town_that_has_none_is_kept_whole_and_it_is_said(written: str, town: str) -> None:
    for lot in (Lot("Entretien", lieux=(RawPlace(written),)), Lot(f"Nettoyage à {written}")):
        found = read_places(lot)
        assert [place.name for place in found.places] == [town]
        assert found.doubts == (f"{town} n’a pas d’arrondissements : la commune entière est retenue.",)


@pytest.mark.parametrize(
    "objet", ["Travaux à Lens, 2e tranche", "Nettoyage à Lille, 2e étage", "Nettoyage dans l’arrondissement de Lille"]
)
def test_other_ranks_beside_a_town_are_not_asked_about(objet: str) -> None:
    assert read_places(Lot(objet)).doubts == ()


def test_a_number_after_a_town_in_a_field_is_a_rank_unless_it_is_its_departement() -> None:
    assert read_places(Lot("", lieux=(RawPlace("Lille 12"),))).doubts
    assert not read_places(Lot("", lieux=(RawPlace("Lille 59"),))).doubts
