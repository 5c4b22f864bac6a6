"""Splits a spreadsheet cell that lists several needs: a separator counts only if the reader finds a different trade on each side of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.names import tidy
from matcher.domain.reading import DoubtKind
from matcher.reading.reader import read_need
from matcher.reading.trade.doubt import EVEN, SURE, names_nothing
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.twins import twins_of

# Separators that always split: « ; », a line break, a bullet, « 1) », « 2. ».
_LISTED = re.compile(r"\s*[;\n•]\s*|(?:^|\s+)\d{1,2}\s?[.)](?=\s)|(?<=\n)[-–*]\s+|^[-–*]\s+")
# Separators that may split, by level, the likeliest first; parts left whole are tried at the next level.
_SIGNS = tuple(
    map(re.compile, (r"\s*\+\s*|\s+[–—-]\s+", r"\s+/\s+|\s*,(?!\d)\s*", r"(?<=[^\W\d])/(?=[^\W\d])|\s*&\s*|\s+et\s+"))
)
_BRACKETS = re.compile(r"\([^()]*\)")  # never split inside
# Beginnings of a part that continues the one before: « mobilier et de fournitures », « ménage / 3 fois par semaine ».
_MORE = re.compile(r"(?:de|des|du|d['’])\b|\d")
# Size of the cache of texts that have been read.
_MOST_TEXTS = 20_000


@dataclass(frozen=True, slots=True)
class NeedsSaid:
    """The needs of a cell, in order. `parted`: split at a separator that does not always split; `doubtful`: at least one decision is not sure."""

    texts: tuple[str, ...]
    doubtful: bool = False
    parted: bool = False


@dataclass(frozen=True, slots=True)
class _Trade:
    """Trade read in a text: its first activity (empty for none), all activities asked, whether the first is likely, whether it is sure, and
    whether its group is."""

    code: str
    asked: frozenset[str]
    likely: bool
    sure: bool
    sure_group: bool

    def is_same(self, other: "_Trade") -> bool:
        """Return whether both texts are of one trade (same code, or twins), or one of them has none."""
        return not self.code or not other.code or other.code in {self.code, *twins_of(self.code)}

    def is_heard_with(self, other: "_Trade", codes: frozenset[str]) -> bool:
        """Return whether both trades are among `codes`."""
        return all(not codes.isdisjoint({one.code, *twins_of(one.code)}) for one in (self, other))

    def is_sure_beside(self, other: "_Trade") -> bool:
        """Return whether this trade is sure enough to be parted from another: its group is, where the other is of another group."""
        return self.sure if self.is_of_family(other) else self.sure_group

    def is_of_family(self, other: "_Trade") -> bool:
        """Return whether both trades are of one group."""
        return taxonomy().group_of(self.code) == taxonomy().group_of(other.code)


def needs_said(cell: str, *, by_words: bool = True) -> NeedsSaid:
    """Split a cell into needs. A separator inside one trade does not split: « collecte et tri des cartons », « déchets / tri 5 flux ». Without
    `by_words`, « et » never splits (one contract with one amount)."""
    most = len(_SIGNS) if by_words else len(_SIGNS) - 1
    listed = [_split(line, 0, most) for line in filter(None, map(tidy, _LISTED.split(cell)))]
    texts = (text for needs in listed for text in needs.texts)
    doubtful, parted = any(needs.doubtful for needs in listed), any(len(needs.texts) > 1 for needs in listed)
    return NeedsSaid(tuple(dict.fromkeys(texts)), doubtful, parted)


def _split(text: str, level: int, most: int) -> NeedsSaid:
    """Split a text by the separators of a level, and each part recursively by those of the next levels."""
    if level == most:
        return NeedsSaid((tidy(text),) if tidy(text) else ())
    needs: list[str] = []
    before, doubtful = "", False
    for sign, part in _parts(text, _SIGNS[level]):
        inner_needs = _split(part, level + 1, most)
        splits, unsure = _splits_here(before, sign, part, level) if needs and inner_needs.texts else (True, False)
        if not splits:
            needs[-1:] = [f"{needs[-1]}{sign}{inner_needs.texts[0]}"]
        needs += inner_needs.texts[not splits :]
        before, doubtful = part if splits else f"{before}{sign}{part}", doubtful or unsure or inner_needs.doubtful
    return NeedsSaid(tuple(needs), doubtful)


def _parts(text: str, signs: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text, each with the separator before it."""
    shown = _BRACKETS.sub(lambda its: "x" * len(its[0]), text)
    at, sign = 0, ""
    for match in signs.finditer(shown):
        yield sign, text[at : match.start()]
        at, sign = match.end(), match[0]
    yield sign, text[at:]


def _splits_here(left: str, sign: str, right: str, level: int) -> tuple[bool, bool]:
    """Return whether a separator splits two needs, and whether that is doubtful. Each side must be a different trade. « et », the
    last level, splits only trades of two families, each sure of its group (« ménage des gîtes et location de draps »); the levels between split
    two trades of one family only where both are sure. Both trades must then be read in the whole text too."""
    trade, other = _trade(left), _trade(right)
    if trade.is_same(other):
        return False, False
    likely, sure = trade.likely and other.likely, trade.is_sure_beside(other) and other.is_sure_beside(trade)
    last, family = level == len(_SIGNS) - 1, trade.is_of_family(other)
    if level == 0 or not (last or family):
        return (likely, not sure) if "," in sign else (True, not likely)
    if last and (family or _MORE.match(right)):
        return False, False
    heard = trade.is_heard_with(other, _trade(f"{left}{sign}{right}").asked)
    return heard and sure, not last and heard and likely > sure


@lru_cache(maxsize=_MOST_TEXTS)
def _trade(text: str) -> _Trade:
    trade = read_need(text)[1]
    unread = not trade.activities or any(doubt.kind is DoubtKind.TRADE_UNKNOWN for doubt in trade.doubts)
    if unread or (_MORE.match(text) and not trade.sure):
        return _Trade("", frozenset(), likely=False, sure=False, sure_group=False)
    first = trade.activities[0]
    group = taxonomy().group_of(first.code)
    of_group = sum(guess.confidence for guess in trade.activities if taxonomy().group_of(guess.code) == group)
    codes = frozenset(guess.code for guess in trade.activities if guess.named)
    return _Trade(
        first.code,
        codes,
        first.confidence >= EVEN,
        trade.sure,
        trade.sure or (of_group >= SURE and not names_nothing(text)),
    )
