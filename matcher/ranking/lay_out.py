"""Builds the shelf (suppliers as arrays) with every column that the signals, the gates and the filters of fields declare."""

from collections.abc import Iterable

from matcher.domain.fields import FIELDS
from matcher.domain.supplier import Supplier
from matcher.ranking.gates import GATES
from matcher.ranking.shelf.shelf import Shelf, field_fact, lay_out_columns
from matcher.ranking.signals import SIGNALS

_FILTERS = tuple(field_fact(field) for field in FIELDS if field.filter)
_DECLARED = (*(signal.facts for signal in SIGNALS), *(gate.facts for gate in GATES), _FILTERS)
FACTS = tuple(dict.fromkeys(fact for its in _DECLARED for fact in its))


def build_shelf(suppliers: Iterable[Supplier], version: int = 0) -> Shelf:
    """Return the shelf of these suppliers, sorted by id so that the result is deterministic."""
    return lay_out(sorted(suppliers, key=lambda supplier: supplier.id), version)


def lay_out(suppliers: Iterable[Supplier], version: int = 0) -> Shelf:
    """As `build_shelf`, for a stream of suppliers in order of id, not held in memory. Raises ValueError out of order."""
    return lay_out_columns(suppliers, FACTS, version)
