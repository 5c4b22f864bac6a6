"""A date is read as people write it, or refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.dates import DATE_UNREADABLE, YEAR_UNTOLD, clean_date, clean_start, year_told

# Each part of a year, the ways to write it, and the month with which it begins.
PARTS = (
    *((1 + 3 * at, (f"T{at + 1}", f"{at + 1}e trimestre", f"Q{at + 1}")) for at in range(4)),
    *((1 + 6 * at, (f"S{at + 1}", f"{at + 1}ème semestre")) for at in range(2)),
    *((3, ("mars", "début mars", "mars/avril")), (9, ("sept.", "septembre", "à partir de septembre"))),
)


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


@given(st.sampled_from(PARTS), st.integers(2000, 2099), st.data())
def test_a_part_of_a_year_begins_the_same_however_and_wherever_its_year_is_written(
    part: tuple[int, tuple[str, ...]], year: int, data: st.DataObject
) -> None:
    month, ways = part
    way = data.draw(st.sampled_from(ways))
    written = data.draw(
        st.sampled_from((f"{way} {year}", f"{way.upper()} {year}", f"{year} - {way}", f"{way}, {year}"))
    )
    assert clean_start(written) == (date(year, month, 1), "")
    assert clean_start(way) == (None, YEAR_UNTOLD)


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_is_flagged(text: str) -> None:
    day, flag = clean_start(text)
    assert (day is None) or not flag


@pytest.mark.parametrize(
    ("texts", "year"),
    [
        (["Programme d’achats 2027", "arrêté le 12/11/2026"], 2027),
        (["Programme 2027 (version du 3 novembre 2026)"], 2027),
        (["achats_2027_v2"], 2027),
        (["Programme 2026-2028"], None),
        (["export_20261130"], None),
        ([], None),
    ],
)
def test_a_title_names_one_year_or_none(texts: list[str], year: int | None) -> None:
    assert year_told(texts) == year
