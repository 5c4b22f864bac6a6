"""Likeness of two names: rare words count, common ones hardly, the town's own name not at all."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from matcher.cleaning.names import name_key
from matcher.reference.name_words import parse_name, weight

# A word of the town's name proves nothing inside that town.
_TOWN_WEIGHT = 0.1
# « ESAT de Decize » at Decize: the town is all the name there is.
_TOWN_AS_NAME = 0.5
_TYPO = 0.8  # share of letters in common that two spellings of one word keep
_LEAST_LETTERS = 4
_SQUEEZED_ALIKE = 92.0
# Directories cut names at 32 or 38 characters; a name this long may be a cut one.
_MAY_BE_CUT = range(30, 41)
_CUT_ALIKE = 90.0
_TELLING_LETTERS = 8
# « R.E.A.L. » may be short for a name of these initials, two letters may be anybody's.
_LEAST_INITIALS = 3


class Likeness(NamedTuple):
    """`share`: of both names' weight, how much is in common, the less covered name's; `most`: the better covered one's.

    `weight` is how telling the words in common are (a rare word is 1, « ateliers » a third); `exact` where nothing differs but
    accents and signs. All are 0 where nothing is in common.
    """

    share: float = 0.0
    most: float = 0.0
    weight: float = 0.0
    exact: bool = False


# A name and its acronym: enough for a person to look, never to join.
_ACRONYM = Likeness(0.5, 1.0, 0.5)


def likeness(first: Sequence[str], other: Sequence[str], town: Collection[str] = ()) -> Likeness:
    """Return the best likeness of any name of one side with any of the other; `town` holds the words of the town's name."""
    return max((_of_two(a, b, town) for a in first for b in other), default=Likeness())


def _of_two(first: str, other: str, town: Collection[str]) -> Likeness:
    a, b = parse_name(first).words, parse_name(other).words
    if not a or not b:
        return Likeness()
    if a == b:
        weight_a = _weight(a, town)
        tells = weight_a if set(a).isdisjoint(town) else max(weight_a, _TOWN_AS_NAME)
        return Likeness(1.0, 1.0, tells, name_key(first) == name_key(other))
    if is_acronym(a, b) or is_acronym(b, a):
        return _ACRONYM
    a, b = _run_together(a, b), _run_together(b, a)
    weight_a, weight_b = _weight(a, town), _weight(b, town)
    common_a, common_b = _common(a, b, town)
    share_a, share_b = common_a / weight_a, common_b / weight_b
    likeness = Likeness(min(share_a, share_b), max(share_a, share_b), min(common_a, common_b))
    squeezed_a, squeezed_b = "".join(a), "".join(b)
    same_letters = _digits(squeezed_a) == _digits(squeezed_b) and fuzz.ratio(squeezed_a, squeezed_b) >= _SQUEEZED_ALIKE
    letters = len(squeezed_a) if same_letters else _cut(first, other)
    if letters:
        share = 0.95 if letters >= _TELLING_LETTERS else 0.7
        return max(likeness, Likeness(share, 1.0, min(weight_a, weight_b)))
    return likeness


def is_acronym(short: Sequence[str], words: Sequence[str]) -> bool:
    """Return True where the only word of a name is made of the initials of another name."""
    letters = short[0] if len(short) == 1 else ""
    return len(letters) == len(words) >= _LEAST_INITIALS and all(map(str.startswith, words, letters))


def _run_together(words: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Join the words in a row that the other name writes as one: « inter inser » beside « interinser »."""
    for first in range(len(words)):
        for end in range(first + 2, len(words) + 1):
            if (whole := "".join(words[first:end])) in other:
                return (*words[:first], whole, *words[end:])
    return tuple(words)


def _weight(words: Sequence[str], town: Collection[str]) -> float:
    return sum(_TOWN_WEIGHT if word in town else weight(word) for word in words)


def _common(a: Sequence[str], b: Sequence[str], town: Collection[str]) -> tuple[float, float]:
    """Return the weight in common, counted on each side: equal words first, then misspelt ones."""
    left = list(b)
    unmatched: list[str] = []
    common_a = common_b = 0.0
    for word in a:
        if word in left:
            left.remove(word)
            common_a += _weight((word,), town)
            common_b += _weight((word,), town)
        else:
            unmatched.append(word)
    for word in unmatched:
        alike = next((other for other in left if _misspelt(word, other)), None)
        if alike is not None:
            left.remove(alike)
            common_a += 0.9 * _weight((word,), town)
            common_b += 0.9 * _weight((alike,), town)
    return common_a, common_b


def _misspelt(first: str, other: str) -> bool:
    """Return whether two words differ by letters swapped, mistyped or cut; numbers never do."""
    if first.isdigit() or other.isdigit() or min(len(first), len(other)) < 3:
        return False
    if sorted(first) == sorted(other):
        return OSA.distance(first, other) == 1
    if min(len(first), len(other)) < _LEAST_LETTERS:
        return False
    return first.startswith(other) or other.startswith(first) or OSA.normalized_similarity(first, other) >= _TYPO


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _cut(first: str, other: str) -> int:
    """Return how many letters one name has of the other, where it is its beginning, cut where a directory cuts; else 0."""
    sides = ((first, "".join(parse_name(first).words)), (other, "".join(parse_name(other).words)))
    (short, begun), (_, whole) = sorted(sides, key=lambda side: len(side[1]))
    cut = len(name_key(short)) in _MAY_BE_CUT and len(whole) > len(begun) >= _LEAST_LETTERS
    return len(begun) if cut and fuzz.ratio(begun, whole[: len(begun)]) >= _CUT_ALIKE else 0
