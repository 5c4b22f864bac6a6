"""A number is inclusive, or no more, by what the catalogue lists; one that it does not have is not known, never « no »."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from matcher.decisions.purchases.verification import (
    CheckedNumber,
    InclusiveStanding,
    Verification,
    check_numbers,
    holds_names,
    pasted_numbers,
    verification_document,
    verification_headline,
    verification_object,
)
from matcher.domain.supplier import Origin
from tests.factories import raw, siret, supplier, taking, vat

NOW = datetime(2026, 11, 24, 9)  # noqa: DTZ001 catalogues keep moments without a zone
ON = NOW.date()
OPEN, OVER, ABSENT = siret(1), siret(2), siret(3)
# Another establishment of the first, with its own key.
SISTER = "90000001900027"


@pytest.fixture
def filled(engine: Engine, tmp_path: Path) -> Engine:
    take = taking(engine, tmp_path, NOW)
    take(
        raw("1", "Les Ateliers du Marais", siret=OPEN, kind="EA", as_of="2024-03-01"),
        raw("2", "Le Relais des Dunes", siret=OVER, kind="EI", active="non", city="Arras", post_code="62000"),
    )
    return engine


def test_a_number_is_what_the_catalogue_says(filled: Engine) -> None:
    found = check_numbers(filled, [OPEN, f" {OPEN[:3]} {OPEN[3:]}", OPEN[:9], OVER, ABSENT, "12345", "  "], ON)
    assert [one.number for one in found.checked] == [OPEN, OPEN[:9], OVER, ABSENT, ""]
    assert [one.standing for one in found.checked] == [
        *(InclusiveStanding.INCLUSIVE, InclusiveStanding.INCLUSIVE, InclusiveStanding.ENDED),
        *(InclusiveStanding.UNKNOWN, InclusiveStanding.UNREADABLE),
    ]
    assert found.repeated == 1
    its = verification_object(found)["numbers"][0]["suppliers"][0]
    assert (its["kinds"], its["articles"], its["siret"]) == (["EA"], ["L2113-12", "L2113-14"], OPEN)
    assert verification_object(found)["numbers"][2]["suppliers"][0]["articles"] == []


def test_another_establishment_is_not_this_one(filled: Engine) -> None:
    """A convention is of an establishment: its neighbour of the same SIREN is to be confirmed."""
    (one,) = check_numbers(filled, [SISTER], ON).checked
    assert (one.standing, [its.siret for its in one.suppliers]) == (InclusiveStanding.SIBLING, [OPEN])
    row = verification_document(Verification((one,), 0, ON, 1), 2).tables[0].rows[0].cells
    assert (row[1], row[4]) == ("un autre établissement l’est", "")
    assert "l’établissement connu est" in str(row[7])


def test_a_wrong_key_says_so(filled: Engine) -> None:
    wrong = ABSENT[:-1] + str((int(ABSENT[-1]) + 1) % 10)
    (one,) = check_numbers(filled, [wrong], ON).checked
    assert (one.standing, one.flag) == (InclusiveStanding.WRONG_KEY, "SIRET invalide (clé)")
    assert "numéro faux, sa clé ne tombe pas juste" in verification_headline(Verification((one,), 0, ON, 1))
    assert verification_headline(check_numbers(filled, [wrong, OPEN], ON)) == "1 inclusif et 1 faux (clé)."


def test_nobody_bears_a_siret_of_a_wrong_key(filled: Engine, tmp_path: Path) -> None:
    """Neither who is listed under it, nor their articles; its SIREN alone, where that one is right."""
    wrong = OPEN[:-1] + str((int(OPEN[-1]) + 1) % 10)
    taking(filled, tmp_path, NOW)(raw("3", "Blanchisserie du Port", siret=wrong, kind="EA", as_of="2024-03-01"))
    found = check_numbers(filled, [wrong], ON)
    (one,) = found.checked
    assert one.standing is InclusiveStanding.WRONG_KEY
    assert "ce SIREN est celui de" in verification_headline(found)
    row = verification_document(found, 2).tables[0].rows[0].cells
    assert (row[1], row[4]) == ("numéro faux, sa clé ne tombe pas juste", "")
    assert f"l’établissement connu est {OPEN[:3]}" in str(row[7])


def test_a_vat_number_is_that_of_its_siren(filled: Engine) -> None:
    found = check_numbers(filled, [vat(OPEN[:9]), OPEN[:9]], ON)
    (one,) = found.checked
    assert (one.standing, one.number, found.repeated) == (InclusiveStanding.INCLUSIVE, OPEN[:9], 1)
    wrong = "FR00" + OPEN[:9]
    (one,) = check_numbers(filled, [wrong], ON).checked
    assert one.standing is InclusiveStanding.WRONG_KEY
    assert verification_headline(Verification((one,), 0, ON, 1)) == (
        f"{wrong} : numéro faux, sa clé ne tombe pas juste : ce SIREN est celui de Les Ateliers du Marais."
    )


def test_since_when_is_the_oldest_day_and_unknown_is_said() -> None:
    dated = supplier(
        siret=OPEN,
        origins=(Origin("a", "1", date(2024, 3, 1)), Origin("b", "2", date(2021, 1, 8)), Origin("c", "3", None)),
    )
    undated = replace(dated, origins=(Origin("c", "3", None),))
    rows = [
        verification_document(
            Verification((CheckedNumber(OPEN, OPEN, InclusiveStanding.INCLUSIVE, "", (one,)),), 0, ON, 1), 1
        )
        .tables[0]
        .rows[0]
        .cells
        for one in (dated, undated)
    ]
    assert [row[5] for row in rows] == ["8 janvier 2021", "jour non connu"]
    assert rows[1][6] == "c, sans date"


def test_a_headline_counts_what_stands_below(filled: Engine) -> None:
    found = check_numbers(filled, [OPEN, OVER, ABSENT, "x"], ON)
    assert verification_headline(found) == "1 inclusif, 1 qui ne l’est plus, 1 inconnu du catalogue et 1 illisible."
    (alone,) = check_numbers(filled, [OPEN], ON).checked
    assert verification_headline(Verification((alone,), 0, ON, 1)).endswith(": inclusif : Les Ateliers du Marais.")


@given(
    st.lists(st.sampled_from([OPEN, OVER, f"{OPEN[:3]} {OPEN[3:]}", "abc", "3,3957E+13"]), max_size=6),
    st.sampled_from("\n;,\t"),
)
def test_each_cell_of_a_column_is_a_number(cells: list[str], between: str) -> None:
    assert pasted_numbers(between.join(cells)) == cells


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Les jardins ; Lens", True),
        (f"Les jardins\n{OPEN}", False),
        ("12345", False),
        (vat(OPEN[:9]), False),
        ("FR00" + OPEN[:9], False),
        ("3,3957E+13", False),
        (" ", False),
    ],
)
def test_a_column_without_a_number_is_of_names(text: str, names: bool) -> None:
    assert holds_names(text) is names
