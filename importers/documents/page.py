"""Page of a document as text, and what a reader has to say of the document beside its text."""

from collections.abc import Sequence
from dataclasses import dataclass

# Signs of one document that are read: four times a book of rules of three hundred pages.
MOST_SIGNS = 2_000_000


@dataclass(frozen=True, slots=True)
class PageText:
    """One page, or one sheet: where it is, as a person finds it (« page 3 », « feuille DPGF », empty where the file tells no page), and its
    text, a line a paragraph. `runs_on` tells that its last line goes on at the next page."""

    where: str
    text: str
    runs_on: bool = False


@dataclass(frozen=True, slots=True)
class ReadingRemark:
    """Sentence about how a document was read, in French; `partial` tells that some of it was not."""

    says: str
    partial: bool = True


def row_line(cells: Sequence[str]) -> str:
    """Return the cells of a row as one line: « first : second ; third », those that are empty left out."""
    first, *others = [cell for cell in cells if cell] or [""]
    return f"{first} : {' ; '.join(others)}" if others else first


Part = PageText | ReadingRemark
