"""From what is written of a size to full-time equivalents; what cannot be used is refused in French."""

import pytest

from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.workload import NeedRefused, workload_of
from matcher.domain.reading import Lot
from matcher.need.fields import need_from
from matcher.reading.reader import read

CLEANING = read(Lot("Nettoyage de bureaux"))
GREENGROCERY = read(Lot("Légumes épluchés et découpés : légumerie"))


@pytest.mark.parametrize(
    ("given", "etp"),
    [
        ({"etp": "6,5"}, 6.5),
        ({"hours": "3 214"}, 2.0),
        ({"hours": "3 214 heures"}, 2.0),
        ({"quantity": "3 600 m²"}, 2.0),
        ({"quantity": "3600m2"}, 2.0),
        ({"quantity": "3 600 mètres carrés de bureaux"}, 2.0),
        ({"quantity": "460 passages par an"}, 2.0),
        ({"quantity": "1607 h"}, 1.0),
    ],
)
def test_a_size_is_read_as_people_write_it(given: dict[str, str], etp: float) -> None:
    assert workload_of(CLEANING, DEFAULT, **given).etp == pytest.approx(etp)


def test_a_day_of_vegetables_is_a_size() -> None:
    need = workload_of(GREENGROCERY, DEFAULT, quantity="600 kg par jour, pointes à 1,2 t")
    assert need.etp == pytest.approx(12)
    assert "panorama" in need.says


def test_a_quantity_in_the_text_is_the_size_of_a_lot_without_an_amount() -> None:
    laundry = workload_of(read(Lot("Blanchisserie de linge, 600 kg par jour, 350 h d’insertion")), DEFAULT)
    assert laundry.etp == pytest.approx(5)
    assert "d’après 600\u00a0kg par jour (lu dans le texte)" in laundry.says
    several = workload_of(read(Lot("Blanchisserie de linge, 600 kg par jour et 200 kg par jour")), DEFAULT)
    assert several.etp is None
    assert "plusieurs quantités dans le texte, « 600 kg par jour » et « 200 kg par jour »" in several.says
    calibrated = workload_of(read(Lot("Nettoyage de bureaux, 1 800 m², 102 000 € HT par an")), DEFAULT)
    assert calibrated.etp == pytest.approx(2)
    assert calibrated.yearly == pytest.approx(102_000)


@pytest.mark.parametrize(
    ("amount", "months", "etp"),
    [("204 k€ HT", None, 4.0), ("204 000,00 € HT", 12, 4.0), ("0,408 M€", 24, 4.0), ("204000", 48, 1.0)],
)
def test_an_amount_is_a_year_of_it(amount: str, months: int | None, etp: float) -> None:
    given = need_from({"objet": "Nettoyage de bureaux", "montant": amount, "duree": months})
    assert given.faults == ()
    need = workload_of(read(given.lot), DEFAULT)
    assert need.etp == pytest.approx(etp)
    assert need.yearly == pytest.approx(etp * 51_000)
    assert "hypothèse" in need.says


def test_hours_are_over_the_whole_duration() -> None:
    reading = read(Lot("Nettoyage", duree=24))
    assert workload_of(reading, DEFAULT, hours="3214").etp == pytest.approx(1)


@pytest.mark.parametrize(
    ("objet", "lot", "etp", "says", "over"),
    [
        ("Nettoyage de bureaux", {"montant": 204_000}, 4, "d’après 204 000 € HT sur toute la durée, à", "sur la durée du marché"),
        ("Nettoyage de bureaux", {"montant": 204_000, "duree": 4}, 12, "d’après 204 000 € HT en 4 mois, à", "pendant 4 mois"),
        ("Nettoyage de bureaux", {"montant": 204_000, "duree": 12}, 4, "d’après 204 000 € HT par an, à", "par an"),
        ("Nettoyage de bureaux", {"montant": 204_000, "duree": 48}, 1, "d’après 51 000 € HT par an, à", "par an"),
        ("Nettoyage de bureaux, 51 000 € HT par an", {}, 1, "d’après 51 000 € HT par an (lu", "par an"),
        ("Nettoyage de bureaux, 204 000 € HT par an, 3 mois", {}, 4, "d’après 51 000 € HT en 3 mois (lu", "pendant 3 mois"),
    ],
)  # fmt: skip
def test_an_amount_is_never_said_as_more_than_it_is(
    objet: str, lot: dict[str, float], etp: float, says: str, over: str
) -> None:
    need = workload_of(read(Lot(objet, **lot)), DEFAULT)  # type: ignore[arg-type]
    assert need.etp == pytest.approx(etp)
    assert says in need.says.replace("\u202f", " ").replace("\xa0", " ")
    assert need.over.replace("\xa0", " ") == over


@pytest.mark.parametrize(
    ("months", "etp", "says", "over"),
    [
        (None, 2, "heures sur toute la durée (non donnée), à", "sur la durée du marché"),
        (4, 6, "heures en 4 mois, à", "pendant 4 mois"),
        (24, 1, "heures en 24 mois, à", "par an"),
    ],
)
def test_hours_are_never_said_as_more_than_they_are(months: float | None, etp: float, says: str, over: str) -> None:
    need = workload_of(read(Lot("Nettoyage", duree=months)), DEFAULT, hours="3214")
    assert (need.etp, need.over.replace("\xa0", " ")) == (pytest.approx(etp), over)
    assert says in need.says.replace("\xa0", " ")


def test_a_size_read_in_the_text_counts_and_says_so() -> None:
    reading = read(
        Lot("Nettoyage de bureaux, montant estimé : 153 000 € HT par an, durée de 12 mois reconductible trois fois")
    )
    need = workload_of(reading, DEFAULT)
    assert need.etp == pytest.approx(3)
    assert "lu dans le texte : « montant estimé : 153 000 € HT par an »" in need.says
    hours = workload_of(reading, DEFAULT, hours="6 428")
    assert hours.etp == pytest.approx(1)
    assert "en 48\u00a0mois (lu dans le texte : « durée de 12 mois reconductible trois fois »)" in hours.says


def test_a_trade_that_is_not_calibrated_has_no_size_and_says_so() -> None:
    need = workload_of(read(Lot("Collecte des déchets", cpv=("90511000",), montant=200_000.0)), DEFAULT)
    assert need.etp is None
    assert "à caler" in need.says
    own = workload_of(
        read(Lot("Collecte des déchets", cpv=("90511000",), montant=200_000.0)), Assumptions(euros_per_etp=50_000)
    )
    assert own.etp == pytest.approx(4)


def test_works_take_fewer_people_than_services_for_the_same_amount() -> None:
    """3 M€ a year of gros œuvre were told as 75 ETP, at 40,000 € for all trades."""
    need = workload_of(read(Lot("Gros œuvre", cpv=("45223220",), montant=6_000_000.0, duree=24)), DEFAULT)
    assert need.etp is not None
    assert 28 <= need.etp <= 37


def test_an_amount_beyond_any_lot_is_refused_whatever_the_trade() -> None:
    with pytest.raises(NeedRefused, match="vérifiez le nombre"):
        workload_of(read(Lot("Prestation", montant=9e9)), DEFAULT)


def test_nothing_given_is_not_known() -> None:
    need = workload_of(CLEANING, DEFAULT)
    assert need.etp is None
    assert "non connue" in need.says


@pytest.mark.parametrize(
    "given",
    [
        {"hours": "0"},
        {"hours": "-5"},
        {"hours": "1 000 000 000"},
        {"hours": "beaucoup"},
        {"hours": "10^9"},
        {"hours": "5 k€"},
        {"etp": "1e3"},
        {"etp": "0"},
        {"etp": "999999"},
        {"quantity": "12"},
        {"quantity": "12 palmiers"},
        {"quantity": "10 à 12 000 m²"},
        {"quantity": "600 kg par jour"},
        {"quantity": "m²"},
    ],
)
def test_a_size_that_cannot_be_used_is_refused_in_french(given: dict[str, str]) -> None:
    with pytest.raises(NeedRefused) as refused:
        workload_of(CLEANING, DEFAULT, **given)
    assert str(refused.value).startswith("« ")
    assert str(refused.value).endswith(".")
