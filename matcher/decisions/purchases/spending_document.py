"""Past spending as files: the inclusive share, the buyer's own lines in their order with what is known of each, alternatives near."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.decisions.purchases.programme import FIRST
from matcher.decisions.purchases.programme_document import named, own_cells, own_columns
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.decisions.purchases.spending import InclusiveShares, Similar, Spending, SpendingPart, Spent, headline
from matcher.domain.french import UNKNOWN, count, day, number
from matcher.ranking.shelf.shelf import Shelf
from matcher.render.table import Cell, Column, Line, write_lines, write_table

LIMITS = (
    "Une photographie : un fournisseur est inclusif si le catalogue le reconnaît sûrement, à son numéro, ou à son nom entier et sa commune. Un absent du catalogue "
    "peut l’être sans que les annuaires importés le disent. Un montant qui ne dit rien de la taxe compte avec les hors taxe. Un fournisseur semblable fait ce métier d’après les annuaires et est à portée : sa capacité n’est pas comparée."
)
_EUROS = "# ##0.00"
ADDED = (
    *(
        Column("Ce que le catalogue en sait", 22),
        Column("Types", 14),
        Column("Montant compris (€)", 14, _EUROS),
        Column("Taxe", 8),
    ),
    Column("Inclusifs semblables à portée", 14),
    *(Column(f"Semblable {rank}", 34) for rank in range(1, FIRST + 1)),
    Column("À préciser", 50),
)
COUNTED = (Column("", 24), Column("Ce qui est compté", 34), Column("Fournisseurs", 12), Column("Lignes", 10), Column("Montants non connus", 14))  # fmt: skip
ALTERNATIVES = (Column("Où", 14), Column("Fournisseur", 34), Column("Objet", 44), Column("Montant compris (€)", 14, _EUROS), Column("Inclusifs semblables à portée", 14), *(Column(f"Semblable {rank}", 34) for rank in range(1, FIRST + 1)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Photographed:
    """Past spending, the sheet that it was read from, and the catalogue and day that it was looked at on."""

    sheet: PurchaseSheet
    spending: Spending
    shelf: Shelf
    on: date


def spending_object(its: Photographed) -> dict[str, Any]:
    """The whole as JSON: the shares, then every line in its order; amounts in euros, unknown as null."""
    found = its.spending
    return {
        "headline": " ".join(headline(found)),
        "limits": LIMITS,
        "columns": [*its.sheet.understood, *its.sheet.unused],
        "remarks": remarks(its),
        "shares": [_shares(shares) for shares in found.shares],
        "share_of_suppliers": found.share_of_suppliers,
        "whole": _object(found, found.whole),
        **{
            name: [_object(found, part) for part in parts]
            for name, parts in (
                ("by_standing", found.by_standing),
                ("by_family", found.by_family),
                ("by_kind", found.by_kind),
            )
        },
        **{
            name: [
                {**_object(its_own, its_own.whole), "label": label, "shares": list(map(_shares, its_own.shares))}
                for label, its_own in slices
            ]
            for name, slices in (("by_year", found.by_year), ("by_service", found.by_service))
        },
        "lines": [_line(its, index, line) for index, line in enumerate(found.lines)],
        "catalogue": {"version": its.shelf.version, "suppliers": len(its.shelf)},
        "date": its.on.isoformat(),
    }


def spending_workbook(its: Photographed) -> bytes:
    """Sheets « Part inclusive », « Lignes » (the buyer's, in their order), « Semblables » and « Lecture »."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    found = its.spending
    several = any(line.entry.sheet for line in found.lines)
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Historique d’achats", "author": "Entremise", "created": its.on})
        write_table(book, "Part inclusive", _columns(found), list(_parts(found)))
        columns = (*own_columns(its.sheet, several=several), *ADDED)
        rows = (
            [*own_cells(line.entry, several=several), *_added(its, at, line)] for at, line in enumerate(found.lines)
        )
        write_table(book, "Lignes", columns, rows)
        write_table(book, "Semblables", ALTERNATIVES, [_alternative(its, *both) for both in found.alternatives])
        write_lines(book, "Lecture", list(_lines(its)))
    return buffer.getvalue()


def remarks(its: Photographed) -> list[str]:
    """Return in French what was left aside to read the file, lines of totals included."""
    skipped = len(its.sheet.entries) - len(its.spending.lines)
    totals = count(skipped, "ligne de total n’est pas comptée", "lignes de total ne sont pas comptées")
    return [*its.sheet.said, *([f"{totals}."] if skipped else [])]


def names_of(its: Photographed, similar: Similar | None) -> list[str]:
    """Return the first similar suppliers, by name, town and distance."""
    return [named(its.shelf, one) for one in similar.first] if similar else []


def _added(its: Photographed, index: int, line: Spent) -> list[Cell]:
    similar = its.spending.similar.get(index)
    return [
        str(line.standing),
        ", ".join(line.kinds),
        UNKNOWN if line.amount is None else line.amount,
        None if line.amount is None else str(line.tax),
        similar.credible if similar else None,
        *_padded(names_of(its, similar)),
        " ".join(line.doubts),
    ]


def _alternative(its: Photographed, line: Spent, similar: Similar) -> list[Cell]:
    amount = UNKNOWN if line.amount is None else line.amount
    who = line.entry.text("fournisseur") or line.entry.text("siret")
    bought = line.entry.text("objet") or line.entry.text("cpv") or line.entry.text("naf")
    return [line.entry.where, who, bought, amount, similar.credible, *_padded(names_of(its, similar))]


def _padded(names: Sequence[str]) -> list[Cell]:
    return [*names, *[None] * (FIRST - len(names))]


def _columns(found: Spending) -> tuple[Column, ...]:
    return (
        *COUNTED,
        *(
            column
            for tax in found.taxes
            for column in (
                Column(f"Montants connus (€ {tax})", 18, _EUROS),
                *(Column(f"{title}, % {tax}", 12, "0.0") for title in ("Inclusif", "Avec à confirmer", "Au plus")),
            )
        ),
    )


def _parts(found: Spending) -> Iterator[Sequence[Cell]]:
    """What is counted: what is known of suppliers, the inclusive lines by family and kind, then the shares by year, service, and of all."""
    named_parts = (
        ("Ce que l’on sait", found.by_standing),
        ("Inclusif, par famille", found.by_family),
        ("Inclusif, par type", found.by_kind),
    )
    for title, parts in named_parts:
        for part in parts:
            amounts = [cell for tax in found.taxes for cell in (part.amounts[tax], None, None, None)]
            yield title, part.label, part.suppliers, part.lines, part.unknown, *amounts
    for title, slices in (
        ("Par année", found.by_year),
        ("Par service", found.by_service),
        ("Ensemble", (("Ensemble", found),)),
    ):
        for label, its in slices:
            whole, shares = its.whole, {one.tax: one for one in its.shares}
            cells = [cell for tax in found.taxes for cell in (whole.amounts[tax], *_percents(shares.get(tax)))]
            yield title, label, whole.suppliers, whole.lines, whole.unknown, *cells


def _percents(shares: InclusiveShares | None) -> list[Cell]:
    return [100 * one for one in (shares.sure, shares.to_settle, shares.at_most)] if shares else [UNKNOWN] * 3


def _lines(its: Photographed) -> Iterator[Line]:
    for sentence in headline(its.spending):
        yield "Part inclusive", sentence
    yield "Portée", LIMITS
    for understood in (*its.sheet.understood, *its.sheet.unused):
        yield "Colonne", understood
    for remark in remarks(its):
        yield "Remarque", remark
    yield "Catalogue", f"version {its.shelf.version}, {number(len(its.shelf))} fournisseurs"
    yield "Date", day(its.on)


def _line(its: Photographed, index: int, line: Spent) -> dict[str, Any]:
    similar = its.spending.similar.get(index)
    first = zip(similar.first, names_of(its, similar), strict=True) if similar else ()
    return {
        "sheet": line.entry.sheet or None,
        "line": line.entry.line,
        "cells": dict(zip(its.sheet.columns, line.entry.cells, strict=True)),
        "supplier": line.key or None,
        "amount": line.amount,
        "tax": None if line.amount is None else str(line.tax),
        "standing": str(line.standing),
        "id": line.id or None,
        "kinds": list(line.kinds),
        "doubts": list(line.doubts),
        "similar": similar
        and {
            "credible": similar.credible,
            "first": [{"id": one.id, "name": name, "distance_km": one.km} for one, name in first],
        },
    }


def _object(found: Spending, part: SpendingPart) -> dict[str, Any]:
    return {
        "label": part.label,
        "suppliers": part.suppliers,
        "lines": part.lines,
        "amounts": {str(tax): part.amounts[tax] for tax in found.taxes},
        "amounts_unknown": part.unknown,
    }


def _shares(shares: InclusiveShares) -> dict[str, Any]:
    return {"tax": str(shares.tax), "sure": shares.sure, "to_settle": shares.to_settle, "at_most": shares.at_most}
