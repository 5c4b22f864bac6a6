"""Brands of inclusion are read in a name as a whole, the longest first; a name that only looks like one says nothing."""

import pytest

from matcher.cleaning.words import stems
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.brands import brand_in, brands
from matcher.reference.trades.links import CHANCES, NEVER


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("ENVIE LOIRE", "Envie"),
        ("ENVIE 2E NORD", "Envie 2E"),
        ("ASSOC ENVIE D’AGIR", "Envie Agir"),
        ("SINEO LILLE", "Sineo"),
        ("Régie de quartiers du Lac", "Régie de quartier"),
        ("LES JARDINS DE COCAGNE DU LAC", "Jardin de Cocagne"),
        ("Blanchisserie du Lac", None),
        ("", None),
    ],
)
def test_the_longest_brand_of_a_name_is_read(name: str, brand: str | None) -> None:
    found = brand_in(stems(name))
    assert (found[0].name if found else None) == brand


def test_what_only_looks_like_a_brand_says_no_trade() -> None:
    found = brand_in(stems("ENVIE D’AGIR"))
    assert found is not None
    assert not found[0].chances


def test_each_brand_has_words_and_what_it_always_does_a_public_reference() -> None:
    assert all(brand.words for brand in brands())
    for row in rows("marques"):
        assert row["raison"], row
        assert row["niveau"] in (*CHANCES, NEVER), row
        assert set(row["activites"].split()) <= set(taxonomy().codes), row
        assert bool(row["activites"]) == (row["niveau"] != NEVER), row
        assert row["niveau"] != "fait" or row["reference"].startswith("http"), row
