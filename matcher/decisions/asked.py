"""Input of a decision: an activity at its places, read and set against a shelf; or a refusal, in French."""

from collections.abc import Sequence
from datetime import date

from matcher.cleaning.numbers import clean_measure
from matcher.domain.french import number
from matcher.need.answer import laid, understand
from matcher.need.fields import need_from
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import Shelf


class DecisionRefused(Exception):
    """A request that cannot be decided on. The message is French and says what to do; `need` is the one refused, as written, empty where
    it is none of them, and `unplaced` whether only its place is not understood."""

    def __init__(self, says: str, need: str = "", *, unplaced: bool = False) -> None:
        super().__init__(says)
        self.need, self.unplaced = need, unplaced


def asked(need: str, places: Sequence[str], lever: str, shelf: Shelf, on: date) -> LotOnShelf:
    """Return one activity at its places, laid on a shelf. Raises DecisionRefused where a field cannot be used, or where the trade or
    every place is not understood."""
    its = need_from({"objet": need, "lieu": places, "levier": lever})
    ask = laid(understand(its), shelf, on)
    if its.faults or not ask.understood or not ask.reading.places:
        said = " ".join(doubt.says for doubt in ask.reading.doubts)
        raise DecisionRefused(f"« {need} » : {said}", need, unplaced=ask.understood and not ask.reading.places)
    return ask


def positive(written: str, most: float, *units: str) -> float:
    """Return a number above zero as French people write it, `units` aside. Raises DecisionRefused for any other, or above `most`."""
    found = clean_measure(written, *units).value
    if found is None or not 0 < found <= most:
        raise DecisionRefused(f"« {written} » n’est pas un nombre positif, {number(most)} au plus.")
    return found
