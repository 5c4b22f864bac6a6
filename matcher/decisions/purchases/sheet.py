"""A buyer's own sheet, future purchases or what was spent: every line of every sheet that has a header, in order, nothing dropped in silence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from importers.formats import Grid, read_grids
from importers.importer import SourceError
from matcher.cleaning.words import fold
from matcher.domain.french import number
from matcher.jobs.reader_process import apart
from matcher.jobs.stop import Stop
from matcher.reference.columns import UnderstoodColumn, fields_of

_TOTAL = re.compile(r"(?:sous[ -])?tota(?:l|ux)(?: (?:general|ht|ttc|euros?|cumule))*\s*:?")
# How fields are said, where it is not as they are written.
_SAID = {
    "annee": "année",
    "cpv": "CPV",
    "duree": "durée",
    "naf": "NAF",
    "reference": "référence",
    "reponse": "réponse",
    "siret": "SIRET",
}


class SheetRefused(Exception):
    """A sheet that cannot be used; the message is French and says what to do."""


@dataclass(frozen=True, slots=True)
class UnderstoodCell:
    """One cell that was understood: its text, how its column counts, and what that is called in the file."""

    text: str
    how: UnderstoodColumn
    column: str


@dataclass(frozen=True, slots=True)
class PurchaseSheetLine:
    """One line: its `cells` under the columns of the whole, what is understood of it by field, where it is. `total` where it adds others up."""

    sheet: str
    line: int
    cells: tuple[str, ...]
    fields: Mapping[str, UnderstoodCell]
    total: bool

    def text(self, field: str) -> str:
        """Return what is written for a field, empty where nothing is."""
        written = self.fields.get(field)
        return written.text if written else ""

    @property
    def place(self) -> str:
        """Where it is carried out, as one would type it: the post code before its town."""
        town, code = self.text("lieu"), self.text("code postal")
        code = code.zfill(5) if code.isdigit() else code  # a spreadsheet takes the zero of « 02000 » off
        return f"{code} {town}".strip()

    @property
    def where(self) -> str:
        """Position in the file, as one says it: « ligne 12 », « feuille « 2027 », ligne 12 »."""
        return f"feuille « {self.sheet} », ligne {self.line}" if self.sheet else f"ligne {self.line}"


@dataclass(frozen=True, slots=True)
class PurchaseSheet:
    """All the lines of a file, sheet after sheet. `columns` are those of all its sheets, in the order in which they are met;
    `understood` and `said` tell in French how columns were read, and what was left aside."""

    columns: tuple[str, ...]
    entries: tuple[PurchaseSheetLine, ...]
    understood: tuple[str, ...]
    said: tuple[str, ...]


def read_sheet(path: Path, needed: Sequence[str], wanted: str, most: int, *, stop: Stop | None = None) -> PurchaseSheet:
    """Read a sheet that has a column for one of the fields `needed`, said in French as `wanted`, and up to `most` lines, in a
    reader process. Raises ReadRefused, and Stopped."""
    return apart(_read, SourceError, SheetRefused, stop=stop)(path, needed, wanted, most)


def _read(path: Path, needed: Sequence[str], wanted: str, most: int) -> PurchaseSheet:

    def score(columns: Sequence[str]) -> int:
        known = fields_of(columns)
        return len(known) if any(field in known for field in needed) else 0

    grids, left = read_grids(path, score, wanted)
    if not any(grid.rows for grid in grids):
        raise SheetRefused(f"« {path.name} » : il n’y a aucune ligne sous l’en-tête.")
    if (lines := sum(len(grid.rows) for grid in grids)) > most:
        raise SheetRefused(
            f"« {path.name} » a {number(lines)} lignes ; {number(most)} au plus. Faites-en plusieurs fichiers."
        )
    columns = tuple(dict.fromkeys(name for grid in grids for name in grid.columns))
    entries = tuple(entry for grid in grids for entry in _entries(grid, columns, several=len(grids) > 1))
    understood = tuple(dict.fromkeys(said for grid in grids for said in _understood(grid)))
    return PurchaseSheet(columns, entries, understood, (*(said for grid in grids for said in grid.said), *left))


def _entries(grid: Grid, columns: Sequence[str], *, several: bool) -> list[PurchaseSheetLine]:
    known = fields_of(grid.columns)
    at = {name: index for index, name in reversed(list(enumerate(grid.columns)))}
    places = [at.get(name) for name in columns]

    def entry(line: int, cells: tuple[str, ...]) -> PurchaseSheetLine:
        padded = (*cells, *("",) * (len(grid.columns) - len(cells)))
        return PurchaseSheetLine(
            sheet=grid.sheet if several else "",
            line=line,
            cells=tuple("" if at is None else padded[at] for at in places),
            fields={
                field: UnderstoodCell(padded[at], how, grid.columns[at])
                for field, (at, how) in known.items()
                if padded[at]
            },
            total=any(_TOTAL.fullmatch(fold(cell).strip()) for cell in cells if cell),
        )

    return [entry(line, cells) for line, cells in grid.rows]


def _understood(grid: Grid) -> list[str]:
    told = []
    known = fields_of(grid.columns)
    for field, (at, how) in sorted(known.items(), key=lambda item: item[1][0]):
        counted = {1e3: ", en milliers d’euros", 1e6: ", en millions d’euros", 12.0: ", en années"}.get(how.times, "")
        tax = ", taxe comprise, qui n’est pas ôtée" if how.with_tax else ""
        told.append(f"« {grid.columns[at]} » : {_SAID.get(field, field)}{counted}{tax}")
    read = {at for at, _ in known.values()}
    if others := [name for at, name in enumerate(grid.columns) if at not in read]:
        told.append(f"Gardées sans être lues : {', '.join(f'« {name} »' for name in others)}")
    return told
