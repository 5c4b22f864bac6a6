"""A decision in words and figures (opinion, groupement, plan of a clause, allotment, purchases): what was asked, the answer, its tables.

Pages, paper, workbooks and terminals render it and compute nothing. Frozen in a dossier, it is read and printed as it was. Contacts are no
part of it: they are read the day they are used.
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
    """Kind of value of a column: texts, numbers, chances and shares in [0, 1] (a share is drawn as a bar too), ranks that a drawing
    repeats in their colour, kinds of suppliers, lists, addresses to write to or to call, days (« 2026-12-01 »). A cell may be a text, or
    `Marked`, instead."""

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
    """Mark before the words on a thing: how far it is known, or that it is refused or absent."""

    KNOWN = "connu"
    PARTLY = "en partie connu"
    UNKNOWN = "non connu"
    REFUSED = "refusé"
    ABSENT = "absent"

    @property
    def sign(self) -> str:
        """The mark as one sign, for a terminal."""
        return _SIGNS[self]


_SIGNS = dict(zip(CellMark, "■◧▨⊘□", strict=True))


@dataclass(frozen=True, slots=True)
class Marked:
    """A text under its mark."""

    says: str
    mark: CellMark


# None is a value that is not known; what has nothing to say is an empty text.
DocumentCell = str | int | float | tuple[str, ...] | Marked | None
# Of a list, how many are read before the others are folded.
FOLDED = 3


def few(names: Sequence[str], most: int = FOLDED) -> str:
    """Return the first of some names, and how many others follow: two at least."""
    more = len(names) - most
    return enumeration([*names[:most], f"{number(more)} autres"] if more > 1 else names)


@dataclass(frozen=True, slots=True)
class DocumentColumn:
    """A column: its label, its kind, the unit and the decimals of its numbers. What is `aside` is in files alone; what is `under` stands
    under the column before it wherever it is not a file."""

    label: str
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = ""
    decimals: int = 0
    aside: bool = False
    under: bool = False

    @property
    def numeric(self) -> bool:
        """Return whether it holds figures."""
        return self.kind in (ColumnKind.NUMBER, ColumnKind.CHANCE, ColumnKind.SHARE)

    @property
    def in_percent(self) -> bool:
        """Return whether its numbers, in [0, 1], are read in percents."""
        return self.kind in (ColumnKind.CHANCE, ColumnKind.SHARE)

    def cell_text(self, cell: DocumentCell) -> str:
        """Return a cell as it is read, the whole of a list."""
        match cell:
            case None:
                return UNKNOWN
            case Marked():
                return cell.says
            case tuple():
                return ", ".join(cell) if self.kind is ColumnKind.KINDS else " ; ".join(cell)
            case str():
                return day(date.fromisoformat(cell)) if self.kind is ColumnKind.DAY and cell[:1].isdigit() else cell
            case int() | float() if self.in_percent:
                return unit(100 * cell, "%", self.decimals) if self.decimals else percent(cell)
        return unit(cell, self.unit, self.decimals) if self.unit else number(cell, self.decimals)

    def short(self, cell: DocumentCell) -> str:
        """Return a cell as it is read first: the beginning of a long list, and how many follow."""
        if self.kind is ColumnKind.LIST and isinstance(cell, tuple) and len(cell) > FOLDED + 1:
            return few(cell)
        return self.cell_text(cell)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A line of a table; `about` is the id of the supplier that it is about, empty where it is about none or several."""

    cells: tuple[DocumentCell, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """A table under its title, then its sentences. `ranged`: after its first column, the likeliest value, the least and the most, which are
    drawn as a bar too. `total`: its last line adds the others up. A table that is `aside` is in files alone; a page folds one that is
    `folded`."""

    title: str
    columns: tuple[DocumentColumn, ...]
    rows: tuple[DocumentRow, ...]
    says: tuple[str, ...] = ()
    ranged: bool = False
    total: bool = False
    aside: bool = False
    folded: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError where a line has not a cell a column, or where no bar can be drawn."""
        if any(len(row.cells) != len(self.columns) for row in self.rows) or (self.ranged and len(self.columns) < 4):
            raise ValueError(f"Le tableau « {self.title} » n’a pas une case par colonne.")

    @staticmethod
    def from_older(payload: Any) -> Any:
        """Return a table as it is kept today, from one that 0.1 kept: headers, and which columns were numbers."""
        match payload:
            case {"head": list(head), "numeric": list(numeric), **others}:
                kinds = [ColumnKind.NUMBER if its else ColumnKind.TEXT for its in numeric]
                columns = [{"label": label, "kind": kind} for label, kind in zip(head, kinds, strict=False)]
                return {**others, "columns": columns}
        return payload

    @property
    def most(self) -> float:
        """The largest value of a ranged table, where its bars end: 1 for chances."""
        if self.columns[1].in_percent:
            return 1.0
        return max(
            (float(cell) for row in self.rows for cell in row.cells[1:] if isinstance(cell, int | float)), default=0
        )

    @property
    def groups(self) -> list[list[int]]:
        """The positions of its columns, each with those that stand under it."""
        groups: list[list[int]] = []
        for at, column in enumerate(self.columns):
            if column.under and groups:
                groups[-1].append(at)
            else:
                groups.append([at])
        return groups

    def lines(self) -> list[tuple[str, ...]]:
        """Return its lines as they are read."""
        return [tuple(map(DocumentColumn.cell_text, self.columns, row.cells)) for row in self.rows]

    def as_shown(self) -> "DocumentTable":
        """Return it without the columns of files alone."""
        shown_columns = [at for at, column in enumerate(self.columns) if not column.aside]
        return replace(
            self,
            columns=tuple(self.columns[at] for at in shown_columns),
            rows=tuple(replace(row, cells=tuple(row.cells[at] for at in shown_columns)) for row in self.rows),
        )


@dataclass(frozen=True, slots=True)
class DocumentScale:
    """The answers that were possible, from the firmest to the least, and the rank of the one that is given; None where none is."""

    steps: tuple[str, ...]
    at: int | None

    @property
    def says(self) -> str:
        """The answer that is given among the others, empty where none is."""
        return "" if self.at is None else f"{self.steps[self.at]} (parmi : {', '.join(self.steps)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A decision. `asked`, `remarks`, `hypotheses` and `sources` are sentences, `scope` the worth of the whole; `names` gives each supplier
    that is named anywhere, by id; `address` asks for it again, empty where an address cannot hold what was asked; `steps` are what is to be
    done next, in order."""

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
        """Number of lines of its tables."""
        return sum(len(table.rows) for table in self.tables)

    def as_shown(self) -> "Document":
        """Return it without what is in files alone, as a page, a paper or a terminal shows it and as a dossier keeps it."""
        return replace(
            self,
            tables=tuple(table.as_shown() for table in self.tables if not table.aside and (table.rows or table.says)),
        )


def anonymise(decision: Document, ids: AbstractSet[str], word: str) -> Document:
    """Return a decision with `word` in the place of these suppliers: of their names wherever they stand, of the lines about them."""
    gone = sorted((str(decision.names[key]) for key in ids & decision.names.keys()), key=len, reverse=True)
    named = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in gone if name) or r"(?!)")

    def cut(text: str) -> str:
        return named.sub(word, text)

    def cell(cell: DocumentCell) -> DocumentCell:
        match cell:
            case str():
                return cut(cell)
            case tuple():
                return tuple(map(cut, cell))
            case Marked():
                return replace(cell, says=cut(cell.says))
        return cell

    def row(row: DocumentRow) -> DocumentRow:
        if row.about in ids:
            return DocumentRow((word, *("" for _ in row.cells[1:])), row.about)
        return replace(row, cells=tuple(map(cell, row.cells)))

    def table(table: DocumentTable) -> DocumentTable:
        return replace(table, says=tuple(map(cut, table.says)), rows=tuple(map(row, table.rows)))

    return replace(
        decision,
        answer=cut(decision.answer),
        remarks=tuple(map(cut, decision.remarks)),
        steps=tuple(map(cut, decision.steps)),
        tables=tuple(map(table, decision.tables)),
        names={key: word if key in ids else name for key, name in decision.names.items()},
    )


def without_cells(decision: Document, ids: AbstractSet[str], word: str) -> Document:
    """Return a decision whose lines about these suppliers have their names alone, and whose remarks end with `word` of each."""
    names = [str(decision.names[key]) for key in sorted(ids)]

    def row(row: DocumentRow) -> DocumentRow:
        if row.about not in ids:
            return row
        return replace(row, cells=tuple(cell if cell in names else "" for cell in row.cells))

    tables = tuple(replace(one, rows=tuple(map(row, one.rows))) for one in decision.tables)
    return replace(decision, tables=tables, remarks=(*decision.remarks, *(f"{name} : {word}." for name in names)))
