"""The place that a sheet's title or file name names: one alone, surely read, and told as supposed."""

import pytest

from matcher.decisions.purchases.titled_place import sheet_defaults, titled_place
from matcher.domain.place import PlaceOrigin


@pytest.mark.parametrize(
    ("titles", "place"),
    [
        (("Programme d’achats 2027 de Saint-Amand-les-Eaux",), "Saint-Amand-les-Eaux"),
        (("Achats 2027. Ville de Saint-Amand-les-Eaux", "achats_2027_saint-amand-les-eaux"), "Saint-Amand-les-Eaux"),
        (("Programme d’achats 2027", "Feuil1", "achats-2027 v2"), ""),
        (("Ville de Lille", "programme-ville-de-denain"), ""),
        (("Marchés 2027 Paris et Lyon",), ""),
        ((), ""),
    ],
)
def test_titles_name_one_place_or_none(titles: tuple[str, ...], place: str) -> None:
    assert titled_place(titles) == place


def test_the_place_that_is_told_wins_over_the_title() -> None:
    named = sheet_defaults("", "", ("Ville de Lille",), "achats 2027.xlsx")
    assert (named.place, named.origin) == ("Lille", PlaceOrigin.TITRE)
    assert sheet_defaults("", "", (), "programme ville de Lille.xlsx").place == "Lille"
    told = sheet_defaults("", "Maubeuge", ("Ville de Lille",), "achats 2027.xlsx")
    assert (told.place, told.origin) == ("Maubeuge", PlaceOrigin.DEFAUT)
