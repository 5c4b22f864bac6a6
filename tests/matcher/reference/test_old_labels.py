"""Labels that are gone are said as old, by whole words of a name alone."""

import pytest

from matcher.reference.old_labels import old_label

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
