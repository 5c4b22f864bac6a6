"""Splits a cell of a meeting day's registration sheet that lists several needs, at separators, for `club/registration`.

« ; », line breaks, bullets and numbers always split; « + », « - », « , », « / », « & » and « et » split only between two different trades, as the reader
reads them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.names import tidy
from matcher.domain.reading import DoubtKind
from matcher.reading.reader import read_need
from matcher.reading.trade.doubt import EVEN, SURE, names_nothing
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.links import twins_of

# Separators that always split: « ; », a line break, a bullet, « 1) », « 2. ».
_LIST_SIGNS = re.compile(r"\s*[;\n•]\s*|(?:^|\s+)\d{1,2}\s?[.)](?=\s)|(?<=\n)[-–*]\s+|^[-–*]\s+")
# Ambiguous separators, the likeliest (depth 0) first; each part is then tried with those of the next depth.
_SIGNS = tuple(
    map(re.compile, (r"\s*\+\s*|\s+[–—-]\s+", r"\s+/\s+|\s*,(?!\d)\s*", r"(?<=[^\W\d])/(?=[^\W\d])|\s*&\s*|\s+et\s+"))
)
_BRACKETS = re.compile(r"\([^()]*\)")  # never split inside
# Beginnings of a part that continues the one before: « mobilier et de fournitures », « ménage / 3 fois par semaine ».
_CONTINUATION = re.compile(r"(?:de|des|du|d['’])\b|\d")
# Size of the cache of texts that have been read.
_MOST_TEXTS = 20_000


@dataclass(frozen=True, slots=True)
class SplitNeeds:
    """The needs of a cell, in order. `doubtful`: at least one decision, to split or not to, is unsure."""

    texts: tuple[str, ...]
    doubtful: bool = False
    split_at_ambiguous_sign: bool = False


@dataclass(frozen=True, slots=True)
class _Trade:
    """Trade read in a text: the `code` of its first activity (empty for none), the codes of all activities that the text names; whether the first is
    `likely` and `sure`, and whether its group of activities is (`sure_group`)."""

    code: str
    named_codes: frozenset[str]
    likely: bool
    sure: bool
    sure_group: bool

    def is_same(self, other: "_Trade") -> bool:
        """Return whether both texts are of one trade (same code, or twins: codes that count as one), or one of them has none."""
        return not self.code or not other.code or other.code in {self.code, *twins_of(self.code)}

    def both_among(self, other: "_Trade", codes: frozenset[str]) -> bool:
        """Return whether both trades are among `codes`."""
        return all(not codes.isdisjoint({one.code, *twins_of(one.code)}) for one in (self, other))

    def is_sure_beside(self, other: "_Trade") -> bool:
        """Return whether this trade is sure enough to be split from another; where the other is of another group, a sure group is enough."""
        return self.sure if self.shares_group_with(other) else self.sure_group

    def shares_group_with(self, other: "_Trade") -> bool:
        """Return whether both trades are of one group."""
        return taxonomy().group_of(self.code) == taxonomy().group_of(other.code)


def split_needs(cell: str, *, at_conjunctions: bool = True) -> SplitNeeds:
    """Split a cell into needs. An ambiguous separator inside one trade does not split: « collecte et tri des cartons », « déchets / tri 5 flux ».
    `at_conjunctions`: whether « et », « & » and « a/b » may split; False where the row gives one amount or hours for the cell: it is then one contract."""
    depths = len(_SIGNS) if at_conjunctions else len(_SIGNS) - 1
    split_lines = [_split(line, 0, depths) for line in filter(None, map(tidy, _LIST_SIGNS.split(cell)))]
    return SplitNeeds(
        tuple(dict.fromkeys(text for needs in split_lines for text in needs.texts)),
        doubtful=any(needs.doubtful for needs in split_lines),
        split_at_ambiguous_sign=any(len(needs.texts) > 1 for needs in split_lines),
    )


def _split(text: str, depth: int, depths: int) -> SplitNeeds:
    """Split a text by the separators of a depth, and each part recursively by those of the next depths."""
    if depth == depths:
        return SplitNeeds((tidy(text),) if tidy(text) else ())
    needs: list[str] = []
    before, doubtful = "", False
    for sign, part in _parts(text, _SIGNS[depth]):
        inner_needs = _split(part, depth + 1, depths)
        splits, unsure = _splits_here(before, sign, part, depth) if needs and inner_needs.texts else (True, False)
        if not splits:
            needs[-1:] = [f"{needs[-1]}{sign}{inner_needs.texts[0]}"]
        needs += inner_needs.texts[0 if splits else 1 :]
        before = part if splits else f"{before}{sign}{part}"
        doubtful = doubtful or unsure or inner_needs.doubtful
    return SplitNeeds(tuple(needs), doubtful)


def _parts(text: str, signs: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text, each after the separator before it; separators inside brackets are ignored."""
    masked = _BRACKETS.sub(lambda bracket: "x" * len(bracket[0]), text)
    start, sign = 0, ""
    for match in signs.finditer(masked):
        yield sign, text[start : match.start()]
        start, sign = match.end(), match[0]
    yield sign, text[start:]


def _splits_here(left: str, sign: str, right: str, depth: int) -> tuple[bool, bool]:
    """Return whether a separator splits two needs, each of a different trade, and whether that is doubtful. It splits:

    depth, separator             trades of two groups of activities           trades of one group
    0  « + », « - »              always                                       always
    1  « / »                     always                                       both sure, and read in the whole text
    1  « , »                     both likely, or each sure of its group       both sure, and read in the whole text
    2  « et », « & », « a/b »    each sure of its group, and both read in     never
                                 the whole text (« ménage des gîtes et
                                 location de draps »)
    """
    trade, other = _trade(left), _trade(right)
    if trade.is_same(other):
        return False, False
    likely = all((trade.likely, other.likely))
    sure = trade.is_sure_beside(other) and other.is_sure_beside(trade)
    last, one_group = depth == len(_SIGNS) - 1, trade.shares_group_with(other)
    if depth == 0 or not (last or one_group):
        return (likely or sure, not sure) if "," in sign else (True, not likely)
    if last and (one_group or _CONTINUATION.match(right)):
        return False, False
    both_asked = trade.both_among(other, _trade(f"{left}{sign}{right}").named_codes)
    return both_asked and sure, not last and both_asked and likely and not sure


@lru_cache(maxsize=_MOST_TEXTS)
def _trade(text: str) -> _Trade:
    trade = read_need(text)[1]
    unread = not trade.activities or any(doubt.kind is DoubtKind.TRADE_UNKNOWN for doubt in trade.doubts)
    if unread or (_CONTINUATION.match(text) and not trade.sure):
        return _Trade("", frozenset(), likely=False, sure=False, sure_group=False)
    first = trade.activities[0]
    group = taxonomy().group_of(first.code)
    group_confidence = sum(guess.confidence for guess in trade.activities if taxonomy().group_of(guess.code) == group)
    codes = frozenset(guess.code for guess in trade.activities if guess.named)
    return _Trade(
        first.code,
        codes,
        first.confidence >= EVEN,
        trade.sure,
        trade.sure or (group_confidence >= SURE and not names_nothing(text)),
    )
