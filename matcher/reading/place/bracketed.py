"""Finds the départements whose number stands in brackets, where no place is read before it: « Peinture, (59) », « Saint-Martin (59) »."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Set

from matcher.reading.place.sentence import Sentence
from matcher.reference.geography.communes import commune_names
from matcher.reference.geography.territories import departement, everyday_words

_BRACKETED = re.compile(r"(?P<alone>(?:^|[-–:;,.]\s)\s*)?\(\s*(?P<number>97[0-9]|2[ABab]|[0-9]{2})\s*\)(?!\s*\w)")
_LONGEST_NAME = 6  # words


def bracketed_departements(sentence: Sentence, read_to: Set[int]) -> Iterator[tuple[str, int, str]]:
    """Yield (code, rank of the number among the words, doubt in French) of each; the doubt is empty for a number that stands alone, else on the name of
    commune before it. `read_to`: ends of the places already read, which have the number after them."""
    for bracket in _BRACKETED.finditer(sentence.text):
        county = departement(bracket["number"].upper())
        position = bisect_left(sentence.spans, bracket.span("number"))
        if (
            county is None
            or position in read_to
            or bracket.span("number") not in sentence.spans[position : position + 1]
        ):
            continue
        starts = range(max(0, position - _LONGEST_NAME), position)
        name = next((sentence.wording(at, position) for at in starts if names_commune(sentence, at, position)), "")
        if bracket["alone"] is not None:
            yield county.code, position, ""
        elif name:
            doubt = f"« {name} ({county.code}) » : aucune commune de ce nom n’y est reconnue ; le département est retenu, {county.name}."
            yield county.code, position, doubt


def names_commune(sentence: Sentence, start: int, end: int) -> bool:
    """Return whether these words, the first with a capital, are the name of communes and no everyday word."""
    key = sentence.key(start, end)
    joined = all(sentence.is_joined(at) for at in range(start + 1, end))
    return joined and sentence.capital(start) and key in commune_names() and key not in everyday_words()
