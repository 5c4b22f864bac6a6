"""Defines an uploaded tender document (a piece of the DCE) and recognises its kind (CCTP, notice…) by its file name or first words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from importers.documents.page import PageText, joint
from matcher.cleaning.words import flat
from matcher.reference.tables import rows

# A document's title is on its first page, under the name and the address of the buyer.
_FIRST_SIGNS = 1_500
_NO_LETTER = re.compile(r"[\W_]+")


class PieceState(StrEnum):
    """Extent to which a piece was read."""

    READ = "lu"
    PARTLY = "lu en partie"
    UNREAD = "non lu"


@dataclass(frozen=True, slots=True)
class PieceKind:
    """A kind of tender document: its usual abbreviation (« CCTP »), its title, and its rank: the lower, the more reliable about lots."""

    letters: str
    title: str
    rank: int


UNKNOWN_KIND = PieceKind("", "pièce non reconnue", 100)


@dataclass(frozen=True, slots=True)
class Piece:
    """One document: its file name, its kind, how completely it was read, remarks on the reading in French (`says`), its pages."""

    name: str
    kind: PieceKind
    state: PieceState
    says: tuple[str, ...] = ()
    pages: tuple[PageText, ...] = ()

    @property
    def text(self) -> str:
        """Text of all its pages."""
        return "".join(page.text + (joint(page.text) if page.runs_on else "\n") for page in self.pages).strip()


def kind_of(name: str, text: str) -> PieceKind:
    """Return the kind of a document by its file name, else by the first kind that its beginning names, else `UNKNOWN_KIND`."""
    bare = _NO_LETTER.sub(" ", flat(name.rpartition(".")[0] or name))
    begins = " ".join(flat(text[:_FIRST_SIGNS]).split())
    for column, words in ((0, bare), (1, begins)):
        matches = [(match.start(), kind) for kind, *patterns in _table() if (match := patterns[column].search(words))]
        if matches:
            return min(matches, key=lambda match: (match[0], match[1].rank))[1]
    return UNKNOWN_KIND


def sort_pieces(pieces: Iterable[Piece]) -> Sequence[Piece]:
    """Return documents from the most reliable about lots to the least (stable sort by the rank of their kind)."""
    return sorted(pieces, key=lambda piece: piece.kind.rank)


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[PieceKind, re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (PieceKind(row["piece"], row["intitule"], int(row["rang"])), re.compile(row["nom"]), re.compile(row["debut"]))
        for row in rows("pieces_dce")
    )
