"""Better / worse pairs of `tests/ranking_cases.toml`: rankings are tested by who comes first, never by numbers."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.supplier import Supplier
from matcher.ranking.engine import rank
from tests.factories import ask, declares, supplier

TABLE = tomllib.loads((Path(__file__).parents[2] / "ranking_cases.toml").read_text(encoding="utf-8"))


def written(side: dict[str, Any], suffix: str) -> Supplier:
    fields = dict(side)
    name = f"{fields.pop('name')}"
    return supplier(
        name,
        fields.pop("kind"),
        tuple(TABLE["towns"][fields.pop("at")]),
        id=f"essai:{suffix}",
        activities=declares(*fields.pop("does", ())),
        area_codes=tuple(fields.pop("area", ())),
        description=fields.pop("says", ""),
        **fields,
    )


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["reason"])
def test_the_better_comes_before_the_worse(case: dict[str, Any]) -> None:
    # Ids are given against the expected order, so that a tie is a failure.
    better, worse = written(case["better"], "z"), written(case["worse"], "a")
    ranked = [match.id for match in rank(ask(suppliers=[better, worse], **case["lot"])).top(2)]
    assert ranked == ["essai:z", "essai:a"], case["reason"]
