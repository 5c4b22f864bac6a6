"""Types of a document's pages and reading remarks, and the reflow of a PDF's lines into paragraphs (lines cut by the margin are joined)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

# Most characters read of one document: four times a specification of three hundred pages.
MOST_SIGNS = 2_000_000
# Approximate widths of characters in em, between those of Times and Helvetica.
_NARROW, _WIDE = frozenset("iljtfrI.,;:'’!|()[]-/ "), frozenset("mwMWOQDGHNUAœŒ%—@€")
_NARROW_EM, _USUAL_EM, _WIDE_EM = 0.29, 0.5, 0.78
# A line was cut by the margin if, with the next word, it is wider than so much of the widest line; below 1, since the fonts are not known.
_SLACK = 0.94
# On a page of lines shorter than this (a cover, a list), no line is taken as cut.
_LEAST_EM = 25.0
_ENDS = tuple(".:;!?")
# « II.2.5) Critères », « 3.2. Durée », « - une nacelle » begin a new paragraph.
_BEGINS = re.compile(r"(?:[-•*▪–]\s|(?:\d{1,2}|[IVX]{1,4})(?:\.\d{1,2})*[.)])")


@dataclass(frozen=True, slots=True)
class PageText:
    """One page or sheet: its place for a person (« page 3 », « feuille DPGF », empty if the file marks no pages), and its text, one line for a paragraph.
    `runs_on`: its last paragraph continues on the next page."""

    where: str
    text: str
    runs_on: bool = False


@dataclass(frozen=True, slots=True)
class ReadingRemark:
    """French sentence on the reading of a document; `partial`: some of it was not read."""

    says: str
    partial: bool = True


def row_line(cells: Sequence[str]) -> str:
    """Return the non-empty cells of a row as one line: « first : second ; third »."""
    first, *others = [cell for cell in cells if cell] or [""]
    return f"{first} : {' ; '.join(others)}" if others else first


Part = PageText | ReadingRemark


def width(text: str) -> float:
    """Return the approximate width of a text, in em."""
    return sum(_NARROW_EM if char in _NARROW else _WIDE_EM if char in _WIDE else _USUAL_EM for char in text)


def reflow_pages(pages: Iterable[Sequence[str]]) -> Iterator[tuple[str, bool]]:
    """Join the lines that the margin cut; yield (text of a page, True if its last paragraph continues on the next page)."""
    clean = ([line.strip() for line in page if line.strip()] for page in pages)
    for lines, after in pairwise(chain(clean, [[]])):
        margin = max(map(width, lines), default=0.0)
        text, runs_on = "", False
        for line, following in zip(lines, [*lines[1:], *(after[:1] or [""])], strict=False):
            runs_on = _cut(line, following, margin)
            text += line + (joint(line) if runs_on else "\n")
        yield text.strip(), runs_on


def joint(line: str) -> str:
    """Return the separator between a cut line and the next: nothing after a hyphen (« Tarn-et-Garonne »), else a space."""
    return "" if line.endswith("-") else " "


def _cut(line: str, following: str, margin: float) -> bool:
    """Return True if the margin cut a line: the first word of the following line would not have fitted."""
    if not following or margin < _LEAST_EM or _BEGINS.match(following):
        return False
    first = following.split(maxsplit=1)[0]
    full = width(f"{line} {first}") > _SLACK * margin
    return full and not (line.endswith(_ENDS) and not following[0].islower())
