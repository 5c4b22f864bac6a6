"""Finds, in one tender document, the passages about each lot: rows of a table of lots, articles headed by the lot, sentences that name it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from importers.documents.page import PageText
from matcher.cleaning.words import flat
from matcher.reading.lot_table import table_headers, table_row
from matcher.reading.notice import sentences
from matcher.reading.reservation import lots_named

# A heading, « Article 3 - Lot 1 : élagage », « LOT 2 », « 4.1 Prescriptions du lot 2 »: a few words, without the punctuation that ends a sentence.
_HEADING = re.compile(
    r"(?P<word>article|chapitre|section|titre|partie)? ?(?P<number>\d{1,2}(?:\.\d{1,2})*(?![\d ]*(?:€|%)))?[ .:)-]*(?P<title>.*)$"
)
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class Passage:
    """Passage of a document about one lot: `text`, where each table cell is preceded by its column header; `line`, the original line; `where`, its page.
    `alone`: it names no other lot. `prose`: it is neither a table row nor a heading."""

    text: str
    line: str
    where: str
    alone: bool = True
    prose: bool = True


def passages(pages: Sequence[PageText], numbers: Collection[str], *, listed: bool) -> dict[str, list[Passage]]:
    """Return the passages about each lot, by lot number, in reading order; a lot without a passage is left out. `listed`: these pages contain the list of
    lots, so « Lot 1 : tonte » is an item of it, and only a line with its own number (« Article 3 - Lot 1 ») is a heading."""
    by_lot: dict[str, list[Passage]] = {}
    head: Sequence[str] = ()
    articles = _Articles(frozenset(numbers), listed=listed)
    for line, where in ((line.strip(), page.where) for page in pages for line in page.text.splitlines()):
        if not line:
            continue
        if cells := table_headers(line):
            head = cells
        elif head and (row := table_row(line, head)) and row.number in numbers:
            by_lot.setdefault(row.number, []).append(Passage(row.text, line, where, prose=False))
        elif lot := articles.lot_at(line):
            head = ()
            by_lot.setdefault(lot, []).append(Passage(line, line, where, prose=not articles.headed))
        else:
            head = ()
            for sentence in sentences(line):
                named = lots_named(flat(sentence))
                for number in sorted(named & set(numbers)):
                    by_lot.setdefault(number, []).append(Passage(sentence, sentence, where, alone=len(named) == 1))
    return by_lot


class _Articles:
    """State while the lines of a document are read in order: the lot that the current article is about, and the article numbers by which its end is seen."""

    def __init__(self, lots: frozenset[str], *, listed: bool) -> None:
        self._lots = lots
        self._listed = listed
        self._lot = ""
        self._number: tuple[int, ...] = ()
        self._last = 0  # the number of the last article, which the next one follows
        self.headed = False  # whether the last line read heads an article, or a part of one

    def lot_at(self, line: str) -> str:
        """Return the lot of the article that a line (or the heading itself) belongs to; empty outside an article about a lot."""
        normalised, self.headed = flat(line), False
        match = _HEADING.match(normalised)
        if match is None or len(normalised.split()) > _MOST_WORDS or normalised.endswith((".", ";", ",")):
            return self._lot
        number = tuple(map(int, match["number"].split("."))) if match["number"] else ()
        named = lots_named(match["title"]) & self._lots
        bare = not (number or match["word"])
        if len(named) == 1 and (match["title"].startswith("lot") and not self._listed if bare else True):
            (self._lot,), self._number = named, number
            self.headed = True
        elif not bare and self._ends(number, worded=bool(match["word"])):
            self._lot, self._number = "", ()
        self.headed |= len(number) > 1
        if number and (not self._lot or self._number):
            self._last = number[0]
        return self._lot

    def _ends(self, number: tuple[int, ...], *, worded: bool) -> bool:
        """Return whether a heading ends the article: « 3.2 » is a part of « 3 », and « 1. Tonte » or « 12 passages » an item of its own list."""
        if not (number and self._number):
            return not number or (self._last > 0 and number[0] == self._last + 1)
        apart = number[: len(self._number)] != self._number and number > self._number
        return apart and (worded or number[0] - self._number[0] <= 1)
