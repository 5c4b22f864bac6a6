"""A number is read as people write it, and shown as it is dialled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.phone import (
    CONTACT_PARTLY,
    CONTACT_UNREADABLE,
    PHONE_SEVERAL,
    PHONE_UNREADABLE,
    PHONE_ZERO_RESTORED,
    PHONES_KEPT,
    PHONES_PARTLY,
    Contacts,
    _e164,
    clean_contacts,
    clean_phone,
    clean_phones,
    phones_in,
    shown_phone,
)
from tests.personal_values import PHONES


@pytest.mark.parametrize(
    ("cleaned", "shown"),
    [
        ("+33320000000", "03 20 00 00 00"),
        ("+262262000000", "+262 262 00 00 00"),
        ("", ""),
        ("demander à l’accueil", "demander à l’accueil"),
    ],
)
def test_a_number_is_shown_as_it_is_dialled(cleaned: str, shown: str) -> None:
    assert shown_phone(cleaned) == shown


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        ("01 23 45 67 89", "+33123456789", ""),
        ("+33123456789", "+33123456789", ""),
        ("01.23.45.67.89", "+33123456789", ""),
        ("123456789", "+33123456789", PHONE_ZERO_RESTORED),
        ("01 23 45 67 89 / 06 12 34 56 78", "+33123456789", PHONE_SEVERAL),
        ("0262 12 34 56", "+262262123456", ""),
        ("", None, ""),
        ("néant", None, ""),
        ("12 34", None, PHONE_UNREADABLE),
    ],
)
def test_phone(raw: str, value: str | None, flag: str) -> None:
    assert clean_phone(raw) == (value, flag)


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        ("01 23 45 67 89 / 06 12 34 56 78", ("+33123456789", "+33612345678"), PHONES_KEPT),
        ("01 23 45 67 89 ou 06 12 34", ("+33123456789",), PHONES_PARTLY),
        ("01 23 45 67 89", ("+33123456789",), ""),
        ("12 34", None, PHONE_UNREADABLE),
    ],
)
def test_every_number_of_a_cell(raw: str, value: tuple[str, ...] | None, flag: str) -> None:
    assert clean_phones(raw) == (value, flag)


MAIL, PHONE = "a@exemple.fr", "+33353012011"


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        ("A@exemple.fr / 03 53 01 20 11", ((MAIL,), (PHONE,)), ""),
        ("Tél. : 03 53 01 20 11\nMail : a@exemple.fr", ((MAIL,), (PHONE,)), ""),
        ("a@exemple.fr 353012011", ((MAIL,), (PHONE,)), PHONE_ZERO_RESTORED),
        ("a@exemple.fr", ((MAIL,), ()), ""),
        ("03 53 01 20 11 et 06 12 34 56 78", ((), (PHONE, "+33612345678")), PHONES_KEPT),
        ("a@exemple.fr ; b@exemple.fr", ((MAIL, "b@exemple.fr"), ()), ""),
        ("Mme Modèle, 03 53 01 20 11", ((), (PHONE,)), CONTACT_PARTLY),
        ("a@exemple / 03 53 01 20 11", ((), (PHONE,)), CONTACT_PARTLY),
        ("a@exemple.fr / 12 34", ((MAIL,), ()), PHONE_UNREADABLE),
        ("à l’accueil", None, CONTACT_UNREADABLE),
        ("", None, ""),
    ],
)
def test_a_cell_that_mixes_addresses_and_numbers_gives_both(raw: str, value: Contacts | None, flag: str) -> None:
    assert clean_contacts(raw) == (value, flag)


@given(st.text(max_size=80))
def test_no_contact_is_lost_beside_any_text(around: str) -> None:
    found = clean_contacts(f"{around}\n{MAIL} / 03 53 01 20 11").value
    assert found is not None
    assert PHONE in found.phones
    assert MAIL in found.emails


@pytest.mark.parametrize("written", PHONES)
def test_a_number_is_found_in_a_text_in_any_spelling(written: str) -> None:
    text = f"Accueil : {written}, le matin. 59000 Lille"
    assert written in [text[one.start : one.end] for one in phones_in(text) if one.value == "+33320998877"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0262 20 12 34", "+262262201234"),
        ("+262 (0)262 20 12 34", "+262262201234"),
        ("+32 (0)2 555 12 12", "+3225551212"),
        ("320998877.0", "+33320998877"),
    ],
)
def test_numbers_of_elsewhere_and_of_spreadsheets_are_found_too(written: str, number: str) -> None:
    assert number in {one.value for one in phones_in(written)}


@pytest.mark.parametrize("text", ["SIREN 320998877", "SIRET 32099887700011", "lot 103209988771", "finess:320998877"])
def test_a_number_of_another_kind_is_no_telephone(text: str) -> None:
    assert "+33320998877" not in {one.value for one in phones_in(text)}


@pytest.mark.parametrize("piece", ["1 ", "1", "(0) ", " "])
def test_twice_the_text_has_at_most_twice_the_numbers(piece: str) -> None:
    one, other = (sum(1 for _ in phones_in(piece * times)) for times in (200, 400))
    assert other <= 2.2 * one


def test_a_long_file_leaves_no_number_behind_in_memory() -> None:
    assert _e164.cache_info().maxsize is not None
