"""French typography: separators, units, dates, plurals."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.french import (
    NARROW,
    NO_BREAK,
    count,
    day,
    enumeration,
    in_groups,
    moment,
    number,
    ordinal,
    percent,
    short_month,
    typeset,
    unit,
)


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1234, 0, "1\u202f234"),
        (1234567, 0, "1\u202f234\u202f567"),
        (1234.5, 1, "1\u202f234,5"),
        (12.0, 1, "12"),
        (12.10, 2, "12,1"),
        (-3, 0, "−3"),
        (-0.4, 0, "0"),
        (99.96, 1, "100"),
    ],
)
def test_number(value: float, decimals: int, written: str) -> None:
    assert number(value, decimals) == written


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_number_reads_back(value: float, decimals: int) -> None:
    written = number(value, decimals)
    assert re.fullmatch(rf"−?\d{{1,3}}({NARROW}\d{{3}})*(,\d*[1-9])?", written)
    assert written != "−0"
    back = float(written.replace(NARROW, "").replace(",", ".").replace("−", "-"))
    assert back == pytest.approx(value, abs=0.51 * 10**-decimals)


def test_a_share_is_never_rounded_to_none_nor_to_all() -> None:
    shown = [percent(part, decimals).replace(NO_BREAK, " ") for part in (1 / 5824, 3840 / 3853) for decimals in (0, 1)]
    assert shown == ["moins de 1 %", "moins de 0,1 %", "99 %", "99,7 %"]
    assert percent(5823.9 / 5824, 1).replace(NO_BREAK, " ") == "99,9 %"
    assert [percent(part, 1).replace(NO_BREAK, " ") for part in (0, 0.125, 1, 1.2)] == [
        "0 %",
        "12,5 %",
        "100 %",
        "120 %",
    ]


def test_a_unit_never_leaves_its_number() -> None:
    assert unit(12, "km") == f"12{NO_BREAK}km"
    assert unit(93.5, "%", 1) == f"93,5{NO_BREAK}%"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2026, 12, 1), "1ᵉʳ décembre 2026"),
        (date(2026, 8, 2), "2 août 2026"),
        (date(2027, 2, 28), "28 février 2027"),
        (date(2026, 1, 11), "11 janvier 2026"),
    ],
)
def test_day(value: date, written: str) -> None:
    assert day(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0 candidat"), (1, "1 candidat"), (2, "2 candidats"), (5820, "5\u202f820 candidats")]
)
def test_the_plural_starts_at_two(value: int, written: str) -> None:
    assert count(value, "candidat") == written


def test_a_plural_of_its_own() -> None:
    assert count(1, "fournisseur écarté", "fournisseurs écartés") == "1 fournisseur écarté"
    assert count(2, "fournisseur écarté", "fournisseurs écartés") == "2 fournisseurs écartés"


def test_ranks_lists_and_spaces() -> None:
    assert [ordinal(rank) for rank in (1, 2, 1234)] == ["1ᵉʳ", "2ᵉ", f"1{NARROW}234ᵉ"]
    assert [enumeration(list("abc")[:n]) for n in range(4)] == ["", "a", "a et b", "a, b et c"]
    assert enumeration(["a", "b"], "ou") == "a ou b"


@pytest.mark.parametrize(
    ("plain", "proper"),
    [
        ("Pourquoi pas ?", f"Pourquoi pas{NARROW}?"),
        ("Oui ; non !", f"Oui{NARROW}; non{NARROW}!"),
        ("En bref : « un mot »", f"En bref{NO_BREAK}: «{NO_BREAK}un mot{NO_BREAK}»"),
        ("à 12 km, 90 % et 3 €", f"à 12{NO_BREAK}km, 90{NO_BREAK}% et 3{NO_BREAK}€"),
        ("{% if a != b %}12 kmh", "{% if a != b %}12 kmh"),
        ("a :b", "a :b"),
    ],
)
def test_no_break_spaces_stand_where_french_wants_them(plain: str, proper: str) -> None:
    assert typeset(plain) == proper
    assert typeset(proper) == proper


def test_a_time_is_said_in_its_zone() -> None:
    at = datetime(2026, 11, 16, 13, 5)  # noqa: DTZ001
    paris = timezone(timedelta(hours=1))
    assert moment(at, paris) == f"16 novembre 2026, 14{NO_BREAK}h{NO_BREAK}05"
    assert moment(at.replace(tzinfo=paris), UTC) == f"16 novembre 2026, 12{NO_BREAK}h{NO_BREAK}05"


def test_a_text_is_typeset_once_and_for_all() -> None:
    said = typeset("Pourquoi ? « 90 % » : oui ; 3 € !")
    assert said == (
        f"Pourquoi{NARROW}? «{NO_BREAK}90{NO_BREAK}%{NO_BREAK}»{NO_BREAK}: oui{NARROW}; 3{NO_BREAK}€{NARROW}!"
    )
    assert typeset(said) == said


def test_a_siret_is_read_in_groups() -> None:
    assert in_groups("90000001900019") == f"900{NARROW}000{NARROW}019{NARROW}00019"
    assert in_groups("900000019") == f"900{NARROW}000{NARROW}019"
    for other in ("", "590000011a", "12", "9000000190001"):
        assert in_groups(other) == other


def test_a_month_is_short_beside_a_line() -> None:
    assert [short_month(date(2026, month, 1)) for month in (1, 5, 7, 10)] == [
        *("janv. 2026", "mai 2026", "juill. 2026", "oct. 2026")
    ]
