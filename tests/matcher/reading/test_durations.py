"""Durations of a contract beside words of a public, and the ages, guarantees and frequencies that are none."""

import pytest

from matcher.reading.durations import read_duration
from matcher.reading.notice import sentences


def months(text: str) -> float | None:
    duration = read_duration(sentences(text))[0]
    return duration.months if duration else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nettoyage des locaux des écoles maternelles, 9 000 m2, Douai, 2 ans, 150 k€ HT", 24),
        ("Location de vélos pour les agents, Roubaix, 36 mois", 36),
        ("Gestion d’une agence postale communale, Lens, 36 mois", 36),
        ("Repas livrés dans trois crèches, Amiens, 4 ans", 48),
        ("Goûters pour 300 élèves, 2 ans", 24),
        ("Animations pour les jeunes, Calais, 3 ans", 36),
        ("Ateliers pour les jeunes 24 mois", 24),
        ("Linge des nourrissons de la maternité, Arras, 48 mois", 48),
        ("Transport d’enfants handicapés pour une durée de 36 mois", 36),
        ("Tenues des agents d’accueil, 40 000 € HT, 36 mois", 36),
        ("Entretien des jardins de la maison du troisième âge, 24 mois", 24),
        ("Nettoyage après chantier, Béthune, 24 mois", 24),
        ("Tonte avant les manifestations, 48 mois", 48),
        ("Maintenance de l’éclairage public pour une durée de 4 ans", 48),
        ("Maintenance des ascenseurs 48 mois", 48),
        ("Ménage du conservatoire pour 3 ans", 36),
        ("Nettoyage dans les écoles pour 3 ans", 36),
        ("Préparation et livraison de repas pour 36 mois", 36),
        ("Location de terminaux de paiement, 60 mois", 60),
        ("Livres et jouets de la ludothèque, Saint-Omer, 3 ans", 36),
        ("Recyclage des jouets, filière locale, 24 mois", 24),
        ("Réparation de matériel hors garantie, 36 mois", 36),
    ],
)
def test_a_public_or_a_place_far_from_the_number_hides_no_duration(text: str, expected: float) -> None:
    assert months(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("Accueil périscolaire des enfants de 3 ans", "Tables pour élèves de 4 ans", "Sorties pour les jeunes de 5 ans"),
        *("Spectacle pour un public de 4 ans", "Chaises pour enfants âgés de 2 ans", "Lits pour enfants de moins de 2 ans"),
        *("Ateliers pour adolescents de plus de 2 ans", "Crèche pour bébés 24 mois", "Jouets, 4 ans", "Véhicules de moins de 3 ans"),
        *("Accueil de loisirs, 3 à 5 ans", "Séjours de vacances, 6-10 ans", "Écrans, garantie 3 ans", "Chaudière garantie pièces 5 ans"),
        "Fauteuils garantis pièces, main d’œuvre, 5 ans",
        *("Formateur, expérience de 3 ans", "Chef d’équipe, ancienneté 5 ans", "Association active depuis 4 ans"),
        *("Curage des fossés tous les 2 ans", "Ravalement, il y a 5 ans", "Contrôle après 2 ans", "Offres valables pendant 4 mois"),
        *("Livraison sous 2 mois", "Mobilier, délai de livraison 2 mois", "Travaux dans un délai de 3 mois", "Âge : 3 ans"),
        *("Offres maintenues pour une durée de 4 mois", "Données conservées pendant 5 ans", "Période de préparation de 2 mois"),
    ],
)  # fmt: skip
def test_a_number_right_beside_an_age_a_guarantee_or_a_frequency_is_no_duration(text: str) -> None:
    assert months(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nettoyage, 24 mois + 2x12, 36 000 € HT annuel", 48),
        ("Nettoyage, 24 mois + 12 + 12", 48),
        ("Nettoyage, 24 + 2x12 mois", 48),
        ("Nettoyage, 1 an (+ 3x1)", 48),
        ("Nettoyage, 2+1+1 ans", 48),
        ("Nettoyage, 1+3 ans, 30 000 € HT", 48),
        ("Nettoyage, 1 an + 3 ans", 48),
        ("Nettoyage, 12 mois reconductible 3 fois", 48),
        ("Nettoyage, 24 mois + 12 000 € de fournitures", 24),
        ("Nettoyage, 12 mois + 3 agents", 12),
        ("Nettoyage, 12 mois + 3", 12),
        ("Nettoyage de 2 + 3 bureaux, 24 mois", 24),
    ],
)
def test_the_terms_of_a_sum_share_their_unit(text: str, expected: float) -> None:
    assert months(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Marché de 24 mois reconductible. La durée totale, toutes reconductions comprises, est de 48 mois.",
        "Marché d’un an reconductible ; durée totale, reconductions incluses, de 4 ans.",
    ],
)
def test_a_total_that_says_between_commas_what_it_includes_is_a_total(text: str) -> None:
    assert months(text) == 48


@pytest.mark.parametrize(
    "words", [", reconductible 2 fois 12 mois", " (renouvelable deux fois un an)", " reconductible 2 fois un an"]
)
def test_a_period_that_may_be_renewed_is_that_of_the_contract_in_a_long_text_too(words: str) -> None:
    page = "Les prestations sont décrites au cahier des clauses techniques particulières. " * 30
    assert months(f"{page}Accord-cadre à bons de commande, 24 mois{words}.") == 48
