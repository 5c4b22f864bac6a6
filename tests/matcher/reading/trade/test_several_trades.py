"""Activities of one group that a list names: each is asked, also where it leans on its neighbour."""

import pytest

from matcher.domain.reading import Lot
from matcher.reading.reader import read
from matcher.reading.trade.several_trades import items_of

GREEN, BANKS = "espaces-verts.creation-entretien", "espaces-verts.cours-eau"
CLEANING, WINDOWS = "proprete.locaux", "proprete.vitrerie"


@pytest.mark.parametrize(
    ("objet", "asked"),
    [
        ("Entretien des espaces verts et des berges", {GREEN, BANKS}),
        ("Espaces verts et berges", {GREEN, BANKS}),
        ("Nettoyage des bureaux de la mairie et des deux écoles, vitrerie comprise", {CLEANING, WINDOWS}),
        ("Nettoyage des locaux et des vitres", {CLEANING, WINDOWS}),
        ("Réfection de la toiture et des menuiseries", {"batiment.charpente-couverture", "batiment.menuiserie"}),
        ("Serrurerie et nettoyage des vitres", {"batiment.metallerie", WINDOWS}),  # a word that settles its trade
        ("Plomberie et entretien des espaces verts", {"batiment.plomberie", GREEN}),
        ("Gardiennage et nettoyage des locaux", {"securite.gardiennage", CLEANING}),
        ("Élagage et collecte des encombrants", {"espaces-verts.elagage", "dechets.encombrants"}),
        ("Blanchisserie et location de linge", {"linge.blanchisserie"}),
        ("Entretien des espaces verts", {GREEN}),
        ("Collecte et traitement des déchets", {"dechets.menagers"}),
        ("Légumes et herbes lavés, épluchés, découpés", {"agroalimentaire.legumerie"}),  # one thing, its states
        ("Entretien des espaces verts des archives et des déchèteries", {GREEN}),  # where, not what
    ],
)
def test_every_activity_asked_is_kept(objet: str, asked: set[str]) -> None:
    reading = read(Lot(objet))
    assert set(reading.asked) == asked
    assert reading.sure


def test_what_comes_after_the_first_words_describes() -> None:
    long = (
        "Nettoyage des locaux, " + ", ".join(f"bâtiment {name}" for name in "abcdefghijklmnop") + ", lavage de vitres"
    )
    assert items_of(long, "proprete") == ("nettoyage des locaux",)


def test_how_the_need_is_met_is_all_that_is_asked() -> None:
    assert read(Lot("Mise à disposition d’agents de nettoyage et de restauration")).asked == (
        "conseil.mise-a-disposition",
    )
