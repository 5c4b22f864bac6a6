"""Pagination of a list on a page: the page number in the address, the rows to show, the URLs of the other pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from flask import request

from matcher.cleaning.numbers import whole_number

T = TypeVar("T")
_MAX_PAGE = 1_000_000


def page_number(arguments: Mapping[str, str]) -> int:
    """Return the page that an address asks for, the first where it gives no number."""
    return min(whole_number(arguments.get("page", "")) or 1, _MAX_PAGE)


@dataclass(frozen=True, slots=True)
class Paging:
    """Position in a list of `total` rows, `size` a page; a page number beyond the last (`asked`) shows the last."""

    asked: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, 1 for an empty list."""
        return max(1, -(-self.total // self.size))

    @property
    def number(self) -> int:
        """The number of the page shown."""
        return min(self.asked, self.last)

    @property
    def first_row(self) -> int:
        """The rank of the first row shown, from 1; 0 for an empty list."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        """The rank of the last row shown."""
        return min(self.number * self.size, self.total)

    def of(self, rows: Sequence[T]) -> Sequence[T]:
        """Return the rows of the page."""
        return rows[(self.number - 1) * self.size : self.number * self.size]

    def url(self, number: int) -> str:
        """Return the address of another page of the same list."""
        parameters = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        query = urlencode([*parameters, ("page", str(number))])
        return f"{request.path}?{query}"
