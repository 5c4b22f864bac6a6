"""Sums of money as people write them: the right amount, or none and what is missing; never a part of what is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.amounts import (
    AMOUNT_FOREIGN,
    AMOUNT_LIMIT,
    AMOUNT_RANGE,
    AMOUNT_TAXED,
    AMOUNT_YEARLY,
    WrittenAmount,
    clean_amount,
    read_amount,
    with_tax,
)
from matcher.cleaning.numbers import NUMBER_UNREADABLE

SCALES = {"€": 1, "": 1, "k€": 1_000, "k": 1_000, "ke": 1_000, "K€ HT": 1_000, "M€": 1_000_000, "M€ H.T.": 1_000_000}
WHOLE = st.integers(1, 999)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1 200,50 €", 1200.5),
        ("1\u202f200,50", 1200.5),
        ("1.200,50", 1200.5),
        ("1,200.50", 1200.5),
        ("1 200.50", 1200.5),
        ("1'200.50", 1200.5),
        ("1,200", 1200),
        ("0.500 M€", 500_000),
        ("33333.333333333336", 33333.333333333336),
        ("350 k€", 350_000),
        ("180 keur", 180_000),
        ("1,2 M€", 1_200_000),
        ("1,2 M", 1_200_000),
        ("2 millions d’euros", 2_000_000),
        ("180k HT", 180_000),
        ("1,5 M€ HT", 1_500_000),
        ("environ 40 000 €", 40_000),
        ("Montant estimé : 40 000 € (HT)", 40_000),
        ("180 000 €\nHT", 180_000),
        ("2 x 15 000 €", 30_000),
        ("15 000 € × 2", 30_000),
        ("160 000 € HT sur 4 ans", 160_000),
        ("40 000 € par an pour 4 ans", 160_000),
        ("30 mille euros", 30_000),
        ("vingt mille euros", 20_000),
        ("quatre-vingt-dix mille deux cents euros", 90_200),
        ("deux cent trente et un mille", 231_000),
        ("deux millions d’euros", 2_000_000),
        ("0", 0),
    ],
)
def test_one_amount(raw: str, value: float) -> None:
    assert clean_amount(raw) == (pytest.approx(value), "")


@pytest.mark.parametrize(
    ("raw", "low", "high"),
    [
        ("50-100 k€", 50_000, 100_000),
        ("50 à 100 k€", 50_000, 100_000),
        ("10 à 15 000 €", 10_000, 15_000),
        ("entre 1 et 2 M€", 1_000_000, 2_000_000),
        ("de 5 000 à 10 k€", 5_000, 10_000),
        ("10 k€ – 20 000", 10_000, 20_000),
        ("25 000 € HT à 90 000 € HT", 25_000, 90_000),
    ],
)
def test_a_range_is_no_one_amount(raw: str, low: float, high: float) -> None:
    found = read_amount(raw).value
    assert found is not None
    assert (found.low, found.high) == (low, high)
    assert clean_amount(raw) == (None, AMOUNT_RANGE)


@pytest.mark.parametrize(
    ("raw", "low", "high"),
    [
        ("< 90 000", None, 90_000),
        ("moins de 90 k€", None, 90_000),
        ("90 000 € maximum", None, 90_000),
        ("> 40 000 €", 40_000, None),
        ("à partir de 40 000", 40_000, None),
    ],
)
def test_a_limit_is_no_amount(raw: str, low: float | None, high: float | None) -> None:
    assert read_amount(raw) == (WrittenAmount(low, high), "")
    assert clean_amount(raw) == (None, AMOUNT_LIMIT)


@pytest.mark.parametrize("raw", ["12 000 USD", "12 000 $", "£ 900", "4 000 CHF", "3 000 francs"])
def test_another_money_is_no_amount_and_is_named(raw: str) -> None:
    assert clean_amount(raw) == (None, AMOUNT_FOREIGN)


@pytest.mark.parametrize(
    ("raw", "net", "for_all"),
    [("40 000 € HT", True, False), ("montant total 40 000 €", False, True), ("40 000 € sur 4 ans", False, True)],
)
def test_what_an_amount_says_of_itself_is_kept(raw: str, net: bool, for_all: bool) -> None:
    assert read_amount(raw).value == WrittenAmount(
        40_000, 40_000, months=48 if "4 ans" in raw else None, net=net, for_all=for_all
    )


@pytest.mark.parametrize("raw", ["15 000 € / an", "15 000 € par an", "15 k€ HT annuels", "15 000 €/an"])
def test_an_amount_a_year_counts_over_its_duration_or_asks_for_it(raw: str) -> None:
    assert clean_amount(raw) == (None, AMOUNT_YEARLY)
    assert clean_amount(raw, months=48) == (60_000, "")


def test_an_amount_with_its_tax_says_so() -> None:
    assert clean_amount("40 000 € TTC") == (40_000, AMOUNT_TAXED)
    assert with_tax("40 000 € T.T.C.")
    assert not with_tax("40 000 € HT")


@pytest.mark.parametrize(
    "raw",
    [
        *("12 €/m²", "3 lots de 40 000 €", "300 000\n400 000", "12 mois", "1 200 € / mois", "175 travailleurs", "2e"),
        *("(500)", "-5", "10^9", "1e6", "100-50 k€", "500 - 1,5 M€", "1 an", "40 000 € en 2026", "beaucoup", "€"),
        *("1,250 M€", "1.250 k€", "100 000 € HT (120 000 € TTC)", "entre 50 et", "40 000 € ou 50 000 €"),
    ],
)
def test_what_may_be_another_amount_is_none(raw: str) -> None:
    assert clean_amount(raw) == (None, NUMBER_UNREADABLE)


@pytest.mark.parametrize("raw", ["", "  ", "NC", "n/d", "Non communiqué", "-"])
def test_what_nobody_knows_is_unknown_without_a_doubt(raw: str) -> None:
    assert clean_amount(raw) == (None, "")


def test_the_unit_of_a_column_counts_where_a_cell_tells_none() -> None:
    assert clean_amount("50", unit=1e3).value == 50_000
    assert clean_amount("50 k€", unit=1e3).value == 50_000
    assert clean_amount("50 000 €", unit=1e3).value == 50_000
    assert read_amount("50 - 80", unit=1e3).value == WrittenAmount(50_000, 80_000)
    assert clean_amount("12.375", unit=1e3).value is None


@given(st.text(alphabet="0123456789 .,'-–€kKmMx/<>()\nàetandHTC") | st.text())
def test_any_text_gives_a_finite_amount_or_says_why_not(raw: str) -> None:
    value, flag = clean_amount(raw)
    assert value is None or (0 <= value < 1e28 and flag in ("", AMOUNT_TAXED))
    assert value is not None or flag or read_amount(raw) == (None, "")


@given(
    st.integers(0, 999_999_999),
    st.sampled_from(",. '"),
    st.integers(0, 99) | st.none(),
    st.sampled_from(["", " €", "€ HT"]),
)
def test_euros_are_read_however_they_are_grouped(euros: int, sign: str, cents: int | None, unit: str) -> None:
    tail = "" if cents is None else f"{'.' if sign == ',' else ','}{cents:02d}"
    written = f"{euros:,}".replace(",", sign) + tail + unit
    assert clean_amount(written) == (pytest.approx(euros + (cents or 0) / 100), "")


@given(WHOLE, st.sampled_from(sorted(SCALES)), st.sampled_from(["", " "]))
def test_units_are_read(figure: int, unit: str, space: str) -> None:
    assert clean_amount(f"{figure}{space}{unit}".strip()) == (figure * SCALES[unit], "")


@given(
    WHOLE,
    WHOLE,
    st.sampled_from(sorted(SCALES)),
    st.sampled_from(["{}-{} {}", "{} à {} {}", "entre {} et {} {}", "de {} à {}{}"]),
)
def test_of_a_range_no_end_is_ever_the_amount(one: int, other: int, unit: str, written: str) -> None:
    low, high = sorted((one, other))
    value, flag = clean_amount(written.format(low, high, unit).strip())
    if low < high:
        assert value is None
        assert flag in (AMOUNT_RANGE, NUMBER_UNREADABLE)
    if low < high <= 100 * low:
        found = read_amount(written.format(low, high, unit).strip()).value
        assert found is not None
        assert (found.low, found.high, found.net) == (low * SCALES[unit], high * SCALES[unit], "H" in unit)


@given(WHOLE, WHOLE, st.sampled_from(sorted(SCALES)), st.sampled_from(["x", "×", "*", "fois"]))
def test_a_product_is_worked_out(times: int, figure: int, unit: str, sign: str) -> None:
    assert clean_amount(f"{times} {sign} {figure} {unit}".strip()) == (times * figure * SCALES[unit], "")


@given(
    WHOLE,
    st.sampled_from(
        ["lots", "m²", "agents", "€ / mois", "€ l’unité", "h", "%", "fois", "sites", "€ + options", "et 12"]
    ),
)
def test_a_number_of_something_else_is_no_amount(figure: int, besides: str) -> None:
    assert clean_amount(f"{figure} {besides}") == (None, NUMBER_UNREADABLE)
