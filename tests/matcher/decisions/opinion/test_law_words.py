"""What the law says in French: direct purchase first, the duty and its four cases, what is missing to say it."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.decisions.opinion import law_words, next_steps, words
from matcher.decisions.opinion.compute import OpinionVerdict
from matcher.decisions.opinion.law import NOTHING_TOLD, ToldByBuyer, legal_position, lots_of_procedure
from matcher.domain.reading import ActivityGuess, AmountRead, Lot, RawPlace, Reading
from matcher.reading.reader import read
from matcher.reference.law import BuyerNature
from tests.matcher.decisions.opinion.test_compute import given_on
from tests.matcher.decisions.opinion.test_law import CLEANING, DAY, TOWN, WORKS, law
from tests.matcher.decisions.people import candidate

OFFICES = (ActivityGuess("proprete.locaux", "", 1.0),)


def plain(said: str) -> str:
    return said.replace("\u00a0", " ").replace("\u202f", " ")


def said(**lot: object) -> str:
    return plain(" ".join(law_words.law_sentences(law(**lot))))  # type: ignore[arg-type]


def test_direct_purchase_is_said_first_with_its_duties_and_whom_to_call() -> None:
    reading = Reading(Lot("Nettoyage", cpv=CLEANING, montant=30_000), activities=OFFICES)
    its = given_on([candidate(f"ESAT {n}") for n in range(5)], reading=reading)
    headline = words.opinion_headline(its).replace("\u202f", " ").replace("\u00a0", " ")
    assert headline.startswith("Si ces 30 000 € HT sont tout le besoin, achat direct possible")
    assert "R2122-8" in headline
    reasons = list(words.opinion_reasons(its))
    assert "offre pertinente" in reasons[0]
    assert reasons[1].startswith("Si vous publiez plutôt : réserver ce lot")
    assert len(its.told.called) == 3


def test_an_estimate_of_the_whole_leaves_no_if() -> None:
    position = law(cpv=CLEANING, montant=10_000, told=ToldByBuyer(whole=40_000))
    assert law_words.direct(position).startswith("Achat direct possible, à 40\u202f000\u00a0€ HT pour tout le besoin")
    assert law_words.direct(law(cpv=CLEANING, montant=70_000)) == ""


def test_the_lots_of_a_procedure_are_compared_together() -> None:
    lots = [Reading(Lot("Nettoyage", cpv=CLEANING, montant=euros)) for euros in (30_000, 50_000, 160_000)]
    position = legal_position(lots[0], DAY, ToldByBuyer(procedure=lots_of_procedure(lots)))
    assert (position.direct, position.above, position.euros, position.lot) == (False, None, 240_000, 30_000)
    assert position.small_lot is not None
    assert "Les 3 lots de la procédure : 240 000 € HT, somme que l’on compare aux seuils (R2121-1)" in plain(
        law_words.basis(position)
    )
    small = legal_position(lots[0], DAY, ToldByBuyer(procedure=lots_of_procedure([lots[0], lots[0]])))
    assert plain(law_words.direct(small)).startswith("Si les 2 lots de la procédure (60 000 € HT)") == bool(
        small.direct
    )
    whole = legal_position(lots[0], DAY, ToldByBuyer(whole=40_000, procedure=lots_of_procedure(lots)))
    assert (whole.euros, whole.procedure) == (40_000, None)


def test_a_written_maximum_is_compared_and_said_whatever_the_estimate() -> None:
    """R2121-8: the maximum of the orders counts, over the whole duration; the estimate serves the size of the lot."""
    text = "Nettoyage de bureaux, montant estimé 180 000 € HT, montant maximum {}, durée de 48 mois"
    for written in ("240 000 € HT", "60 000 € HT par an"):
        reading = read(Lot(text.format(written), cpv=CLEANING, acheteur_siret=TOWN))
        position = legal_position(reading, DAY, NOTHING_TOLD)
        assert (reading.euros, position.euros, position.owed) == (180_000, 240_000, True)
        assert "comparés à 240 000 € HT, maximum écrit, que l’on compare aux seuils (R2121-8)" in plain(
            law_words.basis(position)
        )
    given = read(Lot(text.format("240 000 € HT"), cpv=CLEANING, montant=150_000))
    assert legal_position(given, DAY, NOTHING_TOLD).euros == 240_000
    whole = legal_position(given, DAY, ToldByBuyer(whole=50_000))
    assert (whole.euros, "maximum écrit" in law_words.basis(whole)) == (50_000, False)
    beyond = replace(given, lot=replace(given.lot, montant=300_000))
    assert (legal_position(beyond, DAY, NOTHING_TOLD).euros, legal_position(beyond, DAY, NOTHING_TOLD).is_maximum) == (
        300_000,
        False,
    )
    yearly = read(Lot("Nettoyage de bureaux, montant maximum 60 000 € HT par an", cpv=CLEANING, acheteur_siret=TOWN))
    its = legal_position(yearly, DAY, NOTHING_TOLD)
    assert (its.euros, its.one_year, its.direct, its.owed) == (60_000, True, False, None)
    assert "comparés à 60 000 € HT par an pendant 1 à 4 ans, faute de durée, maximum écrit" in plain(
        law_words.basis(its)
    )


def test_a_lot_counts_by_its_maximum_in_the_sum_of_a_procedure() -> None:
    lots = [
        read(Lot("Nettoyage, montant estimé 50 000 € HT, montant maximum 90 000 € HT", duree=12)),
        Reading(Lot("Nettoyage", montant=30_000)),
    ]
    position = legal_position(lots[1], DAY, ToldByBuyer(procedure=lots_of_procedure(lots)))
    assert position.euros == 120_000
    assert "(R2121-1) ; 1 lot y compte par son maximum écrit" in plain(law_words.basis(position))


def test_a_lot_without_amount_leaves_the_sum_open() -> None:
    known = Reading(Lot("Nettoyage", cpv=CLEANING, montant=30_000))
    yearly = Reading(Lot("Tonte"), amount=AmountRead(10_000, True, "par an"))
    unpriced = Reading(Lot("Repas"))
    position = legal_position(unpriced, DAY, ToldByBuyer(procedure=lots_of_procedure([known, unpriced], unread=1)))
    assert (position.direct, position.euros, position.lot) == (None, 30_000, None)
    assert "Les 3 lots de la procédure : au moins 30 000 € HT (2 lots sans montant connu), somme" in plain(
        law_words.basis(position)
    )
    dear = replace(known, lot=replace(known.lot, montant=120_000))
    assert legal_position(unpriced, DAY, ToldByBuyer(procedure=lots_of_procedure([dear, unpriced]))).direct is False
    over_years = lots_of_procedure([known, yearly])
    assert over_years is not None
    assert (over_years.least, over_years.most, over_years.is_partial) == (40_000, 70_000, True)
    assert lots_of_procedure([known]) is None
    assert lots_of_procedure([unpriced, unpriced]) is None


def test_a_yearly_amount_of_unknown_duration_is_never_told_as_that_of_the_whole() -> None:
    reading = Reading(Lot("Nettoyage", cpv=CLEANING), activities=OFFICES, amount=AmountRead(14_000, True, "par an"))
    position = legal_position(reading, DAY, NOTHING_TOLD)
    assert plain(law_words.direct(position)).startswith(
        "Si ces 14 000 € HT par an sont tout le besoin, achat direct possible, même sur 4 ans :"
    )
    basis = plain(law_words.basis(position))
    assert "comparés à 14 000 € HT par an pendant 1 à 4 ans : la durée du lot n’est pas connue" in basis
    assert "sur toute sa durée" not in basis
    more = replace(reading, amount=AmountRead(60_000, True, "par an"), lot=replace(reading.lot, acheteur_siret=TOWN))
    (owed,) = law_words.law_sentences(legal_position(more, DAY, NOTHING_TOLD))
    assert plain(owed).startswith("À 60 000 € HT par an, dites la durée, reconductions comprises :")
    hours = [
        one for one in words.opinion_reasons(given_on([candidate("EI")], reading=more)) if "Heures de la clause" in one
    ]
    assert [("par an" in one, "sur toute la durée" in one) for one in hours] == [(True, False)]


@pytest.mark.parametrize(
    ("objet", "words"),
    [
        ("Commune de Vimy. Nettoyage de bureaux", "Commune de Vimy"),
        ("Mairie de Saint-Denis : nettoyage de bureaux", "Mairie de Saint-Denis"),
        ("CCAS d’Arras\nNettoyage de bureaux", "CCAS d’Arras"),
        ("Nettoyage de bureaux pour la ville de Lens", "ville de Lens"),
        ("Nettoyage de bureaux de la mairie de Lens", ""),
        ("Ville propre : nettoyage de bureaux", ""),
        ("Nettoyage pour la commune  , de bureaux", ""),
    ],
)
def test_a_town_that_the_text_names_proposes_the_nature_of_the_buyer(objet: str, words: str) -> None:
    reading = read(Lot(objet, cpv=CLEANING, montant=300_000))
    position = legal_position(reading, DAY, NOTHING_TOLD)
    assert (position.nature, position.nature_words) == (BuyerNature.OTHER if words else None, words)
    assert position.owed is (True if words else None)
    said = [plain(sentence) for sentence in (*law_words.law_sentences(position), law_words.basis(position))]
    read_of = f"(acheteur lu dans le texte, à confirmer : « {words} »)"
    assert [read_of in sentence for sentence in said] == [bool(words)] * 2
    for told in (ToldByBuyer(nature=BuyerNature.STATE), ToldByBuyer(nature=BuyerNature.OTHER)):
        assert legal_position(reading, DAY, told).nature_words == ""
    of_state = replace(reading, lot=replace(reading.lot, acheteur_siret="11004601800013"))
    assert (legal_position(of_state, DAY, NOTHING_TOLD).nature, "lu dans" in law_words.basis(position)) == (
        BuyerNature.STATE,
        bool(words),
    )
    works = legal_position(replace(reading, lot=replace(reading.lot, cpv=WORKS)), DAY, NOTHING_TOLD)
    assert "acheteur lu" not in law_words.basis(works)


def test_the_duty_is_told_with_its_four_cases() -> None:
    its = said(cpv=WORKS, montant=6_000_000)
    assert "5 404 000 € HT, une condition sociale d’exécution est obligatoire depuis le 22 août 2026 (L2112-2-1)" in its
    assert "sauf quatre cas" in its
    assert "motif" in its


def test_an_exception_is_told_with_why_or_that_why_is_to_be_written() -> None:
    told = ToldByBuyer(exemption="concurrence", reason="deux entreprises en France")
    kept = said(cpv=WORKS, montant=6_000_000, told=told)
    assert "L2112-2-1, II, 3°" in kept
    assert "Motif : deux entreprises en France." in kept
    assert "reste à écrire" in said(cpv=WORKS, montant=6_000_000, told=ToldByBuyer(exemption="concurrence"))


@pytest.mark.parametrize("why", ["deux entreprises. Motif : l’exclusivité (brevet)", ""])
def test_an_exception_is_read_again_as_it_was_told(why: str) -> None:
    told = ToldByBuyer(exemption="concurrence", reason=why)
    found = law_words.exemption_in(law_words.law_sentences(law(cpv=WORKS, montant=6_000_000, told=told)))  # type: ignore[arg-type]
    assert found is not None
    assert (found.article, found.motive) == ("L2112-2-1, II, 3°", why)
    assert found.label.startswith("une condition sociale restreindrait")
    assert law_words.exemption_in(law_words.law_sentences(law(cpv=WORKS, montant=6_000_000))) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lot", "expected"),
    [
        ({"cpv": CLEANING, "montant": 300_000}, "dites la nature de l’acheteur"),
        ({"montant": 300_000, "acheteur_siret": TOWN}, "dites si ce sont des travaux"),
        ({"cpv": CLEANING, "acheteur_siret": TOWN}, "Estimation non connue : une condition sociale"),
        ({"cpv": CLEANING, "date": date(2028, 2, 1)}, "ne sont pas connus"),
    ],
)
def test_what_is_missing_is_said(lot: dict[str, object], expected: str) -> None:
    assert expected in said(**lot)


def test_a_need_below_every_threshold_is_told_nothing_to_owe() -> None:
    assert said(cpv=CLEANING, montant=100_000, acheteur_siret=TOWN) == ""


def test_the_ladder_tells_each_amount_and_whether_it_is_reached() -> None:
    steps = law_words.ladder(law(cpv=CLEANING, montant=100_000, acheteur_siret=TOWN))
    assert [step.reached for step in steps] == [True, True, False]
    assert "R2131-12" in steps[1].changes
    assert "condition sociale" in steps[2].changes
    assert {step.reached for step in law_words.ladder(law(cpv=CLEANING))} == {None}
    either = law_words.ladder(law(cpv=CLEANING, montant=150_000))[-1]
    assert (either.amount.count("€"), either.reached) == (3, None)  # it depends on who buys
    before = law_words.ladder(law(cpv=CLEANING, date=date(2026, 5, 1), acheteur_siret=TOWN))
    assert before[-1].changes == "procédure formalisée (R2124-1)"


@pytest.mark.parametrize(
    ("lot", "expected"),
    [
        ({"montant": 100_000}, "s’il n’est pas tout le besoin, donnez l’ensemble"),
        ({}, "Votre estimation n’est pas connue"),
        ({"montant": 1, "date": date(2019, 5, 1)}, "ne sont pas dans la table"),
        ({"told": ToldByBuyer(whole=90_000)}, "votre estimation de tout le besoin"),
    ],
)
def test_what_is_compared_is_told(lot: dict[str, object], expected: str) -> None:
    assert expected in law_words.basis(law(**lot))  # type: ignore[arg-type]


def test_the_sentence_of_a_clause_names_the_article_that_makes_it_owed() -> None:
    owed = Reading(Lot("Gros œuvre", cpv=WORKS, montant=6_000_000, levier="clause"), activities=OFFICES)
    free = Reading(Lot("Gros œuvre", cpv=WORKS, montant=600_000, levier="clause"), activities=OFFICES)
    assert "l’article L2112-2-1 du code" in next_steps.notice_sentence(given_on([], reading=owed))
    assert "l’article L2112-2 du code" in next_steps.notice_sentence(given_on([], reading=free))
    assert "N heures" in next_steps.notice_sentence(given_on([], reading=free))


def test_where_the_condition_is_owed_and_nobody_known_an_immersion_does_not_replace_it() -> None:
    its = given_on([], reading=Reading(Lot("Voirie", cpv=WORKS, montant=6_000_000), activities=OFFICES))
    assert words.opinion_headline(its).startswith("Une condition sociale d’exécution est obligatoire (L2112-2-1)")
    assert law_words.NO_AUTOMATIC_EXEMPTION in list(words.opinion_reasons(its))


def test_a_headline_does_not_make_the_hours_of_a_clause_obligatory() -> None:
    roads = (ActivityGuess("batiment.vrd", "", 1.0),)
    reading = Reading(Lot("Voirie", cpv=WORKS, montant=6_000_000, duree=24, levier="clause"), activities=roads)
    headline = words.opinion_headline(given_on([], reading=reading))
    assert "obligatoire, de" not in headline
    assert headline.endswith("; une condition sociale est obligatoire (L2112-2-1), ce nombre d’heures ne l’est pas.")
    short = replace(reading, lot=replace(reading.lot, duree=5.0))
    assert "sauf la dispense des travaux de moins de six mois" in words.opinion_headline(given_on([], reading=short))


def test_where_the_code_does_not_hold_one_sentence_says_so_and_nothing_else() -> None:
    noumea = read(Lot("Nettoyage", cpv=CLEANING, montant=300_000, duree=24, lieux=(RawPlace("Nouméa"),)))
    its = given_on([candidate(f"EA {n}", "EA") for n in range(5)], reading=noumea)
    assert words.opinion_headline(its).startswith("Nouvelle-Calédonie :")
    assert (list(words.opinion_reasons(its)), next_steps.notice_sentence(its), its.is_counted) == ([], "", False)


def test_a_family_that_the_catalogue_does_not_hold_is_told_as_a_directory_that_lacks() -> None:
    reading = Reading(Lot("Nettoyage", cpv=CLEANING, montant=100_000, levier="13-1"), activities=OFFICES)
    its = given_on([], reading=reading, unlisted=frozenset({"13-1", "15"}))
    assert words.opinion_headline(its).startswith("Aucun annuaire de SEP n’est chargé : demandez à l’ATIGIP")
    assert its.verdict is OpinionVerdict.SOURCE  # not « personne »
    told = " ".join(words.opinion_evidence(its))
    assert not [said for said in ("annuaire", "Si aucune", "chances") if said in told]
    ways = {label: gives for label, _, gives in next_steps.others(replace(its, told=its.of("12")))}
    assert "aucun annuaire de SEP n’est chargé" in next(gives for label, gives in ways.items() if "L2113-13-1" in label)


def test_nothing_is_said_of_a_lot_that_is_not_understood() -> None:
    position = legal_position(Reading(Lot("x")), DAY, NOTHING_TOLD)
    assert position.direct is None
    assert position.works is None
