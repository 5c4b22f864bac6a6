"""Renders a reconciled sheet (suppliers recognised line by line) as the user's own XLSX with added columns, JSON Lines, and a Document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import Any, TypedDict

from matcher.catalogue.identity.recogniser import MOST_OPTIONS, Certainty, Recognition
from matcher.decisions.purchases.programme_document import own_cells, own_columns
from matcher.decisions.purchases.reconciliation import (
    NameState,
    ReconciledLine,
    WrittenName,
    pasted_lines,
    reconciliation_headline,
    unusable_numbers,
)
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.decisions.purchases.spending import Tax
from matcher.domain.french import count, day
from matcher.ranking.shelf.shelf import Shelf
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    MarkedText,
    few,
)
from matcher.render.table import Cell, Column, Line, Sheet, table_csv, workbook_of

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

_TO_CONFIRM = (
    *(DocumentColumn("Où"), DocumentColumn("Fournisseur, tel que lu")),
    *(DocumentColumn("Possible"), DocumentColumn("Pourquoi", under=True)),
    DocumentColumn("Autres possibles", ColumnKind.NUMBER),
)
STATES = {
    NameState.TO_SETTLE: MarkedText("à trancher", CellMark.UNKNOWN),
    NameState.SURE: MarkedText("sûr", CellMark.KNOWN),
    NameState.SETTLED: MarkedText("tranché", CellMark.KNOWN),
    NameState.UNKNOWN: MarkedText("pas au catalogue", CellMark.ABSENT),
}


class RecognisedOptionShape(TypedDict):
    """Un fournisseur du catalogue qui peut être désigné, et pourquoi."""

    siret: str | None
    name: str
    city: str
    evidence: str


class RecognisedNameShape(TypedDict):
    """Un nom écrit, et qui il est au catalogue ; `siret` est nul tant que ce n’est pas sûr."""

    nom: str
    certitude: str
    siret: str | None
    options: list[RecognisedOptionShape]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A sheet, its reconciled lines, and French faults on unusable answers."""

    sheet: PurchaseSheet
    lines: tuple[ReconciledLine, ...]
    faults: tuple[str, ...] = ()


def reconciliation_document(reconciliation: Reconciled, shelf: Shelf, on: date) -> Document:
    """Return the Document: counts by certainty, and the lines to confirm with their likeliest supplier."""
    unsure = [line for line in reconciliation.lines if line.recognition.options and not line.recognition.sure]
    rows = (
        (
            *(line.entry.where, line.entry.text("fournisseur") or line.entry.text("siret")),
            *(line.recognition.options[0].supplier.full_name, line.recognition.options[0].evidence),
            len(line.recognition.options) - 1,
        )
        for line in unsure
    )
    unusable = list(unusable_numbers(reconciliation.lines))
    numbers = [f"{count(len(unusable), 'numéro')} à vérifier : {few(unusable)}."] if unusable else []
    return Document(
        kind=DocumentKind.RECONCILIATION,
        title=count(sum(not line.entry.total for line in reconciliation.lines), "ligne"),
        asked=(*reconciliation.sheet.understood, *reconciliation.sheet.unused),
        answer=reconciliation_headline(reconciliation.lines),
        remarks=(*reconciliation.sheet.said, *numbers, *reconciliation.faults),
        tables=(DocumentTable("À confirmer", _TO_CONFIRM, tuple(map(DocumentRow, rows))),),
        catalogue_version=shelf.version,
        catalogue_suppliers=len(shelf),
        on=on,
        scope=LIMITS,
    )


def names_table(names: Sequence[WrittenName], taxes: Sequence[Tax]) -> DocumentTable:
    """Return the table of written names with state and catalogue supplier, and one column of amounts per way of counting VAT (`taxes`)."""
    amounts = (DocumentColumn(f"Montant {tax}", ColumnKind.NUMBER, "€", 2) for tax in taxes)
    columns = (
        *(DocumentColumn("Nom, tel que lu"), DocumentColumn("Nº", ColumnKind.NUMBER, under=True)),
        *(DocumentColumn("Commune"), *amounts, DocumentColumn("État"), DocumentColumn("Au catalogue")),
    )
    rows = []
    for name in names:
        written, recognition = name.written, name.recognition
        if recognition.sure:
            known = recognition.sure.name
        elif recognition.options:
            known = count(len(recognition.options), "possible")
        else:
            known = "aucun, dit l’équipe" if name.state is NameState.SETTLED else "aucun nom proche"
        town = " ".join(filter(None, (written.post_code, written.city))) or None
        euros = (name.amounts.get(tax) for tax in taxes)
        label = written.name or written.number or "sans nom"
        rows.append(DocumentRow((label, name.rank, town, *euros, STATES[name.state], known)))
    return DocumentTable("Les noms", columns, tuple(rows))


def pasted_sheet(text: str) -> bytes:
    """Return pasted suppliers as a CSV file, to be processed like an uploaded sheet."""
    columns = tuple(map(DocumentColumn, ("SIRET", "Fournisseur", "Code postal", "Commune")))
    written = (line.written for line in pasted_lines(text))
    rows = (DocumentRow((its.number, its.name, its.post_code, its.city)) for its in written)
    return table_csv(DocumentTable("", columns, tuple(rows))).content


def reconciled_lines(reconciliation: Reconciled) -> Iterator[dict[str, Any]]:
    """Yield each line as a JSON object: number (from a column « Ligne » if there is one), written name, recognised supplier."""
    for line in reconciliation.lines:
        number = line.entry.text("ligne")
        yield {
            "ligne": int(number) if number.isdecimal() else number or line.entry.line,
            **recognised_object(line.entry.text("fournisseur"), line.recognition),
        }


def recognised_object(name: str, recognition: Recognition) -> RecognisedNameShape:
    """Return a written name and its recognition as JSON."""
    return {
        "nom": name,
        "certitude": str(recognition.certainty),
        "siret": (recognition.sure.siret or None) if recognition.sure else None,
        "options": [
            {
                "siret": option.supplier.siret or None,
                "name": option.supplier.name,
                "city": option.supplier.city,
                "evidence": option.evidence,
            }
            for option in recognition.options
        ],
    }


def reconciliation_workbook(reconciliation: Reconciled, on: date) -> bytes:
    """Return the user's sheet as XLSX with the added columns (replacing those of an earlier run), and a sheet on how it was read."""
    several = any(line.entry.sheet for line in reconciliation.lines)
    columns = own_columns(reconciliation.sheet, several=several)
    ours = {column.header for column in ADDED}
    own = [column.header not in ours for column in columns]
    rows: list[list[Cell]] = []
    for line in reconciliation.lines:
        recognition, sure = line.recognition, line.recognition.sure
        others = [] if sure else [f"{option.supplier.full_name} : {option.evidence}" for option in recognition.options]
        added = (
            SAID[recognition.certainty],
            (sure.siret or sure.id) if sure else None,
            sure.name if sure else None,
            recognition.options[0].evidence if sure else None,
            *others,
            *[None] * (MOST_OPTIONS - len(others)),
            line.entry.text("reponse"),
        )
        rows.append([*compress(own_cells(line.entry, several=several), own), *added])
    reconciled = Sheet("Rapprochement", [*compress(columns, own), *ADDED], rows)
    return workbook_of("Rapprochement", on, reconciled, Sheet("Lecture", (), _reading_lines(reconciliation, on)))


def _reading_lines(reconciliation: Reconciled, on: date) -> Iterator[Line]:
    yield "Rapprochement", reconciliation_headline(reconciliation.lines)
    yield "Portée", LIMITS
    for understood in (*reconciliation.sheet.understood, *reconciliation.sheet.unused):
        yield "Colonne", understood
    for remark in (*reconciliation.sheet.said, *reconciliation.faults):
        yield "Remarque", remark
    yield "Date", day(on)
