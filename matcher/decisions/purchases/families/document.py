"""Families of like needs as their Document and as JSON: each family and what the law says of its sum, what services may pool, every line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.decisions.opinion.law_words import amounts_said
from matcher.decisions.purchases.families.compute import NeedFamilies, NeedFamily, NeedLine
from matcher.decisions.purchases.families.threshold_notes import BY_OPERATION, sum_said
from matcher.decisions.purchases.programme_document import own_cells, own_columns
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.decisions.purchases.spending import Tax
from matcher.domain.french import count, number
from matcher.reference.law import LegalThreshold
from matcher.reference.levers import lever
from matcher.render.document import ColumnKind, Document, DocumentColumn, DocumentKind, DocumentRow, DocumentTable

LIMITS = (
    "Des familles proposées, à corriger : deux besoins sont rapprochés par leurs mots et le métier qui y est lu. C’est à l’acheteur de dire ce qui est homogène, "
    "par ses caractéristiques ou parce que cela forme une unité (R2121-6). Comptez aussi ce que ce fichier ne contient pas."
)
NOT_KNOWN = "montants à compléter avant de conclure"
_NUMBER = ColumnKind.NUMBER
_EUROS = DocumentColumn("Montants connus", _NUMBER, "€ HT", 2)
_UNKNOWN = DocumentColumn("Non connus", _NUMBER)
_FAMILIES = (
    *(DocumentColumn("Famille"), DocumentColumn("Lignes", _NUMBER), DocumentColumn("Année qui compte")),
    *(_EUROS, _UNKNOWN, DocumentColumn("Montants TTC, à part", _NUMBER, "€", 2, aside=True)),
    DocumentColumn("Ce que cela change"),
)
_POOLED = (
    *(DocumentColumn("Famille"), DocumentColumn("Service ou acheteur"), DocumentColumn("Lignes", _NUMBER)),
    *(_EUROS, _UNKNOWN),
)
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


def law_said(its: NeedFamily, on: date) -> str:
    """What the sum of a family changes under the law of a day."""
    clause = lever("clause")
    if its.law.above:
        owed = clause.owed_from is not None and clause.owed_from <= on
        duty = f", condition sociale d’exécution obligatoire ({clause.duty})" if owed else ""
        said = f"seuil européen atteint ({amounts_said(its.law.european)}){duty}"
    elif its.law.direct is None:
        said = NOT_KNOWN if its.law.direct_below and its.unknown else _between(its.law.direct_below)
    elif its.law.direct:
        said = f"achat direct possible ({its.law.direct_below[0].article})"
    else:
        below = its.law.direct_below
        said = f"au-dessus de l’achat direct ({amounts_said(below)}, {below[0].article})"
        if its.law.above is None and its.law.european and its.euros >= its.law.european[0].euros:
            said += f" ; seuil européen selon l’acheteur : {amounts_said(its.law.european)}"
    return f"{said} ; {BY_OPERATION}" if its.works else said


def says(its: NeedFamily, on: date) -> str:
    """What a family says on each of its lines: its sum, then what that changes."""
    return f"{count(len(its.lines), 'ligne')}, {sum_said(its)} : {law_said(its, on)}"


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
            DocumentTable("Familles", _FAMILIES, tuple(_family(one, its.on) for one in found.families)),
            pooled_table(found),
            _lines(its),
        ),
        catalogue_version=its.version,
        catalogue_suppliers=its.suppliers,
        on=its.on,
        scope=LIMITS,
    )


def pooled_table(found: NeedFamilies) -> DocumentTable:
    """The families that several services buy, and what each of them does."""
    rows = (
        DocumentRow(
            (one.name, part.service, part.lines, part.euros if part.unknown < part.lines else None, part.unknown)
        )
        for one in found.families
        if one.to_pool
        for part in one.services
    )
    return DocumentTable("À regrouper entre services", _POOLED, tuple(rows))


def remarks(found: NeedFamilies) -> Iterator[str]:
    """What was left out of the families, or out of their sums."""
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
        "families": [_object(its, one) for one in its.found.families],
        "without_family": [its.found.lines[rank].entry.where for rank in its.found.unsaid],
        "date": its.on.isoformat(),
    }


def _between(may_be: tuple[LegalThreshold, ...]) -> str:
    return f"achat direct jusqu’à {amounts_said(may_be)}" if may_be else "seuils de ce jour non connus"


def _family(its: NeedFamily, on: date) -> DocumentRow:
    return DocumentRow(
        (
            *(its.name, len(its.lines), its.year, its.euros if its.priced else None, its.unknown),
            *(its.with_tax or "", law_said(its, on)),
        )
    )


def _lines(its: Grouped) -> DocumentTable:
    several = any(line.entry.sheet for line in its.found.lines)
    own = (DocumentColumn(column.header, aside=True) for column in own_columns(its.sheet, several=several))
    of = {rank: one for one in its.found.families for rank in one.lines}
    rows = (
        DocumentRow((*own_cells(line.entry, several=several), *_line(line, of.get(rank), its.on)))
        for rank, line in enumerate(its.found.lines)
    )
    return DocumentTable("Lignes", (*own, *_LINE), tuple(rows), aside=True)


def _line(line: NeedLine, family: NeedFamily | None, on: date) -> tuple[str | float | None, ...]:
    return (
        *(family.name if family else "", line.entry.where, line.written.label, line.service, line.year, line.amount),
        *("" if line.amount is None else str(line.tax), says(family, on) if family else ""),
    )


def _object(its: Grouped, family: NeedFamily) -> dict[str, Any]:
    return {
        "name": family.name,
        "settled": family.settled,
        "lines": [its.found.lines[rank].entry.where for rank in family.lines],
        "amount": family.euros if family.priced else None,
        "amounts_unknown": family.unknown,
        "amount_with_tax": family.with_tax or None,
        "year": family.year or None,
        "works": family.works,
        "direct": family.law.direct,
        "above_european": family.law.above,
        "says": says(family, its.on),
        "services": [
            {"name": part.service, "lines": part.lines, "amount": part.euros, "amounts_unknown": part.unknown}
            for part in family.services
        ],
    }
