"""Hours of insertion that a text says: those of the clause and no others, never guessed."""

import pytest

from matcher.reading.insertion_hours import insertion_hours, insertion_share, takes_staff_over


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Clause de 500 heures d'insertion, peinture d'un gymnase à Vienne", 500),
        ("Gros œuvre, clause sociale d’insertion de 1 820 h", 1820),
        ("Heures d’insertion à réaliser : 3 640", 3640),
        ("Clause sociale : 700 heures", 700),
        ("coffrage, 1500h d insertion", 1500),
        ("5 000 heures de travail, dont 500 heures d’insertion", 500),
        ("Le titulaire réserve 1.200 heures de travail à des personnes éloignées de l’emploi.", 1200),
        ("VRD\nUn minimum de 450 heures de travail effectuées par des personnes en insertion. Soit 450 heures d’insertion.", 450),
        ("J’ai 820 heures à faire au titre de l’insertion sur un chantier à Lens", 820),
        ("Obligation d'insertion de 2 000 heures sur la durée du marché", 2000),
        ("Gros œuvre d’un collège, 14 mois, 1,2 M€ HT, clause de 1 820 h", 1820),
        ("peinture école, 1820h insertion", 1820),
        ("j’ai 820 heures de clause à caser", 820),
        ("VRD, insertion : 820 h", 820),
    ],
)  # fmt: skip
def test_the_hours_of_a_clause(text: str, hours: float) -> None:
    assert insertion_hours(text) == hours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nettoyage des locaux de 8 h à 18 h par une entreprise d’insertion",
        "Entretien, 35 heures par semaine",
        "1 607 heures d’agents d’accueil",
        "Clause sociale à hauteur de 5 % des heures",
        "Lot 1 : 300 heures d’insertion ; lot 2 : 500 heures d’insertion",
        "Insertion : 24 h/24",
        "Maintenance, clause de 2 500 heures de fonctionnement",
        "Clause de garantie de 2 000 heures",
        "Nettoyage par une entreprise d’insertion 1 500 heures par an",
    ],
)
def test_no_hours_or_several_are_unknown(text: str) -> None:
    assert insertion_hours(text) is None


def test_hours_of_a_year_are_for_the_whole_contract_or_unknown() -> None:
    said = "Clause d’insertion de 400 heures par an"
    assert insertion_hours(said) is None
    assert insertion_hours(said, 36) == 1200
    assert insertion_hours("400 heures annuelles d’insertion", 24) == 800


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Gros œuvre d'un gymnase, 1 200 000 € HT, 14 mois, clause d'insertion de 5 % des heures", (5, 5)),
        ("Clause sociale à hauteur de 5 % des heures", (5, 5)),
        ("Clause sociale d’insertion : 7,5 %.", (7.5, 7.5)),
        ("Peinture, clause d’insertion de 5 %", (5, 5)),
        ("Nettoyage, 5 à 10 % d’heures d’insertion", (5, 10)),
        ("Au moins 10 % du temps de travail est réservé à des personnes éloignées de l’emploi.", (10, 10)),
        ("Le titulaire réserve 8 % du nombre total d’heures à des publics en insertion.", (8, 8)),
    ],
)
def test_the_share_of_the_hours_of_a_clause(text: str, share: tuple[float, float]) -> None:
    assert insertion_share(text) == share


@pytest.mark.parametrize(
    "text",
    [
        "Réservé aux structures qui emploient au moins 50 % de travailleurs défavorisés ; insertion",
        "Critère d’insertion noté 10 % de la note",
        "Clause sociale : 5 % de pénalités par heure non faite",
        "Clause d’insertion de 5 % du montant",
        "20 % des heures sont de nuit",
        "Lot 1 : clause d’insertion de 5 % des heures ; lot 2 : clause d’insertion de 8 % des heures",
        "Clause sociale : 700 heures",
    ],
)
def test_no_share_or_several_or_that_of_something_else_is_unknown(text: str) -> None:
    assert insertion_share(text) is None


@pytest.mark.parametrize(
    ("text", "is_stated"),
    [
        ("Le personnel en place est repris selon la convention collective.", True),
        ("Nettoyage. Les salariés du titulaire sortant seront intégralement repris.", True),
        ("Reprise obligatoire du personnel (annexe 7 de la convention)", True),
        ("Reprise du personnel : sans objet", False),
        ("Il n’y a pas de reprise du personnel", False),
        ("Le personnel n’est pas repris", False),
        ("Les matériels sont repris en fin de marché ; le personnel est formé", False),
        ("Nettoyage des locaux", False),
    ],
)
def test_staff_taken_over_is_what_the_text_states(text: str, is_stated: bool) -> None:
    assert takes_staff_over(text) is is_stated
