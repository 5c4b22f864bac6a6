"""Kinds, levers and staff that a text asks for in its own words."""

import pytest

from matcher.reading.intent import read_intent


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("marché réservé à une entreprise adaptée ou un établissement d'aide par le travail", {"EA", "ESAT"}),
        ("LOT RESERVE AUX EA/ESAT", {"EA", "ESAT"}),
        ("action portée par un atelier et chantier d’insertion", {"ACI"}),
        ("Ateliers chantiers d'insertion (ACI)", {"ACI"}),
        ("confié à une association intermédiaire", {"AI"}),
        ("EA : eaux usées, réseau EA", set()),
        ("Nettoyage de locaux", set()),
    ],
)
def test_kinds_named_in_the_text(text: str, kinds: set[str]) -> None:
    assert set(read_intent(text).kinds) == kinds


@pytest.mark.parametrize(
    ("text", "levier"),
    [
        ("lot réservé en application de l’article L2113-12", "12"),
        ("article L. 2113-13 du code de la commande publique", "13"),
        ("article L2113-13-1", "13-1"),
        ("réservé au titre de l’article 36-I de l’ordonnance", "12"),
        ("réservé (article 36-II)", "13"),
        ("Marché réservé (article 13 du décret relatif aux marchés publics)", "14"),
        ("opérateur qui emploie des travailleurs handicapés et défavorisés", "14"),
        ("emploie des travailleurs handicapés", "12"),
        ("Transport de personnes handicapées", ""),
        ("Prestations de services d'insertion et de qualification professionnelles", "miqp"),
        ("Marché d'insertion et de qualification professionnelle, support entretien espaces verts", "miqp"),
        ("MIQP : entretien des espaces verts", "miqp"),
        ("Marché réservé d'insertion et de qualification professionnelle", "13"),
        ("MIQP réservé en application de l’article L2113-12", "12"),
        ("Entretien des berges par un chantier d’insertion", "13"),
        ("avec une clause sociale d’exécution", "clause"),
        ("Nettoyage de locaux", ""),
    ],
)
def test_the_lever_read_in_the_text(text: str, levier: str) -> None:
    assert read_intent(text).levier == levier


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Remplacement d'agents de nettoyage", "conseil.mise-a-disposition"),
        ("Mise à disposition de personnel", "conseil.mise-a-disposition"),
        ("Intérim", "conseil.mise-a-disposition"),
        ("Remplacement de menuiseries", ""),
        ("Mise à disposition de bennes", ""),
    ],
)
def test_staff_asked_for(text: str, mode: str) -> None:
    assert read_intent(text).mode == mode


def test_a_hint_is_no_lever_where_the_text_denies_it() -> None:
    assert (
        read_intent("Marché non réservé. Les candidats disent s’ils emploient des travailleurs handicapés.").levier
        == ""
    )
    assert read_intent("Aucun lot n’est réservé. Une clause d’insertion s’applique.").levier == "clause"


def test_the_ways_of_a_clause_ask_for_no_kind_and_no_staff() -> None:
    intent = read_intent(
        "Peinture. Clause d’insertion : embauche directe, mise à disposition de personnel par une association intermédiaire "
        "ou sous-traitance à une entreprise d’insertion."
    )
    assert (intent.levier, intent.kinds, intent.mode) == ("clause", (), "")


def test_the_words_of_a_reservation_tell_no_trade() -> None:
    rest = read_intent(
        "Espaces verts, lot réservé aux EA et ESAT au titre de l’article L2113-12 ou structures équivalentes"
    ).rest
    assert rest.split() == ["espaces", "verts,", "et", "ou"]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Travaux non réservés de peinture, avec lot 2 nettoyage", "travaux de peinture, avec lot 2 nettoyage"),
        ("Entretien (marché non réservé) de tonte des pelouses", "entretien (marche ) de tonte des pelouses"),
        ("Aucun lot de peinture n’est réservé aux ESAT, tonte en plus", "lot de peinture n , tonte en plus"),
        ("Tonte. Le lot n’est pas réservé aux structures d’insertion", "tonte le lot n est"),
        ("Tonte, lot réservé aux entreprises de l’ESS", "tonte, lot"),
        ("facilitateur clause sociale", "facilitateur clause sociale"),
    ],
)
def test_a_denial_hides_no_trade(text: str, rest: str) -> None:
    assert " ".join(read_intent(text).rest.split()) == rest


@pytest.mark.parametrize(
    "text",
    [
        *("AMO clauses sociales", "Formation aux clauses sociales", "Conseil en clauses d’insertion"),
        "Accompagnement à la mise en œuvre des clauses sociales",
        "Assistance à maîtrise d’ouvrage pour les clauses sociales",
        "Étude sur l’insertion par l’activité économique",
    ],
)
def test_advice_on_clauses_asks_for_none(text: str) -> None:
    assert read_intent(text).levier == ""


@pytest.mark.parametrize("text", ["Formation cuisine avec clause d’insertion", "Étude de sols, clause sociale", "AMO clauses sociales, avec clause sociale"])  # fmt: skip
def test_a_clause_beside_a_service_is_its_condition(text: str) -> None:
    assert read_intent(text).levier == "clause"
