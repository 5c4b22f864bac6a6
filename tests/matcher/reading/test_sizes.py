"""Amounts and durations that a text says: found with their words, in doubt where two stand, never guessed."""

import pytest

from matcher.domain.reading import AmountBasis
from matcher.reading.notice import Notice, NoticeLot, sentences, split_notice
from matcher.reading.sizes import Sizes, read_sizes


def sizes(text: str) -> Sizes:
    return read_sizes(Notice("", "", (), sentences(text)))


@pytest.mark.parametrize(
    ("text", "euros", "yearly", "words"),
    [
        ("montant estimé : 120 000 € HT par an", 120_000, True, "montant estimé : 120 000 € HT par an"),
        ("Montant annuel estimé : 210 k€ HT, soit 630 k€ HT sur trois ans", 210_000, True, "Montant annuel estimé : 210 k€ HT"),
        ("Le budget est de 45 000 euros pour l’année", 45_000, True, "budget est de 45 000 euros"),
        ("valeur totale estimée : 1 200 000,00 EUR", 1_200_000, False, "valeur totale estimée : 1 200 000,00 EUR"),
        ("Estimation totale : 1,2 M€ HT", 1_200_000, False, "Estimation totale : 1,2 M€ HT"),
        ("MONTANT ESTIME : 78 000 EUROS H.T. SUR 24 MOIS", 78_000, False, "MONTANT ESTIME : 78 000 EUROS H.T. SUR 24 MOIS"),
        ("Enveloppe de 30.000 € sur la durée du marché", 30_000, False, "Enveloppe de 30.000 € sur la durée du marché"),
        ("Tonte 30000 euros par an, 3 ans", 30_000, True, "30000 euros par an"),
        ("Nettoyage 120 k€ HT sur 4 ans", 120_000, False, "120 k€ HT sur 4 ans"),
        ("85k€/an sur 3 ans", 85_000, True, "85k€/an sur 3 ans"),
        ("montant estimé : 2 x 15 000 € HT par an", 30_000, True, "montant estimé : 2 x 15 000 € HT par an"),
        ("nettoyage 2 000 euros par mois", 24_000, True, "2 000 euros par mois"),
        ("nettoyage budget 25 000 par an", 25_000, True, "budget 25 000 par an"),
        ("assurance : 120 k€/an", 120_000, True, "120 k€/an"),
        ("Assurances, 600 000 € HT sur 5 ans", 600_000, False, "600 000 € HT sur 5 ans"),
        ("nettoyage 25 000 HT annuel", 25_000, True, "25 000 HT annuel"),
        ("Nettoyage pour la CA de Cergy 30 000 € HT par an", 30_000, True, "30 000 € HT par an"),
    ],
)  # fmt: skip
def test_an_amount_and_its_period(text: str, euros: float, yearly: bool, words: str) -> None:
    found = sizes(text)
    assert found.amount is not None
    assert (found.amount.euros, found.amount.yearly, found.amount.words) == (euros, yearly, words)
    assert found.about_amount == ()


@pytest.mark.parametrize(
    ("text", "euros", "asks"),
    [
        ("entre 40 et 90 k€ par an", 65_000, "Compté au milieu"),
        ("un montant compris entre 40 000 et 90 000 euros HT par an", 65_000, "Compté au milieu"),
        ("budget total de 900 à 1 100 €", 1_000, "Compté au milieu"),
        ("Tonte, budget 50-100 k€ par an", 75_000, "Compté au milieu"),
        ("Tonte, budget 50 à 100 k€ par an", 75_000, "Compté au milieu"),
        ("maximum 200 000 euros sur 4 ans", 200_000, "combien est attendu"),
        ("montant maximum annuel : 50 000 € HT", 50_000, "combien est attendu"),
        ("budget max 15000 euros par an", 15_000, "combien est attendu"),
        ("sans minimum et avec un maximum annuel de 75 000 € HT", 75_000, "combien est attendu"),
        ("Espaces verts, 30 000 €", 30_000, "pour un an, ou pour toute la durée"),
        ("Travaux de peinture, 350 h d’insertion, 120 k€", 120_000, "pour un an, ou pour toute la durée"),
        ("Traiteur (4 500 euros)", 4_500, "pour un an, ou pour toute la durée"),
        ("traiteur 3000€ ht", 3_000, "pour un an, ou pour toute la durée"),
        ("Nettoyage de bureaux, j’ai 20 000 euros a depenser", 20_000, "pour un an, ou pour toute la durée"),
        ("nettoyage max 90K", 90_000, "combien est attendu"),
        ("tonte 12 000 HT", 12_000, "pour un an, ou pour toute la durée"),
        ("Assurances des agents, budget 90 000 €", 90_000, "pour un an, ou pour toute la durée"),
        ("nettoyage budget de 20k", 20_000, "pour un an, ou pour toute la durée"),
        ("nettoyage, budget : 25000", 25_000, "pour un an, ou pour toute la durée"),
        ("nettoyage 15 000 € max", 15_000, "combien est attendu"),
        ("nettoyage, pas plus de 15000 €", 15_000, "combien est attendu"),
        ("nettoyage environ 30 mille euros", 30_000, "pour un an, ou pour toute la durée"),
        ("nettoyage trente mille euros", 30_000, "pour un an, ou pour toute la durée"),
        ("nettoyage pour 20keuros", 20_000, "pour un an, ou pour toute la durée"),
        ("nettoyage entre 10 et 20 k€", 15_000, "Compté au milieu"),
        ("nettoyage 10 à 15 000 € par an", 12_500, "Compté au milieu"),
        ("marché de 90 000 euros pour des repas", 90_000, "pour un an, ou pour toute la durée"),
        ("budget 120 000 €", 120_000, "pour un an, ou pour toute la durée"),
        ("budget 120 000 €, pour une durée de 36 mois", 120_000, "pour un an, ou pour toute la durée"),
    ],
)
def test_an_amount_that_is_not_sure_says_how_it_is_counted(text: str, euros: float, asks: str) -> None:
    found = sizes(text)
    assert found.amount is not None
    assert found.amount.euros == euros
    assert len(found.about_amount) == 1
    assert asks in found.about_amount[0]


@pytest.mark.parametrize(
    ("text", "euros"),
    [
        ("tonte, 12 500 € par trimestre pendant 2 ans", 50_000),
        ("tonte, 12 500 € HT / trimestre", 50_000),
        ("budget semestriel de 20 000 € HT par semestre", 40_000),
        ("tonte, 3 000 € par mois", 36_000),
    ],
)
def test_an_amount_for_part_of_a_year_is_counted_for_the_year(text: str, euros: float) -> None:
    amount = sizes(text).amount
    assert amount is not None
    assert (amount.euros, amount.yearly) == (euros, True)


def test_a_year_or_less_leaves_no_doubt_of_the_period() -> None:
    assert sizes("budget 20 000 €, pour une durée de 12 mois").about_amount == ()


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Montant estimé 20 000 € ; montant estimé 30 000 €", "Plusieurs montants"),
        ("Montants estimés : 85 000 € par an pour le lot 1 et 40 000 € par an pour le lot 2", "Plusieurs montants"),
        ("montant : 40 000 € TTC", "n’est pas hors taxes"),
        ("Nettoyage 40 000 € TTC", "n’est pas hors taxes"),
        ("Peinture 40 k€ HT, menuiserie 30 k€ HT", "Plusieurs montants"),
    ],
)
def test_of_two_amounts_none_is_kept(text: str, asks: str) -> None:
    found = sizes(text)
    assert found.amount is None
    assert asks in found.about_amount[0]


@pytest.mark.parametrize(
    "text",
    [
        *("Nettoyage de 12 000 m²", "un chèque de 50 €", "Pénalités d’un montant de 500 € par jour", "chiffre d’affaires : 400 000 €"),
        *("capital social de 10 000 €", "montant de l’avance : 20 000 €", "prix de 12 000 € par livraison"),
        *("loyer de 12 000 € par an", "CA annuel : 400 000 € HT", "CA minimum 400 000 € HT", "cocktail 1 200 € HT par jour"),
        *("capital de 10 000 € HT", "pénalité de 1 000 € HT", "un véhicule à 30 000 €"),
        *("Masse salariale : 4 540 000 €", "Concession, loyer, 3 000 €", "Caution, 2 000 €"),
        *("achat de 20 chaises à 750 € pièce", "3 véhicules à 20 000 euros chacun", "un chèque de 5 000 €", "salle à 1 500 € le m2"),
        *("Repas, 3,10 € le repas", "Stands, 1 200 € HT le stand, Lille", "Location, 850 euros l’écran"),
        *("budget nettoyage 2027", "budget 2027", "budget 2026-2027", "collecte de 30 k de cartons", "montant : 59000 Lille"),
        *("Collège de 600 élèves", "en 2027", "montant non communiqué", "budget : à définir", "garantie d’un montant de 5 000 €"),
    ],
)  # fmt: skip
def test_what_is_no_amount_of_the_lot_is_unknown(text: str) -> None:
    assert sizes(text).amount is None
    assert sizes(text).about_amount == ()


@pytest.mark.parametrize(
    ("text", "months", "words"),
    [
        ("durée de 12 mois reconductible trois fois", 48, "durée de 12 mois reconductible trois fois"),
        ("3 ans ferme", 36, "3 ans"),
        ("du 1er janvier 2027 au 31 décembre 2028", 24, "du 1er janvier 2027 au 31 décembre 2028"),
        ("Le marché débute le 01/04/2027 et se termine le 31/03/2030", 36, "01/04/2027 et se termine le 31/03/2030"),
        ("entre le 2 novembre et le 20 novembre 2026", 0.6, "2 novembre et le 20 novembre 2026"),
        ("DUREE : 48 MOIS", 48, "DUREE : 48 MOIS"),
        ("Durée en mois : 48", 48, "Durée en mois : 48"),
        ("marché d’un an renouvelable trois fois", 48, "un an renouvelable trois fois"),
        ("conclu pour 24 mois fermes et peut être reconduit 1 fois pour 12 mois", 36, "pour 24 mois fermes et peut être reconduit 1 fois pour 12 mois"),
        ("prend effet le 1er mars 2027 pour un an. Il est reconductible 3 fois un an.", 48, "pour un an. Il est reconductible 3 fois un an"),
        ("du 01/09/2027 au 31/08/2029, avec possibilité de reconduction d’un an, deux fois", 48, "du 01/09/2027 au 31/08/2029, avec possibilité de reconduction d’un an, deux fois"),
        ("propreté, deux ans fermes puis 2 x 1 an", 48, "deux ans fermes puis 2 x 1 an"),
        ("durée : 1 an + 3 reconductions", 48, "durée : 1 an + 3 reconductions"),
        ("Tonte, 2 ans + 2 reconductions d’un an", 48, "2 ans + 2 reconductions d’un an"),
        ("pour deux ans, deux reconductions d’une année chacune", 48, "pour deux ans, deux reconductions d’une année chacune"),
        ("2 ans fermes et 1 reconduction tacite de 6 mois", 30, "2 ans fermes et 1 reconduction tacite de 6 mois"),
        ("Tonte, 2 ans puis 2 reconductions de 12 mois", 48, "2 ans puis 2 reconductions de 12 mois"),
        ("durée de 2 ans, plus deux renouvellements annuels", 48, "durée de 2 ans, plus deux renouvellements annuels"),
        ("pour un an, 3 reconductions, 48 mois au total", 48, "pour un an, 3 reconductions"),
        ("un an ferme, 2 reconductions avec un préavis de 3 mois", 36, "un an ferme, 2 reconductions"),
        ("Nettoyage (siège, 3 crèches), 62 000 € HT par an, 4 ans", 48, "4 ans"),
        ("durée de trois (3) ans. Le marché n’est pas reconductible.", 36, "durée de trois (3) ans"),
        ("Accord-cadre de 4 ans", 48, "4 ans"),
        ("Entretien de deux sites, pour sept ans", 84, "pour sept ans"),
        ("sans que la durée totale puisse excéder quatre ans", 48, "durée totale puisse excéder quatre ans"),
        ("durée de 12 mois, reconductible, sans pouvoir excéder 48 mois", 48, "48 mois"),
        ("maximum 200 000 euros sur 4 ans", 48, "4 ans"),
        ("Nettoyage de bureaux, 60 mois", 60, "60 mois"),
        ("nettoyage de bureaux 48 mois", 48, "48 mois"),
        ("tonte, 12 500 € par trimestre pendant 2 ans", 24, "2 ans"),
        ("Tonte 30000 euros par an, 3 ans", 36, "3 ans"),
        ("Nettoyage, contrat triennal", 36, "contrat triennal"),
        ("durée 1 an + 1 an + 1 an", 36, "durée 1 an + 1 an + 1 an"),
        ("Tonte (2 ans + 2 x 1 an)", 48, "2 ans + 2 x 1 an"),
        ("marché de 1 an (+ 1 an)", 24, "1 an (+ 1 an)"),
        ("durée : un an et demi", 18, "durée : un an et demi"),
        ("durée de un an et 6 mois", 18, "durée de un an et 6 mois"),
        ("durée 36 mois (3 ans)", 36, "durée 36 mois"),
        ("Tonte, 12 mois reconductible 3 fois. Durée en mois : 48", 48, "12 mois reconductible 3 fois"),
    ],
)  # fmt: skip
def test_a_duration_holds_its_renewals(text: str, months: float, words: str) -> None:
    found = sizes(text)
    assert found.duration is not None
    assert (found.duration.months, found.duration.words) == (months, words)
    assert found.about_duration == ()


def test_renewals_that_are_not_counted_are_asked() -> None:
    found = sizes("Durée de 12 mois reconductible")
    assert found.duration is not None
    assert found.duration.months == 12
    assert "combien de fois" in found.about_duration[0]


@pytest.mark.parametrize("text", ["durée : 2 à 4 ans", "durée comprise entre 2 et 4 ans", "Tonte, 24 ou 36 mois"])
def test_a_range_of_durations_is_asked(text: str) -> None:
    found = sizes(text)
    assert found.duration is None
    assert "combien de temps" in found.about_duration[0]


def test_in_a_long_text_what_stands_alone_is_no_size_of_the_lot() -> None:
    text = "Le candidat dit ce qu’il fait de ses déchets. " * 9 + "Nacelle, 36 mois, 30 000 € HT."
    assert sizes(text) == Sizes()


def test_of_two_durations_none_is_kept() -> None:
    found = sizes("Durée du lot 1 : 12 mois. Durée du lot 2 : 36 mois.")
    assert found.duration is None
    assert "Plusieurs durées" in found.about_duration[0]


@pytest.mark.parametrize(
    "text",
    [
        *("Accueil de loisirs pour les enfants de 3 ans", "les offres sont valables 4 mois", "garantie de 2 ans", "expérience de 5 ans"),
        *("au cours des trois dernières années", "période de préparation d’un mois", "données détruites au bout de 6 mois"),
        *("du 31 décembre 2028 au 1er janvier 2027", "du 30 février 2027 au 31 mars 2027", "pour 900 ans", "préavis de 3 mois"),
        *("nettoyage depuis 10 ans", "Jouets, 3 ans", "Bébés 24 mois", "Élagage tous les 3 ans", "Anniversaire, 50 ans"),
        *("Ordinateurs, garantie 2 ans", "whisky, 12 ans d’âge", "Biennale d’art", "Accueil de loisirs 3 à 6 ans"),
    ],
)  # fmt: skip
def test_what_is_no_duration_of_the_lot_is_unknown(text: str) -> None:
    assert sizes(text).duration is None


def fields(*, figures: tuple[str, ...] = (), lasting: tuple[str, ...] = (), said: tuple[str, ...] = ()) -> Sizes:
    return read_sizes(Notice("", "", (), said, figures=figures, lasting=lasting, form=True))


def test_the_field_of_an_amount_wins_over_the_sentences_and_is_for_the_whole() -> None:
    found = fields(
        figures=("Valeur hors TVA : 500 000 euros",),
        lasting=("Durée en mois : 48",),
        said=("Maximum HT 125 000 euros par an",),
    )
    assert found.amount is not None
    assert (found.amount.euros, found.amount.basis, found.amount.before_tax) == (500_000, AmountBasis.ESTIMATE, True)
    assert found.about_amount == ()


def test_a_range_in_a_field_is_a_least_and_a_most() -> None:
    amount = fields(figures=("Estimation de la valeur (H.T.) : entre 25 000 et 46 000 euros",)).amount
    assert amount is not None
    assert (amount.euros, amount.low, amount.high, amount.basis) == (46_000, 25_000, 46_000, AmountBasis.MAXIMUM)


def test_an_estimate_keeps_its_maximum_beside_it() -> None:
    amount = fields(
        figures=("Valeur estimée hors TVA : 900 000,00 EUR", "Valeur maximale de l’accord-cadre : 1 200 000,00 EUR")
    ).amount
    assert amount is not None
    assert (amount.euros, amount.high, amount.basis) == (900_000, 1_200_000, AmountBasis.ESTIMATE)


def test_an_amount_a_year_is_unknown_over_a_duration_that_nobody_knows() -> None:
    amount = sizes("montant estimé : 120 000 € HT par an").amount
    assert amount is not None
    assert (amount.over(36), amount.over(None)) == (360_000, None)


@pytest.mark.parametrize(
    ("lasting", "months", "renewals"),
    [
        (("Durée en mois : 24", "Reconduction : oui", "Marché renouvelable 2 fois 1 an"), 48, 24),
        (("Durée en mois : 12", "Reconduction : oui", "Trois fois un an"), 48, 36),
        (
            (
                *("Durée en mois : 12", "Reconduction : oui"),
                "Nombre de périodes de reconduction fixé à 3, durée de chaque période de reconduction de 12 mois",
            ),
            48,
            36,
        ),
        (
            (
                *("Durée en mois : 24", "Reconduction : oui", "Le nombre de périodes de reconduction est fixé à 1"),
                *("La durée de chaque période de reconduction est de 2 ans",),
                "La durée maximale du contrat, toutes périodes confondues, est de 4 ans",
            ),
            48,
            24,
        ),
        (
            (
                *("Durée en mois : 48", "Reconduction : oui", "Le marché public est conclu pour une durée de 1 an"),
                "Il est reconductible 3 fois pour une nouvelle période d'un an",
            ),
            48,
            36,
        ),
        (("Début : 1.e.r janvier 2021 - Fin : 31 décembre 2023",), 36, 0),
        (("Durée : 48 Mois", "Nombre maximal de renouvellements : 0"), 48, 0),
        (("Durée : 12 Mois", "Nombre maximal de renouvellements : 3"), 48, 36),
        (("Durée en mois : 12", "Reconduction : non"), 12, 0),
        (
            (
                "Durée en mois : 48",
                "Reconduction : oui",
                "Le nombre de reconductions est de 3, chaque période étant de 12 mois",
            ),
            48,
            36,
        ),
        (
            (
                "Durée en mois : 16",
                "Reconduction : oui",
                "Reconductible de manière tacite, 3 fois, par période de 12 mois",
            ),
            52,
            36,
        ),
        (("Durée en mois : 48", "Reconduction : oui", "Conclu pour une période initiale d'un (1) an"), 48, 36),
        (("Durée du marché ou délai d'exécution : 392 jours à compter de la notification",), 12.9, 0),
        (
            (
                *("Durée en mois : 12", "Reconduction : oui"),
                "Il peut être reconduit par période d’un an pour une durée maximale de reconduction de trois (3) ans",
            ),
            48,
            36,
        ),
    ],
)
def test_renewals_told_apart_are_counted_apart(lasting: tuple[str, ...], months: float, renewals: float) -> None:
    duration = fields(lasting=lasting).duration
    assert duration is not None
    assert (duration.months, duration.renewals_months) == (months, renewals)


def test_renewals_that_would_pass_four_years_are_asked() -> None:
    found = fields(lasting=("Durée : 48 Mois", "Nombre maximal de renouvellements : 3"))
    assert found.duration is not None
    assert found.duration.months == 48
    assert "combien de fois" in found.about_duration[0]


def test_renewals_announced_without_a_number_are_told_in_the_sentences() -> None:
    found = fields(
        lasting=("Durée en mois : 12", "Reconduction : oui"),
        said=(
            "Nombre de périodes de reconduction fixé à 3",
            "Durée maximale du contrat, toutes périodes confondues, de 48 mois",
        ),
    )
    assert found.duration is not None
    assert (found.duration.months, found.about_duration) == (48, ())


def test_lots_that_do_not_last_the_same_leave_the_whole_unread() -> None:
    lots = tuple(
        NoticeLot(str(n), "", "", Notice("", "", (), (), lasting=(f"Durée en mois : {n * 12}",))) for n in (1, 2)
    )
    found = read_sizes(Notice("", "", (), (), form=True, lots=lots))
    assert found.duration is None
    assert "même durée" in found.about_duration[0]


@pytest.mark.parametrize(
    ("text", "euros"),
    [
        ("Lot 1 : tonte, 85 000 euros HT sur 2 ans. Lot 2 : vitres, 40 000 euros HT sur 2 ans", 125_000),
        ("Budget total 200 000 €. Lot 1 : tonte, 85 000 euros. Lot 2 : vitres, 40 000 euros", None),
    ],
)
def test_the_lots_of_a_typed_need_count_together(text: str, euros: float | None) -> None:
    found = read_sizes(split_notice(text))
    assert (found.amount and found.amount.euros) == euros
    assert bool(found.about_amount) is (euros is None)


@pytest.mark.parametrize(
    "text",
    ["vidéo max 4K", "assurance RC de 500 000 € par sinistre", "maintenance de 3 cellules HT", "une clôture, max 90 m"],
)
def test_a_number_that_nothing_makes_money_is_no_amount(text: str) -> None:
    assert sizes(text).amount is None


def test_after_an_amount_a_typed_need_ends_with_its_duration() -> None:
    read = sizes("budget: 3,5 M€ HT travaux de peinture 18 mois")
    assert (read.amount and read.amount.euros, read.duration and read.duration.months) == (3_500_000, 18)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Peinture 14 mois", 14),
        ("Nettoyage 36 mois Lille", 36),
        ("Entretien 36 mois de garantie", None),
        ("Biscuits sous emballage, DDM supérieure à 12 mois", None),
        ("Placer 60 personnes, bilan de sorties à 6 mois", None),
    ],
)
def test_a_typed_need_may_end_with_its_duration_without_a_comma(text: str, months: float | None) -> None:
    duration = sizes(text).duration
    assert (duration and duration.months) == months
