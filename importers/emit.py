"""Rows → items: unknown columns are said once, repeated rows are refused, clashing references are told apart."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import TypeVar

from importers.record import Item, RefusedRow, Remark, SupplierRecord
from importers.row import Row

R = TypeVar("R", bound=Row)
NO_NAME = "ni nom ni SIRET : la ligne ne désigne aucun fournisseur."


def emit(rows: Iterable[R | RefusedRow | Remark], make: Callable[[R], Item]) -> Iterator[Item]:
    """Yield what `make` gives for each row, in order; a record without name nor SIRET nor FINESS number is refused.

    A row that says the same as an earlier one of the same reference is refused. Two different rows of one reference are
    both kept: the second takes the suffix `~2`, the third `~3`, in the order of the file.
    """
    reported: set[str] = set()
    seen: dict[str, list[SupplierRecord]] = {}
    for row in rows:
        if not isinstance(row, Row):
            yield row
            continue
        item = make(row)
        yield from unknown_columns(row, reported)
        yield _distinct(item, seen) if isinstance(item, SupplierRecord) else item


def unknown_columns(row: Row, reported: set[str]) -> Iterator[Remark]:
    """Yield a remark for each column of a row that was neither taken nor ignored, once a file: `reported` keeps those said."""
    for column in row.leftovers():
        if column not in reported:
            reported.add(column)
            yield Remark(row.line, f"Colonne « {column} » inconnue, non reprise.")


def _distinct(record: SupplierRecord, seen: dict[str, list[SupplierRecord]]) -> Item:
    if not (record.name or record.siret or record.siren or record.finess):
        return RefusedRow(record.line, NO_NAME)
    earlier = seen.setdefault(record.source_ref, [])
    for other in earlier:
        if _same(record, other):
            return RefusedRow(record.line, "répète une autre ligne du fichier, sans rien de nouveau")
    earlier.append(record)
    if len(earlier) == 1:
        return record
    reference = next(new for n in count(len(earlier)) if (new := f"{record.source_ref}~{n}") not in seen)
    told_apart = replace(record, source_ref=reference)
    seen[reference] = [told_apart]
    return told_apart


def _same(one: SupplierRecord, other: SupplierRecord) -> bool:
    """Whether two records say the same; the order of claims does not count (an API gives sets in any order)."""
    if set(one.claims) != set(other.claims):
        return False
    return one == replace(other, line=one.line, claims=one.claims)


_KIND_CODE = re.compile(r"\(([A-Z]{2,5})\)\s*$")


def natural_reference(kind: str, name: str, place: str) -> str:
    """Return the reference of a supplier that its source does not number: kind, name and postal code, normalised.

    The kind is the acronym in brackets where there is one: « Entreprise d'insertion (EI) » and « EI » are the same.
    """
    code = _KIND_CODE.search(kind)
    squeezed = "".join(place.split())
    parts = (code.group(1) if code else kind, name, squeezed if squeezed.isdigit() else place)
    return "_".join(filter(None, ("-".join(plain_words(part)) for part in parts)))


def plain_words(text: str) -> list[str]:
    """Return the words of a text, lower case, without accents nor punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(char for char in decomposed if not unicodedata.combining(char)))
