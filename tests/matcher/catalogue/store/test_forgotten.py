"""The normal form of a value that a person asks to forget, whatever the spelling; what a supplier that leaves is known by."""

import pytest

from matcher.catalogue.store.forgotten import Forgotten, hash_of, leaving_values, name_value, new_salt, normal_value
from tests.personal_values import EMAIL, EMAILS, NAME, NAMES, PHONE, PHONES, SLIPS


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


@pytest.mark.parametrize("written", SLIPS)
def test_a_value_is_cut_out_of_a_text_whatever_hides_in_it(written: str) -> None:
    assert _forgetting(EMAIL, PHONE, NAME).cut(f"Voir {written} ; merci") == "Voir ; merci"


@pytest.mark.parametrize(
    ("quoted", "left"),
    [
        ("Présentation de joignable j.martin@valb…", "Présentation de joignable …"),
        ("« joindre j.martin [at] valbrune … » ou « x »", "« joindre … » ou « x »"),
        ("demander au 03 20 99 …", "demander au …"),
        ("demander au +33 (0)3 20 9…", "demander au …"),
        ("Suivi par Jeanne …", "Suivi par …"),
        ("Suivi par MARTIN-LEF…, puis", "Suivi par …, puis"),
        ("Suivi par Jeanne Martin-L...", "Suivi par ..."),
    ],
)
def test_the_beginning_of_a_value_leaves_a_quotation_that_was_cut(quoted: str, left: str) -> None:
    assert _forgetting(EMAIL, PHONE, NAME).cut(quoted) == left


@pytest.mark.parametrize(
    "text", ["Jeanne vient", "au 03 20", "Voir Paul…", "le 03/2026…", "Martinique…", "je…", "Jeanne Durand…"]
)
def test_a_text_that_only_looks_like_a_beginning_stays(text: str) -> None:
    assert _forgetting(EMAIL, PHONE, NAME).cut(text) == text


def _forgetting(*values: str) -> Forgotten:
    told = [normal for each in values if (normal := normal_value(each))]
    salt = new_salt()
    return Forgotten(
        salt, {hash_of(each.form, salt): each.words for each in told}, forms=tuple(each.form for each in told)
    )


def test_a_short_name_of_a_supplier_is_known_by_its_capitals() -> None:
    assert name_value("Valbrune") == ("name:valbrune", 1)
    left = leaving_values(["Envie", "Les Jardins", "Les Ateliers du Val", ""], ["03 20 99 88 77", ""])
    assert left.cut("J’ai envie de voir Envie, les jardins, LES JARDINS") == "J’ai envie de voir , les jardins,"
    assert left.cut("voir les ateliers du val au 0033 3 20 99 88 77") == "voir au"
    assert left.cut("rien") == "rien"
