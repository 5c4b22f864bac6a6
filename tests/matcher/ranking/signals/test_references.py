"""References: only contracts won before the lot, never the lot itself, the SIREN as a weak sign, and what an unknown is."""

from datetime import date

import numpy as np
import pytest

from matcher.domain.supplier import Reference, Supplier
from matcher.ranking.shelf.awards import siren_number, words_number
from matcher.ranking.signals import references
from tests.factories import ask, siret, supplier

GREEN = "espaces-verts.creation-entretien"
OBJET = "Entretien des espaces verts du parc"
DAY = date(2024, 6, 1)
BUYER, OTHER = siret(7, "2"), siret(8, "2")


def won(activity: str = GREEN, on: date | None = date(2023, 6, 1), **fields: object) -> Reference:
    given: dict[str, object] = {
        "source": "decp",
        "ref": "1",
        "own": True,
        "objet": "Tonte des pelouses",
        "buyer": BUYER,
    }
    return Reference(activity=activity, notified=on, **(given | fields))  # type: ignore[arg-type]


def holder(*contracts: Reference, name: str = "Les Ateliers du Marais") -> Supplier:
    return supplier(name, references=contracts)


def value(*contracts: Reference, on: date | None = DAY, **lot: object) -> float | None:
    found = float(references.values(ask(OBJET, [holder(*contracts)], date=on, **lot))[0])
    return None if np.isnan(found) else found


def says(*contracts: Reference, on: date | None = DAY, **lot: object) -> str:
    asked = ask(OBJET, [holder(*contracts, name="A"), holder(won(), name="Un autre")], date=on, **lot)
    found = float(references.values(asked)[0])
    return references.say(asked, 0, None if np.isnan(found) else found).short


def test_the_nearer_the_activity_the_more_a_contract_is_worth() -> None:
    same, sister, other = value(won()), value(won("espaces-verts.elagage")), value(won("linge.blanchisserie"))
    assert same == 1
    assert same > (sister or 0) > (other or 0) == pytest.approx(references.PRIOR)
    assert value(won("linge.blanchisserie"), won()) == 1, "the best counts"


def test_a_contract_in_doubt_is_worth_an_unknown() -> None:
    assert value(won("")) == pytest.approx(references.PRIOR)
    assert says(won("")) == "1 marché retrouvé, sans lien établi avec ce besoin"


@pytest.mark.parametrize("on", [DAY, date(2024, 6, 2), None])
def test_only_contracts_strictly_before_the_lot_count(on: date | None) -> None:
    assert value(won(on=on)) is None
    assert value(won(on=on), won("linge.blanchisserie")) == pytest.approx(references.PRIOR)


def test_nothing_is_compared_with_a_lot_without_a_date() -> None:
    assert value(won(), on=None) is None
    assert says(won(), on=None).startswith("date du lot non donnée")


@pytest.mark.parametrize(
    ("itself", "lot"),
    [
        ({"objet": "ENTRETIEN, des espaces verts du parc."}, {"acheteur_siret": BUYER}),
        ({"objet": OBJET}, {}),
        ({"objet": OBJET, "buyer": ""}, {"acheteur_siret": BUYER}),
        ({"number": "2024-17"}, {"acheteur_siret": BUYER, "lot_id": "2024-17"}),
    ],
)
def test_the_lot_itself_never_counts(itself: dict[str, object], lot: dict[str, object]) -> None:
    assert value(won(**itself), **lot) is None


@pytest.mark.parametrize(
    ("alike", "lot"),
    [
        ({"objet": OBJET, "buyer": OTHER}, {"acheteur_siret": BUYER}),
        ({"number": "1", "buyer": OTHER}, {"acheteur_siret": BUYER, "lot_id": "1"}),
        ({"number": "1"}, {"lot_id": "1"}),
        ({}, {"acheteur_siret": BUYER}),
    ],
)
def test_another_contract_of_the_same_words_or_number_does(alike: dict[str, object], lot: dict[str, object]) -> None:
    assert value(won(**alike), **lot) == 1


def test_an_old_contract_counts_for_less_and_never_for_nothing() -> None:
    worth = [value(won(on=date(year, 6, 1))) or 0 for year in (2022, 2020, 2018, 2010)]
    assert worth[0] == 1
    assert worth == sorted(worth, reverse=True)
    assert worth[3] == references.OLD


def test_the_siren_is_a_weak_sign_and_is_said_so() -> None:
    assert value(won(own=False)) == references.WEAK
    assert says(won(own=False, buyer_name="Ville imaginaire")) == (
        "son organisation (même SIREN) a tenu « Tonte des pelouses » (1ᵉʳ juin 2023, Ville imaginaire) : indice faible"
    )
    assert says(won()) == "a tenu « Tonte des pelouses » (1ᵉʳ juin 2023)"
    assert says(won("espaces-verts.bucheronnage")).startswith("marché voisin : a tenu")


def test_to_find_none_says_nothing() -> None:
    assert says() == "aucun marché retrouvé sous ce SIRET, ce qui ne dit pas qu’il n’y en a pas"
    nothing_imported = ask(OBJET, [holder()], date=DAY)
    said = references.say(nothing_imported, 0, None)
    assert said.short == "aucun marché public importé : les références ne sont pas connues"
    assert not said.question, "what the catalogue lacks of everyone is asked of nobody"


def test_contracts_keep_to_their_supplier() -> None:
    shelf = [holder(won(), won("linge.blanchisserie"), name="B"), supplier("A"), holder(won(own=False), name="C")]
    found = references.values(ask(OBJET, shelf, date=DAY))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [1.0, 0.5]
    awards = ask(OBJET, shelf).shelf.awards
    assert [awards.of(row) for row in range(3)] == [slice(0, 0), slice(0, 2), slice(2, 3)]


def test_buyers_and_words_are_numbers_whatever_their_spelling() -> None:
    assert siren_number(BUYER) == siren_number(BUYER[:9]) == int(BUYER[:9])
    assert siren_number("") == siren_number("abc") == 0
    assert words_number("Élagage, d'arbres") == words_number("ELAGAGE d’arbres") != words_number("élagage")
    assert words_number(" -- ") == 0
