"""Search of the suppliers that a person names on the command line: by SIRET, FINESS number or id, by a six-character short id, or by words of the name."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Engine, and_, select

from matcher.catalogue.store.read import find_id
from matcher.catalogue.store.tables import SITES, SUPPLIERS
from matcher.cleaning.words import words
from matcher.db import reading

# Characters of a short id: no vowel (so no words), no look-alikes; a letter first (so never a number).
_LETTERS = "bcdfghjkmnpqrstvwxz"
_SIGNS = f"23456789{_LETTERS}"
SHORT_LENGTH = 6


@dataclass(frozen=True, slots=True)
class NamedSupplier:
    """A supplier's id, name and town."""

    id: str
    name: str
    city: str


def short_id(supplier_id: str) -> str:
    """Return a six-character id derived from a supplier's id only, so that it is stable across days and computers."""
    number = int.from_bytes(sha256(supplier_id.encode()).digest()[:8])
    number, first = divmod(number, len(_LETTERS))
    signs = _LETTERS[first]
    for _ in range(SHORT_LENGTH - 1):
        number, sign = divmod(number, len(_SIGNS))
        signs += _SIGNS[sign]
    return signs


def is_number(text: str) -> bool:
    """Return whether a text looks like a SIRET, a FINESS number or an id, valid or not, and so is not a name."""
    return ":" in text or "".join(text.split()).isdigit()


def suppliers_of_name(engine: Engine, text: str) -> list[NamedSupplier]:
    """Return the suppliers that a text names, sorted by name: by id, SIRET, FINESS number or record; else by short id; else by exact name; else
    those whose name and town contain all its words."""
    with reading(engine) as connection:
        if (known := find_id(connection, text)) is not None:
            return _load_named(connection, [known]) or [NamedSupplier(known, "", "")]
        if is_number(text):
            return []
        all_suppliers = _load_named(connection)
    typed = text.strip().lower()
    if len(typed) == SHORT_LENGTH and (
        same := [supplier for supplier in all_suppliers if short_id(supplier.id) == typed]
    ):
        return same
    typed_words = words(text)
    if named := [supplier for supplier in all_suppliers if typed_words and words(supplier.name) == typed_words]:
        return named
    wanted, matching = frozenset(typed_words), []
    for supplier in all_suppliers:
        name = frozenset(words(supplier.name))
        if not wanted.isdisjoint(name) and wanted <= name.union(words(supplier.city)):
            matching.append(supplier)
    return matching


def _load_named(connection: Connection, ids: Iterable[str] | None = None) -> list[NamedSupplier]:
    first = and_(SITES.c.supplier_id == SUPPLIERS.c.id, SITES.c.position == 0)
    query = select(SUPPLIERS.c.id, SUPPLIERS.c.name, SITES.c.city).outerjoin(SITES, first)
    if ids is not None:
        query = query.where(SUPPLIERS.c.id.in_(ids))
    rows = connection.execute(query.order_by(SUPPLIERS.c.name, SUPPLIERS.c.id))
    return [NamedSupplier(supplier_id, name, city or "") for supplier_id, name, city in rows]
