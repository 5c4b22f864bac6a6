"""The amounts of the code and the exceptions: each on its days, several where who buys or what is bought is not known."""

from datetime import date

import pytest

from matcher.reference.law import (
    BUYER_NATURES,
    BuyerNature,
    LegalRule,
    exemption,
    exemptions,
    law_thresholds,
    listed_service,
    listed_services,
    nature_of,
)
from matcher.reference.trades.activities import taxonomy

DAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("rule", "on", "given", "euros"),
    [
        (LegalRule.DIRECT, DAY, {"works": False}, [60_000]),
        (LegalRule.DIRECT, DAY, {"works": True}, [100_000]),
        (LegalRule.DIRECT, DAY, {}, [60_000, 100_000]),
        (LegalRule.DIRECT, date(2026, 3, 31), {"works": False}, [40_000]),
        (LegalRule.DIRECT, date(2026, 3, 31), {"works": True}, [100_000]),
        (LegalRule.DIRECT, date(2019, 12, 31), {}, []),
        (LegalRule.EUROPEAN, DAY, {"works": False, "buyer": BuyerNature.STATE}, [140_000]),
        (LegalRule.EUROPEAN, DAY, {"works": False, "buyer": BuyerNature.OTHER}, [216_000]),
        (LegalRule.EUROPEAN, DAY, {"works": False, "buyer": BuyerNature.UTILITY}, [432_000]),
        (LegalRule.EUROPEAN, DAY, {"works": False}, [140_000, 216_000, 432_000]),
        (LegalRule.EUROPEAN, DAY, {"works": True}, [5_404_000]),
        (LegalRule.EUROPEAN, date(2027, 12, 31), {"works": True}, [5_404_000]),
        (LegalRule.EUROPEAN, date(2028, 1, 1), {"works": True}, []),
        (LegalRule.SMALL_LOT, DAY, {"works": False}, [80_000]),
        (LegalRule.SMALL_LOT, DAY, {"works": True}, [1_000_000]),
    ],
)
def test_an_amount_holds_on_its_days(rule: LegalRule, on: date, given: dict[str, object], euros: list[float]) -> None:
    assert [its.euros for its in law_thresholds(rule, on, **given)] == euros  # type: ignore[arg-type]


def test_the_four_exceptions_are_in_the_order_of_the_article() -> None:
    assert [its.article[-2:] for its in exemptions()] == ["1°", "2°", "3°", "4°"]
    assert [its.code for its in exemptions() if its.works_only] == ["travaux-courts"]
    assert exemption("lien").label.startswith("Une condition sociale n’aurait pas de lien")
    with pytest.raises(KeyError):
        exemption("autre")


@pytest.mark.parametrize(
    ("siren", "nature"),
    [
        ("110046018", BuyerNature.STATE),
        ("215901547", BuyerNature.OTHER),
        ("265906719", BuyerNature.OTHER),
        ("552081317", None),
        ("", None),
    ],
)
def test_the_siren_of_a_buyer_tells_its_nature_where_it_can(siren: str, nature: BuyerNature | None) -> None:
    assert nature_of(siren) is nature


def test_a_university_finds_its_nature_among_those_of_a_buyer() -> None:
    """It is an établissement public national, neither industrial nor commercial: the thresholds of the State are its own."""
    assert [nature for nature, label in BUYER_NATURES.items() if "université" in label] == [BuyerNature.STATE]


def test_specific_services_are_found_by_code_else_by_activity() -> None:
    assert all(line.source and line.activities <= set(taxonomy().codes) for line in listed_services())
    assert listed_service(("85312110-3",), "") is not None
    assert listed_service(("90910000",), "medico-social.soins") is None  # the code says cleaning
    assert listed_service((), "medico-social.soins") is not None
    assert listed_service((), "proprete.locaux") is None


def test_a_line_that_may_be_reserved_comes_before_a_wider_one_that_may_not() -> None:
    found = {code: listed_service((code,), "") for code in ("92500000", "92610000", "79713000", "90911000")}
    reservable = {code: line and line.reservable for code, line in found.items()}
    assert reservable == {"92500000": True, "92610000": False, "79713000": False, "90911000": None}
