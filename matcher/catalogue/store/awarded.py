"""Queries of the contracts that suppliers won, or that a buyer awarded; imports no reader of directories, so that a search starts fast."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import Connection, RowMapping, select

from matcher.catalogue.store.tables import AwardRow, ReferenceRow
from matcher.domain.supplier import Reference
from matcher.rows import table_of

_AWARDS = table_of(AwardRow)
_REFERENCES = table_of(ReferenceRow)
_REFERENCE_FIELDS = frozenset(field.name for field in fields(Reference))
# What tells a contract from another of its buyer: one that a group won is read once a member.
_CONTRACT = ("buyer", "number", "objet", "cpv", "notified", "amount", "months")


@dataclass(frozen=True, slots=True)
class BuyerAward:
    """A public contract that a buyer awarded: `winners` their SIRET (else SIREN), each once; `amount` euros before tax; `social` the source's
    words on social aims, empty where it says that there are none, or says nothing."""

    number: str
    objet: str
    notified: date | None
    amount: float | None
    social: str
    winners: tuple[str, ...]


def references(connection: Connection, only: Sequence[str] | None = None) -> dict[str, tuple[Reference, ...]]:
    """Return the references by supplier (those of `only`, or all), its own first, then the latest first."""
    told = [column for column in _AWARDS.columns if column.name in _REFERENCE_FIELDS]
    columns = (_REFERENCES.c.supplier_id, _REFERENCES.c.own, _REFERENCES.c.activity)
    query = select(*columns, *told)
    query = query.join(_AWARDS, _AWARDS.c.id == _REFERENCES.c.award_id)
    found: dict[str, list[Reference]] = {}
    for row in connection.execute(
        query if only is None else query.where(_REFERENCES.c.supplier_id.in_(only))
    ).mappings():
        values = dict(row)
        found.setdefault(values.pop("supplier_id"), []).append(Reference(**values))
    return {supplier_id: tuple(sorted(its, key=_latest_first)) for supplier_id, its in found.items()}


def _latest_first(found: Reference) -> tuple[bool, int, str, str]:
    return not found.own, -found.notified.toordinal() if found.notified else 0, found.source, found.ref


def awarded_by(connection: Connection, siren: str) -> list[BuyerAward]:
    """Return the contracts that the establishments of a buyer (its SIREN) awarded, by day, those without one last."""
    its = _AWARDS.c.buyer.startswith(siren) & _AWARDS.c.superseded_by.is_(None)
    found: dict[tuple[object, ...], list[RowMapping]] = {}
    for row in connection.execute(select(_AWARDS).where(its).order_by(_AWARDS.c.id)).mappings():
        found.setdefault(tuple(row[name] for name in _CONTRACT), []).append(row)
    awards = [
        BuyerAward(
            number=rows[0]["number"],
            objet=rows[0]["objet"],
            notified=rows[0]["notified"],
            amount=rows[0]["amount"],
            social=max((row["social"] for row in rows), key=len),
            winners=tuple(dict.fromkeys(row["siret"] or row["siren"] for row in rows)),
        )
        for rows in found.values()
    ]
    return sorted(awards, key=lambda its: (its.notified is None, its.notified or date.min, its.number))
