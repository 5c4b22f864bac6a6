"""A date is read as people write it, or refused."""

from datetime import date

import pytest

from matcher.cleaning.dates import DATE_UNREADABLE, clean_date, clean_start


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2021-01-08", date(2021, 1, 8)),
        ("2026-05-11T10:00:00Z", date(2026, 5, 11)),
        ("08/01/2021 00:00:00", date(2021, 1, 8)),
        ("20210108", date(2021, 1, 8)),
        ("2019-07", date(2019, 7, 1)),
        ("1er août 2019", date(2019, 8, 1)),
        ("Décembre 2020", date(2020, 12, 1)),
        ("03/2027", date(2027, 3, 1)),
    ],
)
def test_dates(raw: str, value: date) -> None:
    assert clean_date(raw) == (value, "")


@pytest.mark.parametrize("raw", ["31/02/2021", "13/2027", "bientôt", "2021-13-01", "0000-01-01", "12 brumaire 2021"])
def test_bad_dates(raw: str) -> None:
    assert clean_date(raw) == (None, DATE_UNREADABLE)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2027", date(2027, 1, 1)),
        ("T2 2027", date(2027, 4, 1)),
        ("2ème trimestre 2027", date(2027, 4, 1)),
        ("S2-2027", date(2027, 7, 1)),
        ("1er semestre 2027", date(2027, 1, 1)),
        ("mars 2027", date(2027, 3, 1)),
        ("12/03/2027", date(2027, 3, 12)),
    ],
)
def test_starts(raw: str, value: date) -> None:
    assert clean_start(raw) == (value, "")


@pytest.mark.parametrize("raw", ["S3 2027", "5e trimestre 2027", "fin 2027", "27", "1027", "20270"])
def test_bad_starts(raw: str) -> None:
    assert clean_start(raw) == (None, DATE_UNREADABLE)
