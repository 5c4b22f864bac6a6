"""Doubt about a trade: from which share on it is understood."""

import pytest

from matcher.domain.reading import ActivityGuess
from matcher.reading.trade.doubt import SURE, SURE_TITLE, doubts_about, least_sure, sure_of
from matcher.reference.trades.activities import taxonomy

GLASS, CLEANING = "proprete.vitrerie", "proprete.locaux"


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("Travaux de réfection de la mairie, lot n° 4", SURE_TITLE),
        ("FOURNITURE DE DENRÉES", SURE_TITLE),
        ("nous cherchons quelqu’un pour des travaux de peinture", SURE),
        ("laver les carreaux de la mairie", SURE),
    ],
)
def test_a_title_of_a_contract_is_sure_from_a_lower_share_than_what_a_person_tells(text: str, least: float) -> None:
    assert least_sure(text) == least


def test_what_is_known_of_too_few_words_is_sure_of_nothing_whatever_the_share() -> None:
    shares = {GLASS: 0.6, CLEANING: 0.4}
    assert sure_of(shares, {}, 1.0, SURE_TITLE)
    assert not sure_of(shares, {}, 1.0, SURE)
    assert not sure_of(shares, {}, 0.4, SURE_TITLE)


def test_another_trade_is_stated_where_likely_and_asked_where_not() -> None:
    first, likely, doubtful = (
        ActivityGuess(code, taxonomy().label(code), share, named=True)
        for code, share in (("proprete.locaux", 0.6), ("linge.blanchisserie", 0.3), ("batiment.peinture", 0.1))
    )

    def said(*guesses: ActivityGuess) -> list[str]:
        return [doubt.says for doubt in doubts_about(guesses, (), sure=True, empty=False, nothing=0.0)]

    (stated,) = said(first, likely)
    assert stated.startswith("Plusieurs métiers dans ce lot : ")
    (asked,) = said(first, doubtful)
    assert asked.startswith("Aussi « Peinture")
    assert " ? Si oui, un lot par métier " in asked
    assert said(first, likely, doubtful) == [stated, asked]
