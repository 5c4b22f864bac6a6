"""Writes lists of published lots as an HTML/terminal table, a CSV file and JSON objects: object, buyer, deadline, reservation, candidates, doubts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar

from matcher.domain.french import count, day, moment
from matcher.domain.notice import Deadline, LotState
from matcher.notices.deadlines import PARIS
from matcher.notices.matching import RESERVING
from matcher.notices.store import KeptLot
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.render.described_file import DescribedFile
from matcher.render.document import (
    CellMark,
    ColumnKind,
    DocumentCell,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    MarkedText,
)
from matcher.render.shaped import shaped
from matcher.render.table import csv_of

NUMBER, LIST = ColumnKind.NUMBER, ColumnKind.LIST
Line = TypeVar("Line")
# The columns of a list, each with the function that computes its cell from a line.
ListColumns = Mapping[DocumentColumn, Callable[[Line], DocumentCell]]


class ListedLot(NamedTuple):
    """A lot, and the moment (aware) at which it is listed."""

    kept: KeptLot
    now: datetime


def _columns(labels: str, known: ListColumns[ListedLot]) -> ListColumns[ListedLot]:
    """Parse a layout of columns: « | » separates them, « Lot / Métiers » puts the second in small under the first, « (CPV) » is only in files."""
    by_label = {column.label: (column, read) for column, read in known.items()}
    columns = {}
    for group in labels.split(" | "):
        for at, label in enumerate(group.strip("()").split(" / ")):
            column, read = by_label[label]
            columns[replace(column, aside=group.startswith("("), under=at > 0)] = read
    return columns


def list_table(
    title: str,
    columns: ListColumns[Line],
    lines: Sequence[Line],
    most: int | None = None,
    *,
    says: Sequence[str] = (),
    about: Callable[[Line], str] = lambda _: "",
    folded: bool = False,
) -> DocumentTable:
    """Return the `most` first lines of a list as a table (all if None), with the sentences `says` and the count of the lines left out; `about` gives the
    id of the supplier of a line."""
    rows = tuple(DocumentRow(tuple(read(line) for read in columns.values()), about(line)) for line in lines[:most])
    more = len(lines) - len(rows)
    rest = (f"Et {count(more, 'autre', 'autres')} : les fichiers les donnent.",) if more else ()
    return DocumentTable(title, tuple(columns), rows, (*says, *rest) if rows else (), folded=folded)


_CLAUSES = {True: "oui", False: "non", None: "non dit"}
# The law articles by which a lot could be reserved, by the label of their column.
ARTICLES = {f"{lever(code).article}, crédibles": code for code in RESERVING}
_COLUMNS: ListColumns[ListedLot] = {
    DocumentColumn("N°"): lambda line: str(line.kept.id),
    DocumentColumn("Lot"): lambda line: line.kept.published.title or None,
    DocumentColumn("Objet du contrat"): lambda line: line.kept.contract_object,
    DocumentColumn("Métiers", LIST): lambda line: (
        MarkedText(doubt, CellMark.UNKNOWN)
        if (doubt := line.kept.trade_doubt)
        else tuple(map(taxonomy().label, line.kept.activities))
    ),
    DocumentColumn("Acheteur"): lambda line: line.kept.notice.buyer_name or line.kept.notice.buyer or None,
    DocumentColumn("SIRET de l’acheteur"): lambda line: line.kept.notice.buyer or None,
    DocumentColumn("Départements", LIST): lambda line: line.kept.departements,
    DocumentColumn("Jusqu’à"): lambda line: (
        lot_standing(*line) if line.kept.is_open(line.now) else MarkedText(lot_standing(*line), CellMark.REFUSED)
    ),
    DocumentColumn("Réservé"): lambda line: (
        line.kept.published.reserved or ("non" if line.kept.published.not_reserved else "non dit")
    ),
    DocumentColumn("Clause"): lambda line: _CLAUSES[line.kept.published.clause],
    DocumentColumn("Montant HT", NUMBER, "€"): lambda line: line.kept.amount,
    DocumentColumn("Mois", NUMBER): lambda line: line.kept.months,
    DocumentColumn("Crédibles", NUMBER): lambda line: line.kept.credible,
    # Credible organisations that each article admits.
    **{
        DocumentColumn(label, NUMBER): partial(
            lambda code, line: None if line.kept.credible is None else line.kept.reservable.get(code, 0), code
        )
        for label, code in ARTICLES.items()
    },
    DocumentColumn("CPV", LIST): lambda line: line.kept.published.lot.cpv,
    DocumentColumn("Publié le"): lambda line: day(published) if (published := line.kept.published.lot.date) else None,
    DocumentColumn("Avis"): lambda line: line.kept.notice.url,
    DocumentColumn("Pièces"): lambda line: line.kept.published.documents,
    DocumentColumn("À vérifier", LIST): lambda line: line.kept.published.doubts,
}
_OPEN = _columns(
    "N° | Lot / Objet du contrat / Métiers | Acheteur / Départements | Jusqu’à | Réservé / Clause | Montant HT / Mois | Crédibles | (CPV) | (Publié le) | (Avis) | (Pièces) | (À vérifier)",
    # Only files hold the day of publication: in ISO, so that it sorts.
    {**_COLUMNS, DocumentColumn("Publié le"): lambda line: _iso(line.kept.published.lot.date)},
)
# Columns of the lots that could have been reserved: a count of candidates by article.
RESERVABLE = _columns(
    f"Lot / N° / Métiers | Acheteur | (SIRET de l’acheteur) | Publié le / Jusqu’à | {' | '.join(ARTICLES)} | Clause | Montant HT",
    _COLUMNS,
)


def lots_table(lots: Sequence[KeptLot], now: datetime) -> DocumentTable:
    """Return lots as a table, with their state at `now` (aware)."""
    return list_table("", _OPEN, [ListedLot(lot, now) for lot in lots])


def lots_csv(lots: Sequence[KeptLot], now: datetime) -> DescribedFile:
    """Return lots as a CSV, with the columns that only files hold."""
    return csv_of([column.label for column in _OPEN], lots_table(lots, now).lines())


def lots_object(lots: Iterable[KeptLot], now: datetime) -> list[dict[str, Any]]:
    """Return lots as JSON; euros before tax, months, moments in UTC, unknown as null."""
    return [lot_object(lot, now) for lot in lots]


def lot_standing(kept_lot: KeptLot, now: datetime) -> str:
    """Return until when an offer can be made at `now` (aware), or why none can."""
    lot = kept_lot.published
    if kept_lot.state is not LotState.CALLED:
        return kept_lot.state.value
    if lot.deadline is None:
        return "date limite non connue"
    zone = PARIS if lot.deadline.supposed else lot.deadline.at.tzinfo
    return f"{'' if kept_lot.is_open(now) else 'clos depuis le '}{moment(lot.deadline.at, zone)}"


def _iso(published: date | None) -> str | None:
    return published.isoformat() if published else None


def lot_object(kept_lot: KeptLot, now: datetime) -> dict[str, Any]:
    """Return one lot as JSON, in the units of `lots_object`."""
    lot, notice = kept_lot.published, kept_lot.notice
    return {
        **shaped("id contract", kept_lot),
        **shaped("number title", lot),
        "object": kept_lot.contract_object or None,
        **shaped("text=lot.objet", lot),
        "state": kept_lot.state.value,
        "open": kept_lot.is_open(now),
        **deadline_fields(lot.deadline),
        "published": _iso(lot.lot.date),
        "buyer": shaped("siret?=buyer name?=buyer_name", notice),
        "cpv": list(lot.lot.cpv),
        **shaped("activities departements amount months", kept_lot),
        **shaped("trade_unsure renewals_months reserved not_reserved clause conditions? documents?", lot),
        "notice": shaped("source ref kind url?", notice),
        **shaped("connu indice credible reservable", kept_lot),
        "doubts": list(lot.doubts),
    }


def deadline_fields(deadline: Deadline | None) -> dict[str, Any]:
    """Return a deadline's JSON fields: its moment in UTC, and True if its time zone is assumed."""
    return {
        "deadline": deadline.at.astimezone(UTC).isoformat() if deadline else None,
        "zone_supposed": deadline.supposed if deadline else None,
    }
