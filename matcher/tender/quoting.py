"""Quotes one tender document: the sentences, with their pages, that contain the words from which a value was read."""

import re
from collections.abc import Iterable, Iterator
from unicodedata import normalize

from matcher.cleaning.markup import plain_text
from matcher.cleaning.words import flat
from matcher.reading.notice import sentences
from matcher.tender.piece import Piece

_LONGEST_SENTENCE = 320
_SPACES = re.compile(r"\s+")
# The words of a value may span several sentences: each is then looked for separately.
_SENTENCE_ENDS = re.compile(r"\. | - ")
_CUT = " […] "


def quote_piece(words: str, piece: Piece, title: str) -> tuple[str, str]:
    """Return the sentences of a document that contain `words`, and their pages: those of each part where the words span several sentences; the words
    themselves if a page break cuts them. A sentence that also has the `title` of the lot comes before others."""
    whole = list(_sentences_of((words,), piece, title))
    quoted = whole or list(_sentences_of(_SENTENCE_ENDS.split(words), piece, title)) or [(words, "")]
    texts, pages = (dict.fromkeys(filter(None, parts)) for parts in zip(*quoted, strict=True))
    return _CUT.join(map(shorten, texts)), ", ".join(pages)


def _sentences_of(words: Iterable[str], piece: Piece, title: str) -> Iterator[tuple[str, str]]:
    """Yield (sentence, page) for each of the `words` that a page contains; the words themselves where a line break cuts them."""
    titled = normalise(title)
    for written, searched in ((written, normalise(written)) for written in words):
        pages = [page for page in piece.pages if searched and searched in normalise(page.text)]
        inside = [(text, page) for page in pages for text in sentences(page.text) if searched in normalise(text)]
        named = [(text, page) for text, page in inside if titled in normalise(text)]
        for sentence, page in (*named, *inside, *((written, page) for page in pages))[:1]:
            yield sentence, page.where


def normalise(text: str) -> str:
    """Return a text in lower case, without accents, markup nor repeated spaces."""
    return _SPACES.sub(" ", flat(normalize("NFC", plain_text(text)))).strip()


def shorten(sentence: str) -> str:
    """Return a sentence, cut between two words if it is long."""
    return sentence if len(sentence) <= _LONGEST_SENTENCE else f"{sentence[:_LONGEST_SENTENCE].rsplit(' ', 1)[0]} …"
