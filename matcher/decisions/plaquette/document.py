"""Turns a plaquette (printable directory of a territory's inclusive suppliers) into a renderable Document, CSV, JSON, and the French sentences of its cover."""

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
    MarkedText,
)
from matcher.render.shaped import shaped
from matcher.render.table import csv_of

TITLE = "Les structures inclusives"
# French explanation of each use, for the person who hands the plaquette over.
USES = {
    Use.PUBLISH: "document public : ce que les sources permettent de publier",
    Use.EXPORT: "document de travail : à remettre, sans le publier",
}
TO_CONFIRM = "à confirmer"
# Most reasons for leaving structures out on the cover; the last page has them all.
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


def plaquette_document(plaquette: Plaquette, people: DocumentTable) -> Document:
    """Return the Document of a plaquette; `people`: table of whom to contact."""
    return Document(
        kind=DocumentKind.PLAQUETTE,
        title=f"{TITLE} : {plaquette.territory}",
        asked=tuple(asked_said(plaquette)),
        answer=answer_said(plaquette),
        remarks=(*plaquette.remarks, *unreachable_said(plaquette), *left_out_said(plaquette)),
        tables=(kinds_table(plaquette), _trades_table(plaquette), _structures_table(plaquette), people),
        names={one.its.id: one.its.name for one in plaquette.its.full},
        catalogue_version=plaquette.catalogue_version,
        catalogue_suppliers=plaquette.catalogue_suppliers,
        on=plaquette.on,
        sources=plaquette.sources,
    )


def plaquette_csv(plaquette: Plaquette) -> DescribedFile:
    """Return the structures as CSV; unknown values are empty."""
    table = _structures_table(plaquette)
    rows = (
        [
            " ; ".join(cell) if isinstance(cell, tuple) else cell.says if isinstance(cell, MarkedText) else cell
            for cell in row.cells
        ]
        for row in table.rows
    )
    return csv_of([column.label for column in table.columns], rows)


def plaquette_object(plaquette: Plaquette, people: DocumentTable) -> dict[str, Any]:
    """Return the plaquette as JSON; unknown values are null or empty lists."""
    table = _structures_table(plaquette)
    return {
        "territory": [place.key for place in plaquette.places],
        "use": plaquette.use.value,
        "on": plaquette.on.isoformat(),
        "structures": [
            {column.label: cell if cell != "" else None for column, cell in zip(table.columns, row.cells, strict=True)}
            for row in table.rows
        ],
        "left_out": [shaped("count says", one) for one in plaquette.left_out],
        "unplaced": plaquette.unplaced,
        "people": [dict(zip((c.label for c in people.columns), line, strict=True)) for line in people.lines()],
        "sources": list(plaquette.sources),
    }


def answer_said(plaquette: Plaquette) -> str:
    """Return a sentence on the number of structures printed, of those known."""
    if not plaquette.total:
        return f"Aucune structure de ce territoire ne peut être imprimée : {plaquette.territory}."
    known = f", sur {number(plaquette.known_count)} connues" if plaquette.withheld else ""
    return f"{count(plaquette.total, 'structure')}{known} : {plaquette.territory}."


def asked_said(plaquette: Plaquette) -> Iterator[str]:
    """Yield the request in French: use, kinds, trades."""
    yield USES[plaquette.use]
    if plaquette.kinds:
        yield f"types : {enumeration([kind.value for kind in plaquette.kinds])}"
    if plaquette.trades:
        yield f"métiers : {enumeration([taxonomy().label(code) for code in plaquette.trades])}"


def left_out_said(plaquette: Plaquette) -> Iterator[str]:
    """Yield sentences on what is not printed, with the reasons."""
    for omission in plaquette.left_out:
        yield f"Non imprimé : {omission.says}."
    if plaquette.unplaced:
        counted = count(plaquette.unplaced, "fournisseur du catalogue n’a", "fournisseurs du catalogue n’ont")
        yield f"{counted} pas de commune connue : aucun territoire ne les compte."


def cover_said(plaquette: Plaquette) -> Iterator[str]:
    """Yield the sentences of the cover on the structures left out: their number, then the reasons, largest first."""
    if plaquette.withheld:
        yield f"{count(plaquette.known_count - plaquette.total, 'autre n’est pas montrée', 'autres ne sont pas montrées')} :"
        yield from (f"{one.says}." for one in sorted(plaquette.withheld, key=lambda one: -one.count)[:MOST_REASONS])
        if len(plaquette.withheld) > MOST_REASONS:
            yield "Les autres raisons sont dites à la dernière page."


def unreachable_said(plaquette: Plaquette) -> Iterator[str]:
    """Yield a sentence on the number of structures printed without any contact."""
    without = sum(not one.its.reachable for one in plaquette.its.full)
    if without:
        whose = count(without, "structure", "structures")
        yield f"Sans téléphone, courriel ni site : {whose} sur {number(plaquette.total)}, dont les coordonnées ne sont pas connues ou ne se publient pas."


def kinds_table(plaquette: Plaquette) -> DocumentTable:
    """Return the table of kinds of supplier, with numbers and the legal use of each for a buyer."""
    rows = ((kind.value, kind.label, number, opens(kind)) for kind, number in plaquette.its.by_kind)
    more = (
        ("Une structure de deux types est comptée dans chacun.",)
        if any(len(one.its.kinds) > 1 for one in plaquette.its.full)
        else ()
    )
    return DocumentTable("Par type", _KINDS, tuple(map(DocumentRow, rows)), more)


def opens(kind: SupplierKind) -> str:
    """Return in French the legal uses of a kind of supplier for a buyer: reserved lots, social clause."""
    articles = reserving_articles((kind,))
    clause = next(lever.article for lever in levers() if lever.code == "clause")
    if not articles:
        return f"aucun lot réservé ; compte dans les heures d’une clause sociale ({clause})"
    limit = ", pour les services sociaux et culturels de la liste du code" if kind.family is Family.ESS else ""
    return f"lot réservé ({enumeration(articles, 'ou')}){limit} ; clause sociale ({clause})"


def _trades_table(plaquette: Plaquette) -> DocumentTable:
    rows = [
        (section.label, section.group, len(section.full), len(section.elsewhere)) for section in plaquette.its.sections
    ]
    unknown = sum(len(those) for _, those in plaquette.its.unknown)
    last = [("Métier non connu", "", unknown, 0)] if unknown else []
    return DocumentTable("Par métier", _TRADES, tuple(map(DocumentRow, [*rows, *last])), folded=True)


def _structures_table(plaquette: Plaquette) -> DocumentTable:
    rows = (DocumentRow(_cells(one), one.its.id) for one in plaquette.its.full)
    return DocumentTable("Structures", _STRUCTURES, tuple(rows), aside=True)


def _cells(entry: Numbered) -> tuple[DocumentCell, ...]:
    structure, names = entry.its, taxonomy()
    others = tuple(names.label(trade.code) for trade in structure.trades if trade != entry.trade and not trade.doubt)
    doubt = f"{entry.trade.doubt}, {TO_CONFIRM}" if entry.trade and entry.trade.doubt else ""
    return (
        entry.number,
        structure.name,
        tuple(kind.value for kind in structure.kinds),
        names.label(entry.trade.code) if entry.trade else None,
        doubt or ("connu" if entry.trade else ""),
        others,
        structure.towns,
        *(
            text or None
            for text in (
                structure.address,
                structure.phone,
                structure.email,
                structure.website,
                structure.workers,
                structure.siret,
            )
        ),
        structure.source,
    )


def dates_line(plaquette: Plaquette) -> str:
    """Return a line with the dates of the data and the printing day."""
    if not plaquette.days:
        of = "Date des données inconnue"
    else:
        oldest, latest = of_month(plaquette.days[0]), of_month(plaquette.days[-1])
        of = (
            f"Données {oldest}"
            if oldest == latest
            else f"Données {oldest} pour les plus anciennes, {latest} pour les dernières"
        )
    return f"{of} ; tirage du {day(plaquette.on)}"
