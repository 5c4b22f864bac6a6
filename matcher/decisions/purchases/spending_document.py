"""Turns a buyer's analysed past spending into a renderable Document and JSON: inclusive shares, lines with each supplier's standing, alternatives nearby."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.decisions.purchases.line import LineQuestion
from matcher.decisions.purchases.programme_document import candidate_words, own_cells, own_columns
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.decisions.purchases.sheet_answers import LikeLines
from matcher.decisions.purchases.spending import (
    InclusiveShares,
    Similar,
    Spending,
    SpendingLine,
    SpendingPart,
    Tax,
    spending_headline,
)
from matcher.domain.french import count
from matcher.ranking.shelf.shelf import Shelf
from matcher.render.document import (
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
)
from matcher.render.shaped import shaped

LIMITS = (
    "Une photographie : un fournisseur est inclusif si le catalogue le reconnaît sûrement, à son numéro, ou à son nom entier et sa commune. Un absent du catalogue "
    "peut l’être sans que les annuaires importés le disent. Un montant qui ne dit rien de la taxe compte à part. Un fournisseur semblable fait ce métier d’après les annuaires et est à portée : sa capacité n’est pas comparée."
)
_NUMBER = ColumnKind.NUMBER
_AMOUNT = DocumentColumn("Montant compris", _NUMBER, "€", 2)
_SIMILAR = (DocumentColumn("Inclusifs semblables à portée", _NUMBER), DocumentColumn("Les premiers", ColumnKind.LIST))
_ADDED = (
    *(
        DocumentColumn("Ce que le catalogue en sait"),
        DocumentColumn("Types", ColumnKind.KINDS),
        _AMOUNT,
        DocumentColumn("Taxe"),
    ),
    *(*_SIMILAR, DocumentColumn("À préciser")),
)
_SHARES = (
    *(DocumentColumn("Montants", _NUMBER, "€"), DocumentColumn("Taxe")),
    DocumentColumn("Inclusif", ColumnKind.SHARE, decimals=1),
    *(DocumentColumn(label, _NUMBER, "%", 1) for label in ("Avec à confirmer", "Au plus")),
)


@dataclass(frozen=True, slots=True)
class SpendingSnapshot:
    """Analysed past spending with its sheet, shelf (catalogue) and day."""

    sheet: PurchaseSheet
    spending: Spending
    shelf: Shelf
    on: date


def spending_object(snapshot: SpendingSnapshot) -> dict[str, Any]:
    """Return the spending as JSON; amounts in euros, unknown values null."""
    spending = snapshot.spending
    return {
        "headline": " ".join(spending_headline(spending)),
        "limits": LIMITS,
        "columns": [*snapshot.sheet.understood, *snapshot.sheet.unused],
        "remarks": spending_remarks(snapshot),
        "shares": [_shares(shares) for shares in spending.shares],
        "share_of_suppliers": spending.share_of_suppliers,
        "whole": _part_object(spending, spending.whole),
        **{
            name: [_part_object(spending, part) for part in parts]
            for name, parts in (
                ("by_standing", spending.by_standing),
                ("by_family", spending.by_family),
                ("by_kind", spending.by_kind),
            )
        },
        **{
            name: [
                {**_part_object(its_own, its_own.whole), "label": label, "shares": list(map(_shares, its_own.shares))}
                for label, its_own in slices
            ]
            for name, slices in (("by_year", spending.by_year), ("by_service", spending.by_service))
        },
        "lines": [_line(snapshot, index, line) for index, line in enumerate(spending.lines)],
        "catalogue": {"version": snapshot.shelf.version, "suppliers": len(snapshot.shelf)},
        "date": snapshot.on.isoformat(),
    }


def spending_document(snapshot: SpendingSnapshot) -> Document:
    """Return the Document: shares, alternatives, open questions, and, for files, all lines."""
    spending = snapshot.spending
    several = any(line.entry.sheet for line in spending.lines)
    own = (DocumentColumn(column.header) for column in own_columns(snapshot.sheet, several=several))
    rows = []
    for at, line in enumerate(spending.lines):
        tax = "" if line.amount is None else str(line.tax)
        similar = _similar_cells(snapshot, spending.similar.get(at))
        added = (str(line.standing), line.kinds, line.amount, tax, *similar, " ".join(line.doubts))
        rows.append(DocumentRow((*own_cells(line.entry, several=several), *added)))
    return Document(
        kind=DocumentKind.SPENDING,
        title=count(spending.whole.lines, "ligne"),
        asked=(*snapshot.sheet.understood, *snapshot.sheet.unused),
        answer=" ".join(spending_headline(spending)),
        remarks=tuple(spending_remarks(snapshot)),
        tables=(
            *spending_tables(spending),
            alternatives_table(snapshot),
            doubts_table(snapshot),
            DocumentTable("Lignes", (*own, *_ADDED), tuple(rows), aside=True),
        ),
        catalogue_version=snapshot.shelf.version,
        catalogue_suppliers=len(snapshot.shelf),
        on=snapshot.on,
        scope=LIMITS,
    )


def alternatives_table(snapshot: SpendingSnapshot) -> DocumentTable:
    """Return the table of lines with similar inclusive suppliers nearby."""
    rows = []
    for line, similar in snapshot.spending.alternatives:
        supplier_name = line.entry.text("fournisseur") or line.entry.text("siret")
        bought = line.entry.text("objet") or line.entry.text("cpv") or line.entry.text("naf")
        nearest = _similar_cells(snapshot, similar)
        rows.append(DocumentRow((line.entry.where, supplier_name, bought, *nearest, line.amount)))
    none = "Aucune ligne ne permet de le dire : il faut un libellé (ou un code CPV ou NAF) compris, et un lieu."
    return DocumentTable(
        "Fournisseurs semblables",
        (
            DocumentColumn("Où"),
            *(DocumentColumn(label, under=True) for label in ("Fournisseur", "Objet")),
            *_SIMILAR,
            _AMOUNT,
        ),
        tuple(rows),
        () if rows else (none,),
    )


def doubts_table(snapshot: SpendingSnapshot) -> DocumentTable:
    """Return the table of lines with doubts."""
    rows = ((line.entry.where, " ".join(line.doubts)) for line in snapshot.spending.lines if line.doubts)
    return DocumentTable(
        "À préciser", (DocumentColumn("Où"), DocumentColumn("Question")), tuple(map(DocumentRow, rows))
    )


def spending_tables(spending: Spending) -> list[DocumentTable]:
    """Return the tables of sums by standing, family and kind, and of shares by year and service, without empty ones."""
    inclusive = spending.inclusive
    parts = (("Inclusif, par famille", spending.by_family), ("Inclusif, par type", spending.by_kind))
    tables = [spending_parts_table("Ce que l’on sait", spending, spending.by_standing, spending.whole)]
    tables += [spending_parts_table(title, spending, its, inclusive) for title, its in parts if its]
    columns = (DocumentColumn("Tranche"), *_SHARES)
    for title, slices in (("Par année", spending.by_year), ("Par service", spending.by_service)):
        rows: list[DocumentRow] = []
        for label, part in slices:
            for own in part.shares:
                figures = (part.whole.amounts[own.tax], str(own.tax), own.sure, 100 * own.to_settle, 100 * own.at_most)
                rows.append(DocumentRow((label, *figures)))
            if not part.shares:
                rows.append(DocumentRow((label, *(None,) * len(_SHARES))))
        if slices:
            tables.append(DocumentTable(title, columns, tuple(rows)))
    return tables


def spending_parts_table(
    title: str, spending: Spending, parts: Sequence[SpendingPart], whole: SpendingPart
) -> DocumentTable:
    """Return a table of partial sums with their total."""
    columns = (
        *(
            DocumentColumn("Ce qui est compté"),
            DocumentColumn("Fournisseurs", _NUMBER),
            DocumentColumn("Lignes", _NUMBER),
        ),
        *(DocumentColumn(f"Montants {tax}", _NUMBER, "€") for tax in spending.taxes),
        *(DocumentColumn(f"Part {tax}", ColumnKind.SHARE, decimals=1) for tax in spending.taxes),
        DocumentColumn("Non connus", _NUMBER),
    )
    rows = []
    for label, part in (*((part.label, part) for part in parts), ("Ensemble", whole)):
        amounts = [part.amounts[tax] for tax in spending.taxes]
        shares = [part.amounts[tax] / whole.amounts[tax] if whole.amounts[tax] else "" for tax in spending.taxes]
        rows.append(DocumentRow((label, part.suppliers, part.lines, *amounts, *shares, part.unknown)))
    return DocumentTable(title, columns, tuple(rows), total=True)


def tax_questions(lines: Iterable[SpendingLine]) -> list[LikeLines]:
    """Return the questions « with or without VAT? », one per column that does not state it, most lines first."""
    silent: dict[str, list[str]] = {}
    for expense in lines:
        if expense.amount is not None and expense.tax is Tax.UNSAID:
            silent.setdefault(expense.entry.fields["montant"].column, []).append(expense.entry.key)
    groups = [LikeLines(LineQuestion.TAX, column, tuple(keys)) for column, keys in silent.items()]
    return sorted(groups, key=lambda one: -len(one.lines))


def spending_remarks(snapshot: SpendingSnapshot) -> list[str]:
    """Return French remarks on the reading of the file, including skipped totals."""
    skipped = len(snapshot.sheet.entries) - len(snapshot.spending.lines)
    totals = count(skipped, "ligne de total n’est pas comptée", "lignes de total ne sont pas comptées")
    return [*snapshot.sheet.said, *([f"{totals}."] if skipped else [])]


def similar_names(snapshot: SpendingSnapshot, similar: Similar | None) -> list[str]:
    """Return the best similar suppliers as « name (town, distance) »."""
    return [candidate_words(snapshot.shelf, one) for one in similar.first] if similar else []


def _similar_cells(snapshot: SpendingSnapshot, similar: Similar | None) -> tuple[DocumentCell, DocumentCell]:
    return (similar.credible, tuple(similar_names(snapshot, similar))) if similar else ("", "")


def _line(snapshot: SpendingSnapshot, index: int, line: SpendingLine) -> dict[str, Any]:
    similar = snapshot.spending.similar.get(index)
    first = zip(similar.first, similar_names(snapshot, similar), strict=True) if similar else ()
    entry = line.entry
    return {
        **shaped("sheet? line cells", entry, cells=dict(zip(snapshot.sheet.columns, entry.cells, strict=True))),
        **shaped(
            "supplier?=key amount tax standing id? kinds doubts", line, tax=None if line.amount is None else line.tax
        ),
        "similar": similar
        and {
            "credible": similar.credible,
            "first": [{"id": one.id, "name": name, "distance_km": one.km} for one, name in first],
        },
    }


def _part_object(spending: Spending, part: SpendingPart) -> dict[str, Any]:
    amounts = {str(tax): part.amounts[tax] for tax in spending.taxes}
    return shaped("label suppliers lines amounts amounts_unknown=unknown", part, amounts=amounts)


def _shares(shares: InclusiveShares) -> dict[str, Any]:
    return shaped("tax sure to_settle at_most", shares)
