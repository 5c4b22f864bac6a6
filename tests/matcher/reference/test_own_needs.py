"""The commune and its services are recognised by their names, in the town where they are; no intercommunal body is."""

import pytest

from matcher.reference.own_needs import old_label, serves_commune


@pytest.mark.parametrize(
    ("name", "town", "known"),
    [
        ("COM D ABBEVILLE", "Abbeville", True),
        ("COMMUNE DU MANS", "Le Mans", True),
        ("VILLE DE LILLE", "Lille", True),
        ("C.C.A.S. DU MANS", "Le Mans", True),
        ("CTRE COM ACTION SOCIAL DE MAUBEUGE", "Maubeuge", True),
        ("CENTRE COMMUNAL D'ACTION SOCIALE", "Tulle", True),
        ("CENTRE INTERCOMMUNAL D'ACTION SOCIALE", "Carmaux", False),
        ("COM DE COM DU MANS", "Le Mans", False),
        ("COMMUNE D ABBEVILLE", "Amiens", False),
        ("VILLAGE LILLE", "Lille", False),
    ],
)
def test_a_name_tells_the_commune_or_its_service(name: str, town: str, known: bool) -> None:
    assert serves_commune(name, town) is known


OLD = "atelier protégé : entreprise adaptée depuis 2005"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ATELIER PROTEGE LOU JAS", OLD),
        ("Les Ateliers protégés du Val", OLD),
        ("CDTD 59", "centre de distribution de travail à domicile : entreprise adaptée depuis 2005"),
        ("ATELIER DU VAL", ""),
        ("", ""),
    ],
)
def test_an_old_label_is_told_with_what_it_became(name: str, said: str) -> None:
    assert old_label(name) == said
