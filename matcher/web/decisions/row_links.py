"""Addresses that the lines of a decision's table lead to."""

from collections.abc import Callable, Mapping

from flask import url_for

from matcher.render.document import DocumentRow


def to_supplier(row: DocumentRow) -> str:
    """Return the address of the supplier that a line is about, empty where it is about none."""
    return url_for("supplier.show", supplier_id=row.about) if row.about else ""


def by_label(addresses: Mapping[str, str]) -> Callable[[DocumentRow], str]:
    """Return what leads from a line to the address of its first cell, empty where it has none."""
    return lambda row: addresses.get(str(row.cells[0]), "")
