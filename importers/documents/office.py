"""DOCX and ODT as text, page by page as far as the file marks where pages end: their paragraphs, and the rows of their tables."""

import zipfile
from pathlib import Path

from importers.documents.page import MOST_SIGNS, PageText, ReadingRemark, row_line
from importers.formats.archive import part_bytes
from importers.formats.elements import Elements
from importers.importer import SourceError

_MOST_PAGES_SAID = 10_000
_SPACES = {"tab": " ", "br": "\n", "cr": "\n", "s": " ", "line-break": "\n", "noBreakHyphen": "-"}
# What stands in a document and is not its text: comments, what was struck out, and the other writing of a drawing.
_ASIDE = frozenset(("tracked-changes", "annotation", "del", "moveFrom", "Fallback", "instrText", "sequence-decls"))
_TEXTS = frozenset(("t",))
_PARAGRAPHS, _ROWS, _CELLS = frozenset(("p", "h")), frozenset(("tr", "table-row")), frozenset(("tc", "table-cell"))
_PAGE_ENDS = frozenset(("lastRenderedPageBreak", "soft-page-break"))


class DocumentParagraphs(Elements):
    """The text of a document: a line a paragraph, and a line a row of a table, whose cells are « first : second ; third »."""

    def __init__(self, *, word: bool) -> None:
        self._word = word  # where text stands in elements of its own; elsewhere it stands in paragraphs
        self._aside = self._within = self._depth = 0
        self._said: list[str] = []
        self._rows: list[list[str]] = []
        self._lines: list[str] = []
        self._signs = 0
        self._pages: list[list[str]] = [self._lines]

    def pages(self, archive: zipfile.ZipFile, part: str) -> list[PageText | ReadingRemark]:
        """Return the pages that have text. Raises SourceError and what reading a damaged archive raises."""
        self.parse(part_bytes(archive, part))
        texts = ["\n".join(lines) for lines in self._pages]
        several = len(texts) > 1
        pages: list[PageText | ReadingRemark] = [
            PageText(f"page {rank}" if several else "", text)
            for rank, text in enumerate(texts, start=1)
            if text.strip()
        ]
        if self._signs > MOST_SIGNS:
            pages.append(ReadingRemark(f"seuls les {MOST_SIGNS // 1_000_000} premiers millions de signes sont lus."))
        return pages

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._aside += name in _ASIDE
        if self._aside:
            return
        if name in _ROWS:
            self._rows.append([])
        elif name in _CELLS and self._rows:
            self._rows[-1].append("")
        elif name in _PAGE_ENDS or (name == "br" and attributes.get("type") == "page"):
            if len(self._pages) < _MOST_PAGES_SAID:
                self._lines = []
                self._pages.append(self._lines)
        elif name in _PARAGRAPHS:
            self._depth += 1
        elif name in _SPACES:
            self._said.append(_SPACES[name])
        self._within += name in _TEXTS

    def end(self, name: str) -> None:
        if name in _ASIDE:
            self._aside -= 1
        if self._aside:
            return
        self._within -= name in _TEXTS
        if name in _PARAGRAPHS:
            self._depth -= 1
            for line in "".join(self._said).split("\n"):
                self._line(" ".join(line.split()))
            self._said.clear()
        elif name in _ROWS and self._rows:
            self._line(row_line(self._rows.pop()))

    def text(self, data: str) -> None:
        if not self._aside and (self._within if self._word else self._depth):
            self._said.append(data)

    def _line(self, line: str) -> None:
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] = f"{self._rows[-1][-1]} {line}".strip()
        elif line and (signs := self._signs + len(line)):
            self._signs = signs
            if signs <= MOST_SIGNS:
                self._lines.append(line)


def read_office(path: Path, archive: zipfile.ZipFile, part: str) -> list[PageText | ReadingRemark]:
    """Return the pages of a DOCX or an ODT, whose text is in `part`. Raises SourceError where it has none, and what a damaged one raises."""
    pages = DocumentParagraphs(word=part.startswith("word/")).pages(archive, part)
    if not pages:
        raise SourceError(
            path, "ce document n’a pas de texte ; s’il ne contient que des images, demandez le fichier d’origine."
        )
    return pages
