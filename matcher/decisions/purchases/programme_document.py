"""A programme answered: the buyer's own columns in their order with what is added, the doubts first to settle, the totals."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.opinion.words import NOTICE, TELL_THE_PLACE, TELL_THE_TRADE
from matcher.decisions.purchases.line import Purchase
from matcher.decisions.purchases.programme import FIRST, First, LineAnswer, Programme, Reached, Total, headline, reached
from matcher.decisions.purchases.sheet import PurchaseSheet, PurchaseSheetLine
from matcher.domain.french import UNKNOWN, count, day, number, unit
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.levers import lever
from matcher.render.table import Cell, Column, Line, plain_cell, write_lines, write_table

WITHDRAWN = "retiré du catalogue depuis"
TOTAL_LINE = "ligne de total : pas un achat"
TO_SETTLE = "à préciser d’abord"

ADDED = (
    *(
        Column("Avis", 24),
        Column("La loi du jour", 34),
        Column("Levier conseillé", 30),
        Column("Candidats crédibles", 12),
        Column("À appeler", 10),
    ),
    *(Column(f"Candidat {rank}", 34) for rank in range(1, FIRST + 1)),
    *(Column("Chance des offres voulues (%)", 12), Column("Taille comprise (ETP par an)", 12, "0.0")),
    *(Column("Montant compris (€ HT)", 14, "# ##0.00"), Column("Activités comprises", 34), Column("Lieux compris", 24)),
    *(Column("À préciser", 50), Column("Autres doutes", 50)),
)
DOUBTS = (Column("Ordre", 8), Column("Où", 18), Column("Objet", 50), Column("Montant compris (€ HT)", 14, "# ##0.00"), Column("Question", 70), Column("Autres doutes", 60))  # fmt: skip
TOTALS = (Column("Avis", 30), Column("Levier", 44), Column("Achats", 10), Column("Montants connus (€ HT)", 20, "# ##0.00"), Column("Montants non connus", 14))  # fmt: skip
REACHED = (
    *(Column("Structure", 40), Column("Types", 10), Column("Commune", 22), Column("Achats, crédible", 10)),
    *(Column("Achats, à appeler", 10), Column("Lignes, crédible", 40), Column("Lignes, à appeler", 40)),
)
# Beyond this many purchases a matrix is no longer read; the sheet by structure says the same.
WIDEST = 400
DOES, ASK = "×", "à appeler"
WIDTH = 24


@dataclass(frozen=True, slots=True)
class Answered:
    """A programme, the sheet that it was read from, and what it was answered on."""

    sheet: PurchaseSheet
    programme: Programme
    shelf: Shelf
    assumed: Assumptions
    on: date


def named(shelf: Shelf, first: First) -> str:
    """Return a candidate by name, town and distance: « ESAT Jardinet (Maubeuge, 12 km) »."""
    row = shelf.find(first.id)
    if row is None:
        return WITHDRAWN
    card = shelf.suppliers[row]
    km = UNKNOWN if first.km is None else unit(first.km, "km")
    return f"{card.name} ({card.city or UNKNOWN}, {km})"


def verdict_of(its: Purchase, answer: LineAnswer) -> str:
    """Return the opinion of a line in a word or two."""
    if its.need is None:
        return TOTAL_LINE
    return answer.verdict if answer.sure else TO_SETTLE


def lever_of(code: str) -> str:
    """Return a lever by its name, empty for none."""
    return lever(code).label if code else ""


def programme_object(its: Answered) -> dict[str, Any]:
    """The whole as JSON: totals, then every line in its order; amounts in euros before tax, unknown as null."""
    said, doubts = headline(its.programme)
    return {
        "headline": f"{said} {doubts}",
        "columns": [*its.sheet.understood, *its.sheet.unused],
        "remarks": list(its.sheet.said),
        "totals": [_total(total) for total in its.programme.totals],
        "whole": _total(its.programme.whole),
        "lines": list(programme_lines(its)),
        "suppliers": [
            {
                "id": one.id,
                "name": who(its, one)[0],
                "credible_for": [line_of(its, rank) for rank in one.does],
                "to_call_for": [line_of(its, rank) for rank in one.ask],
            }
            for one in reached(its.programme)
        ],
        "assumptions": list(its.assumed.says()),
        "catalogue": {"version": its.shelf.version, "suppliers": len(its.shelf)},
        "date": its.on.isoformat(),
    }


def programme_lines(its: Answered) -> Iterator[dict[str, Any]]:
    """Every line as a JSON object, in the order of the file."""
    for line, answer in zip(its.programme.purchases, its.programme.answers, strict=True):
        yield {
            "sheet": line.entry.sheet or None,
            "line": line.entry.line,
            "cells": dict(zip(its.sheet.columns, line.entry.cells, strict=True)),
            "purchase": line.need is not None,
            "amount": line.amount,
            "activities": [{"label": label, "confidence": sure} for label, sure in answer.activities],
            "places": list(answer.places),
            "doubts": list(answer.doubts),
            "question": answer.question or None,
            "understood": answer.understood,
            "verdict": answer.verdict or None,
            "law": answer.law or None,
            "lever": answer.lever or None,
            "headline": answer.headline or None,
            "credible": answer.credible,
            "to_call": answer.to_call,
            "first": [{"id": one.id, "name": named(its.shelf, one), "distance_km": one.km} for one in answer.first],
            "etp": answer.etp,
            "chance": answer.chance,
        }


def programme_workbook(its: Answered) -> bytes:
    """Sheets « Programme » (the buyer's lines in their order), « À préciser », « Totaux », « Structures » (the lines within reach of each),
    « Matrice » (structures × lines, up to `WIDEST` of these) and « Lecture »."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    several = any(line.entry.sheet for line in its.programme.purchases)
    both = list(zip(its.programme.purchases, its.programme.answers, strict=True))
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Programme d’achats", "author": "Entremise", "created": its.on})
        columns = (*own_columns(its.sheet, several=several), *ADDED)
        rows = ([*own_cells(line.entry, several=several), *added(its, line, answer)] for line, answer in both)
        write_table(book, "Programme", columns, rows)
        write_table(book, "À préciser", DOUBTS, list(_doubts(its.programme)))
        write_table(book, "Totaux", TOTALS, list(_totals(its.programme)))
        suppliers = reached(its.programme)
        write_table(book, "Structures", REACHED, [_reached(its, one) for one in suppliers], frozen=1)
        if len(both) <= WIDEST:
            lines = [Column(line_of(its, rank), 9) for rank in range(len(both))]
            crosses = (_crosses(its, one) for one in suppliers)
            write_table(book, "Matrice", (*REACHED[:5], *lines), crosses, frozen=1)
        write_lines(book, "Lecture", list(_lines(its)))
    return buffer.getvalue()


def own_columns(sheet: PurchaseSheet, *, several: bool) -> tuple[Column, ...]:
    """Return the buyer's own columns; the name of the sheet before them, where there are several."""
    return (
        *((Column("Feuille", 14),) if several else ()),
        *(Column(name, WIDTH, "General") for name in sheet.columns),
    )


def own_cells(entry: PurchaseSheetLine, *, several: bool) -> list[Cell]:
    """Return the cells of a line as they were given, under `own_columns`."""
    return [*([entry.sheet] if several else []), *map(plain_cell, entry.cells)]


def added(its: Answered, line: Purchase, answer: LineAnswer) -> list[Cell]:
    """Return what is added to a line, under `ADDED`."""
    others = [doubt for doubt in answer.doubts if doubt != answer.question]
    names = [named(its.shelf, one) for one in answer.first]
    counts: list[Cell] = [answer.credible, answer.to_call] if answer.sure else [None, None]
    return [
        verdict_of(line, answer),
        answer.law,
        lever_of(answer.lever),
        *counts,
        *names,
        *[None] * (FIRST - len(names)),
        round(100 * answer.chance) if answer.chance is not None else None,
        (UNKNOWN if answer.etp is None else answer.etp) if answer.sure else None,
        UNKNOWN if line.amount is None and line.need is not None else line.amount,
        " ; ".join(label for label, _ in answer.activities),
        " ; ".join(answer.places),
        answer.question,
        " ".join(others),
    ]


def total_words(total: Total) -> tuple[str, str]:
    """Return (opinion, lever) as they are read of a total."""
    return total.verdict or TO_SETTLE, lever_of(total.lever)


def who(its: Answered, one: Reached) -> tuple[str, str, str]:
    """Return (name, kinds, town) of a supplier that the lines reach."""
    row = its.shelf.find(one.id)
    if row is None:
        return WITHDRAWN, UNKNOWN, UNKNOWN
    card = its.shelf.suppliers[row]
    return card.name, ", ".join(card.kinds) or UNKNOWN, card.city or UNKNOWN


def line_of(its: Answered, rank: int) -> str:
    """Return the number that a line has in its file, after the name of its sheet where there are several."""
    entry = its.programme.purchases[rank].entry
    return f"{entry.sheet}, {entry.line}" if entry.sheet else str(entry.line)


def _reached(its: Answered, one: Reached) -> list[Cell]:
    named = (" ; ".join(line_of(its, rank) for rank in ranks) for ranks in (one.does, one.ask))
    return [*who(its, one), len(one.does), len(one.ask), *named]


def _crosses(its: Answered, one: Reached) -> list[Cell]:
    does, ask = set(one.does), set(one.ask)
    marks = (DOES if rank in does else ASK if rank in ask else None for rank in range(len(its.programme.purchases)))
    return [*who(its, one), len(one.does), len(one.ask), *marks]


def _doubts(its: Programme) -> Iterator[Sequence[Cell]]:
    for rank, (line, answer) in enumerate(its.to_settle, start=1):
        others = " ".join(doubt for doubt in answer.doubts if doubt != answer.question)
        amount = UNKNOWN if line.amount is None else line.amount
        yield rank, line.entry.where, line.entry.text("objet"), amount, answer.question, others


def _totals(its: Programme) -> Iterator[Sequence[Cell]]:
    for total in its.totals:
        yield *total_words(total), total.lines, total.amount, total.unknown
    whole = its.whole
    yield "Ensemble", "", whole.lines, whole.amount, whole.unknown


def _lines(its: Answered) -> Iterator[Line]:
    said, doubts = headline(its.programme)
    yield "Programme", said
    yield "À préciser", doubts
    if skipped := len(its.programme.purchases) - len(its.programme.counted):
        yield "Lignes de total", f"{count(skipped, 'ligne gardée', 'lignes gardées')} sans être comptée comme achat"
    for understood in (*its.sheet.understood, *its.sheet.unused):
        yield "Colonne", understood
    for remark in its.sheet.said:
        yield "Remarque", remark
    yield "Sans avis", TELL_THE_TRADE
    yield "Sans avis", TELL_THE_PLACE
    yield (
        "Structures, Matrice",
        f"« {DOES} » : crédible pour cette ligne ; « {ASK} » : son métier est à confirmer. Les lignes portent le numéro du fichier.",
    )
    if len(its.programme.purchases) > WIDEST:
        yield (
            "Matrice",
            f"au-delà de {number(WIDEST)} lignes elle n’est plus lisible : la feuille « Structures » dit la même chose",
        )
    for hypothesis in its.assumed.says():
        yield "Hypothèse", hypothesis
    yield "Catalogue", f"version {its.shelf.version}, {number(len(its.shelf))} fournisseurs"
    yield "Date de l’avis", day(its.on)
    yield "Portée", NOTICE


def _total(its: Total) -> Mapping[str, Any]:
    return {
        "verdict": its.verdict or None,
        "lever": its.lever or None,
        "lines": its.lines,
        "amount": its.amount,
        "amounts_unknown": its.unknown,
    }
