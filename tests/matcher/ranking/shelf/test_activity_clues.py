"""What a record lets us know of an activity, and how surely."""

import math

import pytest

from matcher.domain.supplier import Activity, Evidence, RefusedActivity, Supplier
from matcher.ranking.shelf.activity_clues import MISSIONS, other_trade, refusal, strongest_clues
from matcher.ranking.signals import activity
from tests.factories import declares, supplier


def known(**fields: object) -> dict[str, Evidence]:
    return {clue.code: clue.evidence for clue in strongest_clues(supplier(**{"name": "X", **fields}))}  # type: ignore[arg-type]


def otherwise(one: Supplier) -> float:
    return other_trade(one, strongest_clues(one))


def test_a_declared_activity_beats_what_naf_and_name_let_guess() -> None:
    its = strongest_clues(supplier("Blanchisserie du Lac", naf="9601A", activities=declares("linge.blanchisserie")))
    assert its[0].code == "linge.blanchisserie"
    assert its[0].evidence is Evidence.DECLARED
    assert its[0].strength == 1
    assert [clue.code for clue in its].count("linge.blanchisserie") == 1


def test_naf_description_and_name_are_read() -> None:
    assert known(naf="8130Z")["espaces-verts.creation-entretien"] is Evidence.NAF
    assert known(description="Nous assurons la mise sous pli.")["administratif.mise-sous-pli"] is Evidence.DESCRIPTION
    assert known(name="ESAT IMPRIMERIE DU LAC")["communication.impressions"] is Evidence.NAME


def test_a_presentation_tells_its_trades_to_its_end_each_with_the_sentence_that_says_it() -> None:
    told = "L’association accueille les personnes éloignées de l’emploi du territoire. " * 3
    its = strongest_clues(
        supplier("X", description=f"{told}\n<b>Métiers</b> : mise sous\npli &amp; <i>maraîchage</i>. Tonte.")
    )
    assert {clue.code: clue.wording for clue in its if clue.evidence is Evidence.DESCRIPTION} == {
        "administratif.mise-sous-pli": "Métiers : mise sous pli & maraîchage",
        "agroalimentaire.maraichage": "Métiers : mise sous pli & maraîchage",
        "espaces-verts.creation-entretien": "Tonte",
    }


@pytest.mark.parametrize(
    "told",
    [
        "L’association a déménagé dans de nouveaux entrepôts.",
        "Agence dépendant de l’association, elle améliore le cadre de vie.",
        "Le restaurant « Les Épis » apprend le code de la route, sans produits chimiques.",
        "Des jouets remis en état, vendus au café ; outils informatiques.",
    ],
)
def test_a_word_that_tells_a_place_a_tool_or_a_mission_tells_no_trade(told: str) -> None:
    assert {code for code, by in known(description=told).items() if by is Evidence.DESCRIPTION} <= {
        "restauration.restaurants-cantines",
        "culture.culture-jeux",
    }


def test_a_presentation_that_speaks_of_its_own_people_and_address_tells_no_trade() -> None:
    told = "Formation, santé et mobilité des salariés, sorties vers l’emploi, conseil. Nous sommes 3 rue du Lac."
    assert known(description=told) == {}


def test_a_naf_class_of_every_workshop_and_a_name_that_tells_a_mission_say_nothing_of_a_trade() -> None:
    for naf in ("8899B", "8810C", "9499Z", ""):
        assert known(naf=naf, name="ASSOCIATION D’INSERTION DU LAC").keys() <= MISSIONS


def test_kinds_that_second_staff_are_known_for_it_and_for_no_trade() -> None:
    its = strongest_clues(supplier("X", "AI"))
    assert [(clue.code, clue.evidence) for clue in its] == [("conseil.mise-a-disposition", Evidence.KIND)]
    assert math.isnan(other_trade(supplier("X", "AI"), its))


def test_another_trade_is_worth_nothing_where_declared_and_a_little_less_than_an_unknown_where_guessed() -> None:
    declared = otherwise(supplier("X", activities=declares("linge.blanchisserie")))
    by_naf = otherwise(supplier("X", naf="9601A"))
    by_name = otherwise(supplier("Imprimerie du Lac", "ACI"))
    assert declared == 0 < by_naf == by_name < activity.PRIOR
    assert activity.PRIOR - by_naf < 0.1


def test_what_an_association_does_besides_is_known_and_tells_nothing_against_its_workshops() -> None:
    training = strongest_clues(supplier("X", "ACI", naf="8559A"))
    assert {clue.code for clue in training} >= {"conseil.formation"}
    assert {clue.evidence for clue in training} == {Evidence.NAF}
    assert math.isnan(otherwise(supplier("X", "ACI", naf="8559A")))
    assert otherwise(supplier("Imprimerie du Lac", naf="8559A")) == otherwise(supplier("Imprimerie du Lac"))


def test_only_a_whole_list_a_class_or_a_name_tells_against_another_trade() -> None:
    told = [
        supplier("X", description="Nous proposons une blanchisserie."),
        *(
            supplier("X", activities=(Activity("linge.blanchisserie", "lavage", evidence, source),))
            for evidence, source in (
                (Evidence.SITE, "site"),
                (Evidence.ROME, "asp-rome"),
                (Evidence.DECLARED, "equipe"),
            )
        ),
    ]
    assert all(strongest_clues(one) and math.isnan(otherwise(one)) for one in told)
    listed = Activity("linge.blanchisserie", "lavage", Evidence.DECLARED, "marche")
    assert otherwise(supplier("X", activities=(listed,))) == 0


def test_a_brand_is_read_before_words_and_a_class_that_is_the_trade_stays_whatever_the_name() -> None:
    painter = {clue.code: clue for clue in strongest_clues(supplier("Tremplin Bâtiment", naf="4334Z"))}
    assert painter["batiment.peinture"].sure
    assert painter["batiment.peinture"].evidence is Evidence.NAF
    envie = {clue.code: clue for clue in strongest_clues(supplier("ENVIE 2E DU LAC"))}
    assert envie["recyclage.deee"].sure
    assert envie["recyclage.deee"].evidence is Evidence.BRAND
    assert not envie["dechets.ameublement"].sure


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("SCOP EBS LE RELAIS DU LAC", {"dechets.textiles", "recyclage.textiles"}),
        ("ENVIE 2E DU LAC", {"dechets.ameublement", "dechets.deee", "recyclage.deee", "transports.marchandises"}),
        (
            "REGIE RURALE DU LAC",
            {
                "batiment.second-oeuvre",
                "espaces-verts.creation-entretien",
                "espaces-verts.espace-urbain",
                "proprete.locaux",
                "proprete.urbain",
            },
        ),
        ("MENAGE SERVICE PROFESSIONNELS", {"proprete.locaux"}),
        ("NETT AUTO BIO", {"proprete.vehicules"}),
        ("ATELIER DE VETEMENTS", {"recyclage.textiles"}),
        (
            "ENTREPRISE ADAPTEE MULTI-SERVICES",
            {"batiment.second-oeuvre", "espaces-verts.creation-entretien", "proprete.locaux"},
        ),
    ],
)
def test_a_network_or_a_word_of_a_name_tells_its_trades(name: str, codes: set[str]) -> None:
    assert known(name=name).keys() == codes


@pytest.mark.parametrize(
    "name",
    [
        *("MEDIATION INSERTION FORMATION", "SYNDICAT DU CYCLE DE L’EAU", "ENERGIE EMPLOI", "ESAT LA VIEILLE RIVIERE"),
        *("COMMUNAUTE DE COMMUNES DU PAYS DE LA SERRE", "CENTRE DE DISTRIBUTION DE TRAVAIL A DOMICILE", "HOTEL SOCIAL"),
        *(
            "RELAIS EMPLOI",
            "ESAT LE MOULIN VERT",
            "ESAT LE BOIS JOLI",
            "SELF INTERIM",
            "ESAT ELISA",
            "PAIN CONTRE LA FAIM",
        ),
        *(
            "ESAT LES ATELIERS DU HALAGE",
            "LA ZUP ET SES ENVIRONS",
            "LES RESTAURANTS DU COEUR",
            "OEUVRE DE LA MIE DE PAIN",
        ),
    ],
)
def test_places_missions_and_turns_of_phrase_are_no_trades(name: str) -> None:
    assert known(name=name) == {}


def test_a_declared_group_is_weaker_than_a_declared_leaf() -> None:
    group = Activity("linge", "Entretien du linge", Evidence.GROUP, "essai")
    (clue,) = strongest_clues(supplier("X", activities=(group,)))
    assert 0.5 < clue.strength < 1


def test_what_the_team_says_it_does_not_do_is_guessed_from_nothing() -> None:
    said = {"name": "Blanchisserie du Lac", "naf": "9601A", "description": "Nous lavons le linge en blanchisserie."}
    assert any(code.startswith("linge") for code in known(**said))
    for code in ("linge.blanchisserie", "linge"):
        refused = (RefusedActivity(code, "Linge", None),)
        assert code not in known(**said, refused_activities=refused)
    assert not any(found.startswith("linge") for found in known(**said, refused_activities=refused))
    assert refusal(supplier(refused_activities=refused), "linge.blanchisserie") == refused[0]
    assert refusal(supplier(refused_activities=refused), "espaces-verts") is None


def test_a_name_of_many_trades_tells_against_none() -> None:
    assert math.isnan(otherwise(supplier("Régie de quartier du Lac", "EI")))
    assert not math.isnan(otherwise(supplier("Menuiserie du Lac", "EI")))
