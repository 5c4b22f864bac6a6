"""Words of a need that tell how it is bought: set aside, so that they do not drown the trade, and only then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.reading import Lot
from matcher.reading.contract_words import without_contract, without_sizes
from matcher.reading.reader import read
from tests.matcher.reading.answers import is_answered


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Peinture, enveloppe de 20 000 €", "Peinture,"),
        ("Blanchisserie, montant maximum annuel 90 000 € HT, durée 48 mois", "Blanchisserie,"),
        ("Tonte 30000 euros par an, 3 ans", "Tonte ,"),
        ("Budget nettoyage : 30 000 € HT", "Budget nettoyage"),
        ("Tonte, durée de 12 mois reconductible 3 fois", "Tonte,"),
        ("Durée de 12 mois. Tonte. Marché reconductible 3 fois", ". Tonte."),
        ("Marché de 3 ans pour la tonte", "pour la tonte"),
        ("Accueil d’enfants de 3 ans", "Accueil d’enfants de 3 ans"),
        ("Fourniture d’enveloppes", "Fourniture d’enveloppes"),
        ("30 000 € HT", "30 000 € HT"),
        ("Peinture, 240 000 € HT, délai d’exécution 4 mois", "Peinture,"),
        ("Peinture, délai d’exécution : 45 jours ouvrés, Lille", "Peinture, , Lille"),
        ("Mobilier, délai de livraison de 3 semaines", "Mobilier,"),
        ("Dossier d’exécution des ouvrages", "Dossier d’exécution des ouvrages"),
    ],
)
def test_sums_and_periods_are_set_aside(text: str, left: str) -> None:
    assert " ".join(without_sizes(text).split()).rstrip(": ") == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Marché de tonte", "de tonte"),
        ("Tonte, marché annuel", "Tonte,"),
        ("Accord-cadre à bons de commande : tonte", ": tonte"),
        ("Marché public alloti de travaux de voirie", "Marché public alloti de travaux de voirie"),
        ("Marché de Noël", "Marché de Noël"),
        ("Contrat de ville", "Contrat de ville"),
        ("Traiteur à l’occasion des vœux", "Traiteur des vœux"),
        ("Mobilier d’occasion", "Mobilier d’occasion"),
        ("Étude de marché", "Étude de marché"),
        ("Impression du rapport annuel", "Impression du rapport annuel"),
        ("Marché", "Marché"),
    ],
)
def test_a_way_to_buy_is_set_aside_and_a_thing_is_not(text: str, left: str) -> None:
    assert " ".join(without_contract(text).split()) == left


@pytest.mark.parametrize("text", ["Tonte", "Blanchisserie", "Peinture", "Nettoyage de vitres"])
@pytest.mark.parametrize(
    "around",
    [
        *("{}, marché annuel", "Marché de {}", "{}, montant maximum annuel 90 000 € HT, durée 48 mois", "{} 30000 euros par an, 3 ans"),
        *("{}, enveloppe de 20 000 €", "{}, contrat triennal", "{}, durée 1 an + 1 an + 1 an"),
    ],
)  # fmt: skip
def test_how_a_trade_is_bought_does_not_change_it(text: str, around: str) -> None:
    assert is_answered(around.format(text), read(Lot(text)).asked[0])


@pytest.mark.parametrize(
    "frame",
    [
        *(", 240 000 € HT, délai d’exécution 4 mois", ", délai d’exécution : 45 jours", ", délai de livraison de 3 semaines"),
        *(", clause de 820 h", ", 820h insertion", ", insertion : 1 820 heures", ", 820 heures de clause"),
        *(", clause 5 % des heures", ", clause : 10 % des heures", ", durée d’exécution 4 mois, 30 000 € HT par an"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("need", ["Peinture du gymnase", "Tonte des pelouses", "Nettoyage des bureaux"])
def test_a_delay_or_a_clause_is_no_second_trade(need: str, frame: str) -> None:
    bare, framed = read(Lot(need)), read(Lot(f"{need}{frame}"))
    assert framed.asked == bare.asked
    assert not any("un lot par métier" in doubt.says for doubt in framed.doubts)


def test_a_share_of_hours_is_a_clause() -> None:
    assert read(Lot("Peinture du gymnase, clause 5 % des heures")).levier_hint == "clause"


@given(
    st.lists(
        st.sampled_from(["marché", "annuel", "de ", "tonte", ",", "20 000 €", "3 ans", "durée ", "+ 1 an", " "]),
        max_size=12,
    )
)
def test_what_is_left_is_words_of_the_text_in_their_order(pieces: list[str]) -> None:
    text = " ".join(pieces)
    left, words = without_contract(without_sizes(text)).split(), iter(text.split())
    assert all(word in words for word in left)
