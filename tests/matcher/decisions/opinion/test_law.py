"""The law of the day on a lot: direct purchase, the social condition owed, small lots; unknown wherever something is missing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.opinion.law import NOTHING_TOLD, LegalPosition, ToldByBuyer, legal_position, works_asked
from matcher.domain.reading import ActivityGuess, AmountRead, Lot, Reading
from matcher.reference.law import BuyerNature, LegalRule

DAY = date(2026, 11, 27)
STATE, TOWN = "11004601800013", "21590154700017"
CLEANING, WORKS = ("90911200",), ("45223220",)


def law(on: date = DAY, told: ToldByBuyer = NOTHING_TOLD, **lot: object) -> LegalPosition:
    return legal_position(Reading(Lot("x", **lot)), on, told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cpv", "euros", "direct"),
    [
        (CLEANING, 59_999, True),
        (CLEANING, 60_000, False),
        (WORKS, 99_999, True),
        (WORKS, 100_000, False),
        ((), 59_000, True),
        ((), 80_000, None),
        ((), 100_000, False),
        (CLEANING, None, None),
    ],
)
def test_a_need_is_bought_direct_under_the_amount_of_its_nature(
    cpv: tuple[str, ...], euros: float | None, direct: bool | None
) -> None:
    assert law(cpv=cpv, montant=euros).direct is direct


def test_the_estimate_of_the_whole_counts_before_that_of_the_lot() -> None:
    assert law(cpv=CLEANING, montant=30_000, told=ToldByBuyer(whole=200_000)).direct is False
    assert law(cpv=CLEANING, montant=None, told=ToldByBuyer(whole=20_000)).direct is True


def test_a_yearly_amount_counts_with_its_renewals() -> None:
    from matcher.reading.reader import read

    yearly = read(
        Lot("Nettoyage de bureaux, 30 000 € HT par an, durée de 12 mois reconductible trois fois", cpv=CLEANING)
    )
    its = legal_position(yearly, DAY, NOTHING_TOLD)
    assert (its.euros, its.direct) == (120_000, False)


@pytest.mark.parametrize(
    ("euros", "direct", "owed"),
    [
        (14_000, True, False),  # 56 000 over four years
        (30_000, None, False),  # 30 000 to 120 000
        (59_999, None, None),  # 239 996 over four years
        (60_000, False, None),
        (216_000, False, True),
    ],
)
def test_a_yearly_amount_of_unknown_duration_is_told_where_one_year_and_four_agree(
    euros: float, direct: bool | None, owed: bool | None
) -> None:
    reading = Reading(
        Lot("x", cpv=CLEANING, acheteur_siret=TOWN), amount=AmountRead(euros, yearly=True, words="par an")
    )
    its = legal_position(reading, DAY, NOTHING_TOLD)
    assert (its.direct, its.owed, its.one_year) == (direct, owed, True)
    of_a_year = replace(reading, lot=replace(reading.lot, duree=12.0))
    assert legal_position(of_a_year, DAY, NOTHING_TOLD) == law(
        cpv=CLEANING, acheteur_siret=TOWN, montant=euros, duree=12.0
    )


@pytest.mark.parametrize(
    ("euros", "buyer", "owed"),
    [
        (139_999, "", False),
        (139_999, STATE, False),
        (140_000, STATE, True),
        (140_000, TOWN, False),
        (216_000, TOWN, True),
        (216_000, "", None),
        (432_000, "", True),
        (None, TOWN, None),
    ],
)
def test_a_social_condition_is_owed_from_the_threshold_of_the_buyer(
    euros: float | None, buyer: str, owed: bool | None
) -> None:
    assert law(cpv=CLEANING, montant=euros, acheteur_siret=buyer).owed is owed


def test_the_day_of_the_need_decides_and_no_other() -> None:
    given = {"cpv": CLEANING, "montant": 300_000, "acheteur_siret": TOWN}
    assert law(**given, date=date(2026, 8, 21)).owed is False
    assert law(**given, date=date(2026, 8, 22)).owed is True
    assert law(**given, on=date(2026, 8, 21)).owed is False
    later = law(**given, date=date(2028, 1, 1))
    assert later.owed is None  # the thresholds of 2028 are not known
    assert later.european == ()


def test_a_buyer_tells_its_nature_and_the_exception_it_chooses() -> None:
    told = ToldByBuyer(nature=BuyerNature.STATE, exemption="lien", reason="logiciel acheté sur étagère")
    its = law(cpv=CLEANING, montant=150_000, told=told)
    assert its.owed is True
    assert its.exemption is not None
    assert its.exemption.article.endswith("2°")
    assert its.reason == "logiciel acheté sur étagère"


@pytest.mark.parametrize(
    ("lot", "whole", "rule"),
    [
        (30_000, 500_000, LegalRule.DIRECT),
        (70_000, 500_000, LegalRule.SMALL_LOT),
        (70_000, 200_000, None),  # more than a fifth
        (30_000, 100_000, None),
        (90_000, 900_000, None),
        (70_000, None, None),
    ],
)
def test_a_small_lot_of_a_large_need_has_a_lighter_rule(
    lot: float, whole: float | None, rule: LegalRule | None
) -> None:
    its = law(cpv=CLEANING, montant=lot, acheteur_siret=TOWN, told=ToldByBuyer(whole=whole)).small_lot
    assert (its.rule if its else None) is rule


@pytest.mark.parametrize(
    ("lot", "why"),
    [
        ({"cpv": CLEANING, "duree": 24}, "ce lot est de fournitures ou de services"),
        ({"cpv": CLEANING}, "ce lot est de fournitures ou de services"),
        ({"cpv": WORKS, "duree": 6}, "ce lot dure 6 mois"),
        ({"duree": 24}, "ce lot dure 24 mois"),
        ({"cpv": WORKS}, "la durée n’est pas connue"),
        ({"duree": 5}, "rien ne dit que ce sont des travaux"),
    ],
)
def test_the_exception_of_short_works_is_refused_to_all_others(lot: dict[str, object], why: str) -> None:
    with pytest.raises(DecisionRefused, match="ne vaut que pour des travaux de moins de six mois") as refused:
        law(montant=6_000_000, told=ToldByBuyer(exemption="travaux-courts", reason="c’est court"), **lot)
    assert why in " ".join(str(refused.value).split())
    assert refused.value.field == "dispense"


def test_the_exception_of_short_works_stands_for_short_works() -> None:
    assert (
        law(cpv=WORKS, duree=5, montant=6_000_000, told=ToldByBuyer(exemption="travaux-courts")).exemption is not None
    )


def test_short_works_are_told() -> None:
    assert law(cpv=WORKS, montant=6_000_000, duree=5).short_works
    assert not law(cpv=WORKS, montant=6_000_000, duree=6).short_works
    assert not law(cpv=CLEANING, duree=3).short_works


def test_what_is_bought_is_read_of_the_code_then_of_the_trade() -> None:
    roads = Reading(Lot("x"), activities=(ActivityGuess("batiment.vrd", "", 1.0),))
    assert works_asked(roads) is True
    assert works_asked(replace(roads, lot=Lot("x", cpv=CLEANING))) is False
    assert works_asked(Reading(Lot("x"))) is None
    mixed = (("batiment.energie", 0.4), ("batiment.construction", 0.3), ("batiment.cvc", 0.3))
    for guesses, works in ((mixed, True), (mixed[:2], None)):  # what weighs most, not the likeliest
        reading = Reading(Lot("x"), activities=tuple(ActivityGuess(code, "", share) for code, share in guesses))
        assert works_asked(reading) is works


@given(
    st.floats(1, 1e10), st.floats(1, 1e10), st.sampled_from(["", STATE, TOWN]), st.sampled_from([CLEANING, WORKS, ()])
)
def test_a_larger_need_owes_no_less(one: float, other: float, buyer: str, cpv: tuple[str, ...]) -> None:
    small, large = (law(cpv=cpv, montant=euros, acheteur_siret=buyer) for euros in sorted((one, other)))
    weight = {False: 0, None: 1, True: 2}
    assert weight[small.owed] <= weight[large.owed]
    assert weight[large.direct] <= weight[small.direct]
