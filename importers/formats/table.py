"""Reads a table with a header from a CSV or a workbook: finds the header row, and yields the rows under it by column name."""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path

from importers.emit import Row
from importers.formats.columns import UNTITLED
from importers.formats.content import Content, File, Text, excerpt, first_found, read_text
from importers.formats.delimited import DELIMITERS, find_delimiter, split_rows
from importers.formats.sheets import Marks, WorkbookSheet, copied_cells, spread
from importers.formats.workbook import read_marked
from importers.importer import RefusedRow, Remark, SourceError

# UTF-8 once read as Windows-1252 (« Ã© », « â€™ »), or a sign already replaced.
_LOST_ACCENTS = re.compile("Ã[\u00a0-\u00bf\u0152-\u0178\u2018-\u203a€‚ƒ„…†‡ˆ‰˜™]|â€[\u0080-\u2122]|\ufffd")

Lines = Generator[tuple[int, list[str]], None, None]
Score = Callable[[Sequence[str]], int]
# Cells that have the value of a merged one: (line from 1, column from 0).
Copied = Sequence[tuple[int, int]]
HEADER_WITHIN = 10
SPREADSHEET_ERRORS = frozenset(
    (
        *("#N/D", "#N/A", "#REF!", "#VALEUR!", "#VALUE!", "#DIV/0!", "#NOM?", "#NAME?", "#NUL!", "#NULL!"),
        *("#NOMBRE!", "#NUM!"),
    )
)


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """Rule that recognises a header: of each group of spellings, one must be among the columns. `hint` is the advice in the error message."""

    needs: tuple[tuple[str, ...], ...]
    hint: str

    def missing(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the first spelling of each group that is not among the columns."""
        return tuple(group[0] for group in self.needs if not set(group) & set(columns))


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in order, the line of its header, remarks on the reading; the rows are read lazily. `sheet` is the sheet's name, empty for a CSV."""

    columns: tuple[str, ...]
    line: int
    remarks: tuple[Remark, ...]
    _read: Callable[[], Iterator[Row | RefusedRow]]
    sheet: str = ""

    @property
    def rows(self) -> Iterator[Row | RefusedRow]:
        """A new iterator over the rows from the first; rows that do not fit the header are refused."""
        return self._read()


def read_delimited(file: File, delimiter: str) -> tuple[Iterator[tuple[int, list[str]]], tuple[Remark, ...]]:
    """Return the rows of a CSV without header as (line, cells), and the decoding remarks."""
    text = text_of(file)
    return split_rows(file.path, text.lines(), delimiter), text.remarks


def text_of(file: File) -> Text:
    """Return the text of a file that must be a CSV, with a remark on the first line whose accents were lost before. Raises SourceError for anything
    else."""
    if file.content is Content.HTML:
        raise SourceError(
            file.path,
            "malgré son nom, ce fichier est une page HTML (certains sites exportent ainsi leurs « .xls ») ; "
            "ouvrez-le dans un tableur et enregistrez-le en XLSX ou en CSV.",
        )
    if file.content is Content.JSON:
        raise SourceError(file.path, "ce fichier est du JSON, pas un tableau ; il faut un CSV ou un classeur.")
    if file.content is not Content.TEXT:
        raise SourceError(file.path, "ce fichier est un classeur ; il faut ici un fichier texte (CSV).")
    text = read_text(file)
    line, signs = first_found(text, _LOST_ACCENTS) or (0, "")
    if line and all(line != remark.line for remark in text.remarks):
        message = (
            f"Accents perdus avant cet envoi (« {signs} ») : enregistrez de nouveau la source du fichier en CSV UTF-8."
        )
        return replace(text, remarks=(*text.remarks, Remark(line, message)))
    return text


def read_sheet_table(file: File, header: HeaderRule, score: Score | None = None, *, merged: bool = False) -> Table:
    """Return the table of a file, or of its sheet with the best header (`read_sheet_tables`) and a row under it, with a remark that names the others. By
    default a header scores 1 if it satisfies `header`. Raises SourceError where there is no header, or no row under any."""
    best = score or (lambda columns: int(not header.missing(columns)))
    tables, headless, _ = read_sheet_tables(file, header, best, merged=merged)
    table = next((one for one in tables if any(True for _ in one.rows)), None)
    if table is None:
        raise header_alone(file.path, tables[0].line)
    others = [f"« {sheet} »" for sheet in (*(one.sheet for one in tables if one is not table), *headless)]
    remark = Remark(1, f"Seule la feuille « {table.sheet} » est lue ; non reprises : {', '.join(others)}.")
    return replace(table, remarks=(*table.remarks, remark)) if others else table


def read_sheet_tables(
    file: File, header: HeaderRule, score: Score, *, merged: bool = False
) -> tuple[tuple[Table, ...], tuple[str, ...], tuple[str, ...]]:
    """Find the header within the first ten rows of each filled sheet.

    The header is the row with the best `score` above 0, the first of equals. Two rows are read as one header, lower cells over upper ones, if that scores better:
    titles over several columns (« Horaires »), and their subtitles (« Arrivée », « Départ »). With `merged`, a cell merged over lines is copied to each.

    Returns (the tables, the best header first; the names of the sheets without a header; those of the hidden sheets).
    Raises SourceError, which names the missing columns."""
    sheets, hidden, remarks = _sheets_of(file, score, merged)
    scored = [(name, *_scored_table(name, read, (remarks, copied), score)) for name, read, copied in sheets]
    if not any(points for _, points, _ in scored):
        with closing(sheets[0][1]()) as lines:
            raise _no_header(file, header, list(islice(lines, HEADER_WITHIN)))
    best_first = sorted(scored, key=lambda row: -row[1])
    return (
        tuple(table for _, points, table in best_first if points),
        tuple(name for name, points, _ in scored if not points),
        hidden,
    )


def _scored_table(
    name: str, read: Callable[[], Lines], notes: tuple[tuple[Remark, ...], Copied], score: Score
) -> tuple[int, Table]:
    """Return the score of a sheet's best header, 0 for none, and the table under it; `notes`: remarks on the file, cells copied from merged ones."""
    with closing(read()) as lines:
        first = list(islice(lines, HEADER_WITHIN))
    points, index, line, cells = _best_header(first, score)
    columns, remarks = column_names(cells), list(notes[0])
    for column, copies in sorted(Counter(column for row, column in notes[1] if row > line).items()):
        title = columns[column] if column < len(columns) and columns[column] else f"{UNTITLED} {column + 1}"
        over = f"{copies} ligne{'s' if copies > 1 else ''}"
        remarks.append(Remark(line, f"Colonne « {title} », cellules fusionnées : la valeur est reprise sur {over}."))
    return points, Table(
        tuple(filter(None, columns)),
        line,
        tuple(remarks),
        lambda: _rows(cells, columns, islice(read(), index + 1, None)),
        name,
    )


def _best_header(first: list[tuple[int, list[str]]], score: Score) -> tuple[int, int, int, list[str]]:
    """Return (score, index, line, cells) of the best header among the first rows; a score of 0 for none."""
    scored = [(score(column_names(cells)), -index, line, cells) for index, (line, cells) in enumerate(first)]
    best = max(scored, key=lambda row: row[:2], default=(0, 0, 1, []))
    for lower in range(1, len(first)) if best[0] else ():
        pairs = zip_longest(first[lower - 1][1], first[lower][1], fillvalue="")
        both = [low if low.strip() else high for high, low in pairs]
        best = max(best, (score(column_names(both)), -lower, first[lower][0], both), key=lambda row: row[0])
    return best[0], -best[1], *best[2:]


def _sheets_of(
    file: File, score: Score, merged: bool
) -> tuple[list[tuple[str, Callable[[], Lines], Copied]], tuple[str, ...], tuple[Remark, ...]]:
    """Return (name, function that reads the rows from the first, cells copied from merged ones) of each filled sheet, or of a CSV; the names of the hidden
    sheets; remarks."""
    if file.content in (Content.WORKBOOK_ZIP, Content.WORKBOOK_OLE):
        marked, hidden = read_marked(file)
        if not (filled := [(sheet, marks if merged else Marks()) for sheet, marks in marked if sheet.rows]):
            raise SourceError(file.path, "toutes les feuilles visibles du classeur sont vides.")
        tables: list[tuple[str, Callable[[], Lines], Copied]] = []
        for sheet, marks in filled:
            copied = list(copied_cells(sheet, marks))
            whole = WorkbookSheet(sheet.name, spread(sheet, copied))
            tables.append((sheet.name, partial(_each, whole), [cell[:2] for cell in copied]))
        return tables, hidden, ()
    text = text_of(file)
    delimiter = find_delimiter(text.lines(), lambda cells: score(column_names(cells)))
    return [("", lambda: split_rows(file.path, text.lines(), delimiter), ())], (), text.remarks


def _each(sheet: WorkbookSheet) -> Lines:
    yield from sheet.rows


def column_names(cells: Iterable[str]) -> list[str]:
    """Return column names on one line, with straight apostrophes, made unique by « (2) »; a nameless column stays nameless."""
    names: dict[str, int] = {}  # by name, the next number to try for a repetition
    columns: list[str] = []
    for cell in cells:
        name = base = " ".join(cell.replace("’", "'").split())
        while name and name in names:
            name, names[base] = f"{base} ({names[base]})", names[base] + 1
        names[name] = 2
        columns.append(name)
    return columns


def _rows(names: list[str], columns: list[str], lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row | RefusedRow]:
    width = len(columns)
    named = [index for index, name in enumerate(columns) if name]
    nameless = [index for index, name in enumerate(columns) if not name]
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if reason := _refusal(cells, names):
            yield RefusedRow(line, reason)
        else:
            padded = [*cells, *[""] * (width - len(cells))]
            values = {
                columns[index]: "" if padded[index].strip() in SPREADSHEET_ERRORS else padded[index] for index in named
            }
            values |= {f"{UNTITLED} {index + 1}": padded[index] for index in nameless if padded[index].strip()}
            yield Row(values, line)


def _refusal(cells: Sequence[str], header: Sequence[str]) -> str:
    """Return why the cells of a row do not fit the header; empty if they do."""
    width = len(header)
    if any(cell.strip() for cell in cells[width:]):
        return f"{len(cells)} cellules pour {width} colonnes : un séparateur ou un guillemet n’est pas protégé."
    if len(cells) == 1 < width and any(cells[0].count(delimiter) >= width - 1 for delimiter in DELIMITERS):
        return "le séparateur de la ligne n’est pas celui de l’en-tête."
    return "l’en-tête est répété." if cells == header else ""


def header_alone(path: Path, line: int) -> SourceError:
    """Return the refusal of a file whose header, at `line`, has no row under it."""
    return SourceError(
        path,
        "le fichier n’a que sa ligne d’en-tête : il n’y a aucune ligne sous elle, donc aucune donnée à lire. Vérifiez que c’est le bon "
        "fichier, et qu’il a été enregistré ou exporté en entier, sans filtre ; puis recommencez.",
        line=line,
    )


def _no_header(file: File, header: HeaderRule, first: list[tuple[int, list[str]]]) -> SourceError:
    line, cells = first[0] if first else (1, [])
    columns = column_names(cells)
    missing = header.missing(columns) or header.needs[0][:1]
    seen = ", ".join(f"« {excerpt(column, 60)} »" for column in columns if column) or "aucune"
    wanted = ", ".join(f"« {column} »" for column in missing)
    return SourceError(
        file.path,
        f"il manque la colonne {wanted}. Colonnes vues : {seen}. {header.hint} "
        "Si le fichier est le bon, vérifiez son séparateur (« ; », « , », « | » ou tabulation) et sa ligne d’en-tête.",
        line=line,
    )
