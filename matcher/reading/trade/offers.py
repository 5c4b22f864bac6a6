"""Trades that a text says its writer offers, each with its sentence: those that it names whole, by their label."""

from collections import Counter
from typing import NamedTuple

from matcher.cleaning.names import name_key
from matcher.reference.trades.activities import taxonomy


class OfferedTrade(NamedTuple):
    """One trade: the code of its activity, the first sentence that says it, and in how many it is said."""

    code: str
    sentence: str
    times: int


def offers(text: str) -> tuple[OfferedTrade, ...]:
    """Return the trades that a text names, in the order in which they are first said."""
    names = taxonomy()
    labels = [(code, f" {name_key(names.label(code))} ") for code in names.codes]
    first: dict[str, str] = {}
    times: Counter[str] = Counter()
    for line in text.splitlines():
        key = f" {name_key(line)} "
        for code in (code for code, label in labels if label in key):
            first.setdefault(code, line.strip())
            times[code] += 1
    return tuple(OfferedTrade(code, sentence, times[code]) for code, sentence in first.items())
