"""Page of a document as text, its lines made paragraphs, and the remarks of its reader beside that text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

# Signs of one document that are read: four times a book of rules of three hundred pages.
MOST_SIGNS = 2_000_000
# Widths of signs in the fonts that documents are set in, for a square of one: those of Times and of Helvetica lie around them.
_NARROW, _WIDE = frozenset("iljtfrI.,;:'’!|()[]-/ "), frozenset("mwMWOQDGHNUAœŒ%—@€")
_NARROW_EM, _USUAL_EM, _WIDE_EM = 0.29, 0.5, 0.78
# What a line that a margin cut may be off by, for the fonts are not known: of its width, with the word that did not fit.
_SLACK = 0.94
# A page of shorter lines (a cover, a list) was cut by no margin.
_LEAST_EM = 25.0
_ENDS = tuple(".:;!?")
# « II.2.5) Critères », « 3.2. Durée », « - une nacelle » begin a line of their own.
_BEGINS = re.compile(r"(?:[-•*▪–]\s|(?:\d{1,2}|[IVX]{1,4})(?:\.\d{1,2})*[.)])")


@dataclass(frozen=True, slots=True)
class PageText:
    """One page, or one sheet: where it is, as a person finds it (« page 3 », « feuille DPGF », empty where the file marks no page), and its
    text, a line a paragraph. `runs_on` is whether its last line goes on at the next page.
    """

    where: str
    text: str
    runs_on: bool = False


@dataclass(frozen=True, slots=True)
class ReadingRemark:
    """Sentence about how a document was read, in French; `partial` is whether some of it was not."""

    says: str
    partial: bool = True


def row_line(cells: Sequence[str]) -> str:
    """Return the cells of a row as one line: « first : second ; third », those that are empty left out."""
    first, *others = [cell for cell in cells if cell] or [""]
    return f"{first} : {' ; '.join(others)}" if others else first


Part = PageText | ReadingRemark


def width(text: str) -> float:
    """Return about how wide a text is, in the height of its letters."""
    return sum(_NARROW_EM if sign in _NARROW else _WIDE_EM if sign in _WIDE else _USUAL_EM for sign in text)


def reflow_pages(pages: Iterable[Sequence[str]]) -> Iterator[tuple[str, bool]]:
    """Yield the text of each page, given by its lines, with those that a margin cut joined; and whether its last line goes on at the next."""
    clean = ([line.strip() for line in page if line.strip()] for page in pages)
    for lines, after in pairwise(chain(clean, [[]])):
        margin = max(map(width, lines), default=0.0)
        text, runs_on = "", False
        for line, following in zip(lines, [*lines[1:], *(after[:1] or [""])], strict=False):
            runs_on = _cut(line, following, margin)
            text += line + (joint(line) if runs_on else "\n")
        yield text.strip(), runs_on


def joint(line: str) -> str:
    """Return what stands between a line that was cut and what follows it: nothing after a hyphen, for « Tarn-et-Garonne »."""
    return "" if line.endswith("-") else " "


def _cut(line: str, following: str, margin: float) -> bool:
    """Return whether a margin cut a line: the first word of the following one did not fit any more."""
    if not following or margin < _LEAST_EM or _BEGINS.match(following):
        return False
    first = following.split(maxsplit=1)[0]
    full = width(f"{line} {first}") > _SLACK * margin
    return full and not (line.endswith(_ENDS) and not following[0].islower())
