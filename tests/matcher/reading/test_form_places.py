"""Place of a notice by its fields, the surest first."""

from matcher.domain.lot import Lot
from matcher.reading.form_places import places_of_buyer, places_told
from matcher.reading.notice import Notice
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


def test_the_number_of_the_buyer_wins_over_its_address() -> None:
    its = told(
        buyer="24380098400029", buyers=("Pays Voironnais, 40 rue Mainssieux, 38516, Voiron Cedex",), areas=("FRK24",)
    )
    assert names(places_of_buyer(LOT, its)) == ["Communauté d'agglomération du Pays Voironnais"]
    assert places_of_buyer(LOT, its).doubts == ()


def test_the_address_of_the_buyer_is_a_guess_that_is_told() -> None:
    found = places_of_buyer(
        LOT, told(buyers=("Ville de Loos", "Ville de Loos, 104 rue du Maréchal Foch, 59120, Loos, F"))
    )
    assert names(found) == ["Loos"]
    assert found.doubts == ("Lieu déduit du nom et de l’adresse de l’acheteur : Loos.",)


def test_the_area_alone_stands_where_nothing_is_named() -> None:
    assert names(places_of_buyer(LOT, told(areas=("FRK24",)))) == ["Isère"]
