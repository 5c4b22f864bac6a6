"""Likeness of two names of suppliers, by the weight of their words in common: rare words count most, common ones (« ateliers ») little, words of
the town's name hardly; misspellings, acronyms and truncated names are recognised."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from matcher.cleaning.names import name_key
from matcher.reference.name_words import parse_name, weight

# Weight of a word of the town's name, which distinguishes nothing inside that town.
_TOWN_WEIGHT = 0.1
# Weight where the name is only the town's: « ESAT de Decize » at Decize.
_TOWN_AS_NAME = 0.5
_TYPO = 0.8  # share of letters in common that two spellings of one word keep
_LEAST_LETTERS = 4
_SQUEEZED_ALIKE = 92.0
# Directories truncate names at 32 or 38 characters; a name of these lengths may be truncated.
_MAY_BE_CUT = range(30, 41)
_CUT_ALIKE = 90.0
_TELLING_LETTERS = 8
# Least letters of an acronym: two letters may be anybody's.
_LEAST_INITIALS = 3


class Likeness(NamedTuple):
    """`share`: fraction of the weight in common, of the name that is less covered; `most`: of the better covered one.

    `weight` is the weight of the common words (a rare word is 1, « ateliers » a third); `exact` where only accents and punctuation differ. All are
    0 where nothing is in common.
    """

    share: float = 0.0
    most: float = 0.0
    weight: float = 0.0
    exact: bool = False


# A name and its acronym: enough to ask a person, never to merge.
_ACRONYM = Likeness(0.5, 1.0, 0.5)


def likeness(first: Sequence[str], other: Sequence[str], town: Collection[str] = ()) -> Likeness:
    """Return the best likeness between any name of `first` and any of `other`; `town` holds the words of the town's name."""
    return max((_likeness_of_two(a, b, town) for a in first for b in other), default=Likeness())


def _likeness_of_two(first: str, other: str, town: Collection[str]) -> Likeness:
    a, b = parse_name(first).words, parse_name(other).words
    if not a or not b:
        return Likeness()
    if a == b:
        weight_a = _weight(a, town)
        whole_weight = weight_a if set(a).isdisjoint(town) else max(weight_a, _TOWN_AS_NAME)
        return Likeness(1.0, 1.0, whole_weight, name_key(first) == name_key(other))
    if is_acronym(a, b) or is_acronym(b, a):
        return _ACRONYM
    a, b = _run_together(a, b), _run_together(b, a)
    weight_a, weight_b = _weight(a, town), _weight(b, town)
    common_a, common_b = _common_weight(a, b, town)
    share_a, share_b = common_a / weight_a, common_b / weight_b
    by_words = Likeness(min(share_a, share_b), max(share_a, share_b), min(common_a, common_b))
    squeezed_a, squeezed_b = "".join(a), "".join(b)
    same_letters = _digits(squeezed_a) == _digits(squeezed_b) and fuzz.ratio(squeezed_a, squeezed_b) >= _SQUEEZED_ALIKE
    letters = len(squeezed_a) if same_letters else _cut_letters(first, other)
    if letters:
        share = 0.95 if letters >= _TELLING_LETTERS else 0.7
        return max(by_words, Likeness(share, 1.0, min(weight_a, weight_b)))
    return by_words


def is_acronym(short: Sequence[str], words: Sequence[str]) -> bool:
    """Return True where the only word of a name is made of the initials of another name."""
    letters = short[0] if len(short) == 1 else ""
    return len(letters) == len(words) >= _LEAST_INITIALS and all(map(str.startswith, words, letters))


def _run_together(words: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Join consecutive words that the other name writes as one: « inter inser », « interinser »."""
    for first in range(len(words)):
        for end in range(first + 2, len(words) + 1):
            if (whole := "".join(words[first:end])) in other:
                return (*words[:first], whole, *words[end:])
    return tuple(words)


def _weight(words: Sequence[str], town: Collection[str]) -> float:
    return sum(_TOWN_WEIGHT if word in town else weight(word) for word in words)


def _common_weight(a: Sequence[str], b: Sequence[str], town: Collection[str]) -> tuple[float, float]:
    """Return the weight of the common words, counted in each name: equal words first, then misspelt ones."""
    unused = list(b)
    unmatched: list[str] = []
    common_a = common_b = 0.0
    for word in a:
        if word in unused:
            unused.remove(word)
            common_a += _weight((word,), town)
            common_b += _weight((word,), town)
        else:
            unmatched.append(word)
    for word in unmatched:
        alike = next((other for other in unused if _is_misspelling(word, other)), None)
        if alike is not None:
            unused.remove(alike)
            common_a += 0.9 * _weight((word,), town)
            common_b += 0.9 * _weight((alike,), town)
    return common_a, common_b


def _is_misspelling(first: str, other: str) -> bool:
    """Return whether two words differ by swapped, mistyped or missing letters; numbers never do."""
    if first.isdigit() or other.isdigit() or min(len(first), len(other)) < 3:
        return False
    if sorted(first) == sorted(other):
        return OSA.distance(first, other) == 1
    if min(len(first), len(other)) < _LEAST_LETTERS:
        return False
    return first.startswith(other) or other.startswith(first) or OSA.normalized_similarity(first, other) >= _TYPO


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _cut_letters(first: str, other: str) -> int:
    """Return how many letters one name has where it is the other truncated at a directory's length, else 0."""
    sides = ((first, "".join(parse_name(first).words)), (other, "".join(parse_name(other).words)))
    (short, begun), (_, whole) = sorted(sides, key=lambda side: len(side[1]))
    cut = len(name_key(short)) in _MAY_BE_CUT and len(whole) > len(begun) >= _LEAST_LETTERS
    return len(begun) if cut and fuzz.ratio(begun, whole[: len(begun)]) >= _CUT_ALIKE else 0
