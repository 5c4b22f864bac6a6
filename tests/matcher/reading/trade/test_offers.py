"""Trades that a supplier's own text offers: which sentences say one, what is only a step or an aside, and the words to quote."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.markup import plain_text
from matcher.reading.trade.offers import LONGEST, Offer, offers
from matcher.reference.tables import rows
from matcher.reference.trades.lexicon import OFFERS, lexicon
from matcher.reference.trades.taxonomy import taxonomy

GREEN, LINEN, PACKING = "espaces-verts.creation-entretien", "linge.blanchisserie", "industrie.conditionnement"
WORDS = st.sampled_from(
    [
        "blanchisserie",
        "espaces verts",
        "nous proposons",
        "légumes",
        "partenaires",
        ":",
        "-",
        "\n",
        ",",
        ".",
        "(",
        "<li>",
    ]
)


def told(text: str) -> dict[str, int]:
    return {offer.code: offer.times for offer in offers(text)}


def test_every_trade_is_kept_with_its_sentence_and_how_often_it_is_said() -> None:
    text = (
        "Nous proposons des prestations de blanchisserie et de mise sous pli. Menuiserie. Maraîchage. Apiculture. "
        "Imprimerie. Métallerie. Cordonnerie. La blanchisserie lave dix tonnes par jour."
    )
    found = offers(text)
    assert len(found) == 8
    assert found[0] == Offer(LINEN, "Nous proposons des prestations de blanchisserie et de mise sous pli", 2)


def test_a_hint_tells_a_trade_where_it_is_the_whole_item_of_an_offer() -> None:
    assert "restauration.fromagerie" in told("Nos productions : miel, produits laitiers, confitures")
    assert "restauration.fromagerie" not in told(
        "Nous proposons une aide pour acheter des produits laitiers moins chers"
    )
    assert "restauration.fromagerie" not in told("Les familles y trouvent des produits laitiers, du pain.")


@pytest.mark.parametrize(
    "text",
    [
        "Nos activités :\n- le conditionnement\n- les espaces verts",
        "Nos activités\nConditionnement\nEspaces verts",
        "<h2>Nos activités</h2><ul><li>Conditionnement</li><li>Espaces verts</li></ul>",
    ],
)
def test_the_items_of_a_list_stand_as_its_heading_does(text: str) -> None:
    assert told(text).keys() == {PACKING, GREEN}
    assert told(text.replace("Nos activités", "Nos partenaires")) == {}


def test_a_heading_ends_with_its_list() -> None:
    text = "Nos partenaires :\n- Imprimerie du Lac\nDepuis vingt ans nous assurons pour vous une prestation de blanchisserie."
    assert told(text).keys() == {LINEN}


def test_the_steps_of_a_trade_are_no_trades_but_those_of_its_family() -> None:
    assert told("Blanchisserie : collecte, conditionnement et livraison").keys() == {LINEN}
    assert told("Espaces verts : tonte, élagage").keys() == {GREEN, "espaces-verts.elagage"}


@pytest.mark.parametrize(
    "text",
    [
        "Nous recrutons un agent d’entretien des espaces verts.",
        "Des formations aux métiers de la blanchisserie.",
        "Nos partenaires sont une imprimerie et une menuiserie.",
        "Nous sommes au 3 rue de la Menuiserie.",
        "Nous ne faisons pas de déménagement.",
        "L’association a déménagé en 2011.",
        "Cuisine salle à manger pour les salariés, moyens de transport, outils numériques.",
        "Notre site internet : www.imprimerie.example",
        "",
    ],
)
def test_a_job_a_lesson_a_partner_an_address_or_a_denial_is_no_offer(text: str) -> None:
    assert offers(text) == ()


def test_the_longest_term_takes_the_words_of_the_shorter_ones() -> None:
    assert told("Réparation de vélos et location de vélos").keys() == {
        "reparations.velos",
        "transports.location-vehicules",
    }
    assert told("Nous assurons le balayage de la voirie").keys() == {"proprete.urbain"}


def test_a_family_gives_way_to_its_trades() -> None:
    assert told("Nos métiers : bâtiment").keys() == {"batiment"}
    assert told("Nos métiers : bâtiment, peinture").keys() == {"batiment.peinture"}


def test_a_long_sentence_is_quoted_around_the_trade() -> None:
    text = (
        "Nous proposons " + "un accueil de qualité et " * 12 + "une blanchisserie moderne, " + "un lieu de vie, " * 12
    )
    (quote,) = (offer.sentence for offer in offers(text))
    assert "blanchisserie" in quote
    assert (quote[0], quote[-1]) == ("…", "…")
    assert len(quote) <= LONGEST + 2


@given(st.lists(WORDS | st.text(max_size=20), max_size=40).map(" ".join))
def test_any_text_is_read_and_quoted_in_its_own_words(text: str) -> None:
    found = offers(text)
    assert len({offer.code for offer in found}) == len(found)
    assert all(offer.code in taxonomy().index and offer.times >= 1 for offer in found)
    assert all(0 < len(offer.sentence) <= LONGEST + 2 for offer in found)
    said = " ".join(plain_text(text).split())
    assert all(offer.sentence.removeprefix("…").removesuffix("…") in said for offer in found)


def test_the_labels_of_the_sector_are_read() -> None:
    """An independent vocabulary: the trades as Hosmoz words them, social work, training and advice aside."""
    wanted: dict[str, set[str]] = {}
    for row in rows("hosmoz_metiers"):
        if not row["cible"].startswith("conseil"):
            wanted.setdefault(row["metier"], set()).add(taxonomy().group_of(row["cible"]))
    read = {label: {taxonomy().group_of(code) for code in told(f"Nos prestations : {label}")} for label in wanted}
    assert sum(bool(wanted[label] & read[label]) for label in wanted) >= 0.95 * len(wanted)


def test_the_tables_hold_no_dead_line() -> None:
    terms = lexicon(OFFERS)
    assert len({(term.words, term.target) for term in terms}) == len(terms), "deux lignes disent la même chose"
    assert all(term.words for term in terms)
    assert {term.weight for term in terms if term.target} == {3, 4, 5}
    told_words = {term.words for term in terms if term.target}
    traps = [term for term in terms if not term.target]
    assert all(any(set(words) < set(trap.words) for words in told_words) for trap in traps), (
        "un piège qui ne cache rien"
    )
    assert all(row["raison"] and re.compile(row["motif"]) for row in rows("offres_phrases"))
    assert all(row["note"] for row in rows("offres") if not row["cible"])
