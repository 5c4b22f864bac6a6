"""Several activities asked: how many are known for each, and what a candidate lacks; nothing is said where one is asked."""

from dataclasses import replace

import pytest
from msgspec import structs

from matcher.domain.reading import ActivityGuess
from matcher.need.asked import counts_said, lacks_said
from tests.matcher.render.answers import KNOWN, READING

GREEN_CODE, BANKS = "espaces-verts.creation-entretien", "espaces-verts.cours-eau"
BOTH = replace(
    READING, activities=(ActivityGuess(GREEN_CODE, "", 0.9, named=True), ActivityGuess(BANKS, "", 0.06, named=True))
)
OF_GREEN, OF_BANKS = "« Création et entretien des espaces verts »", "« Entretien des berges et des cours d’eau »"


@pytest.mark.parametrize(
    ("known_for", "said"),
    [
        ((BANKS,), f"{OF_GREEN} : non connu, à demander"),
        ((GREEN_CODE, BANKS), ""),
        ((), ""),
    ],
)
def test_a_candidate_is_told_what_it_lacks(known_for: tuple[str, ...], said: str) -> None:
    assert lacks_said(structs.replace(KNOWN, known_for=known_for), BOTH) == said


def test_of_one_activity_nothing_is_said() -> None:
    one = replace(READING, activities=(ActivityGuess(GREEN_CODE, "", 0.9, named=True),))
    assert lacks_said(structs.replace(KNOWN, known_for=(GREEN_CODE,)), one) == ""
    assert counts_said({GREEN_CODE: 3}) == ""


def test_the_known_are_counted_by_activity() -> None:
    assert counts_said({GREEN_CODE: 4, BANKS: 2}) == f"Dont 4 pour {OF_GREEN} et 2 pour {OF_BANKS}."
    assert counts_said({GREEN_CODE: 4, BANKS: 0}) == f"Dont 4 pour {OF_GREEN} et aucune pour {OF_BANKS}."
