"""An area gives only the territories that are certain."""

import pytest

from matcher.cleaning.area import clean_area

AREAS = {"nord": ("dep:59",), "pas de calais": ("dep:62",), "somme": ("dep:80",), "hauts de france": ("reg:32",)}


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("Pas-de-Calais, Somme", ("dep:62", "dep:80")),
        ("Pas-de-Calais et Somme", ("dep:62", "dep:80")),
        ("Région Hauts-de-France", ("reg:32",)),
        ("département du Nord", ("dep:59",)),
        ("France entière", ("pays:FR",)),
        ("rayon de 50 km", ("km:50",)),
        ("50 km autour de Maubeuge", ("km:50",)),
        ("59, 62", ("dep:59", "dep:62")),
        ("arrondissement de Maubeuge ; berges de Sambre (43 km)", ()),
        ("Site de Denain", ()),
        ("", ()),
    ],
)
def test_area_gives_only_what_is_certain(raw: str, codes: tuple[str, ...]) -> None:
    assert clean_area(raw, AREAS) == codes
