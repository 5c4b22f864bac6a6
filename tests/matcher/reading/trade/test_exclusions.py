"""What a need leaves out: an activity that is excluded is not asked, and nothing else is lost."""

import pytest

from matcher.domain.reading import Lot
from matcher.reading.reader import read
from matcher.reading.trade.exclusions import without_exclusions

CLEANING, LAWNS = "proprete.locaux", "espaces-verts.creation-entretien"


@pytest.mark.parametrize(
    ("objet", "asked"),
    [
        ("nettoyage des bureaux hors vitrerie à Lille", {CLEANING}),
        ("nettoyage sans nettoyage des vitres", {CLEANING}),
        ("nettoyage des locaux, pas les vitres", {CLEANING}),
        ("ménage mais pas de vitres", {CLEANING}),
        ("nettoyage sauf vitres", {CLEANING}),
        ("nettoyage de locaux sans vitres ni moquettes", {CLEANING}),
        ("nettoyage hors week-end, hors vacances scolaires", {CLEANING}),
        ("nettoyage (l’élagage n’est pas compris)", {CLEANING}),
        ("Ménage, vitrerie exclue", {CLEANING}),
        ("nous ne voulons pas de vitrerie, seulement nettoyage", {CLEANING}),
        ("ménage sans vitres et jardinage", {CLEANING, LAWNS}),
        ("entretien espaces verts sans élagage", {LAWNS}),
        ("espaces verts à l’exception de l’élagage", {LAWNS}),
        ("Entretien des espaces verts non compris la taille des arbres", {LAWNS}),
        ("travaux de peinture hors plomberie et électricité", {"batiment.peinture"}),
    ],
)
def test_an_activity_that_is_left_out_is_not_asked(objet: str, asked: set[str]) -> None:
    reading = read(Lot(objet))
    assert reading.sure
    assert set(reading.asked) == asked


@pytest.mark.parametrize(
    "text",
    [
        "nettoyage, sauf le week-end",
        "hébergement de personnes sans abri",
        "hors-d’œuvre et plats",
        "Hors vitrerie",
        "Nettoyage, pas de calais",
        "Nettoyage des vitres",
    ],
)
def test_what_leaves_no_trade_out_of_another_stays_whole(text: str) -> None:
    assert without_exclusions(text) == text
