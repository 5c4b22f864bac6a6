"""Addresses that the lines of a decision's tables lead to."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import url_for

from matcher.render.document import DocumentRow

_NONE: Mapping[str, str] = MappingProxyType({})


def leading(addresses: Mapping[str, str] = _NONE) -> Callable[[DocumentRow, int], str]:
    """Return what leads from a line to the supplier that it is about, else to the address of its first cell, empty where it has none."""

    def link(row: DocumentRow, at: int) -> str:
        if at:
            return ""
        if row.about:
            return url_for("supplier.show", supplier_id=row.about)
        return addresses.get(str(row.cells[0]), "")

    return link
