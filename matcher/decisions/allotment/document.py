"""Allotments as a JSON object, sentences, and a workbook: the lots, who can answer each, and the cuts they are compared with."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.decisions.allotment.answer import Allotted
from matcher.decisions.allotment.compute import Allotment, AllottedLot
from matcher.decisions.contact_sheet import contact_sheet
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.contact_details import ContactLookup
from matcher.domain.french import UNKNOWN, count, enumeration, number, unit
from matcher.reference.levers import lever
from matcher.render.document import Document, DocumentKind, DocumentRow, DocumentTable
from matcher.render.table import Cell, Column, Line, write_lines, write_table

LOTS = (
    *(Column("Lot", 6), Column("Sites", 8), Column("Communes ou sites", 60), Column("ETP", 8, "0.0")),
    Column("Sites de taille non connue", 11),
    *(Column("Candidats probables", 11, "0.0"), Column("Assez de candidats", 11), Column("Rayon moyen (km)", 9, "0.0")),
    Column("Qui peut répondre", 70),
)
SITES = (
    *(Column("Lot", 6), Column("Site", 50), Column("Commune", 30), Column("ETP", 8, "0.0")),
    Column("Candidats probables seul", 12, "0.0"),
)
STRUCTURES = (Column("Structure", 40), Column("Chance de faire ce métier (%)", 12), Column("Lots à sa portée", 12))
WHICH = Column("Lesquels", 60)
REACHED = "×"
NAMED = 6


@dataclass(frozen=True, slots=True)
class Within:
    """Lots that one structure could carry: its chance of doing this trade in percent, and the lots, one by one, by their numbers."""

    id: str
    name: str
    percent: int
    lots: tuple[int, ...]


def allotments_object(cuts: Sequence[Allotted]) -> dict[str, Any]:
    """The cut of one activity as it is; of several, each under « activities », in their order."""
    return allotment_object(cuts[0]) if len(cuts) == 1 else {"activities": [allotment_object(its) for its in cuts]}


def allotment_object(its: Allotted) -> dict[str, Any]:
    """The lots, in the order of the list, who could answer each, and the usual cuts judged in the same way."""
    return {
        "need": its.need,
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
                "unsized": its.unsized(lot),
                "candidates": lot.candidates,
                "enough": lot.enough,
                "km": lot.km,
                "who": who(its, lot),
            }
            for rank, lot in enumerate(its.allotment.lots, start=1)
        ],
        "structures": [
            {"id": one.id, "name": one.name, "chance": one.percent, "lots": list(one.lots)} for one in matrix(its)
        ],
        "compared": {name: _figures(cut) for name, cut in {"proposé": its.allotment, **its.compared}.items()},
        "lost": list(its.lost),
        "unread": list(its.unread),
        "repeated": its.repeated,
        "hypotheses": list(hypotheses(its)),
    }


def allotments_workbook(cuts: Sequence[Allotted], contacts_of: ContactLookup) -> bytes:
    """Sheets « Lots », « Sites » (which lot each is in), « Structures » (the lots within reach of each), « Matrice » (structures × lots)
    and « Comparaison »; those of a second activity follow, numbered; then « Contacts » of the structures."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Allotissement", "author": "Entremise"})
        for at, its in enumerate(cuts, start=1):
            more = f" {at}" if at > 1 else ""
            lots = [_cells(its, rank, lot) for rank, lot in enumerate(its.allotment.lots, start=1)]
            write_table(book, f"Lots{more}", LOTS, lots)
            write_table(book, f"Sites{more}", SITES, list(_site_rows(its)))
            within = list(matrix(its))
            write_table(book, f"Structures{more}", (*STRUCTURES, WHICH), [_which(one) for one in within], frozen=1)
            ranks = range(1, len(lots) + 1)
            crosses = [Column(f"Lot {rank}", 6) for rank in ranks]
            write_table(
                book, f"Matrice{more}", (*STRUCTURES, *crosses), [_crosses(one, ranks) for one in within], frozen=1
            )
            write_lines(book, f"Comparaison{more}", list(_lines(its)))
        contact_sheet(book, {one.id: one.name for its in cuts for one in matrix(its)}, contacts_of)
    return buffer.getvalue()


def answer(its: Allotted) -> str:
    """The proposal in one sentence."""
    lots = its.allotment.lots
    kept = sum(lot.enough for lot in lots)
    wanted = f"au moins {count(its.wanted, 'candidat probable', 'candidats probables')}"
    if kept == len(lots):
        keeps = f"qui {f'gardent tous {wanted}' if kept > 1 else f'garde {wanted}'}"
    else:
        keeps = (
            f"dont {number(kept)} qui {'garde' if kept == 1 else 'gardent'} {wanted}"
            if kept
            else f"dont aucun ne garde {wanted}"
        )
    return f"{count(len(lots), 'lot')} pour {count(len(its.sites), 'site')}, {keeps} ; un site est en moyenne à {unit(its.allotment.km, 'km', 1)} du milieu de son lot."


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
    most = float(its.reach.weight.sum())
    if its.wanted > most:
        yield (
            f"Vous voulez {count(its.wanted, 'candidat')} par lot ; il n’y en a qu’environ {number(most, 1)} de probables autour de tous les sites. "
            "Baissez ce nombre, ou allez plus loin en sourcing."
        )
    if its.lost:
        yield f"Lieu non trouvé, hors du découpage : {_some(its.lost)}."
    if its.unread:
        yield f"Quantité qui n’est pas un nombre positif, tenue pour non connue : {_some(its.unread)}."
    if its.repeated:
        yield f"{count(its.repeated, 'ligne répétée', 'lignes répétées')}, {'comptée' if its.repeated < 2 else 'comptées'} une fois."
    yield from its.said


def hypotheses(its: Allotted) -> Iterator[str]:
    """What the cut supposes."""
    yield "Un candidat compte pour la chance qu’il fasse ce métier ; une organisation compte une fois, même avec plusieurs établissements."
    yield "Il peut porter un lot si le lot tient dans la part de son effectif qu’il peut donner ; un effectif non connu est la médiane de son type."
    unsized = sum(not site.etp for site in its.sites)
    if unsized == len(its.sites):
        yield "La taille des sites n’est pas connue : la capacité n’est pas comparée."
    elif unsized:
        yield f"La taille de {count(unsized, 'site')} n’est pas connue : celle de leur lot est un minimum, et la capacité n’est comparée qu’à lui."
    yield "Le coût d’un découpage est un nombre de kilomètres : ceux des sites au milieu de leur lot, plus un prix par lot."


def asked(its: Allotted) -> Iterator[str]:
    """What was asked, in sentences."""
    yield f"Activité : {its.need}"
    yield f"{count(len(its.sites), 'site')}, {count(its.wanted, 'candidat voulu', 'candidats voulus')} par lot"
    if its.lever:
        yield lever(its.lever).label


def allotments_decision(cuts: Sequence[Allotted]) -> Document:
    """The cuts as a dossier keeps them; no address can hold a list of sites."""
    first = cuts[0]
    each = [(its, f", {its.need}" if len(cuts) > 1 else "") for its in cuts]
    return Document(
        kind=DocumentKind.ALLOTMENT,
        title=f"{enumeration([its.need for its in cuts])}, {count(len(first.sites), 'site')}",
        asked=tuple(dict.fromkeys(said for its in cuts for said in asked(its))),
        answer=" ".join(f"{its.need} : {answer(its)}" if more else answer(its) for its, more in each),
        remarks=tuple(dict.fromkeys(said for its in cuts for said in remarks(its))),
        tables=tuple(table for its, more in each for table in (_lots_table(its, more), _cuts_table(its, more))),
        hypotheses=tuple(dict.fromkeys(said for its in cuts for said in hypotheses(its))),
        names={
            its.reach.ids[at]: its.reach.names[at]
            for its in cuts
            for lot in its.allotment.lots
            for at in its.able(lot)[:NAMED]
        },
        address="",
        catalogue_version=first.catalogue_version,
        catalogue_suppliers=first.catalogue_suppliers,
        on=first.on,
    )


def _lots_table(its: Allotted, more: str) -> DocumentTable:
    return DocumentTable(
        f"Les lots{more}",
        ("Lot", "Sites", "Lesquels", "ETP", "Candidats", "km", "Qui peut répondre"),
        (False, True, False, True, True, True, False),
        tuple(
            DocumentRow(
                (
                    str(rank),
                    number(len(lot.sites)),
                    enumeration([its.sites[row].label for row in lot.sites]),
                    size_of(its, lot),
                    number(lot.candidates, 1) + ("" if lot.enough else " : trop peu"),
                    number(lot.km, 1),
                    _some(who(its, lot)) or "personne à portée",
                )
            )
            for rank, lot in enumerate(its.allotment.lots, start=1)
        ),
    )


def _cuts_table(its: Allotted, more: str) -> DocumentTable:
    return DocumentTable(
        f"Comparé aux découpages usuels{more}",
        ("Découpage", "Lots", "Candidats au moins", "Lots en manque", "km en moyenne"),
        (False, True, True, True, True),
        tuple(
            DocumentRow((name, number(cut), number(fewest, 1), number(lacking), number(km, 1)))
            for name, cut, fewest, lacking, km in comparison(its)
        ),
    )


def size_of(its: Allotted, lot: AllottedLot) -> str:
    """The size of a lot in ETP a year as one says it: a least where a site of it has no known size."""
    if not lot.etp:
        return UNKNOWN
    return f"{number(lot.etp, 1)}{' au moins' if its.unsized(lot) else ''}"


def comparison(its: Allotted) -> Iterator[tuple[str, int, float, int, float]]:
    """(cut, lots, fewest candidates, lots with too few, mean kilometres), the proposal first."""
    for name, cut in {"proposé": its.allotment, **its.compared}.items():
        yield name, len(cut.lots), cut.fewest, sum(not lot.enough for lot in cut.lots), cut.km


def who(its: Allotted, lot: AllottedLot) -> list[str]:
    """The structures that could answer a lot alone, the likeliest first."""
    return [its.reach.names[column] for column in its.able(lot)]


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
        its.unsized(lot),
        lot.candidates,
        "oui" if lot.enough else "non",
        lot.km,
        ", ".join(who(its, lot)),
    ]


def matrix(its: Allotted) -> list[Within]:
    """The structures that could carry a lot alone, those that reach most of them first, then the likeliest to do this trade."""
    lots = its.allotment.lots
    reached: dict[int, list[int]] = {}
    for rank, lot in enumerate(lots, start=1):
        for column in its.able(lot):
            reached.setdefault(column, []).append(rank)
    reach = its.reach
    order = sorted(reached, key=lambda at: (-len(reached[at]), -reach.weight[at], reach.names[at], at))
    return [
        Within(reach.ids[at], reach.names[at], round(100 * float(reach.weight[at])), tuple(reached[at])) for at in order
    ]


def _which(one: Within) -> list[Cell]:
    return [one.name, one.percent, len(one.lots), enumeration(list(map(str, one.lots)))]


def _crosses(one: Within, ranks: Iterable[int]) -> list[Cell]:
    return [one.name, one.percent, len(one.lots), *(REACHED if rank in one.lots else None for rank in ranks)]


def _site_rows(its: Allotted) -> Iterator[list[Cell]]:
    alone = [lot.candidates for lot in its.compared["un lot par site"].lots]
    for rank, lot in enumerate(its.allotment.lots, start=1):
        for row in lot.sites:
            site = its.sites[row]
            yield [rank, site.label, its.towns[row], site.etp or None, alone[row]]


def _lines(its: Allotted) -> Iterator[Line]:
    yield "Allotissement", answer(its)
    for said in asked(its):
        yield "Ce qui est demandé", said
    for remark in remarks(its):
        yield "À savoir", remark
    for name, lots, fewest, lacking, km in comparison(its):
        yield (
            name,
            f"{count(lots, 'lot')}, {number(fewest, 1)} candidats au moins, {number(lacking)} en manque, {unit(km, 'km', 1)} en moyenne",
        )
    for said in hypotheses(its):
        yield "Hypothèse", said
    yield "Portée", NOTICE
