"""A ranked list as a file a buyer can hand on: CSV, or XLSX with the criteria on a second sheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from matcher.domain.french import UNKNOWN, count, day
from matcher.domain.match import Contribution, Match
from matcher.exports.criteria import Line, guide, need
from matcher.lots.shortlist import NOBODY, Shortlist
from matcher.ranking.explanation import explanation

if TYPE_CHECKING:
    import xlsxwriter

# A spreadsheet runs a cell that starts with one of these as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST_CELL = 32_767  # characters, the limit of XLSX: beyond it the cell would be refused, and lost
_POINTS_WIDTH = 12
_PLAIN, _ESTIMATE = "", "estimate"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Points given for a value that is not known: part of the sum, shown apart."""

    points: float


Cell = str | int | float | Estimate | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its French header, its width in characters and the number format of XLSX."""

    header: str
    width: int
    digits: str = "0"


_LOT = (Column("Lot", 12), Column("Objet", 36))
_HEAD = (
    Column("Rang", 6),
    Column("Fournisseur", 36),
    Column("Types", 10),
    Column("Commune", 22),
    Column("SIRET", 17),
    Column("Crédible", 11),
    Column("Score (sur 100)", 9, "0.00"),
    Column("Part connue (%)", 9),
    Column("Distance (km)", 10, "0.0"),
)
_TAIL = (
    Column("En clair", 64),
    Column("Raisons", 60),
    Column("Ce qui reste à demander", 36),
    Column("Identifiant", 22),
)


def safe(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: a leading apostrophe where it would start a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def to_csv(shortlists: Sequence[Shortlist]) -> bytes:
    """One line a candidate, `;` and a byte-order mark so that French Excel opens it as it is. Unknown is written so."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.header for column in _columns(shortlists)])
    for row in _rows(shortlists, " | "):
        writer.writerow([_csv_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(shortlists: Sequence[Shortlist]) -> bytes:
    """Sheet « Candidats » with the list, sheet « Critères » with the need, the weights, the date and the refused."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    created = shortlists[0].on if shortlists else date(2000, 1, 1)
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Fournisseurs inclusifs", "author": "Entremise", "created": created})
        _write_candidates(book, shortlists)
        _write_criteria(book, list(_criteria(shortlists)))
    return buffer.getvalue()


def _columns(shortlists: Sequence[Shortlist]) -> list[Column]:
    weights = [Column(header, _POINTS_WIDTH, "0.00") for header in _weight_headers(shortlists)]
    return [*(_LOT if len(shortlists) > 1 else ()), *_HEAD, *weights, *_TAIL]


def _weight_headers(shortlists: Sequence[Shortlist]) -> list[str]:
    """One header per signal and weight; the lots of a file share their weights, so the first candidate of each tells."""
    first = (match for shortlist in shortlists for match in shortlist.matches[:1])
    return list(dict.fromkeys(_header(contribution) for match in first for contribution in match.contributions))


def _header(contribution: Contribution) -> str:
    return f"{contribution.label} (sur {contribution.weight})"


def _rows(shortlists: Sequence[Shortlist], between: str) -> Iterator[list[Cell]]:
    weights = _weight_headers(shortlists)
    width = len(_columns(shortlists))
    for shortlist in shortlists:
        lot = shortlist.reading.lot
        before: list[Cell] = [lot.lot_id, lot.objet] if len(shortlists) > 1 else []
        for match in shortlist.matches:
            yield [*before, *_candidate(match, weights, between)]
        if not shortlist.matches:
            said: list[Cell] = [*before, None, NOBODY]
            yield said + [None] * (width - len(said))


def _candidate(match: Match, weights: Sequence[str], between: str) -> list[Cell]:
    points = {_header(c): c.points if c.value is not None else Estimate(c.points) for c in match.contributions}
    known = sorted((c for c in match.contributions if c.value is not None), key=lambda c: -c.points)
    return [
        match.rank,
        match.name,
        ", ".join(match.kinds) or UNKNOWN,
        match.city or UNKNOWN,
        match.siret or UNKNOWN,
        "oui" if match.credible else "à appeler",
        match.score,
        round(match.coverage * 100),
        UNKNOWN if match.distance_km is None else match.distance_km,
        *(points.get(header) for header in weights),
        between.join(explanation(match)),
        between.join(f"{c.label} : {c.says}" for c in known),
        between.join(c.says for c in match.contributions if c.value is None),
        match.id,
    ]


def _criteria(shortlists: Sequence[Shortlist]) -> Iterator[Line]:
    for shortlist in shortlists:
        if len(shortlists) > 1:
            yield "Lot", shortlist.reading.lot.lot_id
        yield from need(shortlist.reading)
        yield "Candidats dans ce fichier", str(len(shortlist.matches)) if shortlist.matches else f"0. {NOBODY}."
        yield "Réponse", shortlist.answer
        for refusal in shortlist.refusals:
            yield "Écartés", f"{count(refusal.count, 'fournisseur')} : {refusal.reason}"
        if not shortlist.refusals:
            yield "Écartés", "aucun"
        if shortlist.matches:
            weights = shortlist.matches[0].contributions
            total = sum(c.weight for c in weights)
            yield f"Poids (total {total})", " ; ".join(f"{c.label} {c.weight}" for c in weights)
        suppliers = count(shortlist.catalogue_suppliers, "fournisseur")
        yield "Catalogue", f"version {shortlist.catalogue_version}, {suppliers}"
        yield "Date de la recherche", day(shortlist.on)
        yield "", ""
    yield from guide()


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, Estimate):
        cell = cell.points
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell)
    return f"{cell:.2f}".rstrip("0").rstrip(".").replace(".", ",") if isinstance(cell, float) else str(cell)


def _write_candidates(book: "xlsxwriter.Workbook", shortlists: Sequence[Shortlist]) -> None:
    columns, several = _columns(shortlists), len(shortlists) > 1
    sheet = book.add_worksheet("Candidats")
    sheet.freeze_panes(1, 0 if several else 2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    look = {"text_wrap": True, "valign": "top"}
    formats = {
        (digits, kind): book.add_format(
            look | {"num_format": digits} | ({"italic": True, "font_color": "#666666"} if kind else {})
        )
        for digits in sorted({column.digits for column in columns})
        for kind in (_PLAIN, _ESTIMATE)
    }
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.header, head)
    last = 0
    for last, row in enumerate(_rows(shortlists, "\n"), start=1):
        for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
            _write(sheet, last, at, cell, formats, column.digits)
    sheet.autofilter(0, 0, last, len(columns) - 1)


def _write(
    sheet: "xlsxwriter.worksheet.Worksheet",
    row: int,
    at: int,
    cell: Cell,
    formats: dict[tuple[str, str], object],
    digits: str,
) -> None:
    if isinstance(cell, Estimate):
        sheet.write_number(row, at, cell.points, formats[digits, _ESTIMATE])
    elif isinstance(cell, int | float):
        sheet.write_number(row, at, cell, formats[digits, _PLAIN])
    elif cell:
        sheet.write_string(row, at, _fitting(cell), formats[digits, _PLAIN])


def _write_criteria(book: "xlsxwriter.Workbook", lines: Sequence[Line]) -> None:
    sheet = book.add_worksheet("Critères")
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    label = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    for row, (name, value) in enumerate(lines):
        if name:
            sheet.write_string(row, 0, name, label)
            sheet.write_string(row, 1, _fitting(value), text)


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"
