"""Suppliers as a person at a terminal names them: by a number, by a short id or by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Engine, and_, select

from matcher.catalogue.store.read import find_id
from matcher.catalogue.store.tables import SITES, SUPPLIERS
from matcher.cleaning.words import words
from matcher.db import reading

# Signs of a short id: no vowel, so that it is no word, and none that reads as another; a letter first, so that it is no number.
_LETTERS = "bcdfghjkmnpqrstvwxz"
_SIGNS = f"23456789{_LETTERS}"
SHORT_LENGTH = 6


@dataclass(frozen=True, slots=True)
class NamedSupplier:
    """A supplier in a few words: its id, its name and its town."""

    id: str
    name: str
    city: str


def short_id(supplier_id: str) -> str:
    """Return six signs that stand for a supplier: made of its id alone, they are the same on another day and another computer."""
    number = int.from_bytes(sha256(supplier_id.encode()).digest()[:8])
    number, first = divmod(number, len(_LETTERS))
    signs = _LETTERS[first]
    for _ in range(SHORT_LENGTH - 1):
        number, sign = divmod(number, len(_SIGNS))
        signs += _SIGNS[sign]
    return signs


def is_number(text: str) -> bool:
    """Return whether a text is a SIRET, a FINESS number or an id, right or wrong, and so no name."""
    return ":" in text or "".join(text.split()).isdigit()


def suppliers_of_name(engine: Engine, text: str) -> list[NamedSupplier]:
    """Return the suppliers that a text names, in the order of their names: the one of this id, SIRET, FINESS number or record; else those of
    this short id; else those of this very name; else those whose name, with the town, has each of its words."""
    with reading(engine) as connection:
        if (known := find_id(connection, text)) is not None:
            return _of(connection, [known]) or [NamedSupplier(known, "", "")]
        if is_number(text):
            return []
        every = _of(connection)
    typed = text.strip().lower()
    if len(typed) == SHORT_LENGTH and (same := [supplier for supplier in every if short_id(supplier.id) == typed]):
        return same
    typed_words = words(text)
    if named := [supplier for supplier in every if typed_words and words(supplier.name) == typed_words]:
        return named
    wanted, having = frozenset(typed_words), []
    for supplier in every:
        name = frozenset(words(supplier.name))
        if not wanted.isdisjoint(name) and wanted <= name.union(words(supplier.city)):
            having.append(supplier)
    return having


def _of(connection: Connection, ids: Iterable[str] | None = None) -> list[NamedSupplier]:
    first = and_(SITES.c.supplier_id == SUPPLIERS.c.id, SITES.c.position == 0)
    query = select(SUPPLIERS.c.id, SUPPLIERS.c.name, SITES.c.city).outerjoin(SITES, first)
    if ids is not None:
        query = query.where(SUPPLIERS.c.id.in_(ids))
    rows = connection.execute(query.order_by(SUPPLIERS.c.name, SUPPLIERS.c.id))
    return [NamedSupplier(supplier_id, name, city or "") for supplier_id, name, city in rows]
