"""PDF as text, page by page, by pypdf; a page that is a picture has none, and a remark names it."""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importers.documents.page import MOST_SIGNS, PageText, Part, ReadingRemark, reflow_pages
from importers.importer import SourceError

if TYPE_CHECKING:
    from pypdf import PageObject

# Pages of one PDF that are read, the first: rules of consultation and clauses have some fifty.
MOST_PAGES = 300
_LOCKED = "ce PDF est protégé par un mot de passe ; enregistrez-en une copie sans protection et déposez-la."
_SCANNED = (
    "ce PDF n’a pas de texte : c’est une image. Demandez le fichier d’origine, ou passez-le par un logiciel de "
    "reconnaissance de caractères (OCR) et déposez le résultat."
)
_DAMAGED = "ce PDF est abîmé ; ouvrez-le, imprimez-le de nouveau en PDF et déposez ce fichier."


def read_pdf(path: Path) -> Iterator[Part]:
    """Yield the pages of a PDF that have text, as they are read, then what was not. Raises SourceError where none of it can be."""
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
        remark = (
            f"seules les {lines.read} premières pages sont lues, sur {lines.total} : découpez-le si la suite compte."
        )
        yield ReadingRemark(remark)
    if images:
        yield ReadingRemark(f"sans texte, donc non lu (image ou page blanche) : {_pages(images)}.")
    if lines.broken:
        yield ReadingRemark(f"abîmé, donc non lu : {_pages(lines.broken)}.")
    if lines.announced > lines.total:
        says = f"il annonce {lines.announced} pages et n’en a que {lines.total} : les autres sont perdues, donc non lues. Redemandez-le."
        yield ReadingRemark(says)


class PdfLines:
    """The lines of each page of a PDF that is read, of `total`, of those `announced` (0 where it announces none): how many were `read`, and which
    of them, from 1, are `broken`, those that cannot be reached included.
    """

    def __init__(self, path: Path) -> None:
        """Raises SourceError where it cannot be opened."""
        from pypdf import PdfReader  # only who reads a PDF waits for it
        from pypdf.errors import PyPdfError

        # What pypdf raises on a damaged file is whatever its bytes lead it to.
        self._damage = (PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
        try:
            reader = PdfReader(path)
            if reader.is_encrypted and not reader.decrypt(""):
                raise SourceError(path, _LOCKED)
            tree: Any = reader.root_object["/Pages"]
            self._pages = _pages_in_place(reader.pages, tree)
            self.total = len(self._pages)
            self.announced = tree["/Count"] if isinstance(tree.get("/Count"), int) else 0
        except ImportError as error:  # a cipher that needs a library of its own
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


def _pages_in_place(pages: Sequence["PageObject"], tree: Any) -> Sequence["PageObject | None"]:
    """The pages of a PDF in their order, None in the place of one that its tree announces and that cannot be reached: pypdf passes over it."""
    reached, places = deque(pages), list["PageObject | None"]()
    for reference in _leaves(tree):
        is_there = bool(reached) and reached[0].indirect_reference == reference
        places.append(reached.popleft() if is_there else None)
    return list(pages) if reached else places  # a tree that is walked otherwise loses none


def _leaves(node: Any) -> Iterator[Any]:
    """The reference of each page under a node of the tree, None where the page is written in the node itself."""
    for kid in node["/Kids"]:
        child = kid.get_object()
        if isinstance(child, dict) and "/Kids" in child:
            yield from _leaves(child)
        else:
            yield None if child is kid else kid


def _pages(ranks: Sequence[int]) -> str:
    shown = ", ".join(map(str, ranks[:8])) + (f" et {len(ranks) - 8} autres" if len(ranks) > 8 else "")
    return f"page{'s' if len(ranks) > 1 else ''} {shown}"
