"""What a sentence reserves, and to whom, on sentences as notices have them."""

import re

import pytest

from matcher.reading.reservation import lever_told, of_the_lot_named, read_reservation
from matcher.reference.levers import levers
from matcher.reference.tables import rows

RESERVES = (
    ("12", "Lot réservé aux entreprises adaptées (art. L.2113-12)"),
    ("15", "Le présent marché est réservé à des structures de l'économie sociale et solidaire (article L2113-15 du CCP)"),
    ("14", "Marché réservé : SIAE, EA et ESAT"),
    ("13", "Consultation réservée aux SIAE"),
    ("12", "Les prestations sont réservées aux opérateurs économiques employant au moins 50 % de travailleurs handicapés"),
    ("13", "L'acheteur a décidé de réserver ce lot à des entreprises d'insertion"),
    ("12", "Il s'agit d'un marché réservé au sens de l'article L 2113-12 du code de la commande publique"),
    ("13", "En application de l'article L2113-13 du code, seules les SIAE sont admises à candidater"),
    ("12", "Seuls les ESAT et les EA peuvent soumissionner"),
    ("13-1", "Le lot 2 est réservé à un établissement pénitentiaire"),
    ("14", "Au titre de l'article L. 2113-14 ce marché est réservé"),
    ("13", "Réservation du marché : structures d'insertion par l'activité économique"),
    ("12", "Le lot n°3 fait l'objet d'une réservation au profit des ESAT et des EA"),
    ("14", "Ce lot est réservé aux opérateurs visés aux articles L. 2113-12 et L. 2113-13"),
    ("12", "Le lot est réservé au secteur protégé et adapté"),
    ("12", "entretien espaces verts abords du collège, réservé EA ESAT"),
    ("12", "Entretien des espaces verts réservé aux ESAT"),
    ("13", "peinture école réservé EI ACI"),
    ("15", "La participation à la procédure est réservée à des organisations ayant pour objet la mission de service public visée à l'article 77"),
)  # fmt: skip
RESERVES_NOTHING = (
    "Le marché n'est pas réservé aux structures d'insertion",
    "Ce marché n’est réservé ni aux EA ni aux ESAT",
    "Aucun lot n'est réservé",
    "La prestation est réservée à une profession particulière : architectes",
    "Marché réservé aux entreprises disposant d'une licence de transport public",
    "Places réservées aux personnes handicapées devant le parking du marché",
    "Le pouvoir adjudicateur se réserve le droit d'attribuer le marché aux candidats en insertion",
    "Dans le cas d'un marché réservé, le candidat produit l'agrément entreprise adaptée ou ESAT",
    "Si le candidat est un établissement d'aide par le travail (marchés réservés, L2113-12), il joint son agrément",
    "Transport réservé aux personnes handicapées",
    "Marché de transport scolaire réservé aux élèves handicapés",
    "Le lot pourra être réservé à des ESAT",
    "Ménage d’une salle réservée ESAT",
    "Peinture au sol, accès réservé handicapés",
    "Le marché est-il réservé ? Non",
    "Informations sur les marchés réservés :",
    "Lot réservé à des jeunes entreprises innovantes en application de l'article L. 2113-17",
    "Services d'insertion et de qualification professionnelles - entretien d'espaces publics",
)


@pytest.mark.parametrize(("lever", "sentence"), RESERVES)
def test_a_sentence_reserves(lever: str, sentence: str) -> None:
    assert [one.lever for one in read_reservation([sentence]).by] == [lever]


@pytest.mark.parametrize("sentence", RESERVES_NOTHING)
def test_a_sentence_reserves_nothing(sentence: str) -> None:
    assert read_reservation([sentence]).by == ()


@pytest.mark.parametrize("row", rows("reservations"), ids=lambda row: row["exemple"][:50])
def test_a_row_of_the_table_says_what_its_example_says(row: dict[str, str]) -> None:
    read = read_reservation([row["exemple"]])
    assert row["levier"] in {"", "mots", *(lever.code for lever in levers())}
    assert re.compile(row["motif"]).search("") is None
    assert bool(read.by) == (row["sens"] == "reserve")
    assert bool(read.clauses) == (row["sens"] == "clause")
    assert bool(read.denials) == (row["sens"] == "non")


def test_what_is_denied_two_lines_later_is_a_question() -> None:
    said = ["Ce marché est réservé aux ESAT", "Durée : 12 mois", "Le marché n’est pas réservé"]
    lever = lever_told(read_reservation(said), {})
    assert (lever.lever, lever.outright, lever.in_part) == ("12", "", "")
    assert "dit aussi" in lever.doubts[0]


def test_a_denial_of_one_lot_denies_no_other() -> None:
    read = read_reservation(["Le lot n° 2 est réservé aux EA", "Le lot n° 1 n’est pas réservé"])
    assert lever_told(read, {}).in_part == "Le lot n° 2 est réservé aux EA"
    assert lever_told(read.of("2"), {}).outright == "Le lot n° 2 est réservé aux EA"
    assert lever_told(read.of("1"), {}).lever == ""


def test_a_text_that_names_one_lot_alone_is_about_it() -> None:
    alone, among = ["Lot 3 : biscuits (réservé ESAT)"], ["Lot 1 : nettoyage", "Le lot 2 est réservé aux EA"]
    assert lever_told(of_the_lot_named(read_reservation(alone), alone), {}).outright == alone[0]
    assert lever_told(of_the_lot_named(read_reservation(among), among), {}).in_part == among[1]
    again = ["Tonte - Relance du lot 2 - Secteur Centre - Marché réservé SIAE"]
    assert lever_told(of_the_lot_named(read_reservation(again), again), {}).outright == again[0]
    other = ["Entretien de la ville", "Le lot 3 est réservé aux EA"]
    assert lever_told(of_the_lot_named(read_reservation(other), other), {}).in_part == other[1]


def test_an_article_left_open_is_asked() -> None:
    lever = lever_told(read_reservation(["Entretien des espaces verts (marché réservé)"]), {})
    assert lever.lever == "14"
    assert "quel article" in lever.doubts[0]
    assert lever_told(read_reservation(["Marché réservé (L2113-13)"]), {}).doubts == ()


def test_all_lots_reserved_reserve_the_whole_and_some_a_part() -> None:
    one, none = read_reservation(["Ce lot est réservé aux EA"]), read_reservation(["Ce lot n’est pas réservé"])
    nothing = read_reservation([])
    assert lever_told(nothing, {"1": one, "2": one}).outright
    assert lever_told(nothing, {"1": one, "2": none}).in_part
    assert lever_told(nothing, {"1": none, "2": none}).lever == ""


def test_hours_reserved_are_a_clause() -> None:
    assert (
        lever_told(read_reservation(["500 heures sont réservées à des personnes en insertion"]), {}).lever == "clause"
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Nettoyage des locaux, divisé en 4 lots dont 2 réservés aux EA et ESAT",
        "L’un des lots est réservé aux SIAE",
        "Marché alloti ; certains lots sont réservés aux ESAT",
        "Un lot réservé aux entreprises adaptées est prévu",
    ],
)
def test_a_lot_without_its_number_reserves_a_part(sentence: str) -> None:
    read = read_reservation([sentence])
    assert [one.some_lot for one in read.by] == [True]
    assert (lever_told(read, {}).outright, lever_told(read, {}).in_part) == ("", sentence)
    assert read.of("1").by == ()


def test_lots_reserved_together_reserve_the_whole() -> None:
    sentence = "Marché de trois lots réservé aux SIAE"
    assert lever_told(read_reservation([sentence]), {}).outright == sentence
