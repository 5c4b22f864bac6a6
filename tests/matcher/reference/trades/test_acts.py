"""Acts and states: what they make of things, how far they reach, and what they leave alone."""

import pytest

from matcher.cleaning.words import stems
from matcher.domain.reading import Lot
from matcher.reading.reader import read
from matcher.reference.trades.lexicon import hits


def told(text: str) -> set[str]:
    """The activities that a text tells."""
    return {hit.term.target for hit in hits(stems(text)) if hit.term.weight > 0}


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("Location de chaises et fauteuils de bureau", "ameublement.location-mobilier"),
        ("Ramassage des vieux ordinateurs et imprimantes de nos agences", "dechets.deee"),
        ("Collecte et destruction d’anciens postes informatiques", "dechets.deee"),
        ("Pressing des uniformes de la gendarmerie", "linge.pressing"),
        ("Maintenance des ordinateurs des écoles", "informatique.parc"),
        ("Surcyclage de meubles : tables et étagères", "recyclage.ameublement"),
        ("Enlèvement de bureaux et fauteuils usagés", "dechets.ameublement"),
        ("Entretien des aires de jeux, bancs et mobilier urbain", "espaces-verts.espace-urbain"),
        ("Restauration de fauteuils anciens", "ameublement.services-artisanat"),
        ("Tables, chaises et armoires de seconde main", "recyclage.ameublement"),
        ("Ordinateurs portables remis à neuf", "recyclage.reconditionne"),
        ("Tablettes et écrans reconditionnés", "recyclage.reconditionne"),
        ("Fourniture de bureaux d’occasion", "recyclage.ameublement"),
        ("Vêtements de seconde main", "recyclage.textiles"),
    ],
)
def test_what_is_made_of_a_thing_is_the_need(text: str, activity: str) -> None:
    reading = read(Lot(text))
    assert activity in (reading.asked[:1] if reading.sure else reading.options)


def test_several_acts_each_make_something_of_one_thing() -> None:
    assert {"transports.location-vehicules", "reparations.garage"} <= told(
        "Location, assurance et entretien de véhicules"
    )
    assert {"dechets.papiers", "recyclage.papiers"} <= told("Collecte et recyclage du papier")


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("Fourniture, pose et entretien de bancs publics", "ameublement.mobilier-urbain"),
        ("Achat, livraison et maintenance d’ordinateurs", "informatique.materiel"),
        ("Fourniture de mobilier à l’occasion des élections", "ameublement.mobilier"),
        ("Mobilier neuf et véhicules d’occasion", "ameublement.mobilier"),
        ("Restauration scolaire et mobilier", "ameublement.mobilier"),
        ("Nettoyage des locaux, fourniture de rideaux occultants", "ameublement.textiles"),
    ],
)
def test_what_is_bought_new_stays_bought(text: str, activity: str) -> None:
    assert activity in {guess.code for guess in read(Lot(text)).activities}


def test_no_act_reaches_over_a_word_that_tells() -> None:
    assert "linge.blanchisserie" not in told("Nettoyage de vitres, fourniture de rideaux")
    assert "transports.location-vehicules" not in told("Location de salles pour la vente de véhicules")


def test_numbers_do_not_part_the_words_of_a_term() -> None:
    assert "scan dossier" in {hit.term.text for hit in hits(stems("Scan de 40 000 dossiers"))}
    assert "scan dossier" not in {hit.term.text for hit in hits(stems("Scan de tous vieux dossiers"))}
