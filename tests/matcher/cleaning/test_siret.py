import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.siret import (
    FINESS_UNREADABLE,
    FINESS_ZERO_RESTORED,
    SIREN_OF_VAT,
    SIREN_ONLY,
    SIREN_ZERO_RESTORED,
    SIRET_BAD_KEY,
    SIRET_PSEUDO,
    SIRET_ROUNDED,
    SIRET_UNREADABLE,
    SIRET_ZERO_RESTORED,
    VAT_BAD_KEY,
    clean_finess,
    clean_siren,
    clean_siret,
    clean_siret_or_siren,
)
from tests.factories import siret, vat

GOOD = siret(12)
ZERO = siret(5_000_012, first="0")


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        ("", None, ""),
        ("#N/D", None, ""),
        (GOOD, GOOD, ""),
        (f" {GOOD[:3]} {GOOD[3:6]} {GOOD[6:9]} {GOOD[9:]} ", GOOD, ""),
        (f"{GOOD[:3]}\u00a0{GOOD[3:6]}\u202f{GOOD[6:9]}.{GOOD[9:]}", GOOD, ""),
        (f"{GOOD}.0", GOOD, ""),
        (f"{GOOD[0]}.{GOOD[1:]}E+13", GOOD, ""),
        ("4.1E+13", None, SIRET_ROUNDED),
        ("4,1e13", None, SIRET_ROUNDED),
        (GOOD[:9], None, SIREN_ONLY),
        ("35600000000048", "35600000000048", ""),
        ("35600000049837", "35600000049837", ""),  # La Poste: the sum of digits, not the check digit
        ("11111111111111", None, SIRET_UNREADABLE),
        ("00000000000000", None, SIRET_UNREADABLE),
        ("à demander", None, SIRET_UNREADABLE),
        ("123456", None, SIRET_UNREADABLE),
    ],
)
def test_spellings(raw: str, value: str | None, flag: str) -> None:
    assert clean_siret(raw) == (value, flag)


OF_VAT = vat(GOOD[:9])


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        (OF_VAT, GOOD[:9], SIREN_OF_VAT),
        (f" fr {OF_VAT[2:4]} {GOOD[:3]} {GOOD[3:6]}.{GOOD[6:9]}", GOOD[:9], SIREN_OF_VAT),
        ("FR61821621703", "821621703", SIREN_OF_VAT),
        ("FR32821621703", "821621703", VAT_BAD_KEY),
        ("FR53000042508", None, SIRET_UNREADABLE),  # of Monaco: no SIREN
        ("DE136695976", None, SIRET_UNREADABLE),
        (GOOD, GOOD, ""),
    ],
)
def test_a_vat_number_gives_its_siren(raw: str, value: str | None, flag: str) -> None:
    assert clean_siret_or_siren(raw) == (value, flag)


def test_a_failed_check_is_kept_and_flagged() -> None:
    wrong = GOOD[:-1] + str((int(GOOD[-1]) + 1) % 10)
    assert clean_siret(wrong) == (wrong, SIRET_BAD_KEY)


def test_a_lost_zero_comes_back_only_if_the_check_then_holds() -> None:
    assert clean_siret(ZERO[1:]) == (ZERO, SIRET_ZERO_RESTORED)
    wrong = ZERO[1:-1] + str((int(ZERO[-1]) + 1) % 10)
    assert clean_siret(wrong) == (None, SIRET_UNREADABLE)


def test_a_pseudo_siret_of_an_antenna_is_flagged() -> None:
    pseudo = GOOD[:9] + "99912"
    assert clean_siret(pseudo) == (pseudo, SIRET_PSEUDO)


def test_siren() -> None:
    assert clean_siren(GOOD[:9]) == (GOOD[:9], "")
    assert clean_siren(ZERO[1:9]) == (ZERO[:9], SIREN_ZERO_RESTORED)


@given(st.text())
def test_any_text_gives_fourteen_digits_or_nothing(raw: str) -> None:
    value, _ = clean_siret(raw)
    assert value is None or (len(value) == 14 and value.isascii() and value.isdigit())
    siren, _ = clean_siren(raw)
    assert siren is None or len(siren) == 9


@given(st.integers(min_value=0, max_value=9_999_999), st.sampled_from(["", " ", "\u00a0", ".", "-"]))
def test_separators_do_not_matter(number: int, separator: str) -> None:
    assert clean_siret(separator.join(siret(number))).value == siret(number)


def test_finess() -> None:
    assert clean_finess("590012345") == ("590012345", "")
    assert clean_finess("2A0000154") == ("2A0000154", "")
    assert clean_finess("10001261") == ("010001261", FINESS_ZERO_RESTORED)
    assert clean_finess("12") == (None, FINESS_UNREADABLE)
