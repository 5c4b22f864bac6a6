"""Allotments as a JSON object, sentences, and a workbook: the lots, who can answer each, and the cuts they are compared with."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.advice.allotment import Allotment, AllottedLot, Reach, Site
from matcher.advice.words import NOTICE
from matcher.domain.french import count, enumeration, number, unit
from matcher.exports.table import Cell, Column, Line, write_lines, write_table

LOTS = (
    *(Column("Lot", 6), Column("Sites", 8), Column("Communes ou sites", 60), Column("ETP", 8, "0.0")),
    *(Column("Candidats probables", 11, "0.0"), Column("Assez de candidats", 11), Column("Rayon moyen (km)", 9, "0.0")),
    Column("Qui peut répondre", 70),
)
MATRIX = (
    Column("Structure", 40),
    Column("Chance de faire ce métier (%)", 12),
    Column("Lots à sa portée", 12),
    Column("Lesquels", 60),
)
NAMED = 6


@dataclass(frozen=True, slots=True)
class Allotted:
    """An allotment with what it was made from: `lost` names the lines whose place was not found, `compared` the usual cuts."""

    sites: tuple[Site, ...]
    reach: Reach
    wanted: int
    allotment: Allotment
    compared: Mapping[str, Allotment]
    lost: tuple[str, ...]


def allotment_object(its: Allotted) -> dict[str, Any]:
    """The lots, in the order of the list, who could answer each, and the usual cuts judged in the same way."""
    return {
        "answer": answer(its),
        "remarks": list(remarks(its)),
        "wanted": its.wanted,
        "gap": its.allotment.gap,
        "exact": its.allotment.exact,
        "lots": [
            {
                "lot": rank,
                "sites": [its.sites[row].label for row in lot.sites],
                "etp": lot.etp or None,
                "candidates": lot.candidates,
                "enough": lot.enough,
                "km": lot.km,
                "who": who(its, lot),
            }
            for rank, lot in enumerate(its.allotment.lots, start=1)
        ],
        "compared": {name: _figures(cut) for name, cut in {"proposé": its.allotment, **its.compared}.items()},
        "lost": list(its.lost),
    }


def allotment_workbook(its: Allotted) -> bytes:
    """Sheets « Lots », « Structures » (the matrix, by structure) and « Comparaison »."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Allotissement", "author": "Entremise"})
        write_table(
            book, "Lots", LOTS, [_cells(its, rank, lot) for rank, lot in enumerate(its.allotment.lots, start=1)]
        )
        write_table(book, "Structures", MATRIX, list(_matrix(its)), frozen=1)
        write_lines(book, "Comparaison", list(_lines(its)))
    return buffer.getvalue()


def answer(its: Allotted) -> str:
    """The proposal in one sentence."""
    lots = its.allotment.lots
    kept = sum(lot.enough for lot in lots)
    return (
        f"{count(len(lots), 'lot')} pour {count(len(its.sites), 'site')}, dont {number(kept)} qui "
        f"{'garde' if kept < 2 else 'gardent'} au moins {count(its.wanted, 'candidat probable', 'candidats probables')}, "
        f"à {unit(its.allotment.km, 'km', 1)} en moyenne du milieu de leur lot."
    )


def remarks(its: Allotted) -> Iterator[str]:
    """How near the best it is, the sites that nobody or too few can serve, the lines whose place was not found."""
    tried = number(its.allotment.pool)
    if its.allotment.exact:
        yield f"C’est le meilleur de tous les découpages possibles ({tried} lots possibles)."
    else:
        yield f"Écart au meilleur choix parmi {tried} lots essayés : {unit(100 * its.allotment.gap, '%', 1)} au plus."
    short = [its.sites[row].label for lot in its.allotment.lots if not lot.enough for row in lot.sites]
    if short:
        yield f"Trop peu de candidats à portée, quel que soit le découpage : {_some(short)}."
    if its.lost:
        yield f"Lieu non trouvé, hors du découpage : {_some(its.lost)}."


def comparison(its: Allotted) -> Iterator[tuple[str, int, float, int, float]]:
    """(cut, lots, fewest candidates, lots with too few, mean kilometres), the proposal first."""
    for name, cut in {"proposé": its.allotment, **its.compared}.items():
        yield name, len(cut.lots), cut.fewest, sum(not lot.enough for lot in cut.lots), cut.km


def who(its: Allotted, lot: AllottedLot) -> list[str]:
    """The structures that could answer a lot alone, the likeliest first."""
    able = np.flatnonzero(its.reach.covers[list(lot.sites)].all(axis=0) & (its.reach.most >= lot.etp))
    return [its.reach.names[int(column)] for column in sorted(able, key=lambda at: (-its.reach.weight[at], int(at)))]


def _some(labels: Sequence[str]) -> str:
    more = len(labels) - NAMED
    return enumeration([*labels[:NAMED], f"{number(more)} autres"] if more > 0 else list(labels))


def _figures(cut: Allotment) -> dict[str, float]:
    return {
        "lots": len(cut.lots),
        "fewest": cut.fewest,
        "lacking": sum(not lot.enough for lot in cut.lots),
        "km": round(cut.km, 2),
        "cost": cut.cost,
    }


def _cells(its: Allotted, rank: int, lot: AllottedLot) -> list[Cell]:
    labels = ", ".join(its.sites[row].label for row in lot.sites)
    etp = lot.etp or None
    return [
        rank,
        len(lot.sites),
        labels,
        etp,
        lot.candidates,
        "oui" if lot.enough else "non",
        lot.km,
        ", ".join(who(its, lot)),
    ]


def _matrix(its: Allotted) -> Iterator[list[Cell]]:
    lots = its.allotment.lots
    for column, name in enumerate(its.reach.names):
        within = [
            rank
            for rank, lot in enumerate(lots, start=1)
            if its.reach.covers[list(lot.sites), column].all() and its.reach.most[column] >= lot.etp
        ]
        if within:
            yield [name, round(100 * float(its.reach.weight[column])), len(within), ", ".join(map(str, within))]


def _lines(its: Allotted) -> Iterator[Line]:
    yield "Allotissement", answer(its)
    for remark in remarks(its):
        yield "À savoir", remark
    for name, lots, fewest, lacking, km in comparison(its):
        yield (
            name,
            f"{count(lots, 'lot')}, {number(fewest, 1)} candidats au moins, {number(lacking)} en manque, {unit(km, 'km', 1)} en moyenne",
        )
    yield "Portée", NOTICE
