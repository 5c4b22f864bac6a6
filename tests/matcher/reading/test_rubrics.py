"""Headings of forms and what stands under each."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.words import flat
from matcher.reading.rubrics import Field, split_fields
from matcher.reference.tables import rows

EUROPEAN = """Avis No 20-1
I.1) NOM ET ADRESSES
Ville de Loos, 104 rue du Maréchal Foch, 59120, Loos, F, Téléphone : (+33) 3 20 00 00 00, Code NUTS : FRE11
II.1.1) Intitulé : Équipements de cuisine
II.1.5) Valeur totale estimée :
Valeur hors TVA : 460 000 euros
II.1.6) Information sur les lots :
Ce marché est divisé en lots : oui
II.2) DESCRIPTION
II.2.1) Intitulé : Cuisine
Lot nº : 1
II.2.2) Code(s) CPV additionnel(s)
Code CPV principal : 39220000
II.2.5) Critères d'attribution
1. Prix / Pondération : 60.0
Lot 2 : prix seul
II.2.7) Durée du marché, de l'accord-cadre ou du système d'acquisition dynamique
Durée en mois : 48
II.2) DESCRIPTION
II.2.1) Intitulé : Blanchisserie
Lot nº : 2
II.2.7) Durée du marché, de l'accord-cadre ou du système d'acquisition dynamique
Durée en mois : 24
III.1.5) Informations sur les marchés réservés :
IV.2.6) Délai minimal pendant lequel le soumissionnaire est tenu de maintenir son offre :
Durée en mois : 4
"""


def told(text: str, meaning: str) -> list[tuple[str, str]]:
    return [(field.lot, field.said) for field in split_fields(text) if field.meaning == meaning and field.said]


def test_a_field_has_its_meaning_its_words_and_its_lot() -> None:
    assert told(EUROPEAN, "titre") == [("", "Équipements de cuisine"), ("1", "Cuisine"), ("2", "Blanchisserie")]
    assert told(EUROPEAN, "montant") == [("", "460 000 euros")]
    assert told(EUROPEAN, "nuts") == [("", "FRE11")]
    assert told(EUROPEAN, "cpv") == [("1", "39220000")]
    assert told(EUROPEAN, "reserve") == []


def test_a_field_of_a_part_that_is_set_aside_is_set_aside() -> None:
    assert told(EUROPEAN, "duree") == [("1", "48"), ("2", "24")]
    assert ("", "4") in told(EUROPEAN, "hors")


def test_a_lot_spoken_of_among_criteria_opens_none() -> None:
    assert {field.lot for field in split_fields(EUROPEAN)} == {"", "1", "2"}


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        *(("Lot n°1 :\nTonte", "1"), ("Lot(s) 2. - tonte", "2"), ("5.1. Lot: LOT-0003\nTitre: tonte", "3")),
        *(("Section 13 - Lot(s) 4 - Tonte", "4"), ("Lot A - tonte", "A")),
    ],
)
def test_a_lot_is_named_as_every_form_names_it(heading: str, number: str) -> None:
    around = "Objet du marché : tonte. Lieu de livraison : Lille. Caractéristiques principales : aucune\n"
    text = f"{around}Renseignements relatifs aux lots :\nLot n°9 :\nFauche\n{heading}\nDélai minimum de validité des offres : 3 mois"
    assert number in {field.lot for field in split_fields(text)}


def test_a_vague_field_is_about_what_its_part_is_about() -> None:
    text = (
        "2. Procédure\n2.1. Procédure\nTitre: Tonte\nDescription: de pelouses\n5. Lots\n5.1. Lot: LOT-0001\nTitre: Nord\n"
        "5.1.2. Lieu d’exécution\nInformations complémentaires: au parc\n5.1.4. Renouvellement\nDescription: deux fois un an\n"
        "5.1.10. Critères d’attribution\nDescription: Montant sur 36 mois\n8. Organisations\nVille: Rouen"
    )
    assert told(text, "objet") == [("", "de pelouses")]
    assert told(text, "lieu") == [("1", "au parc")]
    assert told(text, "reconduction") == [("1", "deux fois un an")]
    assert ("", "Rouen") in told(text, "hors")


@pytest.mark.parametrize("text", ["", "Objet : tonte. Lieu : Lille. Durée : 12 mois", "Tonte des pelouses\n" * 50])
def test_a_few_headings_make_no_form(text: str) -> None:
    assert split_fields(text) == ()


@pytest.mark.parametrize("row", rows("rubriques"), ids=lambda row: row["motif"][:40])
def test_a_row_of_the_table_is_whole(row: dict[str, str]) -> None:
    assert row["sens"] in {
        *("", "acheteur", "cpv", "duree", "hors", "lieu", "lot", "lots", "montant", "nuts", "objet", "quantite"),
        *("reconduction", "reserve", "texte", "titre"),
    }
    assert row["portee"] in {"avis", "bloc", "champ", "lot", "section", "vague"}
    assert row["source"]
    assert re.match(r"[a-z' .\\]{3}", row["motif"]), "les trois premiers signes servent à le trouver"
    assert re.compile(row["motif"]).match("") is None
    assert row["motif"] == flat(row["motif"]) or "\\" in row["motif"]


@given(
    st.lists(
        st.sampled_from(
            [
                *("II.2) DESCRIPTION", "Lot nº : 1", "Lot nº : 2", "Lot n°", "II.2.1) Intitulé : x", "Valeur hors TVA : 1 euro", "8. Organisations"),
                *("5.1. Lot: LOT-0001", "Titre: y", "Description: z", "5.1.3. Durée estimée", "Durée: 4 Mois", "", "réservé", "Lots", ":", "5.1."),
            ]
        ),
        max_size=40,
    ).map("\n".join)
)  # fmt: skip
def test_nothing_written_is_lost(text: str) -> None:
    found = split_fields(text)
    said = " ".join(f"{field.label} {field.said}" for field in found)
    words = re.findall(r"\w+", text)
    assert not found or re.findall(r"\w+", said) == words
    assert all(isinstance(field, Field) for field in found)
