"""Published lots as a table, a CSV and JSON: what each asks, of whom, until when, and what is in doubt."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from matcher.domain.french import moment
from matcher.domain.notice import Deadline, LotState
from matcher.notices.deadlines import PARIS
from matcher.notices.store import KeptLot
from matcher.reference.trades.activities import taxonomy
from matcher.render.described_file import DescribedFile
from matcher.render.document import CellMark, ColumnKind, DocumentColumn, DocumentRow, DocumentTable, Marked
from matcher.render.table import Column, csv_of

_NUMBER, _LIST = ColumnKind.NUMBER, ColumnKind.LIST
_COLUMNS = (
    *(DocumentColumn("N°"), DocumentColumn("Lot"), DocumentColumn("Métiers", _LIST, under=True)),
    *(DocumentColumn("Acheteur"), DocumentColumn("Départements", _LIST, under=True)),
    *(DocumentColumn("Jusqu’à"), DocumentColumn("Réservé"), DocumentColumn("Clause", under=True)),
    *(DocumentColumn("Montant HT", _NUMBER, "€"), DocumentColumn("Mois", _NUMBER, under=True)),
    DocumentColumn("Crédibles", _NUMBER),
    *(DocumentColumn("CPV", _LIST, aside=True), DocumentColumn("Publié le", aside=True), DocumentColumn("Avis", aside=True)),
    *(DocumentColumn("Pièces", aside=True), DocumentColumn("À vérifier", _LIST, aside=True)),
)  # fmt: skip
_WIDTH = 20
_CLAUSES = {True: "oui", False: "non", None: "non dit"}


def lots_table(kept: Sequence[KeptLot], now: datetime) -> DocumentTable:
    """Return lots as a table, as they stand at `now` (aware)."""
    return DocumentTable("", _COLUMNS, tuple(DocumentRow(_cells(one, now)) for one in kept))


def lots_csv(kept: Sequence[KeptLot], now: datetime) -> DescribedFile:
    """Return lots as a CSV, with all that the table leaves to files."""
    return csv_of([Column(column.label, _WIDTH) for column in _COLUMNS], lots_table(kept, now).lines())


def lots_object(kept: Iterable[KeptLot], now: datetime) -> list[dict[str, Any]]:
    """Return lots as JSON; euros before tax, months, moments in UTC, unknown as null."""
    return [lot_object(one, now) for one in kept]


def standing(kept: KeptLot, now: datetime) -> str:
    """Say until when an offer can be made at `now` (aware), or why none can."""
    its = kept.published
    if kept.state is not LotState.CALLED:
        return kept.state.value
    if its.deadline is None:
        return "date limite non connue"
    zone = PARIS if its.deadline.supposed else its.deadline.at.tzinfo
    return f"{'' if kept.is_open(now) else 'clos depuis le '}{moment(its.deadline.at, zone)}"


def _cells(kept: KeptLot, now: datetime) -> tuple[Any, ...]:
    its, names = kept.published, taxonomy()
    until = standing(kept, now)
    return (
        *(str(kept.id), its.title, tuple(names.label(code) for code in kept.activities)),
        *(kept.notice.buyer_name or kept.notice.buyer or None, kept.departements),
        until if kept.is_open(now) else Marked(until, CellMark.REFUSED),
        *(its.reserved.value if its.reserved else "non", _CLAUSES[its.clause], kept.amount, kept.months, kept.credible),
        *(its.lot.cpv, its.lot.date.isoformat() if its.lot.date else None, kept.notice.url, its.documents, its.doubts),
    )


def lot_object(kept: KeptLot, now: datetime) -> dict[str, Any]:
    """Return one lot as JSON, in the terms of `lots_object`."""
    its, notice = kept.published, kept.notice
    return {
        "id": kept.id,
        "contract": kept.contract,
        "number": its.number,
        "title": its.title,
        "text": its.lot.objet,
        "state": kept.state.value,
        "open": kept.is_open(now),
        **deadline_fields(its.deadline),
        "published": its.lot.date.isoformat() if its.lot.date else None,
        "buyer": {"siret": notice.buyer or None, "name": notice.buyer_name or None},
        "cpv": list(its.lot.cpv),
        "activities": list(kept.activities),
        "departements": list(kept.departements),
        "amount": kept.amount,
        "months": kept.months,
        "renewals_months": its.renewals_months,
        "reserved": its.reserved.value if its.reserved else None,
        "clause": its.clause,
        "conditions": its.conditions or None,
        "documents": its.documents or None,
        "notice": {"source": notice.source, "ref": notice.ref, "kind": notice.kind.value, "url": notice.url or None},
        "connu": kept.connu,
        "indice": kept.indice,
        "credible": kept.credible,
        "reservable": dict(kept.reservable),
        "doubts": list(its.doubts),
    }


def deadline_fields(its: Deadline | None) -> dict[str, Any]:
    """Return what JSON tells of a deadline: its moment in UTC, and whether its zone is supposed."""
    return {
        "deadline": its.at.astimezone(UTC).isoformat() if its else None,
        "zone_supposed": its.supposed if its else None,
    }
