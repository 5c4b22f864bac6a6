"""A plaquette as a Document: counted by kind, structure by structure for files, whom to speak to, how to read it."""

from collections.abc import Iterator
from typing import Any

from matcher.decisions.plaquette.answer import Plaquette
from matcher.decisions.plaquette.compute import Numbered
from matcher.domain.french import count, day, enumeration, number, of_month
from matcher.domain.kinds import Family, SupplierKind
from matcher.reference.levers import levers, reserving_articles
from matcher.reference.source_rules import Use
from matcher.reference.trades.activities import taxonomy
from matcher.render.described_file import DescribedFile
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
from matcher.render.table import Column, csv_of

TITLE = "Les structures inclusives"
# What each use is, for who hands the plaquette over.
USES = {
    Use.PUBLISH: "document public : ce que les sources permettent de publier",
    Use.EXPORT: "document de travail : à remettre, sans le publier",
}
TO_CONFIRM = "à confirmer"
# Reasons why structures are not shown that a cover gives; the last page has them all.
MOST_REASONS = 3
_KINDS = (
    DocumentColumn("Type"),
    DocumentColumn("Nom"),
    DocumentColumn("Structures", ColumnKind.NUMBER),
    DocumentColumn("Ce que ce type permet"),
)
_STRUCTURES = (
    DocumentColumn("N°", ColumnKind.NUMBER),
    DocumentColumn("Structure"),
    DocumentColumn("Types", ColumnKind.KINDS),
    DocumentColumn("Métier principal"),
    DocumentColumn("Ce qui le dit"),
    DocumentColumn("Autres métiers", ColumnKind.LIST),
    DocumentColumn("Communes", ColumnKind.LIST),
    DocumentColumn("Adresse"),
    DocumentColumn("Téléphone"),
    DocumentColumn("Courriel"),
    DocumentColumn("Site"),
    DocumentColumn("Effectif"),
    DocumentColumn("SIRET"),
    DocumentColumn("Source"),
)
_TRADES = (
    DocumentColumn("Métier"),
    DocumentColumn("Famille"),
    DocumentColumn("Métier principal", ColumnKind.NUMBER),
    DocumentColumn("Autre métier", ColumnKind.NUMBER),
)


def plaquette_document(its: Plaquette, people: DocumentTable) -> Document:
    """The plaquette; `people` are those to speak to."""
    return Document(
        kind=DocumentKind.PLAQUETTE,
        title=f"{TITLE} : {its.territory}",
        asked=tuple(asked_said(its)),
        answer=answer_said(its),
        remarks=(*its.remarks, *unreachable_said(its), *left_out_said(its)),
        tables=(kinds_table(its), _trades_table(its), _structures_table(its), people),
        names={one.its.id: one.its.name for one in its.its.full},
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
        sources=its.sources,
    )


def plaquette_csv(its: Plaquette) -> DescribedFile:
    """Return its structures as CSV, one a line; unknown is empty."""
    table = _structures_table(its)
    columns = [Column(column.label, 20) for column in table.columns]
    return csv_of(columns, ([_plain(cell) for cell in row.cells] for row in table.rows))


def plaquette_object(its: Plaquette, people: DocumentTable) -> dict[str, Any]:
    """The same as JSON; unknown is null, or an empty list."""
    table = _structures_table(its)
    return {
        "territory": [place.key for place in its.places],
        "use": its.use.value,
        "on": its.on.isoformat(),
        "structures": [
            {column.label: cell if cell != "" else None for column, cell in zip(table.columns, row.cells, strict=True)}
            for row in table.rows
        ],
        "left_out": [shaped("count says", one) for one in its.left_out],
        "unplaced": its.unplaced,
        "people": [dict(zip((c.label for c in people.columns), line, strict=True)) for line in people.lines()],
        "sources": list(its.sources),
    }


def answer_said(its: Plaquette) -> str:
    """How many structures are printed, and for what use."""
    if not its.total:
        return f"Aucune structure de ce territoire ne peut être imprimée : {its.territory}."
    known = f", sur {number(its.known)} connues" if its.withheld else ""
    return f"{count(its.total, 'structure')}{known} : {its.territory}."


def asked_said(its: Plaquette) -> Iterator[str]:
    """What was asked, beside the territory."""
    yield USES[its.use]
    if its.kinds:
        yield f"types : {enumeration([kind.value for kind in its.kinds])}"
    if its.trades:
        yield f"métiers : {enumeration([taxonomy().label(code) for code in its.trades])}"


def left_out_said(its: Plaquette) -> Iterator[str]:
    """What is not printed and why, each in a sentence."""
    for one in its.left_out:
        yield f"Non imprimé : {one.says}."
    if its.unplaced:
        said = count(its.unplaced, "fournisseur du catalogue n’a", "fournisseurs du catalogue n’ont")
        yield f"{said} pas de commune connue : aucun territoire ne les compte."


def cover_said(its: Plaquette) -> Iterator[str]:
    """Return what the cover says of the structures that it does not show: how many, then why, most first."""
    if its.withheld:
        yield f"{count(its.known - its.total, 'autre n’est pas montrée', 'autres ne sont pas montrées')} :"
        yield from (f"{one.says}." for one in sorted(its.withheld, key=lambda one: -one.count)[:MOST_REASONS])
        if len(its.withheld) > MOST_REASONS:
            yield "Les autres raisons sont dites à la dernière page."


def unreachable_said(its: Plaquette) -> Iterator[str]:
    """Of how many structures no contact is printed, said once for all of them."""
    without = sum(not one.its.reachable for one in its.its.full)
    if without:
        whose = count(without, "structure", "structures")
        yield f"Sans téléphone, courriel ni site : {whose} sur {number(its.total)}, dont les coordonnées ne sont pas connues ou ne se publient pas."


def kinds_table(its: Plaquette) -> DocumentTable:
    """The kinds that are printed, how many of each, and what each opens to a buyer."""
    rows = ((kind.value, kind.label, number, opens(kind)) for kind, number in its.its.by_kind)
    more = ("Une structure de deux types est comptée dans chacun.",) if _of_two_kinds(its) else ()
    return DocumentTable("Par type", _KINDS, tuple(map(DocumentRow, rows)), more)


def opens(kind: SupplierKind) -> str:
    """Return in French what a kind opens to a buyer."""
    articles = reserving_articles((kind,))
    clause = next(lever.article for lever in levers() if lever.code == "clause")
    if not articles:
        return f"aucun lot réservé ; compte dans les heures d’une clause sociale ({clause})"
    limit = ", pour les services sociaux et culturels de la liste du code" if kind.family is Family.ESS else ""
    return f"lot réservé ({enumeration(articles, 'ou')}){limit} ; clause sociale ({clause})"


def _of_two_kinds(its: Plaquette) -> bool:
    return any(len(one.its.kinds) > 1 for one in its.its.full)


def _trades_table(its: Plaquette) -> DocumentTable:
    rows = [(section.label, section.group, len(section.full), len(section.elsewhere)) for section in its.its.sections]
    unknown = sum(len(those) for _, those in its.its.unknown)
    last = [("Métier non connu", "", unknown, 0)] if unknown else []
    return DocumentTable("Par métier", _TRADES, tuple(map(DocumentRow, [*rows, *last])), folded=True)


def _structures_table(its: Plaquette) -> DocumentTable:
    rows = (DocumentRow(_cells(one), one.its.id) for one in its.its.full)
    return DocumentTable("Structures", _STRUCTURES, tuple(rows), aside=True)


def _cells(one: Numbered) -> tuple[DocumentCell, ...]:
    its, names = one.its, taxonomy()
    others = tuple(names.label(trade.code) for trade in its.trades if trade != one.trade and not trade.doubt)
    doubt = f"{one.trade.doubt}, {TO_CONFIRM}" if one.trade and one.trade.doubt else ""
    return (
        one.number,
        its.name,
        tuple(kind.value for kind in its.kinds),
        names.label(one.trade.code) if one.trade else None,
        doubt or ("connu" if one.trade else ""),
        others,
        its.towns,
        *(text or None for text in (its.address, its.phone, its.email, its.website, its.workers, its.siret)),
        its.source,
    )


def _plain(cell: DocumentCell) -> str | int | float | None:
    match cell:
        case None | str() | int() | float():
            return cell
        case tuple():
            return " ; ".join(cell)
    return cell.says


def dated(its: Plaquette) -> str:
    """Say of when the data of a plaquette are, and the day it is printed on."""
    if not its.days:
        of = "Date des données inconnue"
    else:
        oldest, latest = of_month(its.days[0]), of_month(its.days[-1])
        of = (
            f"Données {oldest}"
            if oldest == latest
            else f"Données {oldest} pour les plus anciennes, {latest} pour les dernières"
        )
    return f"{of} ; tirage du {day(its.on)}"
