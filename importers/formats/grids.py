"""Reads a buyer's own file (CSV or workbook): every visible sheet with a header, all its lines, merged cells filled in, and remarks on skipped parts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from importers.formats.columns import UNTITLED
from importers.formats.content import Content, File, excerpt, load
from importers.formats.delimited import find_delimiter, split_rows
from importers.formats.limits import MAX_CELLS
from importers.formats.sheets import Marks, WorkbookSheet, cell_text, copied_cells, spread
from importers.formats.table import HEADER_WITHIN, SPREADSHEET_ERRORS, Score, column_names, header_alone, text_of
from importers.formats.workbook import read_marked
from importers.importer import SourceError

_SHOWN = 8

Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines under a header: `columns` by name (« sans titre, n° 3 » for an untitled one), `rows` as (line in the file from 1, cells). `sheet` is the
    sheet's name, empty for a CSV; `said` are French remarks on the reading; `above` the lines above the header."""

    sheet: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    said: tuple[str, ...]
    above: tuple[str, ...] = ()

    def texts(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the cells of a row by column name."""
        padded = (*cells, *("",) * (len(self.columns) - len(cells)))
        return dict(zip(self.columns, padded, strict=False))


def read_grids(path: Path, score: Score, wanted: str) -> tuple[tuple[Grid, ...], tuple[str, ...]]:
    """Return (a grid for each sheet with a header, French remarks on the sheets not read); the header is the first ten lines' best by `score`, if above 0.
    Raises SourceError if the file cannot be read or has no header (the message names the columns seen, and `wanted`), or no row under it."""
    file = load(path)
    if file.content in (Content.WORKBOOK_ZIP, Content.WORKBOOK_OLE):
        return _of_workbook(file, score, wanted)
    text = text_of(file)
    delimiter = find_delimiter(text.lines(), lambda cells: score(column_names(cells)))
    rows: Rows = []
    cells = 0
    for line, row in split_rows(path, text.lines(), delimiter):
        cells += len(row)
        if cells > MAX_CELLS:
            raise SourceError(path, f"plus de {MAX_CELLS // 1_000_000} millions de cellules ; découpez-le.", line=line)
        rows.append((line, row))
    grid = _grid("", rows, score, tuple(remark.message for remark in text.remarks))
    if grid is None:
        raise _no_header(path, rows, wanted)
    return _with_rows(path, [grid]), ()


def grid_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Grid:
    """Return the grid of a table in memory (a DataFrame's columns and rows): cells become text as in a workbook, empty for None; the columns are line 1."""
    lines = (["" if cell is None else cell_text(cell) for cell in row] for row in rows)
    return _under_header(column_names(columns), list(enumerate(lines, start=2)))


def _of_workbook(file: File, score: Score, wanted: str) -> tuple[tuple[Grid, ...], tuple[str, ...]]:
    sheets, concealed = read_marked(file)
    filled = [(sheet, marks) for sheet, marks in sheets if sheet.rows]
    if not filled:
        raise SourceError(file.path, "toutes les feuilles visibles du classeur sont vides.")
    grids = [
        _grid(sheet.name, spread(sheet, copied_cells(sheet, marks)), score, tuple(_sheet_remarks(sheet, marks)))
        for sheet, marks in filled
    ]
    headed = [grid for grid in grids if grid is not None]
    if not headed:
        raise _no_header(file.path, filled[0][0].rows, wanted)
    headless = [sheet.name for (sheet, _), grid in zip(filled, grids, strict=True) if grid is None]
    skipped = [
        f"La feuille « {name} » n’a pas de colonne qui donne {wanted} : elle n’est pas lue." for name in headless
    ]
    skipped += [f"La feuille « {name} » est masquée : elle n’est pas lue." for name in concealed]
    return _with_rows(file.path, headed), tuple(skipped)


def _with_rows(path: Path, headed: Sequence[Grid]) -> tuple[Grid, ...]:
    """Return the grids under a header, some of which may be empty. Raises SourceError where all are."""
    if not any(any(cells) for grid in headed for _, cells in grid.rows):
        raise header_alone(path, len(headed[0].above) + 1)
    return tuple(headed)


def _grid(sheet: str, rows: Rows, score: Score, remarks: tuple[str, ...]) -> Grid | None:
    scores = [score(column_names(cells)) for _, cells in rows[:HEADER_WITHIN]]
    if not any(scores):
        return None
    index = scores.index(max(scores))
    above = tuple(" ".join(filter(None, map(str.strip, cells))) for _, cells in rows[:index])
    above_remarks = (f"Au-dessus de l’en-tête : « {excerpt(text, 200)} »." for text in above if text)
    return _under_header(column_names(rows[index][1]), rows[index + 1 :], sheet, (*above_remarks, *remarks), above)


def _under_header(
    names: list[str], rows: Rows, sheet: str = "", remarks: tuple[str, ...] = (), above: tuple[str, ...] = ()
) -> Grid:
    """Return the grid of the non-empty rows under a header."""
    lines = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    width = max((at for _, cells in lines for at, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    names += [""] * (width - len(names))
    columns = tuple(name or f"{UNTITLED} {at}" for at, name in enumerate(names, start=1))
    values = tuple(
        (line, tuple("" if (text := cell.strip()) in SPREADSHEET_ERRORS else text for cell in cells))
        for line, cells in lines
    )
    return Grid(sheet, columns, values, remarks, above)


def _sheet_remarks(sheet: WorkbookSheet, marks: Marks) -> Iterator[str]:
    where = f"Feuille « {sheet.name} »"
    if any(last > first for first, _, last, _ in marks.merged):
        yield f"{where} : une cellule fusionnée sur plusieurs lignes vaut pour chacune."
    lines = {line for line, _ in sheet.rows}
    if hidden := [str(line) for line in marks.hidden if line in lines]:
        yield f"{where} : les lignes masquées sont lues comme les autres ({_few(hidden)})."
    if marks.uncomputed:
        yield (
            f"{where} : des formules n’ont jamais été calculées, leurs cellules sont lues vides ({_few(marks.uncomputed)}). "
            "Ouvrez le classeur dans un tableur, enregistrez-le, et recommencez."
        )


def _few(items: Sequence[str]) -> str:
    return ", ".join(items[:_SHOWN]) + ("…" if len(items) > _SHOWN else "")


def _no_header(path: Path, rows: Rows, wanted: str) -> SourceError:
    line, cells = max(rows[:HEADER_WITHIN], key=lambda row: sum(map(bool, map(str.strip, row[1]))), default=(1, []))
    seen = ", ".join(f"« {excerpt(name, 60)} »" for name in column_names(cells) if name) or "aucune"
    return SourceError(
        path,
        f"il manque la colonne qui donne {wanted}. Colonnes vues : {seen}. Il faut une ligne d’en-tête dans les dix premières, au-dessus "
        "des lignes. Ou dites ce que contiennent les colonnes (au terminal : --mapping).",
        line=line,
    )
