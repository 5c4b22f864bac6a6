"""Letters to publishers: one for each source that is not open, whole, and none for the others."""

from datetime import date

import pytest

from importers import REGISTRY
from matcher.catalogue.steward.letter import NoLetter, publisher_letter
from matcher.reference.source_rules import Use, source_rules

OPEN = {key for key, rules in source_rules().items() if rules.uses[Use.PUBLISH]}
FIGURES = {"suppliers": 0, "by_source": {}}


@pytest.mark.parametrize("key", sorted(REGISTRY.keys() - OPEN - {"asp-rome"}))
def test_a_source_that_is_not_open_has_a_letter(key: str) -> None:
    said = publisher_letter(key, FIGURES, date(2026, 11, 27))
    assert "le 27 novembre 2026" in said
    assert "$" not in said
    assert "Notre catalogue est en cours de constitution." in said


@pytest.mark.parametrize("key", sorted(OPEN & REGISTRY.keys()))
def test_an_open_source_is_asked_nothing(key: str) -> None:
    with pytest.raises(NoLetter, match="il n’y a rien à demander"):
        publisher_letter(key, FIGURES, date(2026, 11, 27))
