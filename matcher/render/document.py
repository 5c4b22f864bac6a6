"""Data model of a `Document`: the result of a decision tool (opinion, joint bid, clause plan, allotment, purchases) as question, answer and tables.

HTML pages, print, XLSX and the terminal all render this one structure and compute nothing. A dossier stores it as it was on its day. It holds no contact
details: these are read from the catalogue when they are needed.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.domain.french import UNKNOWN, day, enumeration, number, percent, unit


class DocumentKind(StrEnum):
    """Kind of decision."""

    OPINION = "avis de réservation"
    GROUPEMENT = "groupement"
    PLAN = "plan de clause"
    CALIBRATION = "calibrage"
    ALLOTMENT = "allotissement"
    COVERAGE = "couverture de lots"
    PROGRAMME = "programme d’achats"
    SPENDING = "historique d’achats"
    VERIFICATION = "vérification de SIRET"
    RECONCILIATION = "rapprochement"
    PLAQUETTE = "plaquette"
    REPORT = "bilan de l’année"
    MEETINGS = "bilan de rencontres"
    FAMILIES = "familles de besoins"
    RENEWALS = "renouvellements à venir"
    TERRITORY = "avis d’un territoire"


class ColumnKind(StrEnum):
    """Kind of value of a column: text, number, chance or share in [0, 1] (a share is also drawn as a bar), rank (coloured as in a drawing), kinds of
    suppliers, list, e-mail address or telephone, day (« 2026-12-01 »). Any cell may instead be a text, or `MarkedText`."""

    TEXT = "texte"
    NUMBER = "nombre"
    CHANCE = "chance"
    SHARE = "part"
    RANK = "rang"
    KINDS = "types"
    LIST = "liste"
    ADDRESS = "adresse"
    DAY = "jour"


class CellMark(StrEnum):
    """Symbol before the text of a cell: how far the thing is known, or that it is refused or absent."""

    KNOWN = "connu"
    PARTLY = "en partie connu"
    UNKNOWN = "non connu"
    REFUSED = "refusé"
    ABSENT = "absent"

    @property
    def sign(self) -> str:
        """The symbol as one character, for a terminal."""
        return _SIGNS[self]


_SIGNS = dict(zip(CellMark, "■◧▨⊘□", strict=True))


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text and the symbol before it."""

    says: str
    mark: CellMark


# None is an unknown value; an empty text is a cell with nothing to show.
DocumentCell = str | int | float | tuple[str, ...] | MarkedText | None
# Number of items of a list that are shown before the rest is folded.
FOLDED = 3


def few(names: Sequence[str], most: int = FOLDED) -> str:
    """Return the first `most` names, then « n autres »; a single other name is written out."""
    more = len(names) - most
    return enumeration([*names[:most], f"{number(more)} autres"] if more > 1 else names)


@dataclass(frozen=True, slots=True)
class DocumentColumn:
    """A column: label, kind, unit and decimals of its numbers. `aside`: only files (XLSX, CSV) have it. `under`: pages and terminal show it inside the cells
    of the previous column, below their text."""

    label: str
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = ""
    decimals: int = 0
    aside: bool = False
    under: bool = False

    @property
    def numeric(self) -> bool:
        """Return whether its values are numbers."""
        return self.kind in (ColumnKind.NUMBER, ColumnKind.CHANCE, ColumnKind.SHARE)

    @property
    def in_percent(self) -> bool:
        """Return whether its numbers, in [0, 1], are shown as percentages."""
        return self.kind in (ColumnKind.CHANCE, ColumnKind.SHARE)

    def cell_text(self, cell: DocumentCell) -> str:
        """Return a cell as French text, a list in full."""
        match cell:
            case None:
                return UNKNOWN
            case MarkedText():
                return cell.says
            case tuple():
                return ", ".join(cell) if self.kind is ColumnKind.KINDS else " ; ".join(cell)
            case str():
                return day(date.fromisoformat(cell)) if self.kind is ColumnKind.DAY and cell[:1].isdigit() else cell
            case int() | float() if self.in_percent:
                return percent(cell, self.decimals)
        return unit(cell, self.unit, self.decimals) if self.unit else number(cell, self.decimals)

    def short(self, cell: DocumentCell) -> str:
        """Return a cell as French text, a long list cut after `FOLDED` items with the number of others."""
        if self.kind is ColumnKind.LIST and isinstance(cell, tuple) and len(cell) > FOLDED + 1:
            return few(cell)
        return self.cell_text(cell)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A row of a table; `about` is the id of the one supplier it describes, empty if it describes none or several."""

    cells: tuple[DocumentCell, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """A table: title, columns, rows, then sentences (`says`). `ranged`: the columns after the first are the likeliest, least and greatest value, also drawn
    as a bar. `total`: the last row is the sum. `aside`: only files (XLSX, CSV) have it. `folded`: a page shows it collapsed."""

    title: str
    columns: tuple[DocumentColumn, ...]
    rows: tuple[DocumentRow, ...]
    says: tuple[str, ...] = ()
    ranged: bool = False
    total: bool = False
    aside: bool = False
    folded: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError if a row has not one cell per column, or a `ranged` table fewer than four columns."""
        if any(len(row.cells) != len(self.columns) for row in self.rows) or (self.ranged and len(self.columns) < 4):
            raise ValueError(f"Le tableau « {self.title} » n’a pas une case par colonne.")

    @staticmethod
    def from_older(payload: Any) -> Any:
        """Convert a stored table of version 0.1 (`head`, and `numeric` by column) to today's fields; return any other unchanged."""
        match payload:
            case {"head": list(head), "numeric": list(numeric), **others}:
                kinds = [ColumnKind.NUMBER if its else ColumnKind.TEXT for its in numeric]
                columns = [{"label": label, "kind": kind} for label, kind in zip(head, kinds, strict=False)]
                return {**others, "columns": columns}
        return payload

    @property
    def most(self) -> float:
        """The value at the full length of the bars of a `ranged` table: its maximum, or 1 for chances."""
        if self.columns[1].in_percent:
            return 1.0
        return max(
            (float(cell) for row in self.rows for cell in row.cells[1:] if isinstance(cell, int | float)), default=0
        )

    @property
    def groups(self) -> list[list[int]]:
        """The indices of its columns, grouped: each column with the `under` columns that follow it."""
        groups: list[list[int]] = []
        for at, column in enumerate(self.columns):
            if column.under and groups:
                groups[-1].append(at)
            else:
                groups.append([at])
        return groups

    def lines(self) -> list[tuple[str, ...]]:
        """Return its rows as French texts."""
        return [tuple(map(DocumentColumn.cell_text, self.columns, row.cells)) for row in self.rows]

    def as_shown(self) -> "DocumentTable":
        """Return the table without its `aside` columns."""
        shown_columns = [at for at, column in enumerate(self.columns) if not column.aside]
        return replace(
            self,
            columns=tuple(self.columns[at] for at in shown_columns),
            rows=tuple(replace(row, cells=tuple(row.cells[at] for at in shown_columns)) for row in self.rows),
        )


@dataclass(frozen=True, slots=True)
class DocumentScale:
    """The possible answers, from the firmest to the least firm, and the index of the answer given (None if none was)."""

    steps: tuple[str, ...]
    at: int | None

    @property
    def says(self) -> str:
        """The answer given and the possible ones, as one French phrase; empty without an answer."""
        return "" if self.at is None else f"{self.steps[self.at]} (parmi : {', '.join(self.steps)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The result of one decision tool, in French sentences and tables. `asked`: the question; `scope`: legal value of the answer; `names`: names of all
    suppliers mentioned, by id; `address`: URL that asks the question again, empty if a URL cannot hold it; `steps`: next actions, in order."""

    kind: DocumentKind
    title: str
    asked: tuple[str, ...]
    answer: str
    remarks: tuple[str, ...] = ()
    tables: tuple[DocumentTable, ...]
    hypotheses: tuple[str, ...] = ()
    names: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    catalogue_version: int
    catalogue_suppliers: int
    on: date
    sources: tuple[str, ...] = ()
    scope: str = ""
    scale: DocumentScale | None = None
    steps: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """Number of rows of all its tables."""
        return sum(len(table.rows) for table in self.tables)

    def as_shown(self) -> "Document":
        """Return the document without `aside` tables and columns: the version for pages, print, terminal and dossiers."""
        return replace(
            self,
            tables=tuple(table.as_shown() for table in self.tables if not table.aside and (table.rows or table.says)),
        )


def anonymise(decision: Document, ids: AbstractSet[str], word: str) -> Document:
    """Return a decision with `word` in place of each of these suppliers' names, and with the rows about them emptied."""
    removed_names = sorted((str(decision.names[key]) for key in ids & decision.names.keys()), key=len, reverse=True)
    any_name = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in removed_names if name) or r"(?!)")

    def cut(text: str) -> str:
        return any_name.sub(word, text)

    def cut_cell(cell: DocumentCell) -> DocumentCell:
        match cell:
            case str():
                return cut(cell)
            case tuple():
                return tuple(map(cut, cell))
            case MarkedText():
                return replace(cell, says=cut(cell.says))
        return cell

    def cut_row(row: DocumentRow) -> DocumentRow:
        if row.about in ids:
            return DocumentRow((word, *("" for _ in row.cells[1:])), row.about)
        return replace(row, cells=tuple(map(cut_cell, row.cells)))

    def cut_table(table: DocumentTable) -> DocumentTable:
        return replace(table, says=tuple(map(cut, table.says)), rows=tuple(map(cut_row, table.rows)))

    return replace(
        decision,
        answer=cut(decision.answer),
        remarks=tuple(map(cut, decision.remarks)),
        steps=tuple(map(cut, decision.steps)),
        tables=tuple(map(cut_table, decision.tables)),
        names={key: word if key in ids else name for key, name in decision.names.items()},
    )


def without_cells(decision: Document, ids: AbstractSet[str], word: str) -> Document:
    """Return a decision whose rows about these suppliers show only the name; a remark « name : word. » is added for each."""
    names = [str(decision.names[key]) for key in sorted(ids)]

    def empty_row(row: DocumentRow) -> DocumentRow:
        if row.about not in ids:
            return row
        return replace(row, cells=tuple(cell if cell in names else "" for cell in row.cells))

    tables = tuple(replace(one, rows=tuple(map(empty_row, one.rows))) for one in decision.tables)
    return replace(decision, tables=tables, remarks=(*decision.remarks, *(f"{name} : {word}." for name in names)))
