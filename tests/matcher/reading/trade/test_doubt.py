"""Doubt about a trade: from which share on it is understood."""

import pytest

from matcher.reading.trade.doubt import SURE, SURE_TITLE, least_sure, sure_of

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
