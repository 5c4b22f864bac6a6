"""A ranked list as a file a buyer can hand on: CSV, or XLSX with the criteria on a second sheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from matcher.domain.match import Match, Refusal
from matcher.domain.reading import Reading
from matcher.exports.french import UNKNOWN, day

Cell = str | float | int | None

HEAD = ("Rang", "Fournisseur", "Types", "Commune", "SIRET", "Score (sur 100)", "Part connue (%)", "Distance (km)")
TAIL = ("Ce qui reste à demander", "Identifiant")
# A spreadsheet runs a cell that starts with one of these as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What was asked, what was found and on which state of the catalogue: enough to read the list again in a year."""

    reading: Reading
    matches: tuple[Match, ...]
    refusals: tuple[Refusal, ...]
    catalogue_version: int
    catalogue_suppliers: int
    on: date


def safe(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: a leading apostrophe where it would start a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def to_csv(shortlists: Sequence[Shortlist]) -> bytes:
    """One line a candidate, `;` and a byte-order mark so that French Excel opens it as it is. Unknown is written so."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_header(shortlists))
    for row in _rows(shortlists):
        writer.writerow([_csv_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(shortlists: Sequence[Shortlist]) -> bytes:
    """Sheet « Candidats » with the list, sheet « Critères » with the need, the weights, the date and the refused."""
    buffer = io.BytesIO()
    created = shortlists[0].on if shortlists else date(2000, 1, 1)
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": "Fournisseurs inclusifs", "author": "Entremise", "created": created})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        header = _header(shortlists)
        sheet = book.add_worksheet("Candidats")
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for column, name in enumerate(header):
            sheet.set_column(column, column, _width(name))
            sheet.write_string(0, column, name, head)
        last = 0
        for last, row in enumerate(_rows(shortlists), start=1):
            for column, cell in enumerate(row):
                _write(sheet, last, column, cell, text)
        sheet.autofilter(0, 0, max(last, 1), len(header) - 1)
        criteria = book.add_worksheet("Critères")
        criteria.set_column(0, 0, 28)
        criteria.set_column(1, 1, 100)
        for number, (label, value) in enumerate(_criteria(shortlists)):
            criteria.write_string(number, 0, label, head)
            criteria.write_string(number, 1, value, text)
    return buffer.getvalue()


def _header(shortlists: Sequence[Shortlist]) -> list[str]:
    lot = ["Lot"] if len(shortlists) > 1 else []
    return [*lot, *HEAD, *_signal_labels(shortlists), *TAIL]


def _signal_labels(shortlists: Sequence[Shortlist]) -> list[str]:
    labels: dict[str, None] = {}
    for shortlist in shortlists:
        for match in shortlist.matches[:1]:
            labels.update(dict.fromkeys(f"{c.label} (sur {c.weight})" for c in match.contributions))
    return list(labels)


def _rows(shortlists: Sequence[Shortlist]) -> Iterator[list[Cell]]:
    labels = _signal_labels(shortlists)
    for shortlist in shortlists:
        for match in shortlist.matches:
            said = {
                f"{c.label} (sur {c.weight})": f"{c.points:.1f} : {c.says}".replace(".", ",", 1)
                for c in match.contributions
            }
            yield [
                *([shortlist.reading.lot.lot_id] if len(shortlists) > 1 else []),
                match.rank,
                match.name,
                ", ".join(match.kinds) or UNKNOWN,
                match.city or UNKNOWN,
                match.siret or UNKNOWN,
                match.score,
                round(match.coverage * 100),
                UNKNOWN if match.distance_km is None else match.distance_km,
                *(said.get(label) for label in labels),
                " ; ".join(c.says for c in match.contributions if c.value is None),
                match.id,
            ]


def _criteria(shortlists: Sequence[Shortlist]) -> Iterator[tuple[str, str]]:
    for shortlist in shortlists:
        reading, lot = shortlist.reading, shortlist.reading.lot
        if len(shortlists) > 1:
            yield "Lot", lot.lot_id
        yield "Objet", lot.objet
        yield "CPV", ", ".join(lot.cpv) or "non donné"
        yield (
            "Activités comprises",
            " ; ".join(f"{a.label} ({a.confidence:.0%})" for a in reading.activities) or "aucune",
        )
        yield "Lieux compris", " ; ".join(f"{p.name} ({p.type})" for p in reading.places) or "aucun"
        yield "Levier", lot.levier or "aucun"
        yield "Types demandés", ", ".join(lot.kinds or reading.kinds_asked) or "tous"
        yield "Montant (€ HT)", "non donné" if lot.montant is None else f"{lot.montant:.2f}".replace(".", ",")
        yield "Durée (mois)", "non donnée" if lot.duree is None else f"{lot.duree:g}"
        weights = shortlist.matches[0].contributions if shortlist.matches else ()
        yield "Poids", " ; ".join(f"{c.label} {c.weight}" for c in weights)
        yield "Candidats dans ce fichier", str(len(shortlist.matches))
        for refusal in shortlist.refusals:
            yield "Écartés", f"{refusal.count} : {refusal.reason}"
        for doubt in reading.doubts:
            yield "Doute", doubt
        yield "Catalogue", f"version {shortlist.catalogue_version}, {shortlist.catalogue_suppliers} fournisseurs"
        yield "Date", day(shortlist.on)
        yield "", ""


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell)
    return f"{cell:g}".replace(".", ",") if isinstance(cell, float) else str(cell)


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, text: object) -> None:
    if isinstance(cell, int | float):
        sheet.write_number(row, column, cell, text)
    elif cell:
        sheet.write_string(row, column, cell, text)


def _width(name: str) -> int:
    return {"Rang": 6, "Fournisseur": 36, "Types": 10, "Commune": 22, "SIRET": 17}.get(
        name, 14 if len(name) < 20 and "sur" not in name else 34
    )
