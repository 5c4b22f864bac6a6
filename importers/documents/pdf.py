"""Extracts the text of a PDF with pypdf, page by page; remarks name the pages that are images, damaged or too many."""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importers.documents.page import MOST_SIGNS, PageText, Part, ReadingRemark, reflow_pages
from importers.importer import SourceError

if TYPE_CHECKING:
    from pypdf import PageObject

# Most pages read of one PDF: tender documents have some fifty.
MOST_PAGES = 300
_LOCKED = "ce PDF est protégé par un mot de passe ; enregistrez-en une copie sans protection et déposez-la."
_SCANNED = (
    "ce PDF n’a pas de texte : c’est une image. Demandez le fichier d’origine, ou passez-le par un logiciel de "
    "reconnaissance de caractères (OCR) et déposez le résultat."
)
_DAMAGED = "ce PDF est abîmé ; ouvrez-le, imprimez-le de nouveau en PDF et déposez ce fichier."


def read_pdf(path: Path) -> Iterator[Part]:
    """Yield the pages of a PDF that have text, then remarks on the others. Raises SourceError if no page can be read."""
    lines = PdfLines(path)
    images: list[int] = []
    for rank, (text, runs_on) in enumerate(reflow_pages(lines), start=1):
        if text:
            yield PageText(f"page {rank}", text, runs_on)
        elif rank not in lines.broken:
            images.append(rank)
    if lines.read == len(lines.broken):
        raise SourceError(path, _DAMAGED)
    if lines.read == len(images) + len(lines.broken):
        raise SourceError(path, _SCANNED)
    if lines.read < lines.total:
        part = f"seules les {lines.read} premières pages sont lues, sur {lines.total}"
        yield ReadingRemark(f"{part} : découpez-le si la suite compte.")
    if images:
        yield ReadingRemark(f"sans texte, donc non lu (image ou page blanche) : {_pages(images)}.")
    if lines.broken:
        yield ReadingRemark(f"abîmé, donc non lu : {_pages(lines.broken)}.")
    if lines.announced > lines.total:
        says = f"il annonce {lines.announced} pages et n’en a que {lines.total} : les autres sont perdues, donc non lues. Redemandez-le."
        yield ReadingRemark(says)


class PdfLines:
    """Iterator over the pages of a PDF, as lists of lines. `total`: pages that can be reached; `announced`: page count in the file's header, 0 if absent;
    `read`: pages read so far; `broken`: numbers, from 1, of the pages that are damaged or missing."""

    def __init__(self, path: Path) -> None:
        """Raises SourceError if the file cannot be opened."""
        from pypdf import PdfReader  # imported only to read a PDF: it is slow to load
        from pypdf.errors import PyPdfError

        # On a damaged file pypdf may raise any of these.
        self._damage = (PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
        try:
            reader = PdfReader(path)
            if reader.is_encrypted and not reader.decrypt(""):
                raise SourceError(path, _LOCKED)
            tree: Any = reader.root_object["/Pages"]
            # The pages in order, None for one of the tree that cannot be reached and that pypdf skips.
            reached, places = deque(reader.pages), list["PageObject | None"]()
            for reference in _leaves(tree):
                is_there = bool(reached) and reached[0].indirect_reference == reference
                places.append(reached.popleft() if is_there else None)
            # If the walk disagrees with pypdf, its pages are kept.
            self._pages: Sequence[PageObject | None] = list(reader.pages) if reached else places
            self.total = len(self._pages)
            self.announced = tree["/Count"] if isinstance(tree.get("/Count"), int) else 0
        except ImportError as error:  # a cipher that needs another library
            raise SourceError(path, _LOCKED) from error
        except self._damage as error:
            raise SourceError(path, _DAMAGED) from error
        self.read = 0
        self.broken: list[int] = []

    def __iter__(self) -> Iterator[list[str]]:
        signs = 0
        while self.read < min(self.total, MOST_PAGES) and signs <= MOST_SIGNS:
            text = ""
            try:
                page = self._pages[self.read]
                if page is None:
                    self.broken.append(self.read + 1)
                else:
                    text = page.extract_text().replace("\0", "’")
            except self._damage:
                self.broken.append(self.read + 1)
            self.read += 1
            signs += len(text)
            yield text.splitlines()


def _leaves(node: Any) -> Iterator[Any]:
    """Yield the reference of each page under a node of the page tree, None if the page is inline."""
    for kid in node["/Kids"]:
        child = kid.get_object()
        if isinstance(child, dict) and "/Kids" in child:
            yield from _leaves(child)
        else:
            yield None if child is kid else kid


def _pages(ranks: Sequence[int]) -> str:
    shown = ", ".join(map(str, ranks[:8])) + (f" et {len(ranks) - 8} autres" if len(ranks) > 8 else "")
    return f"page{'s' if len(ranks) > 1 else ''} {shown}"
