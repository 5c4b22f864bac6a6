"""Parses directory pages saved from a browser (HTML), and makes references for suppliers that several pages list under different trades."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from importers.emit import plain_words
from importers.formats import File, decode
from importers.formats.limits import MAX_DEPTH
from importers.importer import Remark, SourceError

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_XML_PROLOG = re.compile(r"^(?:\s*<\?xml[^>]*>?)+")
_MARK, _AGAIN = "@", re.compile(r"~\d+$")


def parse_page(file: File, directory: str) -> tuple["BeautifulSoup", list[Remark]]:
    """Return the parsed page of a directory, and the decoding remarks. Raises SourceError if it cannot be parsed or is nested too deep."""
    text, remarks = decode(file)
    with _readable(file):
        from bs4 import BeautifulSoup  # imported here: it takes a tenth of a second

        page = BeautifulSoup(_XML_PROLOG.sub("", text), "lxml")
    depths = {id(page): 0}
    for tag in page.find_all(True):
        depths[id(tag)] = depth = depths[id(tag.parent)] + 1
        if depth > MAX_DEPTH:
            raise SourceError(
                file.path,
                f"la page HTML est imbriquée sur plus de {MAX_DEPTH} niveaux : ce n’est pas une page {directory}.",
            )
    return page, list(remarks)


@contextmanager
def _readable(file: File) -> Iterator[None]:
    try:
        yield
    except (ValueError, AssertionError) as error:
        raise SourceError(file.path, f"la page HTML est illisible ({error}).") from error


def reference_on_page(ref: str, trades: str) -> str:
    """Return the reference of a supplier on a page of these trades, « ref@trades »: records of two pages then do not overwrite each other's trades."""
    words = "-".join(plain_words(trades))
    return f"{ref}{_MARK}{words}" if words else ref


def whose(ref: str) -> str:
    """Return the part of a reference that identifies the supplier, the same on every page."""
    return ref.partition(_MARK)[0]


def page_of(ref: str) -> str:
    """Return the trades in a reference, empty if it was not read on a page of trades."""
    return _AGAIN.sub("", ref.partition(_MARK)[2])


def tag_text(tag: "Tag | None") -> str:
    """Return the text of a tag on one line, empty for None."""
    return " ".join(tag.get_text(" ").split()) if tag else ""


def attribute(tag: "Tag | None", name: str) -> str:
    """Return an attribute of a tag, or an empty text."""
    value = tag.get(name) if tag else None
    return value if isinstance(value, str) else ""
