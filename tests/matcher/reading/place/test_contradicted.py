"""What is given and what the text says: one sentence where they contradict each other, none where they agree."""

import pytest

from matcher.domain.reading import Lot, RawPlace
from matcher.reading.reader import read

RESERVED = "Entretien des espaces verts. Le lot est réservé en application de l’article L2113-12."


def contradictions(objet: str, *lieux: str, **given: object) -> list[str]:
    lot = Lot(objet, lieux=tuple(RawPlace(name) for name in lieux), **given)  # type: ignore[arg-type]
    said = [doubt.says for doubt in read(lot).doubts if doubt.says.startswith("Votre choix l’emporte")]
    return [doubt.replace("\u00a0", " ").replace("\u202f", " ") for doubt in said]


@pytest.mark.parametrize(
    ("objet", "given", "said"),
    [
        (RESERVED, {"levier": "13"}, "(L2113-13) ; le texte dit L2113-12 : « Le lot est réservé en application"),
        (
            "Nettoyage de bureaux, montant estimé 120 000 € HT par an, durée du marché 48 mois",
            {"montant": 120_000.0},
            "(120 000 € HT) ; le texte dit 120 000 € HT par an : « ",
        ),
        (
            "Nettoyage de bureaux, montant maximum 240 000 € HT, 48 mois",
            {"montant": 300_000.0},
            "(300 000 € HT) ; le texte dit 240 000 € HT sur toute la durée : « ",
        ),
        ("Nettoyage de bureaux, durée du marché : 48 mois", {"duree": 12.0}, "(12 mois) ; le texte dit 48 mois : « "),
    ],
)
def test_a_choice_that_the_text_contradicts_stands_and_is_said(objet: str, given: dict[str, object], said: str) -> None:
    (told,) = contradictions(objet, **given)
    assert said in told
    assert told.endswith(".")


@pytest.mark.parametrize(
    ("objet", "given"),
    [
        (RESERVED, {"levier": "12"}),
        ("Entretien des espaces verts avec une clause sociale d’insertion", {"levier": "13"}),
        ("Entretien des espaces verts", {"levier": "13", "montant": 1.0, "duree": 3.0}),
        (
            "Nettoyage de bureaux, montant estimé 120 000 € HT par an, durée du marché 48 mois",
            {"montant": 480_000.0, "duree": 48.0},
        ),
        ("Nettoyage de bureaux, montant maximum 240 000 € HT, 48 mois", {"montant": 180_000.0}),
    ],
)
def test_nothing_is_said_where_they_agree(objet: str, given: dict[str, object]) -> None:
    assert contradictions(objet, **given) == []


def test_places_given_elsewhere_than_the_text_names_are_said() -> None:
    assert contradictions("Nettoyage de bureaux à Lens", "Marseille") == [
        "Votre choix l’emporte (Marseille) ; le texte dit Lens."
    ]


@pytest.mark.parametrize("place", ["Lens", "Pas-de-Calais", "62300", "France entière"])
def test_a_place_that_holds_or_is_the_one_of_the_text_agrees(place: str) -> None:
    assert contradictions("Nettoyage de bureaux à Lens", place) == []


def test_a_number_before_a_name_counts_what_follows() -> None:
    niort = (RawPlace("Niort"),)
    counted, named = (
        read(Lot(f"un traiteur pour un séminaire, {text}, buffet", lieux=niort)) for text in ("150 pers", "à pers")
    )
    assert (counted.doubts, len(named.doubts)) == ((), 1)
