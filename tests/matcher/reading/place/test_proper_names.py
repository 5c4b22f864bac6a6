"""Names of places, streets and schools are no trades; what is bought stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.words import words
from matcher.domain.reading import Lot
from matcher.reading.place.mentions import with_rivers
from matcher.reading.place.proper_names import without_names
from matcher.reading.reader import read
from tests.matcher.reading.answers import is_answered


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ménage à Nice et Cannes", "Ménage à et"),
        ("Nettoyage à Chalon/Saône", "Nettoyage à"),
        ("Ménage des bureaux, 12 rue de Lille", "Ménage des bureaux, 12"),
        ("Nettoyage, place du Marché à Lens", "Nettoyage, à"),
        ("Réfection de la rue des Fleurs", "Réfection de la rue"),
        ("Nettoyage de l’école Pierre Curie", "Nettoyage de l’école"),
        ("Nettoyage du Centre Hospitalier", "Nettoyage du Centre Hospitalier"),
        ("Création d’une place de stationnement", "Création d’une place de stationnement"),
        ("Entretien du cours d’eau", "Entretien du cours d’eau"),
        ("MENAGE DES BUREAUX, RUE DES FLEURS", "MENAGE DES BUREAUX,"),
        ("REFECTION DE LA ROUTE DEPARTEMENTALE", "REFECTION DE LA ROUTE DEPARTEMENTALE"),
        ("Achat & pose de <draps>", "Achat et pose de draps>"),
        ("Drap", "Drap"),
    ],
)
def test_names_go_and_the_need_stays(text: str, kept: str) -> None:
    assert " ".join(without_names(text).split()) == kept


@pytest.mark.parametrize(
    ("objet", "group"),
    [
        ("Nettoyage de bureaux à Nice et Cannes", "proprete"),
        ("Ménage des bureaux, rue de Lille", "proprete"),
        ("Tonte des pelouses, rue de Lille à Roubaix", "espaces-verts"),
        ("Fauchage des routes départementales de la Manche", "espaces-verts"),
        ("Entretien du bassin d’Arcachon", "espaces-verts"),
        ("Entretien de la coulée verte", "espaces-verts"),
        ("Nettoyage de l’école Pierre Curie", "proprete"),
        ("Nettoyage de l’hôtel de ville de Lens", "proprete"),
    ],
)
def test_a_name_is_no_trade(objet: str, group: str) -> None:
    assert is_answered(objet, group)
    assert not any(doubt.says.startswith("Plusieurs métiers") for doubt in read(Lot(objet)).doubts)


PIECES = [
    *"&<>;,'’/",
    "Chalon",
    "Saône",
    "rue",
    " de ",
    "Lille",
    "&amp;lt;",
    "école ",
    "Pierre ",
    "<b>",
    "É",
    "place du Marché",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_keeps_its_letters_in_order(text: str) -> None:
    left = iter("".join(words(with_rivers(text.replace("&", " et ").replace("<", " ")))))
    assert "&" in text or all(letter in left for letter in "".join(words(without_names(text))))
