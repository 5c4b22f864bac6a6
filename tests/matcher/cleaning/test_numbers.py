import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.numbers import (
    NUMBER_RANGE,
    NUMBER_UNREADABLE,
    clean_measure,
    clean_months,
    clean_number,
    clean_work_hours,
    whole_number,
)


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        ("175 travailleurs, dont 10 à 15 à la légumerie", 175, ""),
        ("11,5 ETP", 11.5, ""),
        ("22", 22, ""),
        ("22.0", 22, ""),
        ("#N/D", None, ""),
        ("", None, ""),
        ("0", 0, ""),
        ("1 200,50", 1200.5, ""),
        ("1\u202f200,50", 1200.5, ""),
        ("1.200,50", 1200.5, ""),
        ("1,200.50", 1200.5, ""),
        ("10 à 15 ETP", 10, NUMBER_RANGE),
        ("10-15", 10, NUMBER_RANGE),
        ("plus de 450 personnes", 450, ""),
        ("beaucoup", None, NUMBER_UNREADABLE),
        ("-5", None, NUMBER_UNREADABLE),
    ],
)
def test_head_counts(raw: str, value: float | None, flag: str) -> None:
    assert clean_number(raw) == (value, flag)


@given(st.text())
def test_any_text_gives_a_finite_number_or_nothing(raw: str) -> None:
    value = clean_number(raw).value
    assert value is None or 0 <= value < 1e25


@given(st.integers(min_value=0, max_value=999_999_999))
def test_thousands_are_grouped_as_in_france(number: int) -> None:
    assert clean_number(f"{number:,}".replace(",", " ")).value == number


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("12 000 h", 12_000),
        ("12000 Heures", 12_000),
        ("6,5", 6.5),
        ("1,000", 1000),
        ("0", 0),
        ("10^9", None),
        ("1e9", None),
        ("5 k€", None),
        ("-5", None),
        ("entre 2 et 3", None),
        ("environ 12", None),
        ("", None),
    ],
)
def test_a_measure_is_one_number_and_its_unit_or_nothing(raw: str, value: float | None) -> None:
    assert clean_measure(raw, "h", "heures").value == value


@pytest.mark.parametrize(
    ("raw", "unit", "months"),
    [
        ("24", 1, 24),
        ("24 mois", 1, 24),
        ("2 ans", 1, 24),
        ("1 an", 1, 12),
        ("2", 12, 24),
        ("18 mois", 12, 18),
        ("12 à 24 mois", 1, None),
        ("12 mois reconductible 3 fois", 1, None),
        ("2 x 12 mois", 1, None),
        ("NC", 1, None),
    ],
)
def test_a_duration_is_one_number_of_months_or_years_or_nothing(raw: str, unit: float, months: float | None) -> None:
    assert clean_months(raw, unit=unit).value == months


@pytest.mark.parametrize(
    ("raw", "hours"),
    [
        ("48h30", 48.5),
        ("48 h 20 min", 48.33),
        ("151:40:00", 151.67),
        ("1 200 h", 1200),
        ("−20", -20),
        ("-1h30", -1.5),
        ("-", None),
        ("48h75", None),
        ("vers 48", None),
    ],
)
def test_hours_of_work_are_read_as_clocks_and_corrections_write_them(raw: str, hours: float | None) -> None:
    assert clean_work_hours(raw).value == hours


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 7", "²", "٣", "abc", "9" * 10, "9" * 5000])
def test_what_is_not_digits_alone_or_too_many_is_no_whole_number(text: str) -> None:
    assert whole_number(text) is None


def test_a_whole_number_is_one_of_those_that_may_be() -> None:
    assert (whole_number("12"), whole_number("007"), whole_number("0")) == (12, 7, 0)
    assert [whole_number("3", within) for within in (range(1, 4), range(1, 3), {3: "a"}, ())] == [3, None, 3, None]


def test_what_is_no_number_is_looked_for_nowhere() -> None:
    """« None in range(10**9) » goes through it all: a field of a page would hold the server for a minute."""

    class Numbers:
        def __contains__(self, number: object) -> bool:
            assert isinstance(number, int)
            return True

    assert (whole_number("deux", Numbers()), whole_number("2", Numbers())) == (None, 2)
