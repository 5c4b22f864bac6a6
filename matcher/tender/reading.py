"""Reads the uploaded documents of a tender, each in a separate process with limits of time and memory, then proposes their lots."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importers.documents.page import PageText, ReadingRemark
from importers.documents.read import LARGEST, read_document
from importers.importer import SourceError
from matcher.jobs.reader_child import ReadingLimits
from matcher.jobs.reader_process import ReadRefused, apart
from matcher.jobs.stop import Stop
from matcher.tender.piece import Piece, PieceState, kind_of
from matcher.tender.proposal import Proposal, propose_lots

# Limits for one document: three hundred pages of a PDF take some twenty seconds, a heavy drawing on one of them some more.
DOCUMENT = ReadingLimits(seconds=60, memory=768 * 2**20, silence=60)
MOST_PIECES = 40
_CURE = "Enregistrez-le de nouveau, ou découpez-le, et déposez ce fichier."


class TenderRefused(Exception):
    """Raised for documents that are too many or too large together. The message is French and gives the cure."""


def check_sizes(sizes: Iterable[int]) -> None:
    """Raise TenderRefused if documents of these sizes, in bytes, are none, too many, or too large together."""
    pieces_sent = list(sizes)
    if not pieces_sent:
        raise TenderRefused("Choisissez au moins une pièce.")
    if len(pieces_sent) > MOST_PIECES:
        raise TenderRefused(
            f"{len(pieces_sent)} pièces, pour {MOST_PIECES} au plus : ne déposez que celles qui disent les lots."
        )
    if sum(pieces_sent) > LARGEST:
        raise TenderRefused(
            f"Les pièces dépassent {LARGEST // 10**6} Mo ensemble : laissez les plans et les images, qui ne sont pas lus."
        )


def read_piece(path: Path, *, stop: Stop | None = None) -> Piece:
    """Read as much of one document as possible; what stopped the reading is a remark of the piece. Raises Stopped."""
    pages: list[PageText] = []
    says: list[str] = []
    partial = False
    try:
        for part in apart(read_document, SourceError, limits=DOCUMENT, stop=stop, cure=_CURE)(path):
            if isinstance(part, ReadingRemark):
                says.append(part.says)
                partial |= part.partial
            else:
                pages.append(part)
    except ReadRefused as refusal:
        partial = True
        if pages:
            says.append(f"lu jusqu’à la {pages[-1].where or 'fin de ce qui suit'}.")
        says.append(str(refusal).removeprefix(f"« {path.name} » : "))
    state = PieceState.UNREAD if not pages else PieceState.PARTLY if partial else PieceState.READ
    return Piece(path.name, kind_of(path.name, pages[0].text if pages else ""), state, tuple(says), tuple(pages))


@dataclass(frozen=True, slots=True)
class Tender:
    """Tender documents as read: the pieces, without their pages, and the proposed lots."""

    pieces: tuple[Piece, ...]
    proposal: Proposal


def read_tender(
    paths: Sequence[Path], *, stop: Stop | None = None, tell: Callable[[int, int], None] = lambda *_: None
) -> Tender:
    """Read the documents of a tender and propose its lots; `tell(done, total)` reports progress. Raises TenderRefused, Stopped."""
    check_sizes([path.stat().st_size for path in paths])
    pieces = []
    for done, path in enumerate(paths):
        tell(done, len(paths))
        pieces.append(read_piece(path, stop=stop))
    tell(len(paths), len(paths))
    return Tender(tuple(replace(piece, pages=()) for piece in pieces), propose_lots(pieces))
