"""Place of a notice by its fields, the surest first."""

import pytest

from matcher.domain.reading import Lot
from matcher.reading.form_places import places_of_buyer, places_told
from matcher.reading.notice import Notice, NoticeLot
from matcher.reading.place.places import Whereabouts

LOT = Lot("")


def told(*where: str, **fields: object) -> Notice:
    return Notice("", "", where, (), form=True, **fields)  # type: ignore[arg-type]  # the fields of the case


def names(found: Whereabouts | None) -> list[str] | None:
    return None if found is None else [place.name for place in found.places]


def test_the_first_text_that_names_a_place_says_where() -> None:
    assert names(places_told(LOT, told("Cf. CCTP", "Nettoyage des écoles de Loos", "Lille"))) == ["Loos"]
    assert names(places_told(LOT, told("Cf. CCTP"))) is None


def test_the_area_of_a_code_holds_what_the_text_names() -> None:
    assert names(places_told(LOT, told("Saint-Denis", areas=("FR106",)))) == ["Saint-Denis"]
    assert names(places_told(LOT, told("Nettoyage", areas=("FR106",)))) is None
    assert names(places_told(LOT, told("Département de la Seine-Maritime", areas=("FRD22",)))) == ["Seine-Maritime"]


def test_the_area_of_a_code_gives_way_to_what_the_text_names() -> None:
    assert names(places_told(LOT, told("Pau", areas=("FRI12", "FRI15")))) == ["Pau"]
    assert names(places_told(LOT, told("Lignes du département de la Haute-Savoie", areas=("FRK26",)))) == [
        "Haute-Savoie"
    ]
    assert names(places_told(LOT, told("Mairie d’Arradon", areas=("FRH0",)))) == ["Arradon"]


def test_an_area_and_the_towns_that_other_fields_name_inside_it_stand_together() -> None:
    its = told("Seine et Marne", "Gardiennage de la Caf : - Siège social à Melun", areas=("FR102",))
    assert names(places_told(LOT, its)) == ["Seine-et-Marne", "Melun"]
    assert names(places_told(LOT, told("Seine et Marne", "Gardiennage à Dijon"))) == ["Seine-et-Marne"]
    assert names(places_told(LOT, told("Melun", "Locaux de la Caf de Seine-et-Marne"))) == ["Melun"]


def test_an_intercommunalite_named_beside_its_towns_stands_with_them() -> None:
    found = places_told(LOT, told("Mairie de Toulouse et Toulouse Métropole", areas=("FRJ23",)))
    assert names(found) == ["Toulouse", "Toulouse Métropole"]
    assert found is not None
    assert [area.name for area in found.within] == ["Haute-Garonne"]


def test_the_number_of_the_buyer_wins_over_its_address() -> None:
    its = told(
        buyer="24380098400029", buyers=("Pays Voironnais, 40 rue Mainssieux, 38516, Voiron Cedex",), areas=("FRK24",)
    )
    assert names(places_of_buyer(LOT, its)) == ["Communauté d'agglomération du Pays Voironnais", "Voiron"]
    assert places_of_buyer(LOT, its).doubts == ()


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("CA Pau Béarn Pyrénées", "2 bis place Royale, 64000, Pau Cedex", ["Pau Béarn Pyrénées", "Pau"]),
        ("CC Pévèle-Carembault", "place du Bicentenaire, 59710, Pont-à-Marcq", ["Pévèle-Carembault"]),
        ("EPT Plaine Commune", "21 avenue Jules Rimet, 93218, Saint-Denis", ["Plaine Commune", "Saint-Denis"]),
        ("CDA La Rochelle", "6 rue Saint-Michel, 17086, La Rochelle", ["de La Rochelle", "La Rochelle"]),
        ("Conseil départemental du Cantal", "28 avenue Gambetta, 15000, Aurillac", ["Cantal"]),
    ],
)
def test_an_intercommunalite_in_its_main_town_is_both(name: str, address: str, expected: list[str]) -> None:
    found = names(places_of_buyer(LOT, told(buyers=(name, f"{name}, {address}, F")))) or []
    assert len(found) == len(expected)
    assert all(place.endswith(end) for place, end in zip(found, expected, strict=True))


def lots_told(*objects: str) -> tuple[NoticeLot, ...]:
    return tuple(
        NoticeLot(str(rank), "", "", Notice("", text, (text,), (), form=True))
        for rank, text in enumerate(objects, start=1)
    )


def test_the_lots_say_where_if_half_of_them_do() -> None:
    two = lots_told("Vitrerie à Sedan", "Piscine de Charleville-Mézières")
    assert names(places_told(LOT, told("Nettoyage", lots=two))) == ["Sedan", "Charleville-Mézières"]
    three = lots_told("Gardiennage", "Transport au centre de tri de Chagny", "Traitement du bois")
    assert names(places_told(LOT, told("Sept déchèteries", lots=three))) is None


def test_the_address_of_the_buyer_is_a_guess_that_is_told() -> None:
    found = places_of_buyer(
        LOT, told(buyers=("Ville de Loos", "Ville de Loos, 104 rue du Maréchal Foch, 59120, Loos, F"))
    )
    assert names(found) == ["Loos"]
    assert found.doubts == ("Lieu déduit du nom et de l’adresse de l’acheteur : Loos.",)


def test_the_area_alone_stands_where_nothing_is_named() -> None:
    assert names(places_of_buyer(LOT, told(areas=("FRK24",)))) == ["Isère"]
    assert names(places_of_buyer(LOT, told(areas=("FR10",)))) == ["Île-de-France"]
