"""Pairs of fictional suppliers, the better and the worse for a lot, read from `tests/ranking_cases.toml`."""

import tomllib
from collections.abc import Mapping
from typing import Any

from matcher.domain.supplier import Activity, Evidence, Supplier
from tests.conftest import ROOT
from tests.factories import declares, supplier

_TABLE = tomllib.loads((ROOT / "tests" / "ranking_cases.toml").read_text(encoding="utf-8"))
# Each pair is read by score and on the list, unless its `read` names one of the two.
BY_SCORE, ON_THE_LIST = ([case for case in _TABLE["case"] if case.get("read", way) == way] for way in ("score", "list"))


def pair(case: Mapping[str, Any]) -> tuple[Supplier, Supplier]:
    """Return the better and the worse supplier of a case, with ids in the other order, so that a tie is a failure."""
    return _written(case["better"], "z"), _written(case["worse"], "a")


def _written(side: Mapping[str, Any], suffix: str) -> Supplier:
    fields = dict(side)
    answers = tuple(Activity(code, f"dit {code}", Evidence.ANSWER, "structure") for code in fields.pop("answers", ()))
    return supplier(
        fields.pop("name"),
        fields.pop("kind"),
        tuple(_TABLE["towns"][fields.pop("at")]),
        id=f"essai:{suffix}",
        activities=(*declares(*fields.pop("does", ())), *answers),
        area_codes=tuple(fields.pop("area", ())),
        description=fields.pop("says", ""),
        **fields,
    )
