"""Notices, one lot with its history, and the lots of one supplier as plain JSON objects."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from matcher.notices.listing import deadline_fields, lot_object
from matcher.notices.lists.kept_notices import KeptNotice
from matcher.notices.store import KeptLot, SupplierLot
from matcher.notices.supplier_side import SupplierSide


def notice_object(kept: KeptNotice) -> dict[str, Any]:
    """Return a notice as its source publishes it."""
    its = kept.said
    return {
        "id": kept.id,
        "source": its.source,
        "ref": its.ref,
        "kind": its.kind.value,
        "contract": kept.contract,
        "published": its.published.isoformat() if its.published else None,
        "title": its.title,
        "buyer": {"siret": its.buyer or None, "name": its.buyer_name or None},
        "url": its.url or None,
        **deadline_fields(its.deadline),
        "earlier": list(its.earlier),
        "numbers": [one.number for one in its.lots],
        "doubts": list(its.doubts),
    }


def lot_with_history(kept: KeptLot, history: Iterable[KeptNotice], now: datetime) -> dict[str, Any]:
    """Return a lot as it stands at `now` (aware), and the notices of its contract, the earliest first."""
    told = sorted(history, key=lambda one: (one.said.published or date.min, one.id))
    return {**lot_object(kept, now), "history": [notice_object(one) for one in told]}


def notice_with_lots(kept: KeptNotice, lots: Iterable[KeptLot], now: datetime) -> dict[str, Any]:
    """Return a notice, and the lots of its contract as they stand at `now` (aware)."""
    return {**notice_object(kept), "lots": [lot_object(one, now) for one in lots]}


def supplier_lot_object(its: SupplierLot, side: SupplierSide, now: datetime) -> dict[str, Any]:
    """Return a lot as one supplier reads it at `now` (aware)."""
    return {
        **lot_object(its.lot, now),
        "band": its.band.value,
        "place": its.place,
        "score": round(its.score, 2),
        "wanted": its.wanted,
        "suits": list(side.suits),
        "against": list(side.against),
        "missing": list(side.missing),
        "refused": list(side.refused),
        "lacks": list(side.lacks),
        "partners": [
            {"id": one.id, "name": one.name, "part": one.part, "km": None if one.km is None else round(one.km, 1)}
            for one in side.partners
        ],
    }
