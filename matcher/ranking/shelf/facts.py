"""Facts: columns of a shelf with one number a supplier, each declared by the signal or the gate that reads it."""

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.supplier import Supplier


@dataclass(frozen=True, slots=True)
class ShelfFact:
    """One number a supplier: `of` takes it from a record, NaN (which a column of yes and no has not) where it is unknown.

    A catalogue's record comes without website, origins and provenance: `of` may not read them.
    """

    name: str
    of: Callable[[Supplier], float]
    yes_or_no: bool = False


class FactsMaker:
    """The columns of facts while suppliers come. Raises ValueError where two facts bear one name."""

    def __init__(self, facts: Iterable[ShelfFact]) -> None:
        self._facts = {fact.name: fact for fact in facts}
        if sorted(self._facts) != sorted(fact.name for fact in facts):
            raise ValueError("two facts of one name")
        self._columns = {name: array("f") for name in self._facts}

    def add(self, supplier: Supplier) -> None:
        """Take the facts of the next supplier."""
        for name, fact in self._facts.items():
            self._columns[name].append(fact.of(supplier))

    def made(self) -> Mapping[str, NDArray[Any]]:
        """Return the (n,) columns by name, of single precision or of yes and no."""
        return {
            name: np.array(self._columns[name], dtype=bool if fact.yes_or_no else np.float32)
            for name, fact in self._facts.items()
        }
