"""A decision as it was shown (opinion, groupement, plan of a clause, allotment): what was asked, the answer, its tables. Frozen in a dossier, it
is read and printed as it was. Contacts are no part of it: they are read the day they are used."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any


class DocumentKind(StrEnum):
    """Kind of decision."""

    OPINION = "avis de réservation"
    GROUPEMENT = "groupement"
    PLAN = "plan de clause"
    ALLOTMENT = "allotissement"


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A line of a table; `about` is the id of the supplier that it is about, empty where it is about none or several."""

    cells: tuple[str, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """A table: its title, its headers, which columns are numbers, its lines."""

    title: str
    head: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[DocumentRow, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`asked` and `remarks` are sentences; `names` gives each supplier that is named anywhere, by id; `address` asks for it again,
    empty where an address cannot hold what was asked."""

    kind: DocumentKind
    title: str
    asked: tuple[str, ...]
    answer: str
    remarks: tuple[str, ...]
    tables: tuple[DocumentTable, ...]
    hypotheses: tuple[str, ...]
    names: dict[str, Any]
    address: str
    catalogue_version: int
    catalogue_suppliers: int
    on: date

    @property
    def lines(self) -> int:
        """Number of lines of its tables."""
        return sum(len(table.rows) for table in self.tables)


def anonymised(decision: Document, ids: AbstractSet[str], word: str) -> Document:
    """Return a decision that says `word` in the place of these suppliers: their names wherever they stand, the lines about them."""
    gone = sorted((str(decision.names[key]) for key in ids & decision.names.keys()), key=len, reverse=True)
    named = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in gone if name) or r"(?!)")

    def cut(text: str) -> str:
        return named.sub(word, text)

    def row(its: DocumentRow) -> DocumentRow:
        if its.about in ids:
            return DocumentRow((word, *("" for _ in its.cells[1:])), its.about)
        return replace(its, cells=tuple(map(cut, its.cells)))

    return replace(
        decision,
        answer=cut(decision.answer),
        remarks=tuple(map(cut, decision.remarks)),
        tables=tuple(replace(table, rows=tuple(map(row, table.rows))) for table in decision.tables),
        names={key: word if key in ids else name for key, name in decision.names.items()},
    )
