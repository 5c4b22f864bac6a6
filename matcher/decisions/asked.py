"""Input of a decision: an activity at its places, read and set against a shelf; or a refusal, in French."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from matcher.cleaning.numbers import clean_measure
from matcher.domain.french import number
from matcher.need.answer import lay_on_shelf, understand
from matcher.need.fields import need_from
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import Shelf


class DecisionRefused(Exception):
    """A request that cannot be decided on. The message is French and gives the cure; `need` is the one refused, as written, empty where it is none of them,
    and `field` the field of the need that it is about, by its name in a file of lots; empty where it is about all of it."""

    def __init__(self, says: str, need: str = "", *, field: str = "") -> None:
        super().__init__(says)
        self.need, self.field = need, field


def lay_need(
    need: str, places: Sequence[str], lever: str, shelf: Shelf, on: date, more: Mapping[str, Any] = MappingProxyType({})
) -> LotOnShelf:
    """Return one activity at its places, laid on a shelf; `more` fields of the need, by their names in a file of lots. Raises DecisionRefused where a field cannot be used, or where the trade or
    every place is not understood."""
    need_read = need_from({"objet": need, "lieu": places, "levier": lever, **more})
    ask = lay_on_shelf(understand(need_read), shelf, on)
    if need_read.faults or not ask.is_understood or not ask.reading.places:
        doubts = " ".join(doubt.says for doubt in ask.reading.doubts)
        field = need_read.faults[0].field if need_read.faults else "objet" if not ask.is_understood else "lieu"
        raise DecisionRefused(f"« {need} » : {doubts}", need, field=field)
    return ask


def positive(written: str, most: float, *units: str) -> float:
    """Return a number above zero as French people write it, `units` aside. Raises DecisionRefused for any other, or above `most`."""
    measure = clean_measure(written, *units).value
    if measure is None or not 0 < measure <= most:
        raise DecisionRefused(f"« {written} » n’est pas un nombre positif, {number(most)} au plus.")
    return measure
