"""Finds the quantities with a known unit in a short text: « 450 repas par jour », « 12 500 m² »."""

import re

from matcher.cleaning.words import flat
from matcher.reading.durations import is_typed
from matcher.reference.trades.cadences import Unit, unit_written

_NUMBER = re.compile(r"(?<![\w,.+*/-])(?:\d{1,3}(?:[ .]\d{3})+|\d{1,9})(?:[.,]\d{1,3})? ?(?=[a-z])")
_WORD = re.compile(r"[\w²]+")
_LONGEST_UNIT_CHARS = 30
# Before a number: the end of a range, one of several things of that size, or a distance.
_NOT_WHOLE = re.compile(
    r"\d ?(?:a|et|ou|-) ?$|(?:\d ?|\b)[x*] ?$|\b(?:rayon de|distant\w* de|a|chacune?s? (?:de|d')) ?$|\b\d+ (?:\w+ ){1,3}d(?:e |')$"
)
# After a unit: each thing or period has the quantity, save a year.
_EACH = re.compile(r"^\W{0,2}(?:(?:par|/|chaque)(?! ?an\b| ?annee)|chacune?|hebdo|mensuel|quotidien|l'unite|piece)")


def read_quantities(text: str) -> tuple[tuple[str, Unit], ...]:
    """Return each whole quantity of a text, as written, with its unit; empty for a text longer than the object of a lot."""
    if not is_typed(text):
        return ()
    normalised, read = flat(text), []
    for match in _NUMBER.finditer(normalised):
        rest = normalised[match.end() : match.end() + _LONGEST_UNIT_CHARS]
        unit = unit_written(rest)
        if unit is None or _NOT_WHOLE.search(normalised[: match.start()]):
            continue
        # the longest known unit may be followed by words: « m² de bureaux »
        end = next(word.end() for word in _WORD.finditer(rest) if unit_written(rest[: word.end()]) == unit)
        if not _EACH.match(rest[end:]):
            read.append((text[match.start() : match.end() + end], unit))
    return tuple(read)
