import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.postcode import (
    POST_CODE_UNREADABLE,
    POST_CODE_ZERO_RESTORED,
    address_key,
    clean_post_code,
    join_address,
    spell_street_type,
    split_cedex,
)


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        ("59600", "59600", ""),
        ("2404", "02404", POST_CODE_ZERO_RESTORED),
        ("12 345", "12345", ""),
        ("12\u00a0345", "12345", ""),
        ("59000.0", "59000", ""),
        ("F-59000", "59000", ""),
        ("", None, ""),
        ("59", None, POST_CODE_UNREADABLE),
        ("00000", None, POST_CODE_UNREADABLE),
        ("2A004", None, POST_CODE_UNREADABLE),
    ],
)
def test_spellings(raw: str, value: str | None, flag: str) -> None:
    assert clean_post_code(raw) == (value, flag)


@pytest.mark.parametrize(
    ("raw", "name", "cedex"),
    [
        ("CAEN CEDEX 4", "CAEN", "CEDEX 4"),
        ("Saint-Quentin Cedex", "Saint-Quentin", "CEDEX"),
        ("Lille (Cedex 9)", "Lille", "CEDEX 9"),
        ("BELLEGARDE SUR VALSERINE C", "BELLEGARDE SUR VALSERINE", "CEDEX"),
        ("14052 CAEN CEDEX 4", "CAEN", "CEDEX 4"),
        ("Bruay-la-Buissière", "Bruay-la-Buissière", ""),
    ],
)
def test_cedex_is_kept_apart(raw: str, name: str, cedex: str) -> None:
    assert split_cedex(raw) == (name, cedex)


@given(st.text())
def test_any_text_gives_five_digits_or_nothing(raw: str) -> None:
    value, _ = clean_post_code(raw)
    assert value is None or (len(value) == 5 and value.isascii() and value.isdigit())
    split_cedex(raw)


def test_addresses() -> None:
    assert spell_street_type("12 B R DES LILAS") == "12 bis RUE DES LILAS"
    assert spell_street_type("RTE DE DIJON") == "ROUTE DE DIJON"
    assert spell_street_type("Rue du Four") == "Rue du Four"
    assert join_address("10 R DES LILAS", "", "BP 8") == "10 RUE DES LILAS, BP 8"
    assert join_address("10 R DES LILAS", "10 r des Lilas") == "10 RUE DES LILAS"


def test_address_key_is_blind_to_spelling_and_mailbox() -> None:
    assert address_key("69 AV GAY LUSSAC, CS 45221") == address_key("69, avenue Gay-Lussac")
    assert address_key("BP 12") == ""
