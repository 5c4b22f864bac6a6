"""Turns the rows of a file into records for every importer: reports unknown columns, refuses duplicate rows, makes references unique by a suffix."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from hashlib import blake2b
from itertools import count
from operator import attrgetter
from typing import TypeVar

from importers.importer import Item, RefusedRow, Remark, SupplierRecord


class Row:
    """One row of a table, from column name to raw text. `line` is its line in the file, from 1."""

    __slots__ = ("_cells", "_taken", "line")

    def __init__(self, cells: Mapping[str, str], line: int) -> None:
        self._cells = cells
        self._taken: set[str] = set()
        self.line = line

    @property
    def cells(self) -> Mapping[str, str]:
        """The raw text of each column; reading it does not mark columns as taken."""
        return self._cells

    def take(self, *columns: str) -> str:
        """Return the first non-empty value among `columns`, stripped, or an empty text; mark all of them as taken."""
        self._taken.update(columns)
        for column in columns:
            value = self._cells.get(column, "").strip()
            if value:
                return value
        return ""

    def ignore(self, columns: Iterable[str]) -> None:
        """Mark columns as taken that are useless to the catalogue, or must not enter it (names of persons)."""
        self._taken.update(columns)

    def leftovers(self) -> tuple[str, ...]:
        """Return the columns neither taken nor ignored, in the order of the file."""
        return tuple(column for column in self._cells if column not in self._taken)


R = TypeVar("R", bound=Row)
NO_NAME = "ni nom ni SIRET : la ligne ne désigne aucun fournisseur."
REPEATED = "répète une autre ligne du fichier, sans rien de nouveau"


def emit(rows: Iterable[R | RefusedRow | Remark], make: Callable[[R], Item]) -> Iterator[Item]:
    """Yield the item that `make` returns for each row, in order; a record without name nor SIRET nor FINESS number is refused.

    A row with the same content as an earlier one of the same reference is refused. Two different rows of one reference are both kept: the second takes the
    suffix `~2`, the third `~3`, in the order of the file."""
    reported: set[str] = set()
    references = References()
    for row in rows:
        if not isinstance(row, Row):
            yield row
            continue
        item = make(row)
        yield from unknown_columns(row, reported)
        yield _with_unique_reference(item, references) if isinstance(item, SupplierRecord) else item


def unknown_columns(row: Row, reported: set[str]) -> Iterator[Remark]:
    """Yield a remark for each column of a row that was neither taken nor ignored, once for a file: `reported` holds the columns already named."""
    for column in row.leftovers():
        if column not in reported:
            reported.add(column)
            yield Remark(row.line, f"Colonne « {column} » inconnue, non reprise.")


class References:
    """The references of a file so far, with a digest of the content of each, to find duplicates without keeping the file in memory."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}
        self._seen: set[bytes] = set()

    def own(self, reference: str, content: object) -> str | None:
        """Return a unique reference for a row; None if a row with this reference and the same `content` came before (duplicate)."""
        digest = _digest(reference, content)
        if digest in self._seen:
            return None
        unique = self.apart(reference)
        self._seen |= {digest, _digest(unique, content)}
        return unique

    def apart(self, reference: str) -> str:
        """Return a unique reference: the second use of one gets the suffix `~2`, the third `~3`."""
        times = self._times[reference] = self._times.get(reference, 0) + 1
        if times == 1:
            return reference
        unique = next(new for n in count(times) if (new := f"{reference}~{n}") not in self._times)
        self._times[unique] = 1
        return unique


def _digest(reference: str, content: object) -> bytes:
    return blake2b(repr((reference, content)).encode(), digest_size=16).digest()


_CONTENT = attrgetter(
    *(field.name for field in fields(SupplierRecord) if field.name not in ("source_ref", "line", "claims"))
)


def _with_unique_reference(record: SupplierRecord, references: References) -> Item:
    """Return the record with a unique reference, or a refused row if it is nameless or a duplicate.

    The order of claims does not count (an API gives sets in any order), nor does the line."""
    if not (record.name or record.siret or record.siren or record.finess):
        return RefusedRow(record.line, NO_NAME)
    claims = sorted({(claim.vocabulary, claim.text) for claim in record.claims})
    own = references.own(record.source_ref, (claims, _CONTENT(record)))
    if own is None:
        return RefusedRow(record.line, REPEATED)
    return record if own == record.source_ref else replace(record, source_ref=own)


_KIND_CODE = re.compile(r"\(([A-Z]{2,5})\)\s*$")


def natural_reference(kind: str, name: str, place: str) -> str:
    """Return a natural key for a supplier without a number in its source: kind, name and postal code, normalised.

    The kind is the acronym in brackets, if any: « Entreprise d'insertion (EI) » and « EI » are the same."""
    code = _KIND_CODE.search(kind)
    squeezed = "".join(place.split())
    parts = (code.group(1) if code else kind, name, squeezed if squeezed.isdigit() else place)
    return "_".join(filter(None, ("-".join(plain_words(part)) for part in parts)))


def plain_words(text: str) -> list[str]:
    """Return the words of a text, lower case, without accents nor punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(char for char in decomposed if not unicodedata.combining(char)))


# First words of generic addresses; an address with any other may be a person's.
_BOXES = frozenset(
    {
        *("accueil", "administration", "admin", "agence", "association", "atelier", "boutique", "commande"),
        *("commandes", "commercial", "contact", "devis", "direction", "ea", "ei", "entreprise", "esat"),
        *("etablissement", "info", "infos", "information", "informations", "magasin", "production", "relation"),
        *("secretariat", "service", "siege"),
    }
)


def is_box(email: str, is_place: Callable[[str], bool] | None = None) -> bool:
    """Return True if an e-mail address is generic. With `is_place` (True for names of places), only places, numbers, generic words and words of the domain
    may follow the first word: « direction.martin@ » is then refused."""
    local, _, domain = email.partition("@")
    words = plain_words(local)
    if not words or words[0] not in _BOXES:
        return False
    known = _BOXES | set(plain_words(domain))
    rest = " ".join(word for word in words if word not in known and not word.isdigit())
    return is_place is None or not rest or is_place(rest)
