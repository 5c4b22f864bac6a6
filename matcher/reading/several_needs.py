"""Needs written together in one cell, parted by the reader of trades: a sign parts two needs where each side is a trade, and not the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.names import tidy
from matcher.domain.reading import DoubtKind
from matcher.reading.reader import read_need
from matcher.reading.trade.doubt import EVEN
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.twins import twins_of

# Whoever puts one of these between two things writes two: « ; », a line, a bullet, « 1) », « 2. ».
_LISTED = re.compile(r"\s*[;\n•]\s*|(?:^|\s+)\d{1,2}\s?[.)](?=\s)|(?<=\n)[-–*]\s+|^[-–*]\s+")
# Signs that may part two needs, from the one that most often does; the next ones are looked for in what it leaves together.
_SIGNS = tuple(
    map(re.compile, (r"\s*\+\s*|\s+[–—-]\s+", r"\s+/\s+|\s*,(?!\d)\s*", r"(?<=[^\W\d])/(?=[^\W\d])|\s*&\s*|\s+et\s+"))
)
_BRACKETS = re.compile(r"\([^()]*\)")  # what stands in them is of one need
# « mobilier et de fournitures », « ménage / 3 fois par semaine »: more of what stands before.
_MORE = re.compile(r"(?:de|des|du|d['’])\b|\d")
# Cells that are read once however often a sheet is tried.
_MOST_TEXTS = 20_000


@dataclass(frozen=True, slots=True)
class NeedsSaid:
    """The needs of a cell, in order. `parted` where a sign that is no list's parts two of them, `doubtful` where the reader is not sure that
    one does, or does not."""

    texts: tuple[str, ...]
    doubtful: bool = False
    parted: bool = False


@dataclass(frozen=True, slots=True)
class _Trade:
    """Trade that the reader finds in a text: its first activity (empty where it reads none), all that are asked, whether it is likely, and sure."""

    code: str
    asked: frozenset[str]
    likely: bool
    sure: bool

    def is_same(self, other: "_Trade") -> bool:
        """Return whether two texts are of one trade, by its code or by one that gives it too, or one of them of none."""
        return not self.code or not other.code or other.code in {self.code, *twins_of(self.code)}

    def is_heard_with(self, other: "_Trade", codes: frozenset[str]) -> bool:
        """Return whether both are among those asked."""
        return all(not codes.isdisjoint({one.code, *twins_of(one.code)}) for one in (self, other))

    def is_of_family(self, other: "_Trade") -> bool:
        """Return whether two trades are of one group."""
        return taxonomy().group_of(self.code) == taxonomy().group_of(other.code)


def needs_said(cell: str, *, by_words: bool = True) -> NeedsSaid:
    """Part the needs of a cell. A sign in the middle of a trade parts nothing: « collecte et tri des cartons », « déchets / tri 5 flux ».
    Not `by_words`, « et » parts nothing either: of one contract, with one amount, a sentence is one need."""
    most = len(_SIGNS) if by_words else len(_SIGNS) - 1
    listed = [_parted(line, 0, most) for line in filter(None, map(tidy, _LISTED.split(cell)))]
    texts = (text for needs in listed for text in needs.texts)
    doubtful, parted = any(needs.doubtful for needs in listed), any(len(needs.texts) > 1 for needs in listed)
    return NeedsSaid(tuple(dict.fromkeys(texts)), doubtful, parted)


def _parted(text: str, level: int, most: int) -> NeedsSaid:
    """Part a text by the signs of a level, and each part by those of the next: « garde-corps et portails » stays with itself after a comma."""
    if level == most:
        return NeedsSaid((tidy(text),) if tidy(text) else ())
    needs: list[str] = []
    before, doubtful = "", False
    for sign, part in _parts(text, _SIGNS[level]):
        under = _parted(part, level + 1, most)
        apart, unsure = _apart(before, sign, part, level) if needs and under.texts else (True, False)
        if not apart:
            needs[-1:] = [f"{needs[-1]}{sign}{under.texts[0]}"]
        needs += under.texts[not apart :]
        before, doubtful = part if apart else f"{before}{sign}{part}", doubtful or unsure or under.doubtful
    return NeedsSaid(tuple(needs), doubtful)


def _parts(text: str, signs: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The parts of a text, each with the sign before it."""
    shown = _BRACKETS.sub(lambda its: "x" * len(its[0]), text)
    at, sign = 0, ""
    for match in signs.finditer(shown):
        yield sign, text[at : match.start()]
        at, sign = match.end(), match[0]
    yield sign, text[at:]


def _apart(left: str, sign: str, right: str, level: int) -> tuple[bool, bool]:
    """Return whether a sign of a level parts two needs, and whether that is in doubt. Each side must be another trade by itself; of one family, or
    beside the last signs, sure ones that the reader of several trades finds in the whole too."""
    trade, other = _trade(left), _trade(right)
    if trade.is_same(other):
        return False, False
    likely, sure = trade.likely and other.likely, trade.sure and other.sure
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
        return _Trade("", frozenset(), likely=False, sure=False)
    first = trade.activities[0]
    codes = frozenset(guess.code for guess in trade.activities if guess.named)
    return _Trade(first.code, codes, first.confidence >= EVEN, trade.sure)
