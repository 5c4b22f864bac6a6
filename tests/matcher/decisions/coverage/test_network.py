"""The network: the structures of a territory, or a list as somebody wrote it; what cannot be used is refused or said, never dropped."""

import re
from pathlib import Path

import pytest

from matcher.catalogue.identity.compare import side_of
from matcher.catalogue.identity.recogniser import ListedSupplier, Recogniser
from matcher.catalogue.identity.records import Traits
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.coverage import network
from matcher.decisions.coverage.network import NetworkQuestion, in_territory, read_asked_lots, recognise_network
from matcher.decisions.purchases.reconciliation import pasted_lines
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Site, Supplier
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.shelf.shelf import Shelf

ARRAS, LENS, LILLE = ("Arras", "62041", 50.29, 2.78), ("Lens", "62498", 50.43, 2.83), ("Lille", "59350", 50.63, 3.06)


def someone(key: str, kind: SupplierKind, *towns: tuple[str, str, float, float]) -> Supplier:
    sites = tuple(Site(city=city, insee=insee, lat=lat, lon=lon) for city, insee, lat, lon in towns)
    return Supplier(id=key, name=key, kinds=(kind,), sites=sites)


@pytest.fixture
def shelf() -> Shelf:
    return build_shelf(
        [
            someone("a", SupplierKind.AI, ARRAS),
            someone("b", SupplierKind.AI, LILLE, LENS),
            someone("c", SupplierKind.EA, ARRAS),
            someone("d", SupplierKind.AI, LILLE),
            someone("e", SupplierKind.AI),
        ]
    )


def test_a_structure_is_of_a_territory_by_any_of_its_sites(shelf: Shelf) -> None:
    assert in_territory(shelf, NetworkQuestion(territory="Pas-de-Calais", kinds=(SupplierKind.AI,))).ids == ("a", "b")
    assert in_territory(shelf, NetworkQuestion(territory="Arras ; Lens")).ids == ("a", "b", "c")
    assert in_territory(shelf, NetworkQuestion(territory="France entière", kinds=(SupplierKind.AI,))).ids == (
        "a",
        "b",
        "d",
        "e",
    )


@pytest.mark.parametrize(
    ("kinds", "territory", "said"),
    [
        ([SupplierKind.AI], " ", "Dites un territoire"),
        ([SupplierKind.AI], "Trouperdu", "Trouperdu"),
        ([SupplierKind.SEP], "Pas-de-Calais", "aucune structure du catalogue"),
    ],
)
def test_a_territory_that_is_no_place_or_is_empty_is_refused(
    shelf: Shelf, kinds: list[SupplierKind], territory: str, said: str
) -> None:
    with pytest.raises(DecisionRefused, match=re.escape(said)):
        in_territory(shelf, NetworkQuestion(territory=territory, kinds=tuple(kinds)))


def test_a_network_too_large_to_be_read_is_refused_with_its_number(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "MOST_STRUCTURES", 2)
    with pytest.raises(DecisionRefused, match="3 structures, 2 au plus"):
        in_territory(shelf, NetworkQuestion(territory="Pas-de-Calais"))


def listed(key: str, siret: str, name: str) -> ListedSupplier:
    its = Traits(
        source="x", ref=key, siret=siret, siren=siret[:9], names=(name,), post_code="62000", insee="62041", city="Arras"
    )
    return ListedSupplier(key, siret, name, "Arras", side_of((its,)))


RECOGNISER = Recogniser(
    [listed("s1", "00010019800019", "Emploi Services Artois"), listed("s2", "00010020600010", "Coup de Main Arrageois")]
)


def test_a_pasted_list_keeps_who_is_sure_and_says_the_others() -> None:
    text = "00010019800019\nCoup de Main Arrageois ; 62000 ; Arras\n\n00010019800019 ; ESA\n00099999900019\nInconnue au bataillon\tLyon\n"
    its = recognise_network(pasted_lines(text), RECOGNISER)
    assert its.ids == ("s1", "s2")
    twice, number, name = its.said
    assert "Ligne 4" in twice
    assert "déjà citée, ligne 1" in twice
    assert "00099999900019" in number
    assert "Inconnue au bataillon" in name


def test_a_list_of_which_nobody_is_known_is_refused_with_the_first_reason() -> None:
    with pytest.raises(DecisionRefused, match=r"Aucune structure de cette liste.*Ligne 1, « Personne »"):
        recognise_network(pasted_lines("Personne\n"), RECOGNISER)


def test_what_the_amount_of_a_line_leaves_open_goes_with_its_lot(tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    path.write_text("Objet;Lieu;Montant\nNettoyage des locaux;Lille;70000 TTC\n", encoding="utf-8")
    (lot,) = read_asked_lots(path).lots
    assert any("Par an ou en tout" in doubt for doubt in lot.doubts)
