"""Link function for the tables of decision pages: the address to which the first cell of each row leads."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import url_for

from matcher.render.document import DocumentRow

_NONE: Mapping[str, str] = MappingProxyType({})


def leading(addresses: Mapping[str, str] = _NONE) -> Callable[[DocumentRow, int], str]:
    """Return a function (row, column) → address: the page of the row's supplier, else `addresses` by the text of its first cell, else empty."""

    def link(row: DocumentRow, at: int) -> str:
        if at:
            return ""
        if row.about:
            return url_for("supplier.show", supplier_id=row.about)
        return addresses.get(str(row.cells[0]), "")

    return link
