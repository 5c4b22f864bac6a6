"""Limits: every field of a source's record has one, and a value beyond it is kept in part or not at all, never in silence."""

from dataclasses import fields

import pytest

from importers.importer import AwardRecord, SupplierRecord
from matcher.cleaning.limits import LIMITS, cut_to_limit


def test_each_field_of_a_record_has_its_limit() -> None:
    every = {field.name for kind in (SupplierRecord, AwardRecord) for field in fields(kind)}
    # `ref_words` gives its place to a digest before anything is cut; `shared`, a yes or a no, has no length.
    known = every - {"source", "line", "ref_words", "shared"}
    assert LIMITS.keys() - known == {"claim", "activities", "sources"}
    assert known <= LIMITS.keys()
    assert len({limit.flag for limit in LIMITS.values()}) == len(LIMITS), "each says its own field"


@pytest.mark.parametrize("name", LIMITS)
def test_a_value_at_its_limit_is_whole_and_one_beyond_is_flagged(name: str) -> None:
    limit = LIMITS[name]
    assert cut_to_limit(name, "x" * limit.most) == ("x" * limit.most, "")
    assert cut_to_limit(name, "x" * (limit.most + 1)) == ("x" * limit.most if limit.cut else "", limit.flag)


def test_a_list_is_cut_after_its_first_items() -> None:
    most = LIMITS["claims"].most
    assert cut_to_limit("claims", tuple(range(most + 5))) == (tuple(range(most)), LIMITS["claims"].flag)


def test_a_flag_says_the_field_and_the_limit() -> None:
    assert LIMITS["name"].flag == "nom de plus de 300 signes : coupé"
    assert LIMITS["website"].flag == "site web de plus de 2\u202f000 signes : non repris"
