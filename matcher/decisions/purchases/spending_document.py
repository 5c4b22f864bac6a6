"""Past spending as files: the inclusive share, the buyer's own lines in their order with what is known of each, alternatives near."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.decisions.purchases.programme import FIRST
from matcher.decisions.purchases.programme_document import named, own_cells, own_columns
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.decisions.purchases.spending import Similar, Spending, SpendingPart, Spent, headline
from matcher.domain.french import UNKNOWN, count, day, number
from matcher.ranking.shelf.shelf import Shelf
from matcher.render.table import Cell, Column, Line, write_lines, write_table

LIMITS = (
    "Une photographie : un fournisseur est inclusif si le catalogue connaît son SIRET. Un absent du catalogue peut l’être sans que les "
    "annuaires importés le disent. Un fournisseur semblable fait ce métier d’après les annuaires et est à portée : sa capacité n’est pas comparée."
)
_EUROS = "# ##0.00"
ADDED = (
    *(Column("Ce que le catalogue en sait", 22), Column("Types", 14), Column("Montant compris (€)", 14, _EUROS)),
    Column("Inclusifs semblables à portée", 14),
    *(Column(f"Semblable {rank}", 34) for rank in range(1, FIRST + 1)),
    Column("À préciser", 50),
)
PARTS = (Column("", 24), Column("Ce qui est compté", 34), Column("Fournisseurs", 12), Column("Lignes", 10), Column("Montants connus (€)", 18, _EUROS), Column("Montants non connus", 14))  # fmt: skip
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
        "columns": list(its.sheet.understood),
        "remarks": remarks(its),
        "share_of_amount": found.share_of_amount,
        "share_of_suppliers": found.share_of_suppliers,
        "whole": _object(found.whole),
        "by_standing": [_object(part) for part in found.by_standing],
        "by_family": [_object(part) for part in found.by_family],
        "by_kind": [_object(part) for part in found.by_kind],
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
        write_table(book, "Part inclusive", PARTS, list(_parts(found)))
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


def _parts(found: Spending) -> Iterator[Sequence[Cell]]:
    named_parts = (
        ("Ce que l’on sait", found.by_standing),
        ("Par famille", found.by_family),
        ("Par type", found.by_kind),
        ("Ensemble", (found.whole,)),
    )
    for title, parts in named_parts:
        for part in parts:
            yield title, part.label, part.suppliers, part.lines, part.amount, part.unknown


def _lines(its: Photographed) -> Iterator[Line]:
    for sentence in headline(its.spending):
        yield "Part inclusive", sentence
    yield "Portée", LIMITS
    for understood in its.sheet.understood:
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


def _object(part: SpendingPart) -> dict[str, Any]:
    return {
        "label": part.label,
        "suppliers": part.suppliers,
        "lines": part.lines,
        "amount": part.amount,
        "amounts_unknown": part.unknown,
    }
