"""Extracts the text of a DOCX or an ODT (paragraphs and table rows), page by page if the file marks its page breaks."""

import zipfile
from pathlib import Path

from importers.documents.page import MOST_SIGNS, PageText, ReadingRemark, row_line
from importers.formats.archive import part_bytes
from importers.formats.elements import Elements
from importers.importer import SourceError

_MOST_PAGES = 10_000
_SPACES = {"tab": " ", "br": "\n", "cr": "\n", "s": " ", "line-break": "\n", "noBreakHyphen": "-"}
# Elements whose content is skipped: comments, deleted text, and the fallback of a drawing.
_SKIPPED = frozenset(("tracked-changes", "annotation", "del", "moveFrom", "Fallback", "instrText", "sequence-decls"))
_TEXTS = frozenset(("t",))
_PARAGRAPHS, _ROWS, _CELLS = frozenset(("p", "h")), frozenset(("tr", "table-row")), frozenset(("tc", "table-cell"))
_PAGE_ENDS = frozenset(("lastRenderedPageBreak", "soft-page-break"))


class DocumentParagraphs(Elements):
    """XML handler that collects a document's text: one line for a paragraph, and one for a table row, as « first : second ; third »."""

    def __init__(self, *, word: bool) -> None:
        self._word = word  # DOCX has text only in <t> elements, ODT anywhere in paragraphs
        self._skipped = self._within = self._depth = 0  # open elements: skipped, <t>, paragraphs
        self._texts: list[str] = []  # of the current paragraph
        self._rows: list[list[str]] = []
        self._lines: list[str] = []
        self._signs = 0
        self._pages: list[list[str]] = [self._lines]

    def pages(self, archive: zipfile.ZipFile, part: str) -> list[PageText | ReadingRemark]:
        """Return the pages that have text. Raises SourceError, and the errors `DAMAGE` of a damaged archive."""
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
        self._skipped += name in _SKIPPED
        if self._skipped:
            return
        if name in _ROWS:
            self._rows.append([])
        elif name in _CELLS and self._rows:
            self._rows[-1].append("")
        elif name in _PAGE_ENDS or (name == "br" and attributes.get("type") == "page"):
            if len(self._pages) < _MOST_PAGES:
                self._lines = []
                self._pages.append(self._lines)
        elif name in _PARAGRAPHS:
            self._depth += 1
        elif name in _SPACES:
            self._texts.append(_SPACES[name])
        self._within += name in _TEXTS

    def end(self, name: str) -> None:
        if name in _SKIPPED:
            self._skipped -= 1
        if self._skipped:
            return
        self._within -= name in _TEXTS
        if name in _PARAGRAPHS:
            self._depth -= 1
            for line in "".join(self._texts).split("\n"):
                self._line(" ".join(line.split()))
            self._texts.clear()
        elif name in _ROWS and self._rows:
            self._line(row_line(self._rows.pop()))

    def text(self, data: str) -> None:
        if not self._skipped and (self._within if self._word else self._depth):
            self._texts.append(data)

    def _line(self, line: str) -> None:
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] = f"{self._rows[-1][-1]} {line}".strip()
        elif line and (signs := self._signs + len(line)):
            self._signs = signs
            if signs <= MOST_SIGNS:
                self._lines.append(line)


def read_office(path: Path, archive: zipfile.ZipFile, part: str) -> list[PageText | ReadingRemark]:
    """Return the pages of a DOCX or an ODT, whose text is in `part`. Raises SourceError if it has none, and the errors `DAMAGE` of a damaged archive."""
    pages = DocumentParagraphs(word=part.startswith("word/")).pages(archive, part)
    if not pages:
        raise SourceError(
            path, "ce document n’a pas de texte ; s’il ne contient que des images, demandez le fichier d’origine."
        )
    return pages
