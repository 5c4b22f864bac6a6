"""Award in lines of text: of the whole, of each lot, without a winner, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.notices.award_text import awarded_lots
from importers.notices.importer import LotWritten, WinnerWritten

WHOLE = """Type de procédure : PROCEDURE ADAPTEE OUVERTE
Marché NON ALLOTI
Titulaire : SARL des Tests, 3 rue Fictive _ SIRET 90000201500015 en co-traitance avec l'Atelier, SIRET : 900 002 015 00023.
Montant du marché: 82 600 Euros HT _ Prix global et forfaitaire
Montant estimé des pénalités : 100 €
Date d'attribution: 10/04/2026
Date notification: 09/06/2026
Durée du marché: 18 mois"""


def test_lines_tell_the_winners_the_amount_the_day_and_the_duration() -> None:
    assert list(awarded_lots(WHOLE)) == [
        LotWritten(
            "",
            awarded="82 600 Euros HT",
            awarded_on="10/04/2026",
            duration="18",
            duration_unit="MONTH",
            winners=(WinnerWritten("90000201500015"), WinnerWritten("90000201500023")),
        )
    ]


def test_each_lot_has_its_own() -> None:
    text = "Lot n° 1 : Tonte\nTitulaire : SIRET 90000201500015\nMontant : 1 000 € HT\nLOT 2 - Taille\nLot déclaré sans suite."
    first, second = awarded_lots(text)
    assert (first.number, first.title, first.awarded) == ("1", "Tonte", "1 000 € HT")
    assert (second.number, second.title, second.without_winner, second.winners) == ("2", "Taille", True, ())


def test_a_lot_that_found_nobody_ends_alone() -> None:
    whole, ended = awarded_lots(
        "Titulaire : SIRET 90000201500015\nMontant : 100 000 € HT\nLe lot n° 3 a été déclaré sans suite."
    )
    assert (whole.number, whole.awarded, whole.without_winner) == ("", "100 000 € HT", False)
    assert ended == LotWritten("3", without_winner=True)
    assert next(awarded_lots("Lot 3 : infructueux")).without_winner
    (awarded,) = awarded_lots("Aucun lot infructueux.\nMontant : 1 000 €")
    assert not awarded.without_winner


@pytest.mark.parametrize("text", ["", "Voir le profil d’acheteur", "Titulaire : Mme Durand, 3 rue Fictive"])
def test_nothing_is_made_up(text: str) -> None:
    assert list(awarded_lots(text)) == []


@given(st.text(alphabet=st.sampled_from("lot 123:€\nTitulaire SIRET mois durée montant"), max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert all(lot.number or lot != LotWritten("") for lot in awarded_lots(text))
