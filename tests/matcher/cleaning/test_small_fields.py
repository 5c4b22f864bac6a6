from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.addresses import address_key, join_address, spell_way
from matcher.cleaning.area import clean_area
from matcher.cleaning.dates import DATE_UNREADABLE, clean_date
from matcher.cleaning.finess import FINESS_UNREADABLE, FINESS_ZERO_RESTORED, clean_finess
from matcher.cleaning.naf import NAF_UNREADABLE, clean_naf
from matcher.cleaning.names import name_key, tidy, tidy_text
from matcher.cleaning.phone import PHONE_SEVERAL, PHONE_UNREADABLE, PHONE_ZERO_RESTORED, clean_phone
from matcher.cleaning.web import EMAIL_UNREADABLE, WEBSITE_UNREADABLE, clean_email, clean_website

AREAS = {"nord": ("dep:59",), "pas de calais": ("dep:62",), "somme": ("dep:80",), "hauts de france": ("reg:32",)}


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


def test_naf() -> None:
    assert clean_naf("88.99B") == clean_naf("8899b") == ("8899B", "")
    assert clean_naf("88.99") == (None, NAF_UNREADABLE)
    assert clean_naf("") == (None, "")


def test_finess() -> None:
    assert clean_finess("590012345") == ("590012345", "")
    assert clean_finess("2A0000154") == ("2A0000154", "")
    assert clean_finess("10001261") == ("010001261", FINESS_ZERO_RESTORED)
    assert clean_finess("12") == (None, FINESS_UNREADABLE)


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
    ("raw", "codes"),
    [
        ("Pas-de-Calais, Somme", ("dep:62", "dep:80")),
        ("Pas-de-Calais et Somme", ("dep:62", "dep:80")),
        ("Région Hauts-de-France", ("reg:32",)),
        ("département du Nord", ("dep:59",)),
        ("France entière", ("pays:FR",)),
        ("rayon de 50 km", ("km:50",)),
        ("50 km autour de Maubeuge", ("km:50",)),
        ("59, 62", ("dep:59", "dep:62")),
        ("arrondissement de Maubeuge ; berges de Sambre (43 km)", ()),
        ("Site de Denain", ()),
        ("", ()),
    ],
)
def test_area_gives_only_what_is_certain(raw: str, codes: tuple[str, ...]) -> None:
    assert clean_area(raw, AREAS) == codes


def test_addresses() -> None:
    assert spell_way("12 B R DES LILAS") == "12 bis RUE DES LILAS"
    assert spell_way("RTE DE DIJON") == "ROUTE DE DIJON"
    assert spell_way("Rue du Four") == "Rue du Four"
    assert join_address("10 R DES LILAS", "", "BP 8") == "10 RUE DES LILAS, BP 8"
    assert join_address("10 R DES LILAS", "10 r des Lilas") == "10 RUE DES LILAS"


def test_address_key_is_blind_to_spelling_and_mailbox() -> None:
    assert address_key("69 AV GAY LUSSAC, CS 45221") == address_key("69, avenue Gay-Lussac")
    assert address_key("BP 12") == ""


def test_names() -> None:
    assert tidy('  "ATELIER DU MARAIS"\t') == "ATELIER DU MARAIS"
    assert tidy('"ESAT ""HORS  LES MURS"""') == 'ESAT "HORS LES MURS"'
    assert tidy('ESAT "HORS LES MURS"') == 'ESAT "HORS LES MURS"'
    assert tidy("Les\u00a0Ateliers \n du  Val") == "Les Ateliers du Val"
    assert tidy_text("un\r\n\r\n  deux ") == "un\ndeux"
    assert name_key("L’Œuvre d’Étaples (ESAT)") == "l oeuvre d etaples esat"


def test_web() -> None:
    assert clean_website("www.exemple.fr") == ("http://www.exemple.fr", "")
    assert clean_website("https://exemple.fr/contact?x=1") == ("https://exemple.fr/contact?x=1", "")
    assert clean_website("javascript:alert(1)") == (None, WEBSITE_UNREADABLE)
    assert clean_email("Contact@Exemple.FR") == ("contact@exemple.fr", "")
    assert clean_email("contact chez exemple") == (None, EMAIL_UNREADABLE)


@given(st.text())
def test_no_text_is_too_strange(raw: str) -> None:
    for cleaner in (clean_phone, clean_naf, clean_finess, clean_date, clean_website, clean_email):
        cleaner(raw)
    clean_area(raw, AREAS)
    join_address(raw, raw)
    address_key(raw)
    assert "\n" not in tidy(raw)
    assert "  " not in tidy(raw)
    assert name_key(name_key(raw)) == name_key(raw)
