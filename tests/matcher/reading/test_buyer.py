"""The buyer that a text names is a commune, told from the place where the lot is done."""

import pytest

from matcher.domain.reading import Lot
from matcher.reading.buyer import buyer_named
from matcher.reading.reader import read


@pytest.mark.parametrize(
    ("text", "siren"),
    [
        ("Curage des fossés pour la commune d’Abbeville", "218000016"),
        ("Curage des fossés pour la commune d'Abbeville", "218000016"),
        ("Nettoyage des bureaux pour le compte de la ville de Saint-Denis (93)", "929939411"),
        ("Ville de Lille : nettoyage des écoles", "215903501"),
        ("La commune de Denain souhaite faire tondre ses pelouses", "215901729"),
        ("Nettoyage pour la ville du Mans", "217201813"),
        ("Tonte sur la commune de Denain", ""),
        ("Nettoyage pour la ville de Nulle-Part", ""),
    ],
)
def test_the_commune_that_buys(text: str, siren: str) -> None:
    assert read(Lot(text)).buyer == siren


def test_one_of_several_of_a_name_is_chosen_by_where_the_lot_is_done() -> None:
    assert buyer_named("Nettoyage pour la ville de Saint-Denis", ()) == ""


def test_the_buyer_given_stands_before_the_one_named() -> None:
    reading = read(Lot("Curage pour la commune d’Abbeville", acheteur_siret="215 903 501 00017"))
    assert (reading.buyer, reading.buyer_siren) == ("215 903 501 00017", "215903501")
