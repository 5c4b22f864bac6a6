"""Reads the common input of decision tools, an activity and its places, against the shelf (suppliers as arrays); refuses in French what is unusable."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from matcher.need.answer import lay_on_shelf, understand
from matcher.need.fields import need_from
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import Shelf


class DecisionRefused(Exception):
    """Raised for a request that cannot be used. The message is French and gives the cure. `need`: text of the refused need, empty if the error concerns no
    single need; `field`: the field at fault, by its name in a file of lots, empty if the whole need is."""

    def __init__(self, says: str, need: str = "", *, field: str = "") -> None:
        super().__init__(says)
        self.need, self.field = need, field


def read_need_for_ranking(
    need: str, places: Sequence[str], lever: str, shelf: Shelf, on: date, more: Mapping[str, Any] = MappingProxyType({})
) -> LotOnShelf:
    """Return an activity at its places, read and ready to be ranked on a shelf; `more`: other fields of the need, by their names in a file of lots.
    Raises DecisionRefused if a field cannot be used, or if the trade or every place is not understood."""
    need_read = need_from({"objet": need, "lieu": places, "levier": lever, **more})
    ask = lay_on_shelf(understand(need_read), shelf, on)
    if need_read.faults or not ask.is_understood or not ask.reading.places:
        doubts = " ".join(doubt.says for doubt in ask.reading.doubts)
        field = need_read.faults[0].field if need_read.faults else "objet" if not ask.is_understood else "lieu"
        raise DecisionRefused(f"« {need} » : {doubts}", need, field=field)
    return ask
