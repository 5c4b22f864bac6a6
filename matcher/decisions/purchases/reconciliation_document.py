"""A reconciled sheet as files: the sheet given back with who each supplier is, how surely and why; or one line of JSON a row."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.catalogue.identity.recogniser import MOST_OPTIONS, Certainty, RecognisedOption
from matcher.decisions.purchases.programme_document import own_cells, own_columns
from matcher.decisions.purchases.reconciliation import ReconciledLine, headline
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.domain.french import day
from matcher.render.table import Cell, Column, Line, write_lines, write_table

LIMITS = (
    "Sûr : un numéro, ou la commune et le nom entier (son début, de douze lettres au moins, où la cellule est coupée), et une seule organisation. "
    "À confirmer : écrivez dans « Votre réponse » le SIRET de la bonne structure, ou « aucun », et redonnez le tableau : la réponse sert aux suivants. "
    "Inconnu : le catalogue n’a personne de ce nom, ce qui ne dit pas que ce fournisseur n’est pas inclusif."
)
SAID = {Certainty.SURE: "sûr", Certainty.TO_CONFIRM: "à confirmer", Certainty.UNKNOWN: "inconnu"}
ADDED = (
    *(Column("Certitude", 14), Column("SIRET reconnu", 18), Column("Nom au catalogue", 36), Column("Pourquoi", 40)),
    *(Column(f"Possible {rank}", 44) for rank in range(1, MOST_OPTIONS + 1)),
    Column("Votre réponse", 20),
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A sheet, its lines reconciled, and in French the answers that could not be used."""

    sheet: PurchaseSheet
    lines: tuple[ReconciledLine, ...]
    faults: tuple[str, ...] = ()


def reconciled_lines(its: Reconciled) -> Iterator[dict[str, Any]]:
    """Each row as an object: its number (that of a column « Ligne » where there is one), the name that is written, who it is."""
    for line in its.lines:
        number, found = line.entry.text("ligne"), line.recognition
        yield {
            "ligne": int(number) if number.isdecimal() else number or line.entry.line,
            "nom": line.entry.text("fournisseur"),
            "certitude": str(found.certainty),
            "siret": (found.sure.siret or None) if found.sure else None,
            "options": [_object(option) for option in found.options],
        }


def reconciliation_workbook(its: Reconciled, on: date) -> bytes:
    """The sheet given back, then how it was read. What an earlier answer of this command added is replaced."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    several = any(line.entry.sheet for line in its.lines)
    columns = own_columns(its.sheet, several=several)
    ours = {column.header for column in ADDED}
    own = [at for at, column in enumerate(columns) if column.header not in ours]
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Rapprochement", "author": "Entremise", "created": on})
        rows = ([*_kept(own_cells(line.entry, several=several), own), *_added(line)] for line in its.lines)
        write_table(book, "Rapprochement", [*(columns[at] for at in own), *ADDED], rows)
        write_lines(book, "Lecture", list(_reading(its, on)))
    return buffer.getvalue()


def _kept(cells: Sequence[Cell], own: Sequence[int]) -> list[Cell]:
    return [cells[at] for at in own]


def _added(line: ReconciledLine) -> list[Cell]:
    found, sure = line.recognition, line.recognition.sure
    others = [] if sure else [f"{option.supplier.shown} : {option.evidence}" for option in found.options]
    return [
        SAID[found.certainty],
        (sure.siret or sure.id) if sure else None,
        sure.name if sure else None,
        found.options[0].evidence if sure else None,
        *others,
        *[None] * (MOST_OPTIONS - len(others)),
        line.entry.text("reponse"),
    ]


def _object(option: RecognisedOption) -> dict[str, Any]:
    its = option.supplier
    return {"siret": its.siret or None, "name": its.name, "city": its.city, "evidence": option.evidence}


def _reading(its: Reconciled, on: date) -> Iterator[Line]:
    yield "Rapprochement", headline(its.lines)
    yield "Portée", LIMITS
    for understood in (*its.sheet.understood, *its.sheet.unused):
        yield "Colonne", understood
    for remark in (*its.sheet.said, *its.faults):
        yield "Remarque", remark
    yield "Date", day(on)
