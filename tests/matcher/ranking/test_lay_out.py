"""A shelf has every column that a signal, a gate or the filter of a field declares, and no other."""

import pytest

from matcher.domain.fields import FIELDS
from matcher.ranking.gates import GATES
from matcher.ranking.lay_out import FACTS, build_shelf, lay_out
from matcher.ranking.signals import SIGNALS
from tests.factories import supplier


def test_what_is_declared_is_laid_out() -> None:
    shelf = build_shelf([supplier("B"), supplier("A")])
    declared = {fact.name for part in (*SIGNALS, *GATES) for fact in part.facts} | {
        field.name for field in FIELDS if field.filter
    }
    assert shelf.facts.keys() == declared == {fact.name for fact in FACTS}
    assert all(len(shelf[fact]) == 2 for fact in FACTS)


def test_suppliers_come_in_the_order_of_their_ids() -> None:
    with pytest.raises(ValueError, match="after"):
        lay_out([supplier("B"), supplier("A")])
