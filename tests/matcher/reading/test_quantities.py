"""Quantities that a need gives with their unit; a range, a rate or a distance is none of the whole."""

import pytest

from matcher.reading.quantities import read_quantities


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("Repas, 450 repas par jour, 140 jours, 3 ans, 3,10 € le repas", [("450 repas par jour", "repas_jour")]),
        ("Blanchisserie, 600 kg/jour de linge plat", [("600 kg/jour", "kg_jour")]),
        ("Nettoyage de 12 500 m² de bureaux, 2 ans", [("12 500 m²", "m2")]),
        ("Tonte, 3,5 ha (3 sites)", [("3,5 ha", "ha")]),
        ("Encombrants, 104 passages par an", [("104 passages", "passage")]),
        ("Linge 100 kg par jour et 200 kg par jour", [("100 kg par jour", "kg_jour"), ("200 kg par jour", "kg_jour")]),
        ("Nettoyage de 3 sites de 500 m2", []),
        ("Nettoyage, 500 m2 chacun", []),
        ("Nettoyage, 2 x 500 m2", []),
        ("Repas, 300 à 450 repas par jour", []),
        ("Tonte, 2 passages par semaine", []),
        ("Balayage dans un rayon de 20 km", []),
        ("Nettoyage, 24 mois, Lille", []),
    ],
)
def test_a_quantity_is_read_with_its_unit(text: str, quantities: list[tuple[str, str]]) -> None:
    assert [(written, unit.code) for written, unit in read_quantities(text)] == quantities


def test_a_long_text_gives_no_quantity() -> None:
    assert read_quantities("Le titulaire rend compte de ses visites. " * 40 + "600 kg par jour") == ()
