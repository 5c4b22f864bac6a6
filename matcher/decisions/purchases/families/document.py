"""Turns the families of a purchase sheet (similar needs summed against legal thresholds) into a renderable Document and JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.decisions.purchases.families.compute import NeedFamilies
from matcher.decisions.purchases.families.words import family_object, family_tables, nature_asked, says
from matcher.decisions.purchases.programme_document import own_cells, own_columns
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.decisions.purchases.spending import Tax
from matcher.domain.french import count, number
from matcher.render.document import ColumnKind, Document, DocumentColumn, DocumentKind, DocumentRow, DocumentTable

LIMITS = (
    "Des familles proposées, à corriger : deux besoins sont rapprochés par leurs mots et le métier qui y est lu. C’est à l’acheteur de dire ce qui est homogène, "
    "par ses caractéristiques ou parce que cela forme une unité (R2121-6). Comptez aussi ce que ce fichier ne contient pas."
)
_NUMBER = ColumnKind.NUMBER
_LINE = (
    *(DocumentColumn("Famille"), DocumentColumn("Ligne"), DocumentColumn("Objet"), DocumentColumn("Service")),
    *(DocumentColumn("Année"), DocumentColumn("Montant compris", _NUMBER, "€", 2), DocumentColumn("Taxe")),
    DocumentColumn("Ce que dit la famille"),
)


@dataclass(frozen=True, slots=True)
class FamilySheet:
    """A purchase sheet and the families of its needs on a day; `version` and `suppliers` describe the catalogue then in use."""

    sheet: PurchaseSheet
    grouping: NeedFamilies
    on: date
    version: int
    suppliers: int


def families_headline(families: NeedFamilies) -> str:
    """Return one sentence: numbers of families, of those over a threshold, of those bought by several services."""
    above = sum(one.law.above is True for one in families.families)
    over = sum(one.law.direct is False for one in families.families)
    pooled = sum(one.to_pool for one in families.families)
    european = f", dont {number(above)} au seuil européen" if above else ""
    return (
        f"{count(len(families.families), 'famille')} pour {count(len(families.lines) - len(families.unsaid), 'ligne')} : "
        f"{count(over, 'dépasse', 'dépassent')} l’achat direct{european} ; "
        f"{count(pooled, 'est achetée', 'sont achetées')} par plusieurs services."
    )


def families_document(group: FamilySheet) -> Document:
    """Return the Document: families, purchases to pool, then all lines with their family."""
    families = group.grouping
    return Document(
        kind=DocumentKind.FAMILIES,
        title=count(len(families.families), "famille"),
        asked=(*group.sheet.understood, *group.sheet.unused),
        answer=families_headline(families),
        remarks=(*group.sheet.said, *families_remarks(families)),
        tables=(*family_tables(families, group.on), _lines(group)),
        catalogue_version=group.version,
        catalogue_suppliers=group.suppliers,
        on=group.on,
        scope=LIMITS,
    )


def families_remarks(families: NeedFamilies) -> Iterator[str]:
    """Yield French remarks: threshold that depends on the buyer, lines in no family, amounts left out of the sums."""
    if asks := nature_asked(families):
        yield asks
    if families.unsaid:
        none = count(len(families.unsaid), "ligne n’a ni objet ni code CPV", "lignes n’ont ni objet ni code CPV")
        yield f"{none} : dans aucune famille."
    if taxed := sum(its.tax is Tax.INCLUDED and its.amount is not None for its in families.lines):
        several = count(taxed, "montant TTC n’est pas compté", "montants TTC ne sont pas comptés")
        yield f"{several} aux seuils, qui sont hors taxes : les sommes de leurs familles sont « au moins »."
    if silent := sum(its.tax is Tax.UNSAID and its.amount is not None for its in families.lines):
        several = count(silent, "montant ne dit ni HT ni TTC", "montants ne disent ni HT ni TTC")
        yield f"{several} : dites-le (page du fichier, ou « --montants »), ils comptent « au moins » en attendant."


def families_object(group: FamilySheet) -> dict[str, Any]:
    """Return the families as JSON, with line numbers of the file; amounts in euros, unknown values null."""
    return {
        "headline": families_headline(group.grouping),
        "limits": LIMITS,
        "columns": [*group.sheet.understood, *group.sheet.unused],
        "remarks": [*group.sheet.said, *families_remarks(group.grouping)],
        "families": [family_object(group.grouping, one, group.on) for one in group.grouping.families],
        "without_family": [group.grouping.lines[rank].entry.where for rank in group.grouping.unsaid],
        "date": group.on.isoformat(),
    }


def _lines(group: FamilySheet) -> DocumentTable:
    several = any(line.entry.sheet for line in group.grouping.lines)
    own = (DocumentColumn(column.header, aside=True) for column in own_columns(group.sheet, several=several))
    rows = []
    for line in group.grouping.lines:
        family = group.grouping.by_line.get(line.entry.key)
        name, what = (family.name, says(family, group.on)) if family else ("", "")
        cells = (name, line.entry.where, line.written.label, line.service, line.year, line.amount)
        tax = "" if line.amount is None else str(line.tax)
        rows.append(DocumentRow((*own_cells(line.entry, several=several), *cells, tax, what)))
    return DocumentTable("Lignes", (*own, *_LINE), tuple(rows), aside=True)
