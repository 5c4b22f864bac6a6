"""The normal form of a value that a person asks to forget, whatever the spelling; what a supplier that leaves is known by."""

import pytest

from matcher.catalogue.store.forgotten import leaving_values, name_value, normal_value
from tests.personal_values import EMAIL, EMAILS, NAMES, PHONES


@pytest.mark.parametrize(
    ("written", "form", "words"),
    [
        *((one, "phone:+33320998877", 0) for one in PHONES),
        *((one, f"email:{EMAIL}", 0) for one in EMAILS),
        *((one, "name:jeanne lefevre martin", 3) for one in NAMES),
        ("+32 (0)2 555 12 12", "phone:+3225551212", 0),
    ],
)
def test_a_value_has_one_normal_form(written: str, form: str, words: int) -> None:
    assert normal_value(written) == (form, words)


@pytest.mark.parametrize("value", ["", "Exemple", "12", "a@b", "12 34 56", "camille chez@ateliers"])
def test_what_is_none_of_the_three_has_no_normal_form(value: str) -> None:
    assert normal_value(value) is None


def test_a_short_name_of_a_supplier_is_known_by_its_capitals() -> None:
    assert name_value("Valbrune") == ("name:valbrune", 1)
    left = leaving_values(["Envie", "Les Jardins", "Les Ateliers du Val", ""], ["03 20 99 88 77", ""])
    assert left.cut("J’ai envie de voir Envie, les jardins, LES JARDINS") == "J’ai envie de voir , les jardins,"
    assert left.cut("voir les ateliers du val au 0033 3 20 99 88 77") == "voir au"
    assert left.cut("rien") == "rien"
