"""Families of like needs as their Document and as JSON: each family and what the law says of its sum, what services may pool, every line."""

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
class Grouped:
    """The families of a sheet, as they were on a day; `version` and `suppliers` tell the catalogue beside which they are shown."""

    sheet: PurchaseSheet
    found: NeedFamilies
    on: date
    version: int
    suppliers: int


def headline(its: NeedFamilies) -> str:
    """The families in one sentence: how many, and what the law or other services make of them."""
    above = sum(one.law.above is True for one in its.families)
    over = sum(one.law.direct is False for one in its.families)
    pooled = sum(one.to_pool for one in its.families)
    european = f", dont {number(above)} au seuil européen" if above else ""
    return (
        f"{count(len(its.families), 'famille')} pour {count(len(its.lines) - len(its.unsaid), 'ligne')} : "
        f"{count(over, 'dépasse', 'dépassent')} l’achat direct{european} ; "
        f"{count(pooled, 'est achetée', 'sont achetées')} par plusieurs services."
    )


def families_document(its: Grouped) -> Document:
    """The families, what several services may pool, the lines in their order with what their family says."""
    found = its.found
    return Document(
        kind=DocumentKind.FAMILIES,
        title=count(len(found.families), "famille"),
        asked=(*its.sheet.understood, *its.sheet.unused),
        answer=headline(found),
        remarks=(*its.sheet.said, *remarks(found)),
        tables=(
            *family_tables(found, its.on),
            _lines(its),
        ),
        catalogue_version=its.version,
        catalogue_suppliers=its.suppliers,
        on=its.on,
        scope=LIMITS,
    )


def remarks(found: NeedFamilies) -> Iterator[str]:
    """What was left out of the families, or out of their sums, and whether they depend on who buys."""
    if asks := nature_asked(found):
        yield asks
    if found.unsaid:
        none = count(len(found.unsaid), "ligne n’a ni objet ni code CPV", "lignes n’ont ni objet ni code CPV")
        yield f"{none} : dans aucune famille."
    if taxed := sum(its.tax is Tax.INCLUDED and its.amount is not None for its in found.lines):
        several = count(taxed, "montant TTC n’est pas compté", "montants TTC ne sont pas comptés")
        yield f"{several} aux seuils, qui sont hors taxes : les sommes de leurs familles sont « au moins »."
    if silent := sum(its.tax is Tax.UNSAID and its.amount is not None for its in found.lines):
        several = count(silent, "montant ne dit ni HT ni TTC", "montants ne disent ni HT ni TTC")
        yield f"{several} : dites-le (page du fichier, ou « --montants »), ils comptent « au moins » en attendant."


def families_object(its: Grouped) -> dict[str, Any]:
    """The whole as JSON: every family with its lines, by their number in the file; amounts in euros, unknown as null."""
    return {
        "headline": headline(its.found),
        "limits": LIMITS,
        "columns": [*its.sheet.understood, *its.sheet.unused],
        "remarks": [*its.sheet.said, *remarks(its.found)],
        "families": [family_object(its.found, one, its.on) for one in its.found.families],
        "without_family": [its.found.lines[rank].entry.where for rank in its.found.unsaid],
        "date": its.on.isoformat(),
    }


def _lines(its: Grouped) -> DocumentTable:
    several = any(line.entry.sheet for line in its.found.lines)
    own = (DocumentColumn(column.header, aside=True) for column in own_columns(its.sheet, several=several))
    rows = []
    for line in its.found.lines:
        family = its.found.by_line.get(line.entry.key)
        name, what = (family.name, says(family, its.on)) if family else ("", "")
        told = (name, line.entry.where, line.written.label, line.service, line.year, line.amount)
        tax = "" if line.amount is None else str(line.tax)
        rows.append(DocumentRow((*own_cells(line.entry, several=several), *told, tax, what)))
    return DocumentTable("Lignes", (*own, *_LINE), tuple(rows), aside=True)
