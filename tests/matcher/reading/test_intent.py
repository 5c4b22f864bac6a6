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
        ("Prestations de services d'insertion et de qualification professionnelles", "13"),
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


@pytest.mark.parametrize(
    ("text", "levier", "kinds"),
    [
        ("Le lot est réservé aux ESAT et EA au titre de l’article L2113-12", "12", {"EA", "ESAT"}),
        ("marché réservé aux SIAE (L. 2113-13)", "13", set()),
        ("clause sociale d’insertion (article L2112-2)", "clause", set()),
        ("Article L2112-2 : 7 % des heures sont réservées à une action d’insertion", "clause", set()),
        ("lot réservé aux entreprises adaptées, ESAT ou structures équivalentes", "12", {"EA", "ESAT"}),
        ("LOT RESERVE EI ACI", "13", {"EI", "ACI"}),
        ("Marché réservé aux EA, aux ESAT et aux entreprises d’insertion", "14", {"EI", "EA", "ESAT"}),
        ("réservé en application des articles L2113-12 et L2113-13", "14", set()),
        ("Marchés réservés : opérateurs qui intègrent des personnes handicapées ou défavorisées : oui", "14", set()),
        ("Prestations réservées à des structures employant des personnes détenues", "13-1", set()),
        ("Entretien des espaces verts. Lot n° 3 réservé aux SIAE", "13", set()),
    ],
)
def test_what_a_text_says_outright_is_quoted(text: str, levier: str, kinds: set[str]) -> None:
    intent = read_intent(text)
    assert (intent.levier, set(intent.kinds)) == (levier, kinds)
    assert intent.outright
    assert intent.outright in text
    assert intent.in_part == ""


@pytest.mark.parametrize(
    "text",
    [
        *("les variantes ne sont pas réservées", "aucun lot n’est réservé", "Aucun des lots de ce marché n’est réservé aux ESAT"),
        *("Le marché n’est pas réservé aux structures d’insertion", "Marché non réservé", "sans que le marché leur soit réservé"),
        *("Marchés réservés à des ateliers protégés : non", "Le marché ne comporte aucune clause sociale", "Clause sociale : non"),
        *("Des places réservées aux personnes handicapées", "L’acheteur se réserve le droit de négocier", "Salle réservée le 3 mars"),
        *("sous réserve de disponibilité", "Entretien de la réserve naturelle"),
        *("facilitateur clause sociale", "Facilitation des clauses sociales d’insertion"),
        *("marché réservé ou non selon sourcing", "téléphone 05 12 21 13 13"),
    ],
)  # fmt: skip
def test_what_a_text_denies_or_reserves_otherwise_is_no_lever(text: str) -> None:
    intent = read_intent(text)
    assert (intent.levier, intent.kinds, intent.outright, intent.in_part) == ("", (), "", "")


@pytest.mark.parametrize(
    ("text", "levier"),
    [
        ("Lot réservé", "14"),
        ("opérateur qui emploie des travailleurs handicapés", "12"),
        ("L’acheteur pourra réserver le marché à des ESAT (article L2113-12)", "12"),
        ("Les entreprises adaptées sont encouragées ; le secteur protégé aussi", "12"),
        ("Marché réservé aux SIAE. Les prestations de nettoyage ne sont pas réservées.", "13"),
    ],
)
def test_a_hint_is_asked_and_not_told(text: str, levier: str) -> None:
    intent = read_intent(text)
    assert (intent.levier, intent.outright) == (levier, "")


def test_a_hint_is_no_lever_where_the_text_denies_it() -> None:
    assert (
        read_intent("Marché non réservé. Les candidats disent s’ils emploient des travailleurs handicapés.").levier
        == ""
    )
    assert read_intent("Aucun lot n’est réservé. Une clause d’insertion s’applique.").levier == "clause"


def test_kinds_cited_beside_a_denial_are_still_preferred() -> None:
    intent = read_intent("Nous préférons les ESAT et les entreprises d’insertion, sans que le marché leur soit réservé")
    assert (intent.levier, intent.outright) == ("", "")
    assert set(intent.kinds) == {"EI", "ESAT"}


def test_one_lot_reserved_among_several_is_told_apart() -> None:
    intent = read_intent("Lot 1 : nettoyage. Le lot 2 est réservé aux EA. Lot 3 : gardiennage.")
    assert (intent.levier, intent.outright, intent.in_part) == ("12", "", "Le lot 2 est réservé aux EA")


def test_two_levers_told_of_two_lots_are_told_apart() -> None:
    assert read_intent("Lot A réservé aux SIAE. Lot B réservé aux ESAT.").in_part


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


def test_a_long_quotation_is_cut_around_what_it_reserves() -> None:
    long = (
        "Considérant l’intérêt du besoin " * 12
        + "le marché est réservé aux ESAT, "
        + "sans autre précision de forme " * 12
    )
    quoted = read_intent(long).outright
    assert len(quoted) < 260
    assert "réservé aux ESAT" in quoted
